//! The audit log on the wire: who did what, to which account, when.
//!
//! Responsible for its documents and the names of actions. Refuses unknown parameters in its query.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
#[cfg(feature = "platform")]
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

use super::Listed;
use super::bounds::{LONGEST_STRING, too_long};
use super::session::Kind;
use crate::domain::AccountId;

/// Who did something. An actor from another company appears as that company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Actor {
    /// A user, a service account or a company.
    pub kind: ActorKind,
    /// The id among those of its kind.
    pub id: i64,
    /// The name at that time.
    pub name: String,
}

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub enum ActorKind {
    /// A human.
    User,
    /// A program.
    ServiceAccount,
    /// Another company.
    Company,
}

impl ActorKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::User, Self::ServiceAccount, Self::Company];

    /// As documents and the database write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ServiceAccount => "service_account",
            Self::Company => "company",
        }
    }
}

impl From<Kind> for ActorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::User,
            Kind::ServiceAccount => Self::ServiceAccount,
        }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An account was created.
    AccountCreated,
    /// The description of an account was changed.
    AccountEdited,
    /// The password of an account was reset.
    PasswordReset,
    /// An account was deleted.
    AccountDeleted,
    /// An account was given access, or other access.
    AccessSet,
    /// Individual permissions of an account were added or removed.
    AccessAdjusted,
    /// An account lost its access.
    AccessRemoved,
    /// A role was created.
    RoleCreated,
    /// The permissions of a role were changed.
    RoleEdited,
    /// A role was deleted.
    RoleDeleted,
    /// A sign-in from an address, the first of a day (UTC).
    SignInAccepted,
    /// A refused sign-in, the first of a day (UTC) for this reason.
    SignInRefused,
    /// The operator of the installation created the company.
    CompanyCreated,
    /// The operator renamed the company.
    CompanyRenamed,
    /// The operator created a user of the company.
    UserCreated,
    /// The operator set the password of a user.
    UserPasswordReset,
    /// The operator enrolled the second factor of a user, or took it away.
    UserSecondFactor,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 17] = [
        Self::AccountCreated,
        Self::AccountEdited,
        Self::PasswordReset,
        Self::AccountDeleted,
        Self::AccessSet,
        Self::AccessAdjusted,
        Self::AccessRemoved,
        Self::RoleCreated,
        Self::RoleEdited,
        Self::RoleDeleted,
        Self::SignInAccepted,
        Self::SignInRefused,
        Self::CompanyCreated,
        Self::CompanyRenamed,
        Self::UserCreated,
        Self::UserPasswordReset,
        Self::UserSecondFactor,
    ];

    /// As records name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account.created",
            Self::AccountEdited => "account.edited",
            Self::PasswordReset => "account.password_reset",
            Self::AccountDeleted => "account.deleted",
            Self::AccessSet => "access.set",
            Self::AccessAdjusted => "access.adjusted",
            Self::AccessRemoved => "access.removed",
            Self::RoleCreated => "role.created",
            Self::RoleEdited => "role.edited",
            Self::RoleDeleted => "role.deleted",
            Self::SignInAccepted => "sign_in.accepted",
            Self::SignInRefused => "sign_in.refused",
            Self::CompanyCreated => "company.created",
            Self::CompanyRenamed => "company.renamed",
            Self::UserCreated => "user.created",
            Self::UserPasswordReset => "user.password_reset",
            Self::UserSecondFactor => "user.second_factor",
        }
    }
}

/// The order of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

/// What the audit log may be asked for. Several values of one parameter stand between commas.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::IntoParams))]
pub struct AuditQuery {
    /// Only records of this time or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<String>, format = DateTime))]
    pub since: Option<Timestamp>,
    /// Only records before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<String>, format = DateTime))]
    pub until: Option<Timestamp>,
    /// Only these actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(schema_with = actions))]
    pub action: Option<String>,
    /// Only what was done to the accounts of these names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<Vec<String>>, min_items = 1))]
    pub account: Option<String>,
    /// Only what the actors of these names did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<Vec<String>>, min_items = 1))]
    pub actor: Option<String>,
    /// `desc`: newest first, unless given; `asc`: oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(inline))]
    pub order: Option<Order>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows of a page: 1 to 1000, 100 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(minimum = 1, maximum = 1000))]
    pub page_size: Option<u64>,
}

/// How the actions that a log can be narrowed to are described in the OpenAPI document.
#[cfg(feature = "platform")]
fn actions() -> Array {
    let action = ObjectBuilder::new().schema_type(Type::String);
    let action = action.enum_values(Some(Action::ALL.map(Action::as_str)));
    ArrayBuilder::new().items(action).min_items(Some(1)).description(Some("Only these actions.")).build()
}

/// One record: the part of a change that concerns this company.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AuditRecord {
    /// The number of the record.
    pub id: i64,
    /// When it was done.
    #[serde(with = "super::time::second")]
    pub at: Timestamp,
    /// What was done, for example `access.set`.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// The account that it was done to; null for another thing.
    pub account: Option<AuditedAccount>,
    /// The role that it was done to; null for another thing.
    pub role: Option<String>,
    /// What changed, by action.
    #[serde(deserialize_with = "detail")]
    #[cfg_attr(feature = "platform", schema(value_type = Object))]
    pub detail: Box<RawValue>,
    /// The id of the request that did it.
    pub request_id: String,
}

/// The account of a record, with its name at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AuditedAccount {
    /// The id.
    #[cfg_attr(feature = "platform", schema(value_type = i64))]
    pub id: AccountId,
    /// The name.
    pub name: String,
}

impl Listed for AuditRecord {
    /// Records of one second stand in an order that they do not show.
    fn key(&self) -> Option<(String, i64)> {
        None
    }
}

/// Any JSON value, kept as text: it takes many times its space when it is read.
fn detail<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    let detail = Box::<RawValue>::deserialize(deserializer)?;
    if detail.get().len() > LONGEST_STRING {
        return Err(too_long::<D::Error>("the detail of a record"));
    }
    Ok(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_name() {
        let names: std::collections::BTreeSet<_> = Action::ALL.into_iter().map(Action::as_str).collect();
        assert_eq!(names.len(), Action::ALL.len());
    }

    #[test]
    fn record_with_a_very_long_detail_is_refused() {
        let record = |detail: String| {
            let text = format!(
                r#"{{"id":1,"at":"2026-01-01T00:00:00Z","action":"x","account":null,"role":null,
                "actor":{{"kind":"user","id":1,"name":"a"}},"request_id":"r","detail":{detail}}}"#
            );
            serde_json::from_str::<AuditRecord>(&text)
        };
        assert_eq!(record(r#"{"a": 1}"#.to_owned()).unwrap().detail.get(), r#"{"a": 1}"#);
        assert!(record(format!("[{}0]", "0,".repeat(LONGEST_STRING / 2))).is_err());
    }
}
