//! The configuration file: the profiles, and which one is current.
//!
//! Responsible for reading and changing it. Refuses unknown keys, and contains no secret.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::secure_file::{self, Folder};
use super::{Error, ErrorKind, Result, StoreKind};
use crate::domain::{Company, CompanySet, Origin};
use crate::text::CommandLine;

/// The name of the file in the configuration folder.
pub const NAME: &str = "config.toml";

/// Everything the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The profile that is used by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The profile that was used by default before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The profiles by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub profiles: BTreeMap<String, Profile>,
    /// Sets of companies by name, for `--companies @NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub company_sets: BTreeMap<String, CompanySet>,
}

/// Where new passwords are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PolicyPlace {
    /// By sactl before sending, and by the server
    #[default]
    Local,
    /// By the server alone, which may be stricter or laxer
    Server,
}

impl fmt::Display for PolicyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Local => "local",
            Self::Server => "server",
        })
    }
}

/// A stored set of server, user and active company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Origin>,
    /// The user or service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Where the credentials are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_store: Option<StoreKind>,
    /// Certificates to trust in addition to those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cacert: Option<PathBuf>,
    /// The client certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert: Option<PathBuf>,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<PathBuf>,
    /// The routes of a gateway that has others than the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routes: Option<PathBuf>,
    /// Where new passwords are checked; here unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyPlace>,
    /// The active company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// The company that was active before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_company: Option<Company>,
}

/// Most bytes of the file.
const LIMIT: usize = 1024 * 1024;

impl ConfigFile {
    /// Reads the file of `folder`; a missing file counts as empty.
    ///
    /// # Errors
    /// `config` with file and line when it does not parse, `io` when it cannot be read.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        if !path.try_exists().map_err(|error| Error::io("read", &path, error))? {
            return Ok(Self::default());
        }
        let bytes = secure_file::read_regular(&path, LIMIT)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| broken(&path, "it is not UTF-8 text"))?;
        toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            broken(&path, &format!("line {line}: {}", error.message()))
        })
    }

    /// Makes a profile the current one, and remembers the one before it.
    pub fn make_current(&mut self, name: &str) {
        let before = self.current.replace(name.to_owned());
        self.previous = before.filter(|before| before != name).or(self.previous.take());
    }

    /// Reads the file, lets `change` change it, and writes it, while no other process does the same.
    ///
    /// # Errors
    /// As [`Self::load`], and `io` when it cannot be written.
    pub fn update<T>(folder: &Path, change: impl FnOnce(&mut Self) -> T) -> Result<T> {
        let folder = Folder::make(folder)?;
        let lock = folder.lock(NAME)?;
        let mut file = Self::load(folder.path())?;
        let before = file.clone();
        let outcome = change(&mut file);
        if file != before {
            let text = toml::to_string(&file)
                .map_err(|error| Error::config("cannot write the configuration").caused_by(error))?;
            lock.replace(NAME, text.as_bytes()).map_err(|error| error.of_kind(ErrorKind::Io))?;
        }
        Ok(outcome)
    }
}

fn broken(path: &Path, why: &str) -> Error {
    Error::config(format!("{}: {why}", path.display()))
        .hint(CommandLine::new("login").after("fix the file, or move it away and sign in again with: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile {
            server: Some("https://gateway.example".parse().unwrap()),
            username: Some("admin@acme.example".into()),
            credential_store: Some(StoreKind::File),
            company: Some(Company { id: crate::domain::CompanyId(1), name: "Acme MSP".into() }),
            ..Profile::default()
        };
        ConfigFile::update(folder.path(), |file| {
            file.current = Some("acme".into());
            file.profiles.insert("acme".into(), profile.clone());
        })
        .unwrap();
        let read = ConfigFile::load(folder.path()).unwrap();
        assert_eq!(read.current.as_deref(), Some("acme"));
        assert_eq!(read.profiles["acme"], profile);
    }

    #[test]
    fn garbage_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        for (content, line) in [
            (&b"current = \"a\"\n[profiles.a]\nservr = \"x\"\n"[..], Some("line 3")),
            (b"\n\n= =", Some("line 3")),
            (b"[profiles.a]\nserver = \"not a server/\"", Some("line 2")),
            (b"\xff\xfe", None),
        ] {
            std::fs::write(folder.path().join(NAME), content).unwrap();
            let error = ConfigFile::load(folder.path()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Config);
            assert!(error.message.contains("config.toml"), "{}", error.message);
            assert!(error.message.contains(line.unwrap_or("UTF-8")), "{}", error.message);
        }
    }

    #[test]
    fn nothing_is_an_empty_configuration() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ConfigFile::load(folder.path()).unwrap(), ConfigFile::default());
    }
}
