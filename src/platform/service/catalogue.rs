//! The permission catalogue.

use crate::api::Page;
use crate::api::envelope::PageQuery;
use crate::api::role::CatalogueEntry;
use crate::platform::{Error, Platform};

/// One page of the catalogue, by name.
///
/// # Errors
/// `malformed` for a forged cursor or a page size out of bounds.
pub fn list(_platform: &Platform, _query: &PageQuery) -> Result<Page<CatalogueEntry>, Error> {
    todo!()
}
