//! Service accounts: names, descriptions and ownership.
//!
//! Responsible for their rules. Refuses a name or a description that breaks one.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Violation;

/// The number of a service account. A deleted account's number is never used again, so that an account of
/// the same name inherits nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct AccountId(pub i64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How an account stands to the company that looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ownership {
    /// The company owns the account and manages all of it.
    Owned,
    /// Another company owns it; this one can edit its permissions here or remove its access.
    External,
}

impl Ownership {
    /// The word for it in documents, filters and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::External => "external",
        }
    }
}

impl fmt::Display for Ownership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name of a service account: 2–64 ASCII letters, digits and `. _ + -`, first a letter or a digit.
///
/// Names are unique over the platform without regard to case and never change. They cannot contain `@`, so
/// they never meet the e-mail addresses that name humans.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// Fewest characters of a name.
    pub const MIN: usize = 2;
    /// Most characters of a name.
    pub const MAX: usize = 64;

    /// Accepts a name that keeps the rule.
    ///
    /// # Errors
    /// A violation `invalid_name` of the field `name`.
    pub fn new(name: impl Into<String>) -> Result<Self, Violation> {
        let name = name.into();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        let keeps = (Self::MIN..=Self::MAX).contains(&name.len())
            && name.bytes().all(known)
            && name.as_bytes()[0].is_ascii_alphanumeric();
        if keeps {
            Ok(Self(name))
        } else {
            Err(Violation::new(
                "name",
                "invalid_name",
                "a service account name must have 2 to 64 characters: ASCII letters, digits and . _ + -, \
                 starting with a letter or a digit",
            ))
        }
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which a name is unique and looked up.
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The look-up form of any text, valid name or not.
    pub fn key_of(text: &str) -> String {
        text.to_ascii_lowercase()
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The free text of an account: at most 500 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Most characters of a description.
    pub const MAX: usize = 500;

    /// Accepts a description that keeps the rule; the empty text is no description.
    ///
    /// # Errors
    /// A violation `invalid_description` of the field `description`.
    pub fn new(text: impl Into<String>) -> Result<Option<Self>, Violation> {
        let text = text.into();
        let refuse = |message| Err(Violation::new("description", "invalid_description", message));
        if text.chars().nth(Self::MAX).is_some() {
            return refuse("a description must have at most 500 characters");
        }
        if text.chars().any(char::is_control) {
            return refuse("a description must be one line without control characters");
        }
        Ok((!text.is_empty()).then_some(Self(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, taken out.
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_at_the_edges() {
        for good in ["ab", "A1", "1a", "fleet-automation", "a._+-", &"x".repeat(64)] {
            assert!(AccountName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "-a", ".a", "a b", "a@b", "é1", "a/b", "a\n", &"x".repeat(65)] {
            assert_eq!(AccountName::new(bad).unwrap_err().code, "invalid_name", "{bad}");
        }
    }

    #[test]
    fn descriptions_are_counted_in_characters() {
        assert!(Description::new("é".repeat(500)).is_ok());
        assert!(Description::new("é".repeat(501)).is_err());
        assert!(Description::new("two\nlines").is_err());
        assert!(Description::new("c1 \u{9b}").is_err());
        assert_eq!(Description::new(""), Ok(None));
    }

    proptest! {
        #[test]
        fn a_name_is_the_regular_expression(text in "\\PC{0,70}|[a-zA-Z0-9._+-]{0,70}") {
            let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
            let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c));
            let length = (2..=64).contains(&text.chars().count());
            prop_assert_eq!(AccountName::new(text).is_ok(), first && rest && length);
        }

        #[test]
        fn keys_ignore_case_and_nothing_else(name in "[a-zA-Z0-9][a-zA-Z0-9._+-]{1,63}") {
            let name = AccountName::new(name).unwrap();
            let upper = AccountName::new(name.as_str().to_ascii_uppercase()).unwrap();
            prop_assert_eq!(name.key(), upper.key());
            prop_assert!(name.key().eq_ignore_ascii_case(name.as_str()));
        }
    }
}
