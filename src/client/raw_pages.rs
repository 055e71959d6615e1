//! Any list of the platform, page by page, with each row as it was received.
//!
//! Responsible for following cursors and page numbers. Refuses an answer that is not a list, and a list that never
//! ends.

use serde_json::value::RawValue;
use url::form_urlencoded;

use super::call::Call;
use super::listing::{Listing, NumberedPage, NumberedPages, PAGE, ROWS, SIZES};
use super::pages::{Cursor, Walk};
use super::raw::RawRequest;
use super::retry::Repeat;
use super::tally::Tally;
use super::{Error, Result, Session};
use crate::api::Code;
use crate::api::bounds::Rows;
use crate::domain::Company;

/// The pages of a list, asked for one after the other.
#[derive(Debug)]
pub struct RawPages<'a> {
    session: &'a Session,
    path: String,
    cursor: Cursor,
    walk: Walk,
    tally: Tally<()>,
    first: Option<Box<RawValue>>,
}

/// One page of a list.
#[derive(Debug)]
pub struct RawPage {
    /// The rows as they were received.
    pub rows: Vec<Box<RawValue>>,
    /// The number of rows of all pages, if the server says it.
    pub total: Option<u64>,
    /// The company of the list, if it is below one.
    pub company: Option<Company>,
}

impl Session {
    /// The pages of the list at `path`, which may have a query.
    ///
    /// # Errors
    /// `usage` for an invalid path.
    pub fn raw_pages(&self, path: &str) -> Result<RawPages<'_>> {
        RawRequest { method: "GET".to_owned(), path: path.to_owned(), body: None }.check()?;
        let (walk, tally) = (Walk::default(), Tally::default());
        Ok(RawPages { session: self, path: path.to_owned(), cursor: Cursor::First, walk, tally, first: None })
    }
}

impl RawPages<'_> {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of a read; `usage` when the answer is no list, `bad_response` when the pages would never end.
    pub async fn next(&mut self) -> Result<Option<RawPage>> {
        let path = match &self.cursor {
            Cursor::End => return Ok(None),
            Cursor::First => self.path.clone(),
            Cursor::At(cursor) => with(&self.path, "cursor", cursor),
        };
        let (mut page, listing) = self.page_at(&path).await?;
        if let Some(list) = listing.numbered(page.rows.len()) {
            page.rows = list.whole(self).await?;
            page.total = Some(page.rows.len() as u64);
        }
        self.check_progress(&page)?;
        self.tally.count(page.total, page.rows.len() as u64)?;
        self.cursor = self.walk.follow(listing.next, page.rows.is_empty())?;
        if matches!(self.cursor, Cursor::End) && self.tally.is_short() {
            let (first, _) = self.page_at(&self.path).await?;
            self.tally.settle(first.total.unwrap_or(u64::MAX))?;
        }
        Ok(Some(page))
    }

    /// Refuses a page with the same first row as the page before: it repeats that page, even under another cursor.
    fn check_progress(&mut self, page: &RawPage) -> Result<()> {
        let Some(first) = page.rows.first() else { return Ok(()) };
        if self.first.as_ref().is_some_and(|before| before.get() == first.get()) {
            return Err(Error::bad_response("the server repeats the same pages"));
        }
        self.first = Some(first.clone());
        Ok(())
    }

    async fn page_at(&self, path: &str) -> Result<(RawPage, Listing<Option<Box<RawValue>>>)> {
        let reply = self.session.send(Call::new(reqwest::Method::GET, path, Repeat::Read)).await?;
        let mut listing: Listing<Option<Box<RawValue>>> = reply.decode()?;
        let data = listing.data.take().filter(|data| data.get().starts_with('[')).ok_or_else(|| {
            Error::new(Code::Usage, format!("the response to {} is not a list", self.path))
                .hint("remove --paginate")
        })?;
        let Rows(rows) = serde_json::from_str::<Rows<Box<RawValue>>>(data.get()).map_err(|error| {
            Error::bad_response("the response of the server is not what sactl expects").caused_by(error)
        })?;
        Ok((RawPage { rows, total: listing.total, company: listing.company.take() }, listing))
    }
}

impl NumberedPages for RawPages<'_> {
    type Row = Box<RawValue>;

    async fn page(&self, number: u64) -> Result<NumberedPage<Self::Row>> {
        let size = ROWS.to_string();
        let path = SIZES.iter().fold(self.path.clone(), |path, name| with(&path, name, &size));
        let (page, listing) = self.page_at(&with(&path, PAGE, &number.to_string())).await?;
        Ok(NumberedPage { rows: page.rows, total: listing.total_items, bytes: listing.bytes })
    }

    fn is_same(one: &Self::Row, other: &Self::Row) -> bool {
        one.get() == other.get()
    }
}

/// The path with `name=value` in its query, which replaces an existing value.
fn with(path: &str, name: &str, value: &str) -> String {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known != name);
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair(name, value).finish();
    format!("{place}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_takes_the_place_of_another_and_leaves_the_rest() {
        for (path, wanted) in [
            ("/api/companies", "/api/companies?cursor=a%2Bb"),
            ("/api/x?page_size=5&cursor=old&search=a%20b", "/api/x?page_size=5&search=a+b&cursor=a%2Bb"),
        ] {
            assert_eq!(with(path, "cursor", "a+b"), wanted);
        }
    }
}
