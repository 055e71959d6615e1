//! The manifest: what accounts, access and roles should be.
//!
//! Responsible for its form, in which it is read and written. Refuses a field that it does not know.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::{Cells, Row};
use crate::domain::CompanySet;
use crate::domain::company_set::CompanyItem;
use crate::output::{Answer, Block};

/// What accounts, access and roles should be. A key that is left out is not managed; an empty list means none.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format: 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Sets of companies by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub company_sets: BTreeMap<String, CompanySet>,
    /// Accounts that your companies own, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, AccountEntry>,
    /// Accounts of other companies that may enter your companies, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external: BTreeMap<String, ExternalEntry>,
    /// Roles of your companies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleEntry>,
    /// Accounts that are never changed and never deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protected: Vec<String>,
}

/// An account that one of your companies owns.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    /// The company that owns it, by id or name.
    pub owner: CompanyItem,
    /// The description; null or empty for none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub description: Option<Option<String>>,
    /// Its access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<AccessEntry>>,
}

/// An account of another company.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalEntry {
    /// Its access in your companies.
    pub access: Vec<AccessEntry>,
}

/// Access in one company or in several: a role or permissions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [either("company", "companies"), either("role", "permissions")]))]
pub struct AccessEntry {
    /// The company, by id or name; either this or `companies`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyItem>,
    /// The name of a set, or a list of companies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companies: Option<Companies>,
    /// The role; either this or `permissions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Permissions, or patterns such as devices:*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
}

/// The part of a schema that wants exactly one of two fields; one that is null is not there. The fields themselves are
/// described elsewhere, and so are not properties here.
fn either(one: &str, other: &str) -> Value {
    let given = |name: &str| {
        let is_this = format!("^{name}$");
        json!({"required": [name], "patternProperties": {is_this: {"not": {"type": "null"}}}})
    };
    json!({"oneOf": [given(one), given(other)]})
}

/// Several companies.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "companies are the name of a set, all, or a list")]
pub enum Companies {
    /// The name of a set of this manifest or of the configuration file, or `all`.
    Set(String),
    /// Companies by id, name or pattern.
    List(Vec<CompanyItem>),
}

/// A role of one of your companies.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// The company, by id or name.
    pub company: CompanyItem,
    /// The name.
    pub name: String,
    /// Its permissions, or patterns such as devices:*.
    pub permissions: Vec<String>,
}

/// A field that may be null but counts as left out only where it is.
#[expect(clippy::option_option, reason = "left out, null and given are three cases")]
fn given<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Row for Manifest {
    const COLUMNS: &'static [&'static str] = &["accounts", "external", "roles"];

    fn cells(&self) -> Cells<'_> {
        [self.accounts.len(), self.external.len(), self.roles.len()].map(|count| (count as u64).into()).into()
    }

    fn name(&self) -> String {
        "manifest".to_owned()
    }
}

impl Answer for Manifest {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let count = |count: usize, what: &str| format!("{count} {what}");
        vec![Block::Title(
            [
                count(self.accounts.len(), "accounts"),
                count(self.external.len(), "external accounts"),
                count(self.roles.len(), "roles"),
            ]
            .join(", "),
        )]
    }
}
