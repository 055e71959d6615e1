//! Cuts lists into pages by key.
//!
//! Responsible for pages that skip no row which exists during the whole read. Refuses a cursor that was forged, or made
//! for another company or other filters: a cursor contains the key of the last row, sealed together with its list.

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::domain::page::{DEFAULT_SIZE, MAX_SIZE};
use crate::platform::{Error, Platform};

/// Bytes of the seal of a cursor.
const SEAL: usize = 16;

/// Most bytes of a text filter: four for each character of the longest description.
const LONGEST_FILTER: usize = 2000;

/// The requested page of a list.
pub(super) struct Paging {
    /// Rows of the page.
    pub(super) size: u64,
    /// The key of the last row of the page before.
    pub(super) after: Option<String>,
    key: String,
    scope: String,
}

impl Paging {
    /// Parses `cursor` and `page_size`; `scope` identifies the list by kind, company and filters.
    ///
    /// # Errors
    /// `malformed` for a cursor that is not of this list and for a size out of bounds.
    pub(super) fn new(
        platform: &Platform,
        scope: &impl Debug,
        cursor: Option<&str>,
        page_size: Option<u64>,
    ) -> Result<Self, Error> {
        let size = page_size.unwrap_or(DEFAULT_SIZE);
        if !(1..=MAX_SIZE).contains(&size) {
            return Err(Error::malformed(format!("page_size is 1 to {MAX_SIZE}")));
        }
        let key = platform.cursor_key().to_owned();
        let mut paging = Self { size, after: None, key, scope: format!("{scope:?}") };
        paging.after = cursor.map(|cursor| paging.open(cursor)).transpose()?;
        Ok(paging)
    }

    /// Checks a text filter.
    ///
    /// # Errors
    /// `malformed` for a text that is longer than anything it could be found in, or holds a NUL.
    pub(super) fn check_filter(text: Option<&str>) -> Result<(), Error> {
        match text {
            Some(text) if text.len() > LONGEST_FILTER || text.contains('\0') => {
                Err(Error::malformed(format!("a filter has at most {LONGEST_FILTER} bytes and no NUL")))
            }
            _ => Ok(()),
        }
    }

    /// Whether this is the first page, which has the total.
    pub(super) fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// One row more than the page has: if it exists, there is a next page.
    pub(super) fn limit(&self) -> u64 {
        self.size + 1
    }

    /// The same page with at most `most` rows.
    pub(super) fn shortened(self, most: u64) -> Self {
        Self { size: self.size.min(most), ..self }
    }

    /// Removes the extra row from `rows` and returns the cursor of the next page, if there is one.
    pub(super) fn cut<T>(&self, rows: &mut Vec<T>, key_of: impl Fn(&T) -> String) -> Option<String> {
        self.cut_to(usize::MAX, rows, key_of)
    }

    /// The same for a page that has room for `room` rows only.
    pub(super) fn cut_to<T>(
        &self,
        room: usize,
        rows: &mut Vec<T>,
        key_of: impl Fn(&T) -> String,
    ) -> Option<String> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX).min(room);
        if rows.len() <= size {
            return None;
        }
        rows.truncate(size);
        rows.last().map(|last| self.seal(&key_of(last)))
    }

    fn seal(&self, after: &str) -> String {
        let mut sealed = self.seal_of(after).to_vec();
        sealed.extend_from_slice(after.as_bytes());
        URL_SAFE_NO_PAD.encode(sealed)
    }

    fn open(&self, cursor: &str) -> Result<String, Error> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| foreign_cursor())?;
        let (seal, after) = sealed.split_at_checked(SEAL).ok_or_else(foreign_cursor)?;
        let after = str::from_utf8(after).map_err(|_| foreign_cursor())?;
        if bool::from(seal.ct_eq(&self.seal_of(after))) {
            Ok(after.to_owned())
        } else {
            Err(foreign_cursor())
        }
    }

    /// A keyed hash, nested so that nothing can be appended to the text.
    fn seal_of(&self, after: &str) -> [u8; SEAL] {
        let inner = Sha256::new()
            .chain_update(&self.key)
            .chain_update(Sha256::digest(&self.scope))
            .chain_update(after)
            .finalize();
        let outer = Sha256::new().chain_update(&self.key).chain_update(inner).finalize();
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&outer[..SEAL]);
        seal
    }
}

/// A cursor that was forged, or belongs to another list.
pub(super) fn foreign_cursor() -> Error {
    Error::malformed("the cursor belongs to another list")
}

/// Cuts a page out of a complete list that is sorted by key.
pub(super) fn slice<T>(
    paging: &Paging,
    all: Vec<T>,
    key_of: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(paging.limit()).unwrap_or(usize::MAX);
    let is_behind = |row: &T| paging.after.as_ref().is_none_or(|after| key_of(row) > *after);
    let mut rows: Vec<T> = all.into_iter().filter(is_behind).take(limit).collect();
    let next = paging.cut(&mut rows, key_of);
    (rows, next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paging(key: &str, scope: &str) -> Paging {
        Paging { size: 2, after: None, key: key.to_owned(), scope: scope.to_owned() }
    }

    #[test]
    fn cursors_belong_to_one_list_of_one_database() {
        let cursor = paging("k", "accounts of 1").seal("name");
        assert_eq!(paging("k", "accounts of 1").open(&cursor).unwrap(), "name");
        assert!(paging("k", "accounts of 2").open(&cursor).is_err());
        assert!(paging("K", "accounts of 1").open(&cursor).is_err());
        let mut raw = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        raw.push(b'x');
        assert!(paging("k", "accounts of 1").open(&URL_SAFE_NO_PAD.encode(raw)).is_err());
    }

    #[test]
    fn pages_end() {
        let all = || vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let mut paging = paging("k", "letters");
        let (first, next) = slice(&paging, all(), Clone::clone);
        assert_eq!(first, ["a", "b"]);
        paging.after = Some(paging.open(&next.unwrap()).unwrap());
        assert_eq!(slice(&paging, all(), Clone::clone), (vec!["c".to_owned()], None));
    }

    proptest! {
        #[test]
        fn nothing_made_up_opens(cursor in "[A-Za-z0-9_-]{0,80}|\\PC{0,20}") {
            prop_assert!(paging("k", "list").open(&cursor).is_err());
        }
    }
}
