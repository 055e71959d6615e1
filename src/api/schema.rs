//! Schemas of the OpenAPI document that cannot be derived from a type.
//!
//! Responsible for the types of [`crate::domain`]. Refuses to describe anything else.

use serde::Serialize;

/// How a company is described in the OpenAPI document.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Company)]
pub struct CompanySchema {
    /// The id, unique on the platform.
    pub id: i64,
    /// The name; another company may have the same one.
    pub name: String,
}

/// How the ownership of an account is described in the OpenAPI document.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Ownership)]
#[serde(rename_all = "lowercase")]
pub enum OwnershipSchema {
    /// The company owns the account.
    Owned,
    /// Another company owns it.
    External,
}
