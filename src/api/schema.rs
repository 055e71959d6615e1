//! Documents as the `OpenAPI` document describes them, where it cannot read that from the type.

use serde::Serialize;

/// How a company is described in the OpenAPI document.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Company)]
pub struct CompanySchema {
    /// The number, unique over the platform.
    pub id: i64,
    /// The name, which another company may carry too.
    pub name: String,
}
