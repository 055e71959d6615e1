//! One random operation, and the request that asks for it.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use sactl::domain::PermissionSet;
use serde_json::{Value, json};

use super::super::PASSWORD;

pub(super) type Company = i64;
pub(super) const COMPANIES: [Company; 5] = [1, 2, 3, 4, 5];

const ACCOUNTS: [&str; 9] = ["bot-a", "bot-b", "bot-c", "bot-d", "bot-e", "bot-f", "bot-g", "bot-h", "bot-i"];
/// The custom ones, the default ones, and one that is never there.
const ROLES: [&str; 7] = ["keeper", "red", "blue", "viewer", "operator", "company-admin", "-"];
const PERMISSIONS: [&str; 10] = [
    "service-accounts:view",
    "service-accounts:create",
    "service-accounts:edit",
    "service-accounts:delete",
    "roles:view",
    "roles:manage",
    "devices:view",
    "devices:edit",
    "alerts:view",
    "billing:manage",
];

/// What is held in one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Role(String),
    List(PermissionSet),
}

/// What is asked for, of an account or of a role.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Show,
    Create(BTreeMap<Company, Held>),
    Edit(Option<String>),
    /// Whether the present password is sent along.
    Reset(bool),
    Delete,
    Set(Held),
    Adjust(PermissionSet, PermissionSet),
    Remove,
    ShowRole,
    CreateRole(PermissionSet),
    SetRole(PermissionSet),
    AdjustRole(PermissionSet, PermissionSet),
    DeleteRole,
}

/// An operation of a caller in the name of a company, on the account or role of a name.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) who: &'a str,
    pub(super) company: Company,
    pub(super) name: &'a str,
    pub(super) asked: &'a Operation,
}

/// A set of up to `most` permissions.
fn set(random: &mut impl Rng, most: usize) -> PermissionSet {
    let count = random.random_range(0..=most);
    PERMISSIONS.sample(random, count).map(|name| name.parse().unwrap()).collect()
}

fn held(random: &mut impl Rng) -> Held {
    if random.random_bool(0.5) {
        Held::role(ROLES.choose(random).unwrap())
    } else {
        Held::List(set(random, 4))
    }
}

impl Operation {
    /// Whether it is about an account that should be there.
    pub(super) fn is_about_known_account(&self) -> bool {
        !self.is_about_role() && !matches!(self, Self::Create(_) | Self::ShowRole)
    }

    /// Whether it changes a role.
    pub(super) fn is_about_role(&self) -> bool {
        matches!(self, Self::CreateRole(_) | Self::SetRole(_) | Self::AdjustRole(..) | Self::DeleteRole)
    }

    /// Any operation, with the name of what it is about.
    pub(super) fn any(random: &mut StdRng) -> (Self, String) {
        let is_role = random.random_bool(0.25);
        let name = if is_role { ROLES.choose(random) } else { ACCOUNTS.choose(random) };
        let asked = if is_role { Self::on_role(random) } else { Self::on_account(random) };
        (asked, (*name.unwrap()).to_owned())
    }

    fn on_role(random: &mut StdRng) -> Self {
        match random.random_range(0..25) {
            0..5 => Self::ShowRole,
            5..11 => Self::CreateRole(set(random, 5)),
            11..15 => Self::SetRole(set(random, 5)),
            15..21 => Self::AdjustRole(set(random, 2), set(random, 2)),
            _ => Self::DeleteRole,
        }
    }

    fn on_account(random: &mut StdRng) -> Self {
        match random.random_range(0..75) {
            0..6 => {
                let companies = COMPANIES.iter().filter(|_| random.random_bool(0.3)).collect::<Vec<_>>();
                Self::Create(companies.into_iter().map(|company| (*company, held(random))).collect())
            }
            6..12 => {
                Self::Edit([None, Some("one".into()), Some("two".into())].choose(random).unwrap().clone())
            }
            12..14 => Self::Reset(random.random_bool(0.5)),
            14..17 => Self::Delete,
            17..33 => Self::Set(held(random)),
            33..48 => Self::Adjust(set(random, 3), set(random, 2)),
            48..58 => Self::Remove,
            _ => Self::Show,
        }
    }

    /// Method, path and body.
    pub(super) fn request(&self, company: Company, name: &str) -> (&'static str, String, Value) {
        let company = format!("/api/companies/{company}");
        let (accounts, roles) = (format!("{company}/service-accounts"), format!("{company}/roles"));
        let (account, role) = (format!("{accounts}/{name}"), format!("{roles}/{name}"));
        let access = format!("{account}/access");
        let adjusted = |add: &PermissionSet, remove: &PermissionSet| json!({"add": add.names(), "remove": remove.names()});
        match self {
            Self::Show => ("GET", account, Value::Null),
            Self::Create(given) => {
                let given = given.iter().map(|(company, held)| {
                    let mut access = held.asked();
                    access["company_id"] = (*company).into();
                    access
                });
                let access: Value = given.collect();
                ("POST", accounts, json!({"name": name, "password": PASSWORD, "access": access}))
            }
            Self::Edit(text) => ("PATCH", account, json!({"description": text})),
            Self::Reset(with_present) => {
                let present = with_present.then_some(PASSWORD);
                let body = json!({"password": PASSWORD, "current_password": present});
                ("PUT", format!("{account}/password"), body)
            }
            Self::Delete => ("DELETE", account, Value::Null),
            Self::Set(held) => ("PUT", access, held.asked()),
            Self::Adjust(add, remove) => ("PATCH", access, adjusted(add, remove)),
            Self::Remove => ("DELETE", access, Value::Null),
            Self::ShowRole => ("GET", role, Value::Null),
            Self::CreateRole(set) => ("POST", roles, json!({"name": name, "permissions": set.names()})),
            Self::SetRole(set) => ("PUT", role, json!({"permissions": set.names()})),
            Self::AdjustRole(add, remove) => ("PATCH", role, adjusted(add, remove)),
            Self::DeleteRole => ("DELETE", role, Value::Null),
        }
    }
}

impl Held {
    pub(super) fn role(name: &str) -> Self {
        Self::Role(name.to_owned())
    }

    fn asked(&self) -> Value {
        match self {
            Self::Role(role) => json!({"role": role}),
            Self::List(set) => json!({"permissions": set.names()}),
        }
    }
}
