//! The manifest: what accounts, access and roles should be.
//!
//! Responsible for the form of the file and for what is wrong in it, with the place. Refuses a field that it does not
//! know, so that a slip of the pen manages nothing silently. No secret can stand in it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::lines::{self, Lines};
use super::selectors::standard_input;
use super::yaml;
use crate::config::secure_file;
use crate::error::{CliError, Result};
use crate::output::Manifest;
use crate::text::CommandLine;

/// Most bytes of a manifest: 200,000 entries of access need about 12 MB.
const LIMIT: usize = yaml::MOST_BYTES;

/// Most characters of a message of the parser: it repeats what it does not know.
const MOST_TOLD: usize = 300;

/// The version of the format that this program reads and writes.
pub const VERSION: u32 = 1;

/// The languages in which a manifest can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Yaml,
    Json,
    Toml,
}

/// A manifest and where it was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// What messages call the file.
    pub name: String,
    /// What it says.
    pub manifest: Manifest,
    text: String,
    language: Language,
}

impl Source {
    /// The lines of its entries.
    pub fn lines(&self) -> Lines {
        match self.language {
            Language::Toml => lines::of_toml(&self.text),
            // YAML 1.2 contains JSON.
            Language::Json | Language::Yaml => lines::of_yaml(&self.text),
        }
    }
}

/// Reads a manifest; `-` is standard input, in YAML or JSON.
///
/// # Errors
/// `usage` with file, line and column; `io`.
pub fn read(path: &Path) -> Result<Source> {
    let (name, bytes) = if path == Path::new("-") {
        ("standard input".to_owned(), standard_input()?.into_bytes())
    } else {
        let source = CommandLine::new("export").after("write a manifest of the present state with: ");
        (path.display().to_string(), secure_file::read_bounded(path, LIMIT, source)?.to_vec())
    };
    let text = String::from_utf8(bytes).map_err(|_| CliError::usage(format!("{name} is not UTF-8 text")))?;
    let language = language(path);
    let manifest = parse(&text, language).map_err(|why| {
        let why: String = why.chars().take(MOST_TOLD).collect();
        CliError::usage(format!("{name}: {why}"))
            .hint(CommandLine::new("help manifest").after("the form of a manifest, with an example: "))
    })?;
    if manifest.version != VERSION {
        let version = manifest.version;
        return Err(CliError::usage(format!(
            "{name}: version {version} is not known; this sactl reads version {VERSION}"
        )));
    }
    Ok(Source { name, manifest, text, language })
}

/// Reads several manifests.
///
/// # Errors
/// As [`read`].
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Source>> {
    paths.iter().map(|path| read(path)).collect()
}

fn language(path: &Path) -> Language {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "json" => Language::Json,
        "toml" => Language::Toml,
        _ => Language::Yaml,
    }
}

fn parse(text: &str, language: Language) -> std::result::Result<Manifest, String> {
    match language {
        Language::Toml => toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let lines::Position { line, column } = lines::position_in(text, start);
            format!("line {line}, column {column}: {}", error.message())
        }),
        Language::Json => {
            let mut reader = serde_json::Deserializer::from_str(text);
            let manifest =
                Manifest::deserialize(&mut reader).and_then(|manifest| reader.end().map(|()| manifest));
            manifest.map_err(|error| {
                let (line, column) = (error.line(), error.column());
                let why = error.to_string();
                format!("line {line}, column {column}: {}", before_place(&why))
            })
        }
        // YAML 1.2 contains JSON, so that standard input may be either.
        Language::Yaml => serde_saphyr::from_str_with_options(text, yaml::options()).map_err(|error| {
            let place = error.location().map(|at| format!("line {}, column {}: ", at.line(), at.column()));
            let why = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
            let why = why.lines().next().unwrap_or_default();
            let why = if place.is_some() { before_place(why) } else { why };
            format!("{}{why}", place.unwrap_or_default())
        }),
    }
}

/// What a parser says, without the place at its end, which our message names first.
fn before_place(why: &str) -> &str {
    why.rsplit_once(" at line ").map_or(why, |(why, _)| why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_may_have_very_many_entries() {
        let row = "      - {company: 1, role: viewer}\n";
        let text =
            format!("version: 1\naccounts:\n  bot:\n    owner: 1\n    access:\n{}", row.repeat(60_000));
        let manifest = parse(&text, Language::Yaml).unwrap();
        assert_eq!(manifest.accounts["bot"].access.as_ref().map(Vec::len), Some(60_000));
    }

    const YAML: &str = "
version: 1
company_sets:
  customers: [\"Northwind Logistics\", 4]
  stores: {match: \"contoso-*\", except: [17]}
accounts:
  fleet-automation:
    owner: Acme MSP
    description: Nightly firmware roll-out
    access:
      - {company: 1, role: operator}
      - {companies: customers, role: viewer}
      - {company: 5, permissions: [devices:view]}
  quiet: {owner: 1, description: null, access: []}
external:
  northwind-telemetry:
    access: [{company: 1, role: viewer}]
roles:
  - {company: 1, name: field-tech, permissions: [devices:view, devices:edit]}
protected: [break-glass]
";

    #[test]
    fn a_manifest_is_read_in_three_languages() {
        let yaml = parse(YAML, Language::Yaml).unwrap();
        let json = serde_json::to_string(&yaml).unwrap();
        let toml = toml::to_string(&parse(&json, Language::Json).unwrap());
        assert_eq!(yaml.accounts["fleet-automation"].access.as_ref().unwrap().len(), 3);
        assert_eq!(yaml.accounts["quiet"].description, Some(None));
        assert_eq!(serde_json::to_string(&parse(&json, Language::Yaml).unwrap()).unwrap(), json);
        // TOML has no null.
        assert!(toml.is_err() || parse(&toml.unwrap(), Language::Toml).is_ok());
        let toml = "version = 1\n[accounts.bot]\nowner = 1\naccess = [{company = 1, role = \"viewer\"}]\n";
        assert!(parse(toml, Language::Toml).is_ok());
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, language, wanted) in [
            ("version: 1\nacounts: {}\n", Language::Yaml, "line 2"),
            (
                "version: 1\naccounts:\n  a: {owner: 1}\n  a: {owner: 2}\n",
                Language::Yaml,
                "line 4, column 3: duplicate mapping key `a` is not allowed here",
            ),
            (
                "version: 1\nroles: [{company: [1], name: r, permissions: [x]}]\n",
                Language::Yaml,
                "line 2, column 19: a company is an id, a name or a pattern of names",
            ),
            ("version: 1\n---\nversion: 1\n", Language::Yaml, "line 3, column 1: only single YAML document"),
            ("{\"version\": 1,\n \"password\": \"x\"}", Language::Json, "line 2"),
            ("version = 1\n[accounts.a]\nowner = 1\nsecret = 2\n", Language::Toml, "line 4"),
        ] {
            let why = parse(text, language).unwrap_err();
            assert!(why.starts_with(wanted), "{why}");
        }
    }
}
