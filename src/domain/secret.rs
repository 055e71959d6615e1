//! Secrets as types.
//!
//! Responsible for passwords and tokens in memory, which are zeroed when they are dropped. Refuses to be formatted or
//! serialized: code that needs the text calls `expose`, and can be found by that word.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serializer};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $mask:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Takes over the text without a copy.
            pub fn new(text: impl Into<String>) -> Self {
                Self(SecretString::from(text.into()))
            }

            /// The text itself. Every call is a place to check for leaks.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }

            /// Writes the text into a request body; named in `serialize_with` where that is meant.
            ///
            /// # Errors
            /// Those of the serializer.
            pub fn serialize_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.expose())
            }

            /// The same for a field that may be absent.
            ///
            /// # Errors
            /// Those of the serializer.
            pub fn serialize_exposed_option<S: Serializer>(
                secret: &Option<Self>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match secret {
                    Some(secret) => secret.serialize_exposed(serializer),
                    None => serializer.serialize_none(),
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($mask)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::new)
            }
        }
    };
}

secret! {
    /// A password in plain text, exactly as it was given.
    Password, "[password]"
}

secret! {
    /// A bearer token in plain text.
    Token, "[token]"
}

secret! {
    /// A one-time code of an authenticator app.
    OneTimeCode, "[code]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let secret = (Password::new("hunter2"), Some(Token::new("hunter2")), OneTimeCode::new("hunter2"));
        assert_eq!(format!("{secret:?}"), "([password], Some([token]), [code])");
    }
}
