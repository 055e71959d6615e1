//! A signed-in client.
//!
//! Responsible for its token, which is renewed once when it has expired. Refuses to send the token to another origin.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, OnceCell};

use super::call::Call;
use super::reply::{Document, Reply};
use super::retry::Repeat;
use super::transport::Transport;
use super::{Error, Result, shape};
use crate::api::routes::{ApiOperation, Place, Route};
use crate::api::{Code, Success};
use crate::domain::{Origin, Token};

/// A token that replaces an expired one.
#[derive(Clone, Debug)]
pub struct RenewedToken {
    /// The token.
    pub token: Token,
    /// When it expires, if that is known.
    pub expires_at: Option<Timestamp>,
}

/// Gets a new token when the server says that the current one has expired or was revoked.
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
    /// Whether the server promises immediate effect, read once.
    pub(super) immediate: OnceCell<bool>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("origin", self.origin()).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(transport: Transport, token: Token, renewal: Option<Arc<dyn Renewal>>) -> Self {
        Self {
            transport,
            token: RwLock::new(token),
            renewal,
            renewing: Mutex::new(()),
            immediate: OnceCell::new(),
        }
    }

    /// The server this session belongs to.
    pub fn origin(&self) -> &Origin {
        self.transport.origin()
    }

    /// The token in use.
    pub fn token(&self) -> Token {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The request for an operation at this server.
    pub(super) fn call(&self, operation: ApiOperation, place: Place, repeat: Repeat) -> Result<Call> {
        Call::of(self.transport.routes(), operation, place, repeat)
    }

    /// Sends a call with the token. If the server refuses the token and it can be renewed, sends the call again with
    /// the new one.
    pub(super) async fn send(&self, call: Call) -> Result<Reply> {
        let token = self.token();
        let shape = call.shaped().map(|(route, place)| (route.clone(), place.clone()));
        let refused = match self.transport.send(call.clone().authorised(&token)?).await {
            Err(error) if error.code == Code::Unauthenticated => error,
            other => return other.map(|reply| shaped(reply, shape.as_ref())),
        };
        let refused = self.judged(refused, &token).await;
        let Some(renewal) = &self.renewal else { return Err(refused) };
        if refused.code != Code::Unauthenticated {
            return Err(refused);
        }
        let in_doubt = refused.repeated_in_doubt;
        let again = async {
            let fresh = match self.renewed(renewal.as_ref(), &token).await {
                Err(error) if error.status.is_none() => return Err(error.in_answer_to(refused)),
                other => other?,
            };
            match self.transport.send(call.authorised(&fresh)?).await {
                Err(error) if error.code == Code::Unauthenticated => Err(self.judged(error, &fresh).await),
                other => other.map(|reply| shaped(reply, shape.as_ref())),
            }
        };
        match again.await {
            Ok(reply) => Ok(Reply { repeated_in_doubt: in_doubt || reply.repeated_in_doubt, ..reply }),
            Err(error) => Err(Error { repeated_in_doubt: in_doubt || error.repeated_in_doubt, ..error }),
        }
    }

    /// What a 401 means. Our platform sends it for an invalid token, with the code. Others also send it for a missing
    /// permission: then the same token is valid for another request.
    async fn judged(&self, refused: Error, token: &Token) -> Error {
        if refused.is_named {
            return refused;
        }
        for operation in [ApiOperation::ShowMe, ApiOperation::ListCompanies] {
            let call = self.call(operation, Place::default(), Repeat::Read);
            let Ok(call) = call.and_then(|call| call.authorised(token)) else { continue };
            if self.transport.send(call).await.is_ok() {
                return Error { code: Code::MissingPermission, hint: None, ..refused };
            }
        }
        refused
    }

    /// The token after `stale`: concurrent requests renew it once.
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
    pub(super) async fn read<T: Document>(
        &self,
        operation: ApiOperation,
        place: Place,
        query: &impl Serialize,
    ) -> Result<T> {
        self.send(self.call(operation, place, Repeat::Read)?.query(query)?).await?.decode()
    }

    /// Reads the `data` of a document.
    pub(super) async fn get<T: DeserializeOwned>(&self, operation: ApiOperation) -> Result<T> {
        Ok(self.read::<Success<T>>(operation, Place::default(), &Nothing {}).await?.data)
    }
}

/// No parameters.
#[derive(Serialize)]
pub(super) struct Nothing {}

/// The answer with our names, if the route has other ones.
fn shaped(reply: Reply, shape: Option<&(Route, Place)>) -> Reply {
    let body = shape.and_then(|(route, place)| shape::answer(&reply.body, route, place));
    match body {
        Some(body) => Reply { body, ..reply },
        None => reply,
    }
}
