//! The identity of this call: from the environment, or what `login` has stored.
//!
//! Responsible for choosing the source of the credentials. Refuses contradictory variables.

use std::path::{Path, PathBuf};

use super::env::{self, Environment};
use super::{Error, ErrorKind, Result, secure_file};
use crate::domain::{Password, Token};

/// The identity of this call. Credentials from the environment are used for this call and never stored.
#[derive(Clone, Debug)]
pub enum Identity {
    /// `SACTL_TOKEN`.
    Token(Token),
    /// `SACTL_USERNAME` with a password.
    Password {
        /// The account.
        username: String,
        /// The password, or the file that holds it.
        password: PasswordSource,
    },
    /// The stored credentials of the server in use. The name is that of `SACTL_USERNAME`, if it is set.
    Stored(Option<String>),
}

/// Where a password for this call comes from.
#[derive(Clone, Debug)]
pub enum PasswordSource {
    /// `SACTL_PASSWORD`.
    Variable(Password),
    /// `SACTL_PASSWORD_FILE`.
    File(PathBuf),
}

impl Identity {
    /// Reads the environment. Credentials there need a server that is named for this call, so that no
    /// configuration file decides where they go.
    ///
    /// # Errors
    /// `config` for an incomplete or contradictory environment.
    pub fn resolve(environment: &Environment, server_is_explicit: bool) -> Result<Self> {
        let username = environment.get(env::USERNAME)?;
        if let Some(token) = environment.get(env::TOKEN)? {
            require_server(server_is_explicit, env::TOKEN.name)?;
            return Ok(Self::Token(Token::new(without_line_end(&token))));
        }
        let Some((password, variable)) = password(environment)? else { return Ok(Self::Stored(username)) };
        require_server(server_is_explicit, variable)?;
        match username {
            Some(username) => Ok(Self::Password { username, password }),
            None => Err(Error::config(format!("{variable} needs SACTL_USERNAME"))),
        }
    }
}

impl Identity {
    /// The account that the environment names; `None` if it names none, and for a token, which does not say whose it
    /// is.
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Token(_) => None,
            Self::Password { username, .. } => Some(username),
            Self::Stored(username) => username.as_deref(),
        }
    }
}

fn password(environment: &Environment) -> Result<Option<(PasswordSource, &'static str)>> {
    let file = environment.raw(env::PASSWORD_FILE).map(PathBuf::from);
    match (environment.get(env::PASSWORD)?, file) {
        (Some(_), Some(_)) => {
            Err(Error::config("SACTL_PASSWORD and SACTL_PASSWORD_FILE are both set")
                .hint("unset one of them"))
        }
        (Some(text), None) => Ok(Some((PasswordSource::Variable(Password::new(text)), env::PASSWORD.name))),
        (None, Some(path)) => Ok(Some((PasswordSource::File(path), env::PASSWORD_FILE.name))),
        (None, None) => Ok(None),
    }
}

fn require_server(is_explicit: bool, variable: &str) -> Result<()> {
    if is_explicit {
        return Ok(());
    }
    Err(Error::config(format!("{variable} needs an explicit server"))
        .hint("pass it with --server or SACTL_SERVER; a profile never decides where it is sent"))
}

impl PasswordSource {
    /// The password. That of a variable is read like that of a file.
    ///
    /// # Errors
    /// Those of [`read_password_file`].
    pub fn read(&self) -> Result<Password> {
        match self {
            Self::Variable(password) => password_of(password.expose().as_bytes())
                .map_err(|why| Error::config(format!("{}: {why}", env::PASSWORD.name))),
            Self::File(path) => read_password_file(path),
        }
    }

    /// Whether it is a variable that ends with a line end, which is not part of the password.
    pub fn has_line_end(&self) -> bool {
        matches!(self, Self::Variable(password) if password.expose().ends_with('\n'))
    }
}

/// Reads a password from a file. One line end at the end, LF or CRLF, is not part of it; everything else is.
///
/// # Errors
/// `io` when it cannot be read, `usage` when it is too long or not UTF-8.
pub fn read_password_file(path: &Path) -> Result<Password> {
    let bytes = secure_file::read_bounded(path, PASSWORD_FILE_LIMIT, PASSWORD_FILE).map_err(|error| {
        match error.kind {
            ErrorKind::Config => error.of_kind(ErrorKind::Usage),
            _ => error,
        }
    })?;
    password_of(&bytes).map_err(|why| Error::usage(format!("{}: {why}", path.display())))
}

/// What is expected of a file with a password.
const PASSWORD_FILE: &str = "name a file that has the password alone and that you can read";

/// Most bytes of a file or stream that is taken for a password.
pub const PASSWORD_FILE_LIMIT: usize = 4096;

/// The password in `bytes`, less one line end at the end.
///
/// # Errors
/// Says why it is not a password file.
pub fn password_of(bytes: &[u8]) -> std::result::Result<Password, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "a password must be UTF-8 text")?;
    if text.starts_with(BYTE_ORDER_MARK) {
        return Err("the password begins with a byte order mark (BOM): save it as UTF-8 without BOM");
    }
    Ok(Password::new(without_line_end(text)))
}

/// What some editors write at the beginning of a file, and nothing shows.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text without one line end, LF or CRLF, at its end.
fn without_line_end(text: &str) -> &str {
    text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resolve(pairs: &[(&str, &str)], explicit: bool) -> Result<Identity> {
        Identity::resolve(&Environment::of_pairs(pairs.iter().copied()), explicit)
    }

    /// P3: what the environment holds goes to a server named for this call, and nowhere else.
    #[test]
    fn credentials_of_the_environment_need_an_explicit_server() {
        let password = [("SACTL_USERNAME", "u"), ("SACTL_PASSWORD", "p")];
        let file = [("SACTL_USERNAME", "u"), ("SACTL_PASSWORD_FILE", "/f")];
        for pairs in [&[("SACTL_TOKEN", "t")][..], &password, &file] {
            assert!(resolve(pairs, false).unwrap_err().message.contains("explicit server"));
            assert!(resolve(pairs, true).is_ok());
        }
        assert!(resolve(&[("SACTL_USERNAME", "u")], false).is_ok());
        assert!(resolve(&[("SACTL_TOKEN", "")], false).is_ok());
    }

    #[test]
    fn a_password_belongs_to_somebody_and_comes_from_one_place() {
        assert!(resolve(&[("SACTL_PASSWORD", "p")], true).is_err());
        let both = [("SACTL_USERNAME", "u"), ("SACTL_PASSWORD", "p"), ("SACTL_PASSWORD_FILE", "/f")];
        assert!(resolve(&both, true).is_err());
        let token = [("SACTL_TOKEN", "t"), ("SACTL_USERNAME", "u"), ("SACTL_PASSWORD", "p")];
        assert!(matches!(resolve(&token, true), Ok(Identity::Token(_))));
    }

    proptest! {
        /// P18: byte for byte, less one line end.
        #[test]
        fn p18_one_line_end_is_not_part_of_a_password(text in "\\PC{0,40}", end in "(|\n|\r\n)") {
            let read = password_of(format!("{text}{end}").as_bytes()).unwrap();
            prop_assert_eq!(read.expose(), text);
        }
    }

    #[test]
    fn other_white_space_is_part_of_it() {
        let read = |text: &str| password_of(text.as_bytes()).unwrap().expose().to_owned();
        assert_eq!(read("a\n\n"), "a\n");
        assert_eq!(read(" a \t"), " a \t");
        assert_eq!(read("a\r"), "a\r");
        assert!(password_of(&[0xff]).is_err());
        assert!(password_of("\u{feff}Secret-1!".as_bytes()).unwrap_err().contains("BOM"));
    }
}
