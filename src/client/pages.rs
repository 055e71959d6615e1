//! Lists, page by page, so that a list of any length needs bounded memory.
//!
//! Responsible for following cursors and page numbers. Refuses a list that never ends, and rows of another company.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::listing::{Listing, NumberedPage, NumberedPages, PAGE, ROWS, SIZES};
use super::tally::Tally;
use super::{Error, Result, Session};
use crate::api::bounds::Rows;
use crate::api::routes::{ApiOperation, Place};
use crate::api::{Listed, Page};

/// Most pages of a list: with one row per page, a million rows.
const MOST_PAGES: u64 = 1_000_000;

/// Most rows of a list that must be short.
const MOST_ROWS: usize = 100_000;

/// Most consecutive pages without a row: a correct server sends none.
const MOST_EMPTY: u64 = 100;

/// The pages of a list, asked for one after the other.
pub struct Pages<'a, T> {
    session: &'a Session,
    operation: ApiOperation,
    place: Place,
    query: serde_json::Map<String, Value>,
    cursor: Cursor,
    walk: Walk,
    tally: Tally<(String, i64)>,
    keeps: Option<Keeps<T>>,
}

/// The filter of the client, if the server may return more rows.
type Keeps<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;

impl<T> fmt::Debug for Pages<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}

/// The position of a walk through pages.
#[derive(Debug)]
pub(super) enum Cursor {
    First,
    At(String),
    End,
}

impl<'a, T: Listed> Pages<'a, T> {
    /// The list that `operation` reads at `place`.
    pub(super) fn new(
        session: &'a Session,
        operation: ApiOperation,
        place: Place,
        query: &impl Serialize,
    ) -> Result<Self> {
        let Ok(Value::Object(query)) = serde_json::to_value(query) else {
            return Err(Error::new(crate::api::Code::Internal, "a query must be an object"));
        };
        let (walk, tally) = (Walk::default(), Tally::default());
        Ok(Self { session, operation, place, query, cursor: Cursor::First, walk, tally, keeps: None })
    }

    /// The same list with only the rows that `keeps` accepts: the filter of another server may match more.
    #[must_use]
    pub(super) fn keeping(self, keeps: impl Fn(&T) -> bool + Send + Sync + 'static) -> Self {
        Self { keeps: Some(Box::new(keeps)), ..self }
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of a read; `bad_response` if the pages never end, or are not a complete list.
    pub async fn next(&mut self) -> Result<Option<Page<T>>> {
        match &self.cursor {
            Cursor::End => return Ok(None),
            Cursor::First => {}
            Cursor::At(cursor) => {
                self.query.insert("cursor".to_owned(), Value::String(cursor.clone()));
            }
        }
        let is_first = matches!(self.cursor, Cursor::First);
        let mut page = self.page_of(&self.query).await?;
        if let Some(list) = page.numbered(page.data.0.len()) {
            page.data.0 = list.whole(self).await?;
            page.total = Some(page.data.0.len() as u64);
        }
        if is_first && page.next.is_none() && (page.total.is_none() || page.total_items.is_some()) {
            // A server that does not promise an order.
            page.data.0.sort_by_cached_key(Listed::key);
        }
        self.tally.take(page.total, page.data.0.iter().map(Listed::key))?;
        self.cursor = self.walk.follow(page.next.clone(), page.data.0.is_empty())?;
        if matches!(self.cursor, Cursor::End) && self.tally.is_short() {
            self.query.remove("cursor");
            self.query.insert("page_size".to_owned(), 1.into());
            let first = self.page_of(&self.query).await?;
            self.tally.settle(first.total.unwrap_or(u64::MAX))?;
        }
        let Listing { data: Rows(mut data), next, mut total, company, .. } = page;
        if let Some(keeps) = &self.keeps {
            let before = data.len();
            data.retain(keeps);
            total = total.filter(|_| data.len() == before);
        }
        Ok(Some(Page { success: true, data, next, total, company }))
    }

    async fn page_of(&self, query: &serde_json::Map<String, Value>) -> Result<Listing<Rows<T>>> {
        let page: Listing<Rows<T>> = self.session.read(self.operation, self.place.clone(), query).await?;
        match (&page.company, self.place.company) {
            (Some(company), Some(asked)) if company.id != asked => {
                let message = format!("the server lists company {company} instead of company {asked}");
                Err(Error::bad_response(message))
            }
            _ => Ok(page),
        }
    }

    /// Every row of every page, for lists that must be short.
    ///
    /// # Errors
    /// As [`Self::next`]; `bad_response` for a list that is not short.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.extend(page.data);
            if rows.len() > MOST_ROWS {
                return Err(Error::bad_response(format!("the server lists more than {MOST_ROWS} of them")));
            }
        }
        Ok(rows)
    }
}

impl<T: Listed> NumberedPages for Pages<'_, T> {
    type Row = T;

    async fn page(&self, number: u64) -> Result<NumberedPage<T>> {
        let mut query = self.query.clone();
        for name in SIZES {
            query.insert(name.to_owned(), ROWS.into());
        }
        query.insert(PAGE.to_owned(), number.into());
        let page = self.page_of(&query).await?;
        Ok(NumberedPage { rows: page.data.0, total: page.total_items, bytes: page.bytes })
    }

    fn is_same(one: &T, other: &T) -> bool {
        one.key().is_some_and(|key| Some(key) == other.key())
    }
}

/// A walk from page to page that always ends. Brent's algorithm finds a cycle of pages in constant memory: one page is
/// remembered, and replaced each time the walk has become twice as long.
#[derive(Debug, Default)]
pub(super) struct Walk {
    remembered: Option<String>,
    steps: u64,
    empty: u64,
}

impl Walk {
    /// The position after a page whose next cursor is `next`.
    ///
    /// # Errors
    /// `bad_response` for a cycle, or too many pages.
    pub(super) fn follow(&mut self, next: Option<String>, is_empty: bool) -> Result<Cursor> {
        let Some(next) = next else { return Ok(Cursor::End) };
        self.empty = if is_empty { self.empty + 1 } else { 0 };
        if self.closes(&next) {
            return Err(Error::bad_response("the server repeats the same pages"));
        }
        if self.steps > MOST_PAGES {
            return Err(Error::bad_response("the server sends new pages without end")
                .hint("this list has too many pages; read it with larger pages"));
        }
        if self.empty > MOST_EMPTY {
            return Err(Error::bad_response("the server sends empty pages without end"));
        }
        Ok(Cursor::At(next))
    }

    /// Takes the next step; true if the walk has been at `place` before, which is found within three rounds of a cycle.
    fn closes(&mut self, place: &str) -> bool {
        if self.remembered.as_deref() == Some(place) {
            return true;
        }
        self.steps += 1;
        if self.steps.is_power_of_two() {
            self.remembered = Some(place.to_owned());
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_circle_is_noticed_and_nothing_else(tail in 0..50u64, round in 1..50u64) {
            let mut circle = Walk::default();
            let steps = (0..).take_while(|step| {
                let place = if *step < tail { *step } else { tail + (*step - tail) % round };
                !circle.closes(&place.to_string())
            });
            let steps = steps.count() as u64;
            prop_assert!(steps >= tail + round, "{steps}");
            prop_assert!(steps <= 3 * (tail + round) + 2, "{steps}");
            let mut straight = Walk::default();
            prop_assert!((0..500).all(|step| !straight.closes(&step.to_string())));
        }
    }

    #[test]
    fn a_walk_ends_also_where_every_page_is_new() {
        let pages = |is_empty: bool| {
            let mut walk = Walk::default();
            (0..=MOST_PAGES).take_while(|page| walk.follow(Some(page.to_string()), is_empty).is_ok()).count()
                as u64
        };
        assert_eq!(pages(false), MOST_PAGES);
        assert_eq!(pages(true), MOST_EMPTY);
        let mut walk = Walk::default();
        let now_and_then =
            |page: u64| walk.follow(Some(page.to_string()), !page.is_multiple_of(MOST_EMPTY)).is_ok();
        assert!((0..10 * MOST_EMPTY).all(now_and_then));
    }
}
