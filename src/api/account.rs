//! Service accounts on the wire.
//!
//! Responsible for the documents of accounts. Refuses unknown fields in requests; their values are checked by
//! [`crate::domain`].

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::access::InitialAccess;
use super::audit::Actor;
use super::bounds::{MOST_UNPAGED, optional_rows};
use super::object::objects;
use super::{Access, Listed};
use crate::domain::{AccountId, Company, Ownership, Password};

#[cfg(feature = "platform")]
pub use super::schema::OwnershipSchema;

/// A service account as one company sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Account {
    /// The id, which is never used again.
    #[cfg_attr(feature = "platform", schema(value_type = i64))]
    pub id: AccountId,
    /// The name, unique over the platform without regard to case.
    pub name: String,
    /// Free text of the owner.
    pub description: Option<String>,
    /// Whether the company owns the account.
    #[cfg_attr(feature = "platform", schema(value_type = OwnershipSchema))]
    pub ownership: Ownership,
    /// The company that owns it.
    #[cfg_attr(feature = "platform", schema(value_type = super::company::CompanySchema))]
    pub owner: Company,
    /// Its access in the company that sees it; null for an owned account without any there.
    pub access: Option<Access>,
    /// In how many companies it has access; null for all but the owner.
    pub company_count: Option<u64>,
    /// When it was created; null only at other gateways.
    #[serde(default, alias = "creation_date", with = "super::time::optional_second")]
    #[cfg_attr(feature = "platform", schema(value_type = String, format = DateTime))]
    pub created_at: Option<Timestamp>,
    /// When its password was last set; null only at other gateways.
    #[serde(default, with = "super::time::optional_second")]
    #[cfg_attr(feature = "platform", schema(value_type = String, format = DateTime))]
    pub password_changed_at: Option<Timestamp>,
    /// When it was last used, or up to a minute before that; null when never, and for all but the owner.
    #[serde(default, with = "super::time::optional_second")]
    pub last_used_at: Option<Timestamp>,
    /// Whether the two fields about its use are known: only the owner sees them.
    #[serde(default)]
    pub use_known: bool,
    /// Its access everywhere, by company id: in a list that was asked to expand it, and only for the owner.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_rows::<_, _, MOST_UNPAGED>"
    )]
    pub companies: Option<Vec<Access>>,
}

impl Listed for Account {
    fn key(&self) -> Option<(String, i64)> {
        Some((self.name.to_lowercase(), 0))
    }
}

/// An account with every company where it has access. It is read from JSON text only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AccountDetail {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Its access everywhere, by company id; null for all but the owner.
    pub companies: Option<Vec<Access>>,
    /// Who created it; null where that is unknown, and for all but the owner.
    pub created_by: Option<Actor>,
    /// Who last set its password; null where that is unknown, and for all but the owner.
    pub password_changed_by: Option<Actor>,
}

impl<'de> Deserialize<'de> for AccountDetail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Authors {
            created_by: Option<Actor>,
            password_changed_by: Option<Actor>,
        }
        let text = <&RawValue>::deserialize(deserializer)?.get();
        let mut account: Account = serde_json::from_str(text).map_err(D::Error::custom)?;
        let companies = account.companies.take();
        let Authors { created_by, password_changed_by } =
            serde_json::from_str(text).map_err(D::Error::custom)?;
        Ok(Self { account, companies, created_by, password_changed_by })
    }
}

/// The parameters of the list of service accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::IntoParams))]
pub struct AccountQuery {
    /// Only owned, or only external ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<OwnershipSchema>, inline))]
    pub ownership: Option<Ownership>,
    /// Only those whose name or description contains this text, without regard to case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Only those that have this role in the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Only owned accounts that were not used at this time or later. An account that was never used counts as used
    /// when it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<String>, format = DateTime))]
    pub unused_since: Option<Timestamp>,
    /// Only those whose password was last set before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<String>, format = DateTime))]
    pub password_changed_before: Option<Timestamp>,
    /// `companies`: owned accounts carry their access in every company. A page then has at most 100 accounts and,
    /// unless one account alone has more, 2000 of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(inline))]
    pub expand: Option<AccountExpansion>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows of a page: 1 to 1000, 100 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(minimum = 1, maximum = 1000))]
    pub page_size: Option<u64>,
}

/// What the rows of a list of accounts contain in addition to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub enum AccountExpansion {
    /// The access of owned accounts in every company.
    Companies,
}

/// `POST …/service-accounts`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct CreateAccount {
    /// The name; it cannot be changed later.
    #[cfg_attr(feature = "platform", schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._+-]{1,63}$"))]
    pub name: String,
    /// The password, which must follow the policy.
    #[serde(serialize_with = "Password::serialize_exposed")]
    #[cfg_attr(feature = "platform", schema(value_type = String, min_length = 8, max_length = 256))]
    pub password: Password,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", schema(max_length = 500))]
    pub description: Option<String>,
    /// Access from the start, each company at most once.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "objects")]
    pub access: Vec<InitialAccess>,
}

/// `PATCH …/service-accounts/{name}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct EditAccount {
    /// The new description; null or empty for none. Must be present.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "platform", schema(required, max_length = 500))]
    pub description: Option<String>,
}

/// A field that may be null but not missing: serde takes a missing `Option` for null otherwise.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// `PUT …/service-accounts/{name}/password`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct ResetPassword {
    /// The new password, which must follow the policy.
    #[serde(serialize_with = "Password::serialize_exposed")]
    #[cfg_attr(feature = "platform", schema(value_type = String, min_length = 8, max_length = 256))]
    pub password: Password,
    /// The current password: required when an account resets its own.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "Password::serialize_exposed_option"
    )]
    #[cfg_attr(feature = "platform", schema(value_type = Option<String>))]
    pub current_password: Option<Password>,
}

/// The answer to a change of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AccessChange {
    /// The account as the company sees it now.
    pub account: Account,
    /// Its access in the company now.
    pub access: Access,
    /// Its access in the company before; null for none. Other gateways may leave it out.
    #[serde(default)]
    #[cfg_attr(feature = "platform", schema(value_type = Option<Access>))]
    pub before: Before,
    /// Whether anything is different from before.
    pub changed: bool,
}

/// What is known about the access before a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Access>", into = "Option<Access>")]
pub enum Before {
    /// Nothing.
    #[default]
    Unknown,
    /// It was this; `None` for no access.
    Known(Option<Access>),
}

impl From<Option<Access>> for Before {
    fn from(access: Option<Access>) -> Self {
        Self::Known(access)
    }
}

impl From<Before> for Option<Access> {
    fn from(before: Before) -> Self {
        match before {
            Before::Unknown => None,
            Before::Known(access) => access,
        }
    }
}

/// The answer to the removal of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AccessRemoval {
    /// The account as the company sees it now; null when it no longer sees it.
    pub account: Option<Account>,
    /// Where the access was removed.
    #[cfg_attr(feature = "platform", schema(value_type = super::company::CompanySchema))]
    pub company: Company,
    /// Its access there before; null for none. Other gateways may leave it out.
    #[serde(default)]
    pub before: Option<Access>,
    /// Whether there was any access to remove.
    pub changed: bool,
}

/// The answer to a password reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The account, whose tokens are all revoked.
    pub account: Account,
}

/// The answer to a deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Deletion {
    /// The id of the deleted account.
    #[cfg_attr(feature = "platform", schema(value_type = i64))]
    pub id: AccountId,
    /// Its name, which is available again.
    pub name: String,
    /// Always true.
    pub deleted: bool,
}
