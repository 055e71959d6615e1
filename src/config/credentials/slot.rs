//! A slot: the credentials of one user at one server.
//!
//! Responsible for its name and its stored form. Refuses to show a secret.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::{Error, Result};
use crate::domain::{Origin, Password, Token};

/// The folder of secrets in the configuration folder.
pub(in crate::config) const FOLDER: &str = "credentials";

/// The user and the server of the credentials. Credentials of another user or server are never found here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The server that issued them.
    pub origin: Origin,
    /// The user or service account.
    pub username: String,
}

impl Slot {
    /// A file name for this slot only, which reveals nothing.
    pub(super) fn file_name(&self) -> String {
        let digest = Sha256::digest(format!("{}\n{}", self.origin, self.username));
        digest.iter().take(16).fold("renewal-".to_owned(), |name, byte| format!("{name}{byte:02x}"))
    }
}

/// What one slot holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// The bearer token.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "Token::serialize_exposed_option"
    )]
    pub token: Option<Token>,
    /// When the token ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The password, if the user chose to store it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "Password::serialize_exposed_option"
    )]
    pub password: Option<Password>,
}

impl Credentials {
    /// The token, if at `now` it still has a moment to live.
    pub fn live_token(&self, now: Timestamp) -> Option<&Token> {
        let margin = jiff::SignedDuration::from_secs(10);
        let ends = self.expires_at.is_some_and(|ends| ends.duration_since(now) < margin);
        self.token.as_ref().filter(|_| !ends)
    }
}

/// Credentials as they are written.
pub(super) fn encode(credentials: &impl Serialize) -> Result<zeroize::Zeroizing<String>> {
    serde_json::to_string(credentials)
        .map(zeroize::Zeroizing::new)
        .map_err(|_| Error::store("cannot write the credentials"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_until_shortly_before_its_end() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let ends = |text: Option<&str>| Credentials {
            token: Some(Token::new("t")),
            expires_at: text.map(|text| text.parse().unwrap()),
            password: None,
        };
        assert!(ends(None).live_token(now).is_some());
        assert!(ends(Some("2026-01-01T00:00:11Z")).live_token(now).is_some());
        assert!(ends(Some("2026-01-01T00:00:09Z")).live_token(now).is_none());
        assert!(ends(Some("2025-12-31T00:00:00Z")).live_token(now).is_none());
        assert!(Credentials::default().live_token(now).is_none());
    }
}
