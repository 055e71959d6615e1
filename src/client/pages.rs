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
    rows: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum Cursor {
    First,
    At(String),
    End,
}

impl<'a, T: DeserializeOwned> Pages<'a, T> {
    pub(super) fn new(session: &'a Session, path: String, query: &impl Serialize) -> Result<Self> {
        let Ok(Value::Object(query)) = serde_json::to_value(query) else {
            return Err(Error::new(crate::api::Code::Internal, "a query is an object"));
        };
        Ok(Self { session, path, query, cursor: Cursor::First, rows: PhantomData })
    }

    /// The next page; `None` behind the last.
    ///
    /// # Errors
    /// Those of a read; `bad_response` when the server repeats a cursor, which would never end.
    pub async fn next(&mut self) -> Result<Option<Page<T>>> {
        match &self.cursor {
            Cursor::End => return Ok(None),
            Cursor::First => {}
            Cursor::At(cursor) => {
                self.query.insert("cursor".to_owned(), Value::String(cursor.clone()));
            }
        }
        let page: Page<T> = self.session.read(&self.path, &self.query).await?;
        self.cursor = match (&self.cursor, &page.next) {
            (_, None) => Cursor::End,
            (Cursor::At(before), Some(next)) if before == next => {
                return Err(Error::bad_response("the server gives the same page for ever"));
            }
            (_, Some(next)) => Cursor::At(next.clone()),
        };
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
