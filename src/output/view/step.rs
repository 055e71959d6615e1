//! One change of a plan.
//!
//! Responsible for what a step is: in answers, in saved plans and in journals. Refuses secrets: no field can hold one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cells, Field, Row};
use crate::output::AccessView;

use crate::api::Access;
use crate::api::access::AccessSpec;
use crate::domain::{AccountName, Company, CompanyId};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Op {
    /// Create an account.
    Create,
    /// Change the description of an account.
    Edit,
    /// Give access, or change it.
    Grant,
    /// Remove all access in a company.
    Revoke,
    /// Delete an account.
    Delete,
    /// Create a role.
    RoleCreate,
    /// Change the permissions of a role.
    RoleEdit,
    /// Delete a role.
    RoleDelete,
    /// Set a new password.
    Rotate,
}

impl Op {
    /// The word in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::Delete => "delete",
            Self::RoleCreate => "role_create",
            Self::RoleEdit => "role_edit",
            Self::RoleDelete => "role_delete",
            Self::Rotate => "rotate",
        }
    }

    /// Whether it is about a role and not about an account.
    pub const fn is_of_role(self) -> bool {
        matches!(self, Self::RoleCreate | Self::RoleEdit | Self::RoleDelete)
    }
}

/// A description before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DescriptionChange")]
pub struct Descriptions {
    /// The description before; null for none.
    pub before: Option<String>,
    /// The description after; null for none.
    pub after: Option<String>,
}

/// One change. For a role, `role` of the access is its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The kind of change.
    pub op: Op,
    /// The account; null for a change of a role.
    pub account: Option<String>,
    /// The company; for an account itself, its owner.
    pub company: Company,
    /// The access before; null for none.
    #[schemars(with = "Option<AccessView>")]
    pub before: Option<Access>,
    /// The access after; null for none.
    #[schemars(with = "Option<AccessView>")]
    pub after: Option<Access>,
    /// Permissions gained.
    pub gained: Vec<String>,
    /// Permissions lost.
    pub lost: Vec<String>,
    /// The description before and after; null if it is not set.
    pub description: Option<Descriptions>,
}

impl Step {
    /// A step about an account itself, without any access.
    pub fn of_account(op: Op, account: &str, owner: &Company) -> Self {
        Self {
            op,
            account: Some(account.to_owned()),
            company: owner.clone(),
            before: None,
            after: None,
            gained: Vec::new(),
            lost: Vec::new(),
            description: None,
        }
    }

    /// A step from one access to another.
    pub fn of_access(
        op: Op,
        account: Option<&str>,
        company: &Company,
        before: Option<Access>,
        after: Option<Access>,
    ) -> Self {
        let (gained, lost) = difference(before.as_ref(), after.as_ref());
        Self {
            op,
            account: account.map(str::to_owned),
            company: company.clone(),
            before,
            after,
            gained,
            lost,
            description: None,
        }
    }

    /// The account in the form in which names are compared.
    pub fn account_key(&self) -> Option<String> {
        self.account.as_deref().map(AccountName::key_of)
    }

    /// Whether anything is taken away.
    pub fn takes_away(&self) -> bool {
        matches!(self.op, Op::Revoke | Op::Delete | Op::RoleDelete) || !self.lost.is_empty()
    }

    /// The role that it is about, where it is about one.
    pub fn role(&self) -> Option<(CompanyId, &str)> {
        let access = self.after.as_ref().or(self.before.as_ref()).filter(|_| self.op.is_of_role())?;
        Some((self.company.id, access.role.as_deref()?))
    }

    /// The request for the access after it.
    pub fn wanted(&self) -> Option<AccessSpec> {
        let after = self.after.as_ref()?;
        Some(match &after.role {
            Some(role) => AccessSpec::Role(role.clone()),
            None => AccessSpec::Permissions(after.permissions.iter().map(str::to_owned).collect()),
        })
    }

    /// What it is about, for people.
    pub fn subject(&self) -> String {
        match (&self.account, self.role()) {
            (Some(account), _) => format!("{account} in {}", self.company),
            (None, Some((_, role))) => format!("role {role} of {}", self.company),
            (None, None) => self.company.to_string(),
        }
    }
}

/// The role, or the individual list.
pub(in crate::output) fn held(access: Option<&Access>) -> String {
    let list =
        |access: &Access| access.role.clone().unwrap_or_else(|| access.permissions.joined().to_owned());
    access.map(list).unwrap_or_default()
}

impl Row for Step {
    const COLUMNS: &'static [&'static str] =
        &["op", "account", "company_id", "company", "before", "after", "gained", "lost"];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.op.as_str().into(),
            super::text(self.account.as_ref()),
            self.company.id.into(),
            self.company.name.as_str().into(),
            held(self.before.as_ref()).into(),
            held(self.after.as_ref()).into(),
            Field::from(self.gained.join(",")),
            Field::from(self.lost.join(",")),
        ]
    }

    fn name(&self) -> String {
        self.account.clone().or_else(|| Some(self.role()?.1.to_owned())).unwrap_or_default()
    }
}

/// What comes and what goes between two accesses.
pub fn difference(before: Option<&Access>, after: Option<&Access>) -> (Vec<String>, Vec<String>) {
    let names = |access: Option<&Access>| -> Vec<String> {
        access.map(|access| access.permissions.iter().map(str::to_owned).collect()).unwrap_or_default()
    };
    if let (Some(before), Some(after)) = (before, after)
        && before.permissions == after.permissions
    {
        return (Vec::new(), Vec::new());
    }
    let (before, after) = (names(before), names(after));
    // Both are sorted: every document of the server is.
    let without = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|name| others.binary_search(name).is_err()).cloned().collect()
    };
    (without(&after, &before), without(&before, &after))
}
