//! The permission catalogue.
//!
//! Responsible for listing it to every caller. Refuses to say who has which permission.

use super::page::{self, Paging};
use crate::api::Page;
use crate::api::envelope::PageQuery;
use crate::api::role::CatalogueEntry;
use crate::domain::PermissionSet;
use crate::platform::{Error, Platform};

/// One page of the catalogue, by name.
///
/// # Errors
/// `malformed` for a forged cursor or a page size out of bounds.
pub fn list(platform: &Platform, query: &PageQuery) -> Result<Page<CatalogueEntry>, Error> {
    let paging = Paging::new(platform, &"permissions", query.cursor.as_deref(), query.page_size)?;
    let mut all: Vec<_> = PermissionSet::ALL
        .iter()
        .map(|permission| CatalogueEntry {
            name: permission.to_string(),
            category: permission.category().to_owned(),
            action: permission.action().to_owned(),
        })
        .collect();
    all.sort_unstable_by(|left, right| left.name.cmp(&right.name));
    let total = paging.is_first().then_some(all.len() as u64);
    let (data, next) = page::slice(&paging, all, |entry| entry.name.clone());
    Ok(Page { success: true, data, next, total, company: None })
}
