//! The filters and the order of a list of accounts.
//!
//! Responsible for the filters of the request, and for those that only this program knows. Refuses to trust the
//! platform: its filters are applied again, because another server may not know them.

use std::cmp::Reverse;

use clap::ValueEnum;
use jiff::Timestamp;

use crate::api::Account;
use crate::api::account::AccountQuery;
use crate::domain::company::CompanyRef;
use crate::domain::{Age, Ownership};

// Not a doc comment: it would become the help of the command.
// What the accounts must be like.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct FilterArgs {
    /// List only accounts whose name or description contains this text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    search: Option<String>,

    /// List only accounts that have this role in the company
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,

    /// List only accounts that have this permission in the company; with several, all of them
    #[arg(long, value_name = "PERMISSION", value_delimiter = ',')]
    permission: Vec<String>,

    /// List only accounts that this company owns; with several, any of them
    #[arg(long, value_name = "ID|NAME")]
    owner: Vec<CompanyRef>,

    /// List only owned accounts that were not used for this long, such as 90d
    #[arg(long, value_name = "AGE", conflicts_with = "external")]
    unused_for: Option<Age>,

    /// List only owned accounts that were never used
    #[arg(long, conflicts_with = "external")]
    never_used: bool,

    /// List only owned accounts without access in the company
    #[arg(long, conflicts_with = "external")]
    no_access: bool,

    /// List only accounts whose password is older than this, such as 180d
    #[arg(long, value_name = "AGE")]
    password_older_than: Option<Age>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SortKey {
    /// Name
    Name,
    /// Last use: never used first, then the longest unused
    LastUsed,
    /// Age of the password: the oldest first
    PasswordAge,
    /// Time of creation: the oldest first
    Created,
    /// Number of companies: the most first
    Companies,
}

impl SortKey {
    /// Sorts accounts that are in the order of names, which decides between equals.
    pub(super) fn sort(self, accounts: &mut [Account]) {
        match self {
            Self::Name => {}
            Self::LastUsed => accounts.sort_by_key(|account| account.last_used_at),
            Self::PasswordAge => accounts.sort_by_key(|account| account.password_changed_at),
            Self::Created => accounts.sort_by_key(|account| account.created_at),
            Self::Companies => accounts.sort_by_key(|account| Reverse(account.company_count)),
        }
    }
}

impl FilterArgs {
    /// The role that accounts must have.
    pub(super) fn role(&self) -> Option<&String> {
        self.role.as_ref()
    }

    /// The permissions that accounts must have.
    pub(super) fn permissions(&self) -> &[String] {
        &self.permission
    }

    /// Whether only owned accounts can match: those of others have access, and their use is private.
    pub(super) const fn is_for_owned(&self) -> bool {
        self.unused_for.is_some() || self.never_used || self.no_access
    }

    /// Whether something is left out that the platform does not leave out.
    pub(super) const fn is_local(&self) -> bool {
        self.never_used || self.no_access || !self.permission.is_empty() || !self.owner.is_empty()
    }

    /// What the platform is asked for.
    pub(super) fn query(&self, now: Timestamp) -> AccountQuery {
        AccountQuery {
            search: self.search.clone(),
            role: self.role.clone(),
            unused_since: self.unused_for.as_ref().map(|age| age.before(now)),
            password_changed_before: self.password_older_than.as_ref().map(|age| age.before(now)),
            ..AccountQuery::default()
        }
    }

    /// Whether an account is one of those that were asked for.
    pub(super) fn keeps(&self, account: &Account, now: Timestamp) -> bool {
        let is_owned = account.ownership == Ownership::Owned;
        let last_use = account.last_used_at.or(account.created_at);
        let is_older = |time: Option<Timestamp>, age: &Option<Age>| {
            age.as_ref().is_none_or(|age| time.is_some_and(|time| time < age.before(now)))
        };
        let holds = |wanted: &String| {
            account.access.as_ref().is_some_and(|access| access.permissions.iter().any(|held| held == wanted))
        };
        (is_owned || !self.is_for_owned())
            && (!self.never_used || account.last_used_at.is_none())
            && (!self.no_access || account.access.is_none())
            && is_older(last_use, &self.unused_for)
            && is_older(account.password_changed_at, &self.password_older_than)
            && self.permission.iter().all(holds)
            && (self.owner.is_empty() || self.owner.iter().any(|owner| owner.resembles(&account.owner)))
    }

    /// What an account must be like, in words.
    pub(super) fn conditions(&self) -> Vec<String> {
        let owner = |owner: &CompanyRef| match owner {
            CompanyRef::Id(id) => format!("company {id}"),
            CompanyRef::Name(name) => name.clone(),
        };
        let owners: Vec<_> = self.owner.iter().map(owner).collect();
        let conditions = [
            self.search.as_ref().map(|text| format!("contains {text:?}")),
            self.role.as_ref().map(|role| format!("has the role {role}")),
            (!self.permission.is_empty()).then(|| format!("has {}", self.permission.join(" and "))),
            (!owners.is_empty()).then(|| format!("is owned by {}", owners.join(" or "))),
            self.unused_for.as_ref().map(|age| format!("is unused for {age}")),
            self.never_used.then(|| "was never used".to_owned()),
            self.no_access.then(|| "is without access here".to_owned()),
            self.password_older_than.as_ref().map(|age| format!("has a password older than {age}")),
        ];
        conditions.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, created: &str, password: &str, used: Option<&str>, companies: u64) -> Account {
        serde_json::from_value(serde_json::json!({
            "id": 1, "name": name, "description": null, "ownership": "owned", "owner": {"id": 1, "name": "Acme"},
            "access": null, "company_count": companies, "created_at": created, "password_changed_at": password,
            "last_used_at": used, "use_known": true
        }))
        .unwrap()
    }

    #[test]
    fn names_decide_between_equals() {
        let (old, new) = ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z");
        let accounts = [
            account("a", new, new, Some(new), 1),
            account("b", old, new, None, 2),
            account("c", new, new, Some(old), 2),
            account("d", old, old, None, 0),
        ];
        for (key, expected) in [
            (SortKey::Name, "abcd"),
            (SortKey::LastUsed, "bdca"),
            (SortKey::PasswordAge, "dabc"),
            (SortKey::Created, "bdac"),
            (SortKey::Companies, "bcad"),
        ] {
            let mut sorted = accounts.clone();
            key.sort(&mut sorted);
            assert_eq!(sorted.map(|account| account.name).concat(), expected, "{key:?}");
        }
    }
}
