//! Companies: the tenants of the platform. Their ids are unique, their names are not.
//!
//! Responsible for references by id or name. Refuses an invalid reference.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of a company, unique over the platform and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct CompanyId(pub i64);

impl fmt::Display for CompanyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A company in documents: its id and its name, because names repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Company {
    /// The id, unique on the platform.
    pub id: CompanyId,
    /// The name; another company may have the same one.
    pub name: String,
}

impl fmt::Display for Company {
    /// `Acme MSP (1)`: the form for people everywhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.id)
    }
}

/// How a company is named: digits are always an id, anything else is a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompanyRef {
    /// Given as digits.
    Id(CompanyId),
    /// Given as text; may match several companies.
    Name(String),
}

/// Why a text names no company at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCompanyRef {
    /// Nothing but white space.
    #[error("the company must be an id or a name, not empty")]
    Empty,
    /// Digits that are no id.
    #[error("this number is too large for a company id")]
    TooLarge,
}

impl CompanyRef {
    /// Whether it means `company`, by the id or by exactly the name.
    pub fn names(&self, company: &Company) -> bool {
        match self {
            Self::Id(id) => *id == company.id,
            Self::Name(name) => *name == company.name,
        }
    }

    /// Whether it means `company`, by the id or by the name without regard to case.
    pub fn resembles(&self, company: &Company) -> bool {
        match self {
            Self::Id(id) => *id == company.id,
            Self::Name(name) => name.to_lowercase() == company.name.to_lowercase(),
        }
    }
}

impl FromStr for CompanyRef {
    type Err = InvalidCompanyRef;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidCompanyRef::Empty);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.parse() {
                Ok(id) => Ok(Self::Id(CompanyId(id))),
                Err(_) => Err(InvalidCompanyRef::TooLarge),
            };
        }
        Ok(Self::Name(text.to_owned()))
    }
}

impl fmt::Display for CompanyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_always_an_id() {
        assert_eq!("12".parse(), Ok(CompanyRef::Id(CompanyId(12))));
        assert_eq!(" 12 ".parse(), Ok(CompanyRef::Id(CompanyId(12))));
        assert_eq!("3com".parse(), Ok(CompanyRef::Name("3com".into())));
        assert_eq!("-1".parse(), Ok(CompanyRef::Name("-1".into())));
        assert_eq!("99999999999999999999".parse::<CompanyRef>(), Err(InvalidCompanyRef::TooLarge));
        assert_eq!(" ".parse::<CompanyRef>(), Err(InvalidCompanyRef::Empty));
    }
}
