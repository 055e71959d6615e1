//! One page of a list as servers send it: with the cursor of the next page, or with the number of the page.
//!
//! Responsible for reading a list with numbered pages completely. Refuses a list that is too short, repeats rows or
//! does not end.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::reply::Document;
use super::{Error, Result};
use crate::domain::Company;

/// One page, in the envelope of either kind.
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
    /// The number of rows of all pages.
    #[serde(default)]
    pub(super) total_items: Option<u64>,
    /// The size of this page in bytes.
    #[serde(skip)]
    pub(super) bytes: usize,
}

impl<R: DeserializeOwned> Document for Listing<R> {
    fn says_failure(&self) -> bool {
        self.success == Some(false)
    }

    fn came_in(&mut self, bytes: usize) {
        self.bytes = bytes;
    }
}

/// Rows per numbered page. The limits of such servers are not known; all of them allow this number.
pub(super) const ROWS: u64 = 100;

/// How often a numbered list is read again if it changes while it is read.
const ATTEMPTS: usize = 3;

/// Most rows of a numbered list, which is kept whole in memory.
const MOST_ROWS: u64 = 100_000;

/// Most bytes of a numbered list (P9).
const MOST_BYTES: usize = 16 << 20;

/// The parameters of such servers for the number of the page and the number of its rows: each spelling is used by some.
pub(super) const PAGE: &str = "page";
pub(super) const SIZES: [&str; 2] = ["page_size", "pageSize"];

/// A list with numbered pages. Rows can move from page to page while it is read, so that it is valid only as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    /// The number of the first page.
    pub(super) first: u64,
    /// The number of rows of all pages.
    pub(super) total: u64,
}

impl<R> Listing<R> {
    /// The list of which this is the first page, if its pages are numbered and it has more rows than this page.
    pub(super) fn numbered(&self, rows: usize) -> Option<Numbered> {
        let total = self.total_items.filter(|_| self.next.is_none())?;
        (total > rows as u64).then_some(Numbered { first: self.page.unwrap_or(1).min(1), total })
    }
}

/// The source of the numbered pages of one list.
pub(super) trait NumberedPages {
    /// The type of a row.
    type Row;

    /// The page with this number.
    fn page(&self, number: u64) -> impl Future<Output = Result<NumberedPage<Self::Row>>> + Send;

    /// Whether two rows are the same.
    fn is_same(one: &Self::Row, other: &Self::Row) -> bool;
}

/// One numbered page.
pub(super) struct NumberedPage<T> {
    pub(super) rows: Vec<T>,
    /// The number of rows of all pages, as this page says.
    pub(super) total: Option<u64>,
    /// The size of the page in bytes.
    pub(super) bytes: usize,
}

impl Numbered {
    /// Reads every row of the list from `pages`. A list that changes while it is read is read again.
    ///
    /// # Errors
    /// Those of a read; `bad_response` for a list that is not complete, repeats rows, is too long or changes every
    /// time.
    pub(super) async fn whole<P: NumberedPages>(mut self, pages: &P) -> Result<Vec<P::Row>> {
        for _ in 0..ATTEMPTS {
            if self.total > MOST_ROWS {
                return Err(Error::bad_response(format!(
                    "the server lists {} rows; sactl reads at most {MOST_ROWS}",
                    self.total
                )));
            }
            match self.walk(pages).await? {
                Ok(rows) => return Ok(rows),
                Err(total) => self.total = total,
            }
        }
        Err(Error::bad_response("the list changes while it is read").hint("list again later"))
    }

    /// Every row, or the new total of a list that has changed.
    async fn walk<P: NumberedPages>(self, pages: &P) -> Result<std::result::Result<Vec<P::Row>, u64>> {
        let (mut rows, mut bytes): (Vec<P::Row>, _) = (Vec::new(), 0);
        for number in self.first.. {
            let page = pages.page(number).await?;
            if page.total != Some(self.total) {
                return Ok(Err(page.total.unwrap_or_default()));
            }
            bytes += page.bytes;
            if bytes > MOST_BYTES {
                return Err(Error::bad_response(format!(
                    "the list is larger than {} MiB, the limit for lists without cursors",
                    MOST_BYTES >> 20
                )));
            }
            let is_empty = page.rows.is_empty();
            if page.rows.first().zip(rows.first()).is_some_and(|(this, first)| P::is_same(this, first)) {
                return Err(Error::bad_response("the server repeats the same pages"));
            }
            rows.extend(page.rows);
            let taken = rows.len() as u64;
            if taken > self.total {
                return Err(Error::bad_response(format!(
                    "the server lists {taken} rows of a list of {}",
                    self.total
                )));
            }
            if taken == self.total {
                break;
            }
            if is_empty {
                return Err(Error::bad_response(format!(
                    "the server ended the list after {taken} of {} rows",
                    self.total
                ))
                .hint("list again; if it happens again, the server leaves rows out"));
            }
        }
        Ok(Ok(rows))
    }
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
        assert_eq!(
            numbered(r#"{"data": [1], "page": 18446744073709551614, "total_items": 3}"#),
            Some((1, 3))
        );
        assert_eq!(numbered(r#"{"data": [1], "page": 1, "total_items": 1}"#), None);
        assert_eq!(numbered(r#"{"data": [1], "next": "c", "total_items": 3}"#), None);
        assert_eq!(numbered(r#"{"data": [1], "total": 3}"#), None);
    }

    /// Pages of rows, and the total that each tells.
    struct Canned(Vec<(Vec<u32>, u64)>, usize);

    impl NumberedPages for Canned {
        type Row = u32;

        async fn page(&self, number: u64) -> Result<NumberedPage<u32>> {
            let place = usize::try_from(number).unwrap() - 1;
            let (rows, total) = self.0.get(place).cloned().unwrap_or_default();
            let total = if self.0.get(place).is_some() { total } else { self.0[0].1 };
            Ok(NumberedPage { rows, total: Some(total), bytes: self.1 })
        }

        fn is_same(one: &u32, other: &u32) -> bool {
            one == other
        }
    }

    async fn read(pages: &[(&[u32], u64)], bytes: usize) -> Result<Vec<u32>> {
        let pages = pages.iter().map(|(rows, total)| (rows.to_vec(), *total)).collect();
        Numbered { first: 1, total: 3 }.whole(&Canned(pages, bytes)).await
    }

    #[tokio::test]
    async fn a_numbered_list_is_whole_or_refused() {
        assert_eq!(read(&[(&[1, 2], 3), (&[3], 3)], 9).await.unwrap(), [1, 2, 3]);
        // The list became shorter: it is read again with its new total.
        assert_eq!(read(&[(&[1, 2], 2)], 9).await.unwrap(), [1, 2]);
        for (pages, bytes, wanted) in [
            (&[(&[1, 2][..], 3)][..], 9, "after 2 of 3 rows"),
            (&[(&[1, 2], 3), (&[3, 4], 3)], 9, "4 rows of a list of 3"),
            (&[(&[1, 2], 3), (&[1, 2], 3)], 9, "repeats"),
            (&[(&[1, 2], 3), (&[3], 4)], 9, "changes while"),
            (&[(&[1, 2], 200_000)], 9, "200000 rows"),
            (&[(&[1, 2], 3), (&[3], 3)], 10 << 20, "16 MiB"),
        ] {
            let message = read(pages, bytes).await.unwrap_err().message;
            assert!(message.contains(wanted), "{pages:?}: {message}");
        }
    }
}
