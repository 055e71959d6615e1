//! The access on the command line: a role, or a list of permissions, here or in another company.
//!
//! Responsible for parsing it. Refuses to decide whether it may be granted.

use std::str::FromStr;

pub(in crate::commands) use crate::api::access::AccessSpec;
use crate::domain::company::CompanyRef;

// Not a doc comment: it would become the help of the commands that take these.
// `--role` or `--permission`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::commands) struct RightsArgs {
    /// Role in the company
    #[arg(long, value_name = "ROLE", value_parser = word, conflicts_with = "permissions")]
    role: Option<String>,

    /// Permission in the company; repeatable, or comma-separated
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    permissions: Vec<String>,
}

impl RightsArgs {
    /// What was asked for; `None` when nothing was.
    pub(in crate::commands) fn rights(&self) -> Option<AccessSpec> {
        match &self.role {
            Some(role) => Some(AccessSpec::Role(role.clone())),
            None if self.permissions.is_empty() => None,
            None => Some(AccessSpec::Permissions(self.permissions.clone())),
        }
    }
}

// Not a doc comment: it would become the help of the commands that take these.
// `--add-permission` and `--remove-permission`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::commands) struct AdjustArgs {
    /// Permission to add to the list; repeatable, or comma-separated
    #[arg(long = "add-permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    pub(in crate::commands) add: Vec<String>,

    /// Permission to remove from the list; repeatable, or comma-separated
    #[arg(long = "remove-permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    pub(in crate::commands) remove: Vec<String>,
}

impl AdjustArgs {
    /// Whether nothing was asked for.
    pub(in crate::commands) const fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }
}

/// One word of a list: without the white space around it, and not empty.
pub(in crate::commands) fn word(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() { Err("it must not be empty") } else { Ok(text.to_owned()) }
}

/// `COMPANY=ROLE` or `COMPANY=PERMISSION,…`: access in another company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Grant {
    /// The company.
    pub(in crate::commands) company: CompanyRef,
    /// The access.
    pub(in crate::commands) rights: AccessSpec,
}

impl FromStr for Grant {
    type Err = String;

    /// Splits at the last `=`: names of companies may hold one, names of roles and permissions cannot. A value
    /// with a colon or a comma is a list of permissions.
    fn from_str(text: &str) -> Result<Self, String> {
        let (company, value) = text.rsplit_once('=').ok_or(
            "it must be COMPANY=ROLE or \
            COMPANY=PERMISSION,…",
        )?;
        let company = company.parse().map_err(|why| format!("{why}"))?;
        let rights = if value.contains([':', ',']) {
            AccessSpec::Permissions(value.split(',').map(word).collect::<Result<_, _>>()?)
        } else {
            AccessSpec::Role(word(value).map_err(|_| "the role or the list of permissions is missing")?)
        };
        Ok(Self { company, rights })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::CompanyId;

    fn permissions(names: &[&str]) -> AccessSpec {
        AccessSpec::Permissions(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_grant_names_a_company_and_a_role_or_permissions() {
        let parse = |text: &str| text.parse::<Grant>();
        let grant = |company, rights| Ok(Grant { company, rights });
        let named = |name: &str| CompanyRef::Name(name.to_owned());
        assert_eq!(parse("2=viewer"), grant(CompanyRef::Id(CompanyId(2)), AccessSpec::Role("viewer".into())));
        assert_eq!(
            parse("Northwind Logistics=devices:view, alerts:view"),
            grant(named("Northwind Logistics"), permissions(&["devices:view", "alerts:view"]))
        );
        assert_eq!(parse("A=B GmbH=viewer"), grant(named("A=B GmbH"), AccessSpec::Role("viewer".into())));
        assert_eq!(
            parse("2=devices:view"),
            grant(CompanyRef::Id(CompanyId(2)), permissions(&["devices:view"]))
        );
        for bad in ["", "viewer", "2=", "=viewer", "2=devices:view,", "99999999999999999999=viewer"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_grant_splits_at_the_last_equals_sign(company in "[a-zA-Z=:, ]{0,12}[a-z]", role in "[a-z0-9-]{2,12}") {
            let grant: Grant = format!("{company}={role}").parse().unwrap();
            prop_assert_eq!(grant.company, CompanyRef::Name(company.trim().to_owned()));
            prop_assert_eq!(grant.rights, AccessSpec::Role(role));
        }

        #[test]
        fn lists_come_through_whole(id in 1..1_000_000i64, names in prop::collection::vec("[a-z-]{1,9}:[a-z]{1,6}", 1..5)) {
            let grant: Grant = format!("{id}={}", names.join(",")).parse().unwrap();
            prop_assert_eq!(grant, Grant { company: CompanyRef::Id(CompanyId(id)), rights: AccessSpec::Permissions(names) });
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,30}") {
            let _ = text.parse::<Grant>();
        }
    }
}
