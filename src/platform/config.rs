//! The address of the database, as the operator gives it.
//!
//! Responsible for parsing it. Refuses to show the password in it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// Is shown every statement that is sent to the database.
pub type Observer = Arc<dyn Fn(&sea_orm::Statement) + Send + Sync>;

/// Where the data lives. `Debug` and `Display` show no password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file, written `sqlite:PATH`.
    Sqlite(PathBuf),
    /// A file that is not needed after this process ends: nothing waits for the disk. No
    /// text names it.
    Ephemeral(PathBuf),
    /// A server, written `postgres://USER@HOST/DATABASE`.
    Postgres(String),
}

/// The text names no database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database is sqlite:PATH or postgres://USER@HOST/DATABASE")]
pub struct InvalidDatabaseUrl;

impl DatabaseUrl {
    /// Whether the text has a password: a command line is no secret.
    pub fn tells_password(&self) -> bool {
        let Self::Postgres(url) = self else { return false };
        let says_it = |url: url::Url| {
            url.password().is_some() || url.query_pairs().any(|(field, _)| field == "password")
        };
        url::Url::parse(url).is_ok_and(says_it)
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(InvalidDatabaseUrl)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') {
            Err(InvalidDatabaseUrl)
        } else {
            Ok(Self::Sqlite(path.into()))
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) | Self::Ephemeral(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => match url::Url::parse(url) {
                Ok(url) => {
                    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                    write!(f, "postgres://{}{port}{}", url.host_str().unwrap_or_default(), url.path())
                }
                // Where the password ends cannot be told.
                Err(_) => f.write_str("postgres://…"),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_parse_and_hide_their_password() {
        let parse = |text: &str| text.parse::<DatabaseUrl>();
        assert_eq!(parse("sqlite:a/b.db"), Ok(DatabaseUrl::Sqlite("a/b.db".into())));
        assert_eq!(parse("sqlite:///a/b.db"), Ok(DatabaseUrl::Sqlite("/a/b.db".into())));
        for bad in ["", "a.db", "sqlite:", "sqlite::memory:", "mysql://x"] {
            assert_eq!(parse(bad), Err(InvalidDatabaseUrl), "{bad}");
        }
        let shown = format!("{:?}", parse("postgres://u:hunter2@db.example/x?password=hunter3").unwrap());
        assert_eq!(shown, "postgres://db.example/x");
        for odd in ["postgres://u@db.example:5433/x?password=hunter@3", "postgres://u:hunter?2@db.example/x"]
        {
            let shown = parse(odd).unwrap().to_string();
            assert!(!shown.contains("hunter") && !shown.ends_with('3'), "{shown}");
        }
        let shown = parse("postgres:///x?host=/run&password=hunter3").unwrap().to_string();
        assert_eq!(shown, "postgres:///x");
    }

    #[test]
    fn a_password_in_the_text_is_noticed() {
        for (text, tells) in [
            ("postgres://u:hunter2@db.example/x", true),
            ("postgres:///x?host=/run&password=hunter2", true),
            ("postgres://u@db.example/x?sslmode=verify-full", false),
            ("sqlite:u:hunter2@x", false),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap().tells_password(), tells, "{text}");
        }
    }
}
