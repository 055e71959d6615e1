//! The flags `--columns` and `--jq` of a call.
//!
//! Responsible for checking them before anything is read, asked or sent. Refuses columns that the command does not
//! print.

use std::sync::Arc;

use crate::config::{Environment, env};
use crate::context::Global;
use crate::error::{CliError, Result};
use crate::output::{Document, Format, Jq, JqError, Selection, document_of};
use crate::text::suggest::nearest;
use crate::text::wrap::cut;

/// Columns of an expression that are repeated where it makes no sense.
const LONGEST: usize = 200;

/// What is asked for of the answer of the command `path`, which is printed in `format`.
///
/// # Errors
/// `usage` for an unknown column, for an invalid expression, and for either where the format or the command
/// cannot use it.
/// `io` where an expression cannot be evaluated on this machine.
pub fn selection(
    path: &str,
    global: &Global,
    environment: &Environment,
    format: Option<Format>,
) -> Result<Selection> {
    if global.jq.is_none() && !global.arg.is_empty() {
        return Err(CliError::usage("--arg names a variable of --jq, and there is no --jq"));
    }
    match (&global.columns, &global.jq) {
        (None, None) => Ok(Selection::Whole),
        (Some(columns), None) => {
            refuse_columns_of(format)?;
            chosen(columns, printed(path, "--columns")?, path).map(Selection::Columns)
        }
        (None, Some(expression)) => {
            refuse_jq_on(format)?;
            printed(path, "--jq")?;
            compiled(expression, arguments(global)?, environment).map(Selection::Jq)
        }
        (Some(_), Some(_)) => {
            Err(CliError::usage("--columns works on rows and --jq on JSON: use only one of them"))
        }
    }
}

/// The names and texts of `--arg`.
fn arguments(global: &Global) -> Result<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for pair in global.arg.chunks(2) {
        let [name, text] = pair else { continue };
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty()
            || name.starts_with(|first: char| first.is_ascii_digit())
            || !name.chars().all(is_name)
        {
            return Err(CliError::usage(format!("--arg {name:?}: a name has letters, digits and _")));
        }
        // As in jq, the first of several counts.
        if found.iter().all(|(known, _)| known != name) {
            found.push((name.clone(), text.clone()));
        }
    }
    Ok(found)
}

fn compiled(
    expression: &str,
    arguments: Vec<(String, String)>,
    environment: &Environment,
) -> Result<Arc<Jq>> {
    let compiled = Jq::compile(expression, arguments, environment.raw(env::TIME_ZONE));
    compiled.map(Arc::new).map_err(|error| match JqError::within(&error) {
        Some(wrong) => {
            let shown = cut(expression, LONGEST);
            let refused = CliError::usage(format!("--jq {shown:?}: {wrong}"));
            wrong.advice().into_iter().fold(refused, CliError::hint)
        }
        None => CliError::io("cannot evaluate --jq", error),
    })
}

/// The document that the command prints.
fn printed(path: &str, flag: &str) -> Result<&'static Document> {
    document_of(path).ok_or_else(|| {
        let command =
            if path.is_empty() { "a call without a command".to_owned() } else { format!("sactl {path}") };
        CliError::usage(format!("{flag} cannot be used here: {command} prints no data"))
    })
}

fn refuse_columns_of(format: Option<Format>) -> Result<()> {
    match format {
        None | Some(Format::Table | Format::Csv | Format::Markdown | Format::Html) => Ok(()),
        Some(Format::Name) => {
            Err(CliError::usage("--columns is for tables, csv and pipes; -o name prints only names")
                .hint("remove -o, or use -o table or -o csv"))
        }
        Some(Format::Json | Format::Jsonl | Format::Yaml) => {
            Err(CliError::usage("--columns is for tables, csv and pipes; a document has fields")
                .hint("select fields with --jq, for example --jq .name, or use -o table or -o csv"))
        }
    }
}

fn refuse_jq_on(format: Option<Format>) -> Result<()> {
    match format {
        None | Some(Format::Json | Format::Jsonl) => Ok(()),
        Some(_) => Err(CliError::usage("--jq works on JSON")
            .hint("remove -o, or use -o json or -o jsonl; for a table or csv use --columns")),
    }
}

/// The columns of `list` among those of the document, however their letters are written.
fn chosen(list: &str, document: &Document, path: &str) -> Result<Arc<[&'static str]>> {
    let words: Vec<&str> = list.split(',').map(str::trim).collect();
    if words.iter().any(|word| word.is_empty()) {
        return Err(CliError::usage("--columns has an empty name").hint(all(document, path)));
    }
    let mut columns = Vec::new();
    for word in words {
        match document.columns_called(word).as_slice() {
            [] => return Err(unknown(word, document, path)),
            called => columns.extend(called),
        }
    }
    Ok(columns.into())
}

fn unknown(word: &str, document: &Document, path: &str) -> CliError {
    let error = CliError::usage(format!("unknown column {word}"));
    let error = match nearest(word, document.columns) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => error,
    };
    error.hint(all(document, path))
}

fn all(document: &Document, path: &str) -> String {
    format!("the columns of sactl {path} are {}", document.columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(
        path: &str,
        columns: Option<&str>,
        jq: Option<&str>,
        format: Option<Format>,
    ) -> Result<Selection> {
        let (columns, jq) = (columns.map(str::to_owned), jq.map(str::to_owned));
        selection(path, &Global { columns, jq, ..Global::default() }, &Environment::of_pairs([]), format)
    }

    #[test]
    fn columns_come_as_they_are_named() {
        for (list, expected) in [
            ("name,id", &["name", "id"][..]),
            ("ID, Name", &["id", "name"]),
            ("id,id", &["id"; 2]),
            ("LAST USED,access", &["last_used_at", "role", "permissions"]),
        ] {
            let Ok(Selection::Columns(columns)) = choose("list", Some(list), None, None) else {
                panic!("{list}")
            };
            assert_eq!(&columns[..], expected);
        }
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let csv = Some(Format::Csv);
        for (path, columns, jq, format, expected) in [
            ("list", Some(""), None, None, "--columns has an empty name"),
            ("list", Some("name,"), None, None, "--columns has an empty name"),
            ("list", Some("nam"), None, csv, "unknown column nam"),
            ("list", Some("name"), None, Some(Format::Yaml), "a document has fields"),
            ("list", Some("name"), None, Some(Format::Name), "-o name prints only names"),
            ("sandbox", Some("name"), None, None, "sactl sandbox prints no data"),
            ("", None, Some("."), Some(Format::Json), "a call without a command prints no data"),
            ("list", None, Some("."), csv, "--jq works on JSON"),
            ("list", Some("name"), Some("."), None, "use only one"),
        ] {
            let error = choose(path, columns, jq, format).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.message().contains(expected), "{}", error.message());
        }
    }

    #[test]
    fn an_unknown_column_is_answered_with_all_of_them() {
        let error = choose("role list", Some("holder"), None, None).unwrap_err();
        assert_eq!(
            error.hints(),
            ["did you mean holders?", "the columns of sactl role list are name, kind, permissions, holders"]
                .map(crate::text::Hint::from)
        );
    }
}
