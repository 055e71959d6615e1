//! Sends one request.
//!
//! Responsible for repeating it and for the time limit. Refuses to repeat a request where that is not safe.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::brake::Brake;
use super::call::Call;
use super::error::unsent;
use super::refusal::refusal;
use super::reply::{Reply, read_body};
use super::retry::{Fault, Repeat, Schedule, retry_after};
use super::{Error, Options, Proxy, Result};
use crate::api::Code;
use crate::api::routes::Routes;
use crate::domain::Origin;

/// One request and its outcome, for an observer. It has no secret.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// `GET` and the like.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The status; `None` when there was no answer.
    pub status: Option<u16>,
    /// From sending to the last byte of the answer.
    pub elapsed: Duration,
    /// The request, as the server's log names it; text of the server.
    pub request_id: Option<&'a str>,
}

/// An observer of the requests.
pub trait Observer: Send + Sync {
    /// These secrets are about to be sent: nothing that is shown may repeat them.
    fn sends(&self, secrets: &[Zeroizing<String>]);
    /// A request has been answered, or not.
    fn exchanged(&self, exchange: &Exchange<'_>);
    /// A request will be sent again after `wait`.
    fn repeating(&self, because: &Error, wait: Duration);
    /// From when on the observer wants to know that a request is still in progress; `None` for never.
    fn watches_from(&self) -> Option<Instant>;
    /// A request is still in progress.
    fn waiting(&self);
    /// It is no longer, whatever came of it.
    fn waited(&self);
}

/// An attempt that failed, with what decides about another one.
struct Failed {
    error: Error,
    fault: Fault,
    status: Option<StatusCode>,
    asked: Option<Duration>,
}

/// The connections to one server.
#[derive(Clone)]
pub(super) struct Transport {
    http: Client,
    origin: Origin,
    timeout: Duration,
    proxy: Option<Proxy>,
    observer: Option<Arc<dyn Observer>>,
    brake: Brake,
    routes: Arc<Routes>,
}

impl Transport {
    pub(super) fn new(options: &Options, observer: Option<Arc<dyn Observer>>) -> Result<Self> {
        Ok(Self {
            http: options.build()?,
            origin: options.origin.clone(),
            timeout: options.timeout,
            proxy: options.proxy.clone(),
            observer,
            brake: Brake::default(),
            routes: options.routes.clone(),
        })
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where the server has its operations.
    pub(super) fn routes(&self) -> &Routes {
        &self.routes
    }

    /// Sends the call until it is answered, cannot be repeated, or its time is over.
    pub(super) async fn send(&self, call: Call) -> Result<Reply> {
        if let Some(observer) = &self.observer {
            observer.sends(&call.secrets());
        }
        let deadline = Instant::now() + self.timeout;
        let mut schedule = Schedule::new(call.repeat);
        let mut in_doubt = false;
        loop {
            self.brake.wait(deadline).await;
            let failed = match self.attempt(&call, deadline).await {
                Ok(reply) => return Ok(Reply { repeated_in_doubt: in_doubt, ..reply }),
                Err(failed) => *failed,
            };
            let doubt_before = in_doubt;
            in_doubt |= failed.fault.leaves_doubt();
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(wait) = schedule.next(failed.fault, failed.status, failed.asked, left) else {
                return Err(conclude(&call, failed, doubt_before, in_doubt));
            };
            if let Some(observer) = &self.observer {
                observer.repeating(&failed.error, wait);
            }
            if failed.fault == Fault::Busy {
                self.brake.hold(wait);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends a request for `path` once, and returns any answer without reading its body.
    pub(super) async fn ask(&self, path: &str) -> Result<Response> {
        let call = Call::new(Method::GET, path, Repeat::Read);
        let sent = tokio::time::timeout(self.timeout, self.request(&call)?.send()).await;
        let outcome = sent.map_err(|_| out_of_time(&self.origin, self.timeout).error)?;
        outcome.map_err(|error| unsent(error, self.proxy.as_ref()).0)
    }

    async fn attempt(&self, call: &Call, deadline: Instant) -> std::result::Result<Reply, Box<Failed>> {
        let started = Instant::now();
        let outcome = match self.request(call) {
            Ok(request) => {
                match tokio::time::timeout_at(deadline, self.watched(exchange(request, self.proxy.as_ref())))
                    .await
                {
                    Ok(outcome) => outcome,
                    Err(_) => Err(out_of_time(&self.origin, self.timeout)),
                }
            }
            Err(error) => Err(Failed { error, fault: Fault::Final, status: None, asked: None }),
        };
        self.observe(call, started, &outcome);
        outcome.map_err(Box::new)
    }

    /// The same work, told now and then while it lasts.
    async fn watched<T>(&self, work: impl Future<Output = T>) -> T {
        let watched = self.observer.as_ref().and_then(|observer| Some((observer, observer.watches_from()?)));
        let Some((observer, from)) = watched else { return work.await };
        let _end = Watch(observer.as_ref());
        let mut beat = tokio::time::interval_at(from.max(Instant::now()), BEAT);
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return outcome,
                _ = beat.tick() => observer.waiting(),
            }
        }
    }

    fn request(&self, call: &Call) -> Result<RequestBuilder> {
        let url = self.origin.join(call.path()).ok_or_else(|| {
            Error::new(Code::Usage, format!("{:?} is not a path on {}", call.path(), self.origin))
                .hint("a path starts with /")
        })?;
        let request = self.http.request(call.method.clone(), url).headers(call.headers.clone());
        Ok(match call.content() {
            Some(body) => request.body(body.to_vec()),
            None => request,
        })
    }

    fn observe(&self, call: &Call, started: Instant, outcome: &std::result::Result<Reply, Failed>) {
        let Some(observer) = &self.observer else { return };
        let (status, request_id) = match outcome {
            Ok(reply) => (Some(reply.status.as_u16()), reply.request_id.as_deref()),
            Err(failed) => (failed.error.status, failed.error.request_id.as_deref()),
        };
        observer.exchanged(&Exchange {
            method: call.method(),
            path: call.path(),
            status,
            elapsed: started.elapsed(),
            request_id,
        });
    }
}

/// The interval of notes that a request is still in progress.
const BEAT: Duration = Duration::from_millis(100);

/// Notes the end of a request, even if it is dropped.
struct Watch<'a>(&'a dyn Observer);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.waited();
    }
}

/// One request to its last byte.
async fn exchange(request: RequestBuilder, proxy: Option<&Proxy>) -> std::result::Result<Reply, Failed> {
    let mut response = request.send().await.map_err(|error| {
        let (error, fault) = unsent(error, proxy);
        Failed { error, fault, status: None, asked: None }
    })?;
    let status = response.status();
    let request_id = header(&response, "x-request-id");
    let asked = retry_after(response.headers().get(RETRY_AFTER), Timestamp::now());
    let location = header(&response, "location");
    let body = read_body(&mut response).await.map_err(|(error, fault)| Failed {
        error: error.answered(status, request_id.clone()),
        fault,
        status: Some(status),
        asked,
    })?;
    if status.is_success() {
        return Ok(Reply::new(&response, request_id, body));
    }
    let error = match location {
        Some(location) if status.is_redirection() => redirected(&location).answered(status, request_id),
        _ => refusal(status, request_id, &body),
    };
    let fault = Fault::of(status, error.code).unwrap_or(Fault::Final);
    Err(Failed { error, fault, status: Some(status), asked })
}

fn redirected(location: &str) -> Error {
    Error::bad_response(format!(
        "the server redirects to {location}; sactl does not follow redirects because they could send credentials to another server"
    ))
    .hint("if that is the right server, pass it with --server")
}

fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(500).collect())
}

fn out_of_time(server: &Origin, timeout: Duration) -> Failed {
    let error =
        Error::new(Code::Timeout, format!("no answer from {server} within {} s", timeout.as_secs_f64()))
            .hint("increase the limit with --timeout SECONDS");
    Failed { error, fault: Fault::Cut, status: None, asked: None }
}

/// The error to report after the last attempt.
fn conclude(call: &Call, failed: Failed, doubt_before: bool, in_doubt: bool) -> Error {
    let mut error = failed.error;
    if let (Fault::Busy, Some(asked)) = (failed.fault, failed.asked) {
        error = error.hint(format!("try again {}", in_words(asked)));
    }
    if failed.fault == Fault::Final {
        error.repeated_in_doubt = doubt_before;
        return error;
    }
    if in_doubt && call.is_write() {
        let mut unknown = Error::new(
            Code::OutcomeUnknown,
            "the connection was lost before the server answered: the change may or may not have been made",
        );
        unknown.status = error.status;
        unknown.request_id = error.request_id.take();
        return unknown.caused_by(error);
    }
    error
}

/// When a server that is busy takes the next request.
fn in_words(wait: Duration) -> String {
    let (count, unit) = match wait.as_secs() {
        0 => return "now".to_owned(),
        seconds @ 1..120 => (seconds, "second"),
        seconds @ 120..7200 => (seconds.div_ceil(60), "minute"),
        seconds @ 7200..604_800 => (seconds.div_ceil(3600), "hour"),
        _ => return "much later: the server asks for more than a week".to_owned(),
    };
    let end = if count == 1 { "" } else { "s" };
    format!("in {count} {unit}{end}")
}
