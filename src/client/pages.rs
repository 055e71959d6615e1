//! Lists, page by page, so that a list of any length runs in bounded memory.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Error, Result, Session};
use crate::api::Page;

/// The pages of a list, asked for one after the other.
#[derive(Debug)]
pub struct Pages<'a, T> {
    session: &'a Session,
    path: String,
    query: serde_json::Map<String, Value>,
    cursor: Cursor,
    circle: Circle,
    rows: PhantomData<fn() -> T>,
}

/// Where a walk through pages stands.
#[derive(Debug)]
pub(super) enum Cursor {
    First,
    At(String),
    End,
}

impl<'a, T: DeserializeOwned> Pages<'a, T> {
    pub(super) fn new(session: &'a Session, path: String, query: &impl Serialize) -> Result<Self> {
        let Ok(Value::Object(query)) = serde_json::to_value(query) else {
            return Err(Error::new(crate::api::Code::Internal, "a query is an object"));
        };
        Ok(Self { session, path, query, cursor: Cursor::First, circle: Circle::default(), rows: PhantomData })
    }

    /// The next page; `None` behind the last.
    ///
    /// # Errors
    /// Those of a read; `bad_response` when the server leads back to a page that was there before, which would
    /// never end.
    pub async fn next(&mut self) -> Result<Option<Page<T>>> {
        match &self.cursor {
            Cursor::End => return Ok(None),
            Cursor::First => {}
            Cursor::At(cursor) => {
                self.query.insert("cursor".to_owned(), Value::String(cursor.clone()));
            }
        }
        let page: Page<T> = self.session.read(&self.path, &self.query).await?;
        self.cursor = self.circle.follow(page.next.clone())?;
        Ok(Some(page))
    }

    /// Every row of every page, for lists that are short by nature.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.extend(page.data);
        }
        Ok(rows)
    }
}

/// Notices a walk in a circle without keeping the way (Brent's algorithm): one place is remembered, and another
/// one each time that the walk has become twice as long.
#[derive(Debug, Default)]
pub(super) struct Circle {
    remembered: Option<String>,
    steps: u64,
}

impl Circle {
    /// Where the walk goes from a page that names `next`.
    ///
    /// # Errors
    /// `bad_response` when that leads back.
    pub(super) fn follow(&mut self, next: Option<String>) -> Result<Cursor> {
        match next {
            None => Ok(Cursor::End),
            Some(next) if self.closes(&next) => {
                Err(Error::bad_response("the server gives the same pages for ever"))
            }
            Some(next) => Ok(Cursor::At(next)),
        }
    }

    /// Takes the next step; true when the walk has been at `place` before, which is noticed within three rounds.
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
            let mut circle = Circle::default();
            let steps = (0..).take_while(|step| {
                let place = if *step < tail { *step } else { tail + (*step - tail) % round };
                !circle.closes(&place.to_string())
            });
            let steps = steps.count() as u64;
            prop_assert!(steps >= tail + round, "{steps}");
            prop_assert!(steps <= 3 * (tail + round) + 2, "{steps}");
            let mut straight = Circle::default();
            prop_assert!((0..500).all(|step| !straight.closes(&step.to_string())));
        }
    }
}
