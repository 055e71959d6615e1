//! A change that is ready to send: it can be described, tried as a dry run, and sent.
//!
//! Responsible for one request with the same bytes in all three cases. Refuses to describe or try anything else than
//! what would be sent.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde::Serialize;

use super::about::{About, Asked};
use super::call::Call;
use super::reply::Reply;
use super::reread::Reread;
use super::retry::Repeat;
use super::secrets::is_secret;
use super::session::Session;
use super::{Error, Result};
use crate::api::routes::{ApiOperation, Place};
use crate::api::{Code, Written};
pub use crate::domain::mask::MASK;

impl Session {
    /// A change that sends `body` to do `operation` at `place`, which stands for what is `asked` for.
    pub(super) fn change<T: About + Reread + 'static>(
        &self,
        operation: ApiOperation,
        place: Place,
        body: &impl Serialize,
        repeat: Repeat,
        asked: Asked,
    ) -> Change<'_, T> {
        let call = self.call(operation, place, repeat).and_then(|call| call.json(body));
        Change::about(self, call, asked)
    }

    /// A change that deletes what is at `place`.
    pub(super) fn removal<T: About>(
        &self,
        operation: ApiOperation,
        place: Place,
        asked: Asked,
    ) -> Change<'_, Option<T>>
    where
        Option<T>: Reread + 'static,
    {
        let call = self.call(operation, place, Repeat::Idempotent);
        let again = asked.clone();
        Change::new(self, call, move |outcome| asked.removed(outcome)).rereading(again)
    }
}

/// A request that changes something. Nothing is sent until it is awaited.
#[must_use = "a change does nothing until it is awaited"]
pub struct Change<'a, T> {
    session: &'a Session,
    call: Result<Call>,
    read: Read<T>,
    reread: Option<Reading<T>>,
}

/// How the outcome is read from the server, where its answer says only that it was done.
type Reading<T> =
    Box<dyn for<'s> FnOnce(&'s Session) -> Pin<Box<dyn Future<Output = Result<T>> + Send + 's>> + Send>;

/// How the outcome of a request is read.
type Read<T> = Box<dyn FnOnce(Result<Reply>) -> Result<T> + Send>;

/// What a change would send, with every secret masked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// `POST` and the like.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The JSON document; `None` for a request without one.
    pub body: Option<Written>,
}

impl<T> fmt::Debug for Change<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").finish_non_exhaustive()
    }
}

impl<'a, T> Change<'a, T> {
    pub(super) fn new(
        session: &'a Session,
        call: Result<Call>,
        read: impl FnOnce(Result<Reply>) -> Result<T> + Send + 'static,
    ) -> Self {
        Self { session, call, read: Box::new(read), reread: None }
    }

    /// A change of what is `asked` for.
    pub(super) fn about(session: &'a Session, call: Result<Call>, asked: Asked) -> Self
    where
        T: About + Reread + 'static,
    {
        let again = asked.clone();
        Self::new(session, call, move |outcome| asked.answered(outcome)).rereading(again)
    }

    /// The same change, which looks itself where the answer tells nothing.
    fn rereading(self, asked: Asked) -> Self
    where
        T: Reread + 'static,
    {
        let reading: Reading<T> =
            Box::new(move |session| Box::pin(async move { T::reread(session, &asked).await }));
        Self { reread: Some(reading), ..self }
    }

    /// What would be sent, and its dry run.
    ///
    /// # Errors
    /// `not_found` for a name that can be no part of a path; `usage` for a body that is nested too deeply.
    pub fn dry_run(self) -> Result<(Plan, DryRun<'a, T>)> {
        let call = self.call?;
        let body = call.content().map(Written::parse).transpose();
        let mut body = body.map_err(|error| {
            Error::new(Code::Usage, "the body of the request cannot be shown as it is").caused_by(error)
        })?;
        if let Some(body) = &mut body {
            mask(body);
        }
        let plan = Plan { method: call.method().to_owned(), path: call.path().to_owned(), body };
        Ok((plan, DryRun { session: self.session, call: call.for_dry_run(), read: self.read }))
    }
}

/// The question what the server would answer to a change.
#[must_use = "nothing is asked until it is sent"]
pub struct DryRun<'a, T> {
    session: &'a Session,
    call: Call,
    read: Read<T>,
}

impl<T> fmt::Debug for DryRun<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DryRun").finish_non_exhaustive()
    }
}

/// What the server would answer to a change.
#[derive(Debug)]
pub enum Foretold<T> {
    /// It would do it, and answer this.
    Done(T),
    /// It would refuse it.
    Refused(Error),
    /// It knows no dry runs.
    Unknown,
}

impl<T> DryRun<'_, T> {
    /// Asks the server. Other servers do not have the path of a dry run, so that nothing is changed there.
    ///
    /// # Errors
    /// Those of a request that was not decided; `bad_response` for an answer that is none to a dry run.
    pub async fn send(self) -> Result<Foretold<T>> {
        match self.session.send_located(self.call).await {
            Ok(reply) if reply.says_dry_run() => Ok(Foretold::Done((self.read)(Ok(reply))?)),
            Ok(reply) => Err(reply.blame(Error::bad_response(
                "the server's answer to a dry run does not say that nothing was changed",
            ))),
            Err(error) if error.is_dry_run => Ok(Foretold::Refused(error)),
            Err(error) if matches!(error.status, Some(404 | 405 | 501)) => Ok(Foretold::Unknown),
            Err(error) => Err(error),
        }
    }
}

impl<'a, T: 'a> IntoFuture for Change<'a, T> {
    type Output = Result<T>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match (self.session.send_located(self.call?).await, self.reread) {
                (Ok(reply), Some(reread)) if reply.is_bare_success() => reread(self.session).await,
                (outcome, _) => (self.read)(outcome),
            }
        })
    }
}

/// Replaces every secret by [`MASK`], at any depth.
fn mask(value: &mut Written) {
    match value {
        Written::Object(fields) => {
            for (name, value) in fields {
                if is_secret(name) && !value.is_null() {
                    *value = Written::Text(MASK.to_owned());
                } else {
                    mask(value);
                }
            }
        }
        Written::List(values) => values.iter_mut().for_each(mask),
        Written::Plain(_) | Written::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_lie() {
        let body = r#"{"name":"ci","password":"a","Current_Password":"b","access":[{"apiToken":["c"],"role":"x"}],
            "otp":null,"passphrase":"d","description":"no secret","password":"e"}"#;
        let mut body = Written::parse(body.as_bytes()).unwrap();
        mask(&mut body);
        let wanted = json!({
            "name": "ci", "password": MASK, "Current_Password": MASK, "access": [{"apiToken": MASK, "role": "x"}],
            "otp": null, "passphrase": MASK, "description": "no secret"
        });
        assert_eq!(serde_json::to_value(&body).unwrap(), wanted);
        assert_eq!(body.to_string().matches(MASK).count(), 5, "also where a field is there twice: {body}");
    }
}
