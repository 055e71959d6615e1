//! The envelopes of successful answers.
//!
//! Responsible for single documents and pages of lists. Refuses errors: those are problem documents.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::bounds::{MOST_ROWS, rows};
use crate::domain::Company;

/// `{"success": true, "data": …}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Success<T> {
    /// Always true.
    pub success: bool,
    /// The requested document, or the state after the change.
    pub data: T,
    /// True in the answer to a dry run: nothing was changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

impl<T> Success<T> {
    /// Wraps `data`.
    pub const fn new(data: T) -> Self {
        Self { success: true, data, dry_run: false }
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Always true.
    pub success: bool,
    /// The rows, in the order of the list.
    #[serde(deserialize_with = "rows::<_, _, MOST_ROWS>", bound(deserialize = "T: Deserialize<'de>"))]
    pub data: Vec<T>,
    /// The `cursor` of the next page; null on the last one.
    #[serde(default)]
    pub next: Option<String>,
    /// How many rows all pages have together; null on all pages but the first.
    #[serde(default)]
    pub total: Option<u64>,
    /// The company below which the list stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", schema(value_type = Option<super::company::CompanySchema>))]
    pub company: Option<Company>,
}

/// What lists consist of.
pub trait Listed: DeserializeOwned + Sync {
    /// The position of the row in its list: the lower-cased name, then the number where names repeat. `None` where
    /// rows do not show their position.
    fn key(&self) -> Option<(String, i64)>;
}

/// The parameters of a list, except its filters.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::IntoParams))]
pub struct PageQuery {
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows of a page: 1 to 1000, 100 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(minimum = 1, maximum = 1000))]
    pub page_size: Option<u64>,
}
