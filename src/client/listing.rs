//! One page of a list as servers send it: with the cursor of the next page, or with the number of the page.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::reply::Document;
use super::{Error, Result};
use crate::domain::Company;

/// One page, in either envelope.
#[derive(Debug, Deserialize)]
pub(super) struct Listing<R> {
    success: Option<bool>,
    pub(super) data: R,
    #[serde(default)]
    pub(super) next: Option<String>,
    #[serde(default)]
    pub(super) total: Option<u64>,
    #[serde(default)]
    pub(super) company: Option<Company>,
    /// The number of this page.
    #[serde(default)]
    page: Option<u64>,
    /// How many rows all pages have together.
    #[serde(default)]
    pub(super) total_items: Option<u64>,
}

impl<R: DeserializeOwned> Document for Listing<R> {
    fn says_failure(&self) -> bool {
        self.success == Some(false)
    }
}

/// Rows that are asked for with each numbered page. The limits of such servers are not known; this many they all give.
pub(super) const ROWS: u64 = 100;

/// How often a numbered list is read again that changed while it was read.
pub(super) const ATTEMPTS: usize = 3;

/// The names under which such servers take the number of the page, and the number of its rows: either spelling is
/// known from one of them.
pub(super) const PAGE: &str = "page";
pub(super) const SIZES: [&str; 2] = ["page_size", "pageSize"];

/// A list whose pages are numbered: rows may move from page to page while it is read, so that it counts only as a
/// whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    /// The number of the first page.
    pub(super) first: u64,
    /// How many rows all pages have together.
    pub(super) total: u64,
}

impl<R> Listing<R> {
    /// The list of which this is the first page, where its pages are numbered and it has more than these rows.
    pub(super) fn numbered(&self, rows: usize) -> Option<Numbered> {
        let total = self.total_items.filter(|_| self.next.is_none())?;
        (total > rows as u64).then_some(Numbered { first: self.page.unwrap_or(1), total })
    }
}

/// What the next page of a numbered list means for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There are more pages.
    More,
    /// These were all rows.
    Whole,
    /// The list is not what it was when its first page came.
    Changed,
}

impl Numbered {
    /// Judges a page that came with `rows` rows, `taken` with those before it.
    ///
    /// # Errors
    /// `bad_response` for a list that ends before its total, or goes on behind it.
    pub(super) fn judge<R>(&self, listing: &Listing<R>, rows: usize, taken: usize) -> Result<Step> {
        if listing.total_items != Some(self.total) {
            return Ok(Step::Changed);
        }
        let taken = taken as u64;
        if taken == self.total {
            return Ok(Step::Whole);
        }
        if taken > self.total {
            return Err(Error::bad_response(format!(
                "the server lists {taken} rows of a list of {}",
                self.total
            )));
        }
        if rows == 0 {
            return Err(Error::bad_response(format!(
                "the server ended the list after {taken} of {} rows",
                self.total
            ))
            .hint("list again; if it happens again, the server leaves rows out"));
        }
        Ok(Step::More)
    }
}

/// A list that was another one at every attempt.
pub(super) fn restless() -> Error {
    Error::bad_response("the list changes while it is read").hint("list again later")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(text: &str) -> Listing<Vec<u8>> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_list_is_numbered_where_it_has_more_rows_than_its_first_page() {
        let numbered = |text: &str| {
            let listing = listing(text);
            listing.numbered(listing.data.len()).map(|list| (list.first, list.total))
        };
        assert_eq!(numbered(r#"{"data": [1], "page": 1, "total_items": 3}"#), Some((1, 3)));
        assert_eq!(numbered(r#"{"data": [1], "page": 0, "total_items": 3}"#), Some((0, 3)));
        assert_eq!(numbered(r#"{"data": [1], "total_items": 3}"#), Some((1, 3)));
        assert_eq!(numbered(r#"{"data": [1], "page": 1, "total_items": 1}"#), None);
        assert_eq!(numbered(r#"{"data": [1], "next": "c", "total_items": 3}"#), None);
        assert_eq!(numbered(r#"{"data": [1], "total": 3}"#), None);
    }

    #[test]
    fn a_numbered_list_is_whole_or_refused() {
        let list = Numbered { first: 1, total: 3 };
        let page = listing(r#"{"data": [], "total_items": 3}"#);
        assert_eq!(list.judge(&page, 1, 2).unwrap(), Step::More);
        assert_eq!(list.judge(&page, 1, 3).unwrap(), Step::Whole);
        assert!(list.judge(&page, 0, 2).unwrap_err().message.contains("2 of 3"));
        assert!(list.judge(&page, 4, 4).is_err());
        assert_eq!(list.judge(&listing(r#"{"data": [], "total_items": 2}"#), 1, 2).unwrap(), Step::Changed);
    }
}
