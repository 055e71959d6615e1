//! Whether the pages of a list make a complete list.
//!
//! Responsible for order, duplicates and the total. Refuses a list that is out of order, repeats a row, or is shorter
//! than its total.

use super::{Error, Result};

/// Rows beyond the announced total that may have been created while the list was read.
const CREATED_MEANWHILE: u64 = 1_000;

/// What the pages of one list held so far.
#[derive(Debug)]
pub(super) struct Tally<K> {
    total: Option<u64>,
    rows: u64,
    last: Option<K>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self { total: None, rows: 0, last: None }
    }
}

impl<K: Ord> Tally<K> {
    /// Takes the keys of one page, `None` for rows that show none. Only the first page announces a total, and 0 of a
    /// server that counts nothing is none.
    ///
    /// # Errors
    /// `bad_response` for a row that does not stand behind the one before, and for far more rows than announced.
    pub(super) fn take(&mut self, total: Option<u64>, keys: impl Iterator<Item = Option<K>>) -> Result<()> {
        for key in keys {
            if key.is_some() && self.last >= key {
                return Err(Error::bad_response("the server lists rows twice or out of order"));
            }
            self.last = key;
            self.rows += 1;
        }
        self.count(total, 0)
    }

    /// Takes a page of `rows` rows without keys.
    ///
    /// # Errors
    /// `bad_response` for far more rows than announced.
    pub(super) fn count(&mut self, total: Option<u64>, rows: u64) -> Result<()> {
        self.rows += rows;
        self.total = self.total.or(total.filter(|total| *total > 0));
        let most = self.total.map(|total| total.saturating_mul(2).saturating_add(CREATED_MEANWHILE));
        if most.is_some_and(|most| self.rows > most) {
            return Err(Error::bad_response(format!(
                "the server lists {} rows of a list of {}",
                self.rows,
                self.total.unwrap_or_default()
            )));
        }
        Ok(())
    }

    /// Whether the list ended before its announced total.
    pub(super) fn is_short(&self) -> bool {
        self.total.is_some_and(|total| self.rows < total)
    }

    /// Judges a short list by the total that the server announces now: rows may have been deleted meanwhile.
    ///
    /// # Errors
    /// `bad_response` where the list is still short.
    pub(super) fn settle(&self, total_now: u64) -> Result<()> {
        let total = self.total.unwrap_or_default().min(total_now);
        if self.rows >= total {
            return Ok(());
        }
        Err(Error::bad_response(format!("the server ended the list after {} of {total} rows", self.rows))
            .hint("list again; if it happens again, the server leaves rows out"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(total: u64, pages: &[&[u32]]) -> Result<Tally<u32>> {
        let mut tally = Tally::default();
        let mut announced = Some(total);
        for page in pages {
            tally.take(announced.take(), page.iter().copied().map(Some))?;
        }
        Ok(tally)
    }

    #[test]
    fn rows_twice_or_backwards_are_refused_on_one_page_and_over_several() {
        for pages in [&[&[1, 1][..]][..], &[&[2, 1]], &[&[1, 2], &[2, 3]], &[&[1, 2], &[], &[1]]] {
            assert!(tally(9, pages).is_err(), "{pages:?}");
        }
        assert!(tally(3, &[&[1, 2], &[], &[3]]).is_ok());
    }

    #[test]
    fn a_short_list_is_one_that_is_short_of_both_totals() {
        let tally = tally(5, &[&[1, 2], &[4]]).unwrap();
        assert!(tally.is_short());
        assert!(tally.settle(3).is_ok());
        assert!(tally.settle(4).is_err());
        assert!(tally.settle(9).unwrap_err().message.contains("3 of 5"));
    }

    #[test]
    fn a_list_without_a_total_is_never_short_and_one_with_far_more_rows_is_refused() {
        assert!(!tally(0, &[&[1]]).unwrap().is_short());
        let rows: Vec<u32> = (0..1003).collect();
        assert!(tally(1, &[&rows[..1002]]).is_ok());
        assert!(tally(1, &[&rows]).is_err());
    }
}
