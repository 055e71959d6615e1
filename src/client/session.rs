//! A signed-in client.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::about::{About, Asked};
use super::reply::{Document, Reply};
use super::retry::Repeat;
use super::transport::{Call, Transport};
use super::{Error, Result};
use crate::api::{Code, Success, path};
use crate::domain::{Origin, Token};

/// A token in place of one that has ended.
#[derive(Clone, Debug)]
pub struct RenewedToken {
    /// The token.
    pub token: Token,
    /// When it will end, where that is known.
    pub expires_at: Option<Timestamp>,
}

/// Gets a new token when the server says that the present one has ended.
pub trait Renewal: Send + Sync {
    /// A token other than `stale`, for the same identity at the same origin.
    fn renew<'a>(
        &'a self,
        stale: &'a Token,
    ) -> Pin<Box<dyn Future<Output = Result<RenewedToken>> + Send + 'a>>;
}

/// A client that is signed in to one server as one identity.
pub struct Session {
    transport: Transport,
    token: RwLock<Token>,
    renewal: Option<Arc<dyn Renewal>>,
    renewing: Mutex<()>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("origin", self.origin()).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(transport: Transport, token: Token, renewal: Option<Arc<dyn Renewal>>) -> Self {
        Self { transport, token: RwLock::new(token), renewal, renewing: Mutex::new(()) }
    }

    /// The server this session belongs to.
    pub fn origin(&self) -> &Origin {
        self.transport.origin()
    }

    /// The token in use.
    pub fn token(&self) -> Token {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a call with the token; when the server refuses the token and it can be renewed, once more with
    /// the new one.
    pub(super) async fn send(&self, call: Call) -> Result<Reply> {
        let token = self.token();
        let refused = match self.transport.send(call.clone().authorised(&token)?).await {
            Err(error) if error.code == Code::Unauthenticated => error,
            other => return other,
        };
        let Some(renewal) = &self.renewal else { return Err(refused) };
        let in_doubt = refused.repeated_in_doubt;
        let again = async {
            let fresh = match self.renewed(renewal.as_ref(), &token).await {
                Err(error) if error.status.is_none() => return Err(error.in_answer_to(refused)),
                other => other?,
            };
            self.transport.send(call.authorised(&fresh)?).await
        };
        again.await.map_err(|error| Error { repeated_in_doubt: in_doubt || error.repeated_in_doubt, ..error })
    }

    /// The token after `stale`: requests that run side by side renew it once.
    async fn renewed(&self, renewal: &dyn Renewal, stale: &Token) -> Result<Token> {
        let _turn = self.renewing.lock().await;
        let present = self.token();
        if present.expose() != stale.expose() {
            return Ok(present);
        }
        let fresh = renewal.renew(stale).await?.token;
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }

    /// Reads a whole document.
    pub(super) async fn read<T: Document>(&self, path: &str, query: &impl Serialize) -> Result<T> {
        let call = Call::new(Method::GET, path, Repeat::Read).query(query)?;
        self.send(call).await?.decode()
    }

    /// Reads the `data` of a document.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Ok(self.read::<Success<T>>(path, &()).await?.data)
    }

    /// Reads the `data` of a document that is about what was asked for.
    pub(super) async fn get_about<T: About>(&self, path: &str, asked: Asked) -> Result<T> {
        asked.answered(self.send(Call::new(Method::GET, path, Repeat::Read)).await)
    }
}

/// A path with its places filled; what can be no path segment does not exist.
pub(super) fn fill(template: &str, values: &[&str]) -> Result<String> {
    path::fill(template, values).ok_or_else(|| {
        let name = values.last().copied().unwrap_or_default();
        Error::new(Code::NotFound, format!("nothing can be called {name:?}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_segment_is_not_there_and_told_as_it_was_written() {
        for name in ["", ".", ".."] {
            let error = fill(path::ACCOUNT, &["1", name]).unwrap_err();
            assert_eq!(error.code, Code::NotFound);
            assert_eq!(error.message, format!("nothing can be called {name:?}"));
        }
    }
}
