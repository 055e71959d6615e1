//! Companies on the wire. The document is [`crate::domain::Company`] itself.
//!
//! Responsible for the query of their list. Refuses unknown parameters.

use serde::{Deserialize, Serialize};

use super::Listed;
use crate::domain::Company;

#[cfg(feature = "platform")]
pub use super::schema::CompanySchema;

impl Listed for Company {
    fn key(&self) -> Option<(String, i64)> {
        Some((self.name.to_lowercase(), self.id.0))
    }
}

/// What the list of companies may be asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::IntoParams))]
pub struct CompanyQuery {
    /// Only companies of exactly this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows of a page: 1 to 1000, 100 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(minimum = 1, maximum = 1000))]
    pub page_size: Option<u64>,
}
