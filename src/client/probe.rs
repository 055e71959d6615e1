//! Whether a server can be reached, whatever it answers.
//!
//! Responsible for single trial requests of `doctor`. Refuses to change anything.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::DATE;
use tokio::time::Instant;

use super::retry::Repeat;
use super::{Gateway, Result, Session};
use crate::api::routes::{ApiOperation, Place};
use crate::api::{Code, path};
use crate::domain::CompanyId;

/// What a server told about itself without being asked for anything in particular.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// The HTTP status; any will do.
    pub status: u16,
    /// `1.1` or `2`.
    pub http: &'static str,
    /// From sending to the head of the answer, with name look-up, connection and handshake.
    pub elapsed: Duration,
    /// By how much the server's clock is ahead of this machine's; `None` where it does not tell the time. The
    /// server tells whole seconds.
    pub ahead: Option<SignedDuration>,
}

impl Gateway {
    /// Sends one request without token or body. Any answer shows that the server can be reached.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn probe(&self) -> Result<Probe> {
        let (asked, started) = (Timestamp::now(), Instant::now());
        let response = self.transport.ask(path::HEALTH).await?;
        let elapsed = started.elapsed();
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let ahead = date.and_then(|date| server_ahead(date, asked, elapsed));
        let http = if response.version() == reqwest::Version::HTTP_2 { "2" } else { "1.1" };
        Ok(Probe { status: response.status().as_u16(), http, elapsed, ahead })
    }
}

/// Compares the `Date` of an answer with the middle of the exchange.
fn server_ahead(date: &str, asked: Timestamp, elapsed: Duration) -> Option<SignedDuration> {
    let told = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    let middle = asked.checked_add(SignedDuration::try_from(elapsed / 2).ok()?).ok()?;
    let ahead = told.duration_since(middle);
    // The told second is anywhere within itself.
    let whole = SignedDuration::from_secs(1);
    Some(if ahead < SignedDuration::ZERO && ahead > -whole { SignedDuration::ZERO } else { ahead })
}

/// What a server makes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It answers.
    Answered,
    /// It has it, and refuses it to this caller.
    Refused,
    /// It has nothing at the path.
    Absent,
    /// The table of routes does not have it.
    Unlisted,
}

impl Session {
    /// Whether the table of routes has the operation.
    pub fn has_route(&self, operation: ApiOperation) -> bool {
        self.call(operation, Place::named(CompanyId(1), "x"), Repeat::Read).is_ok()
    }

    /// Tries an operation that only reads, for a company where it is about one.
    ///
    /// # Errors
    /// Those of a request that was not decided.
    pub async fn tries(&self, operation: ApiOperation, company: Option<CompanyId>) -> Result<Tried> {
        let place = Place { company, ..Place::default() };
        let Ok(call) = self.call(operation, place, Repeat::Read) else { return Ok(Tried::Unlisted) };
        match self.send(call.query(&serde_json::Map::new())?).await {
            Ok(_) => Ok(Tried::Answered),
            Err(error) if error.has_no_route() => Ok(Tried::Absent),
            Err(error) if error.code == Code::MissingPermission => Ok(Tried::Refused),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_compared_with_the_middle_of_the_exchange() {
        let asked: Timestamp = "1994-11-06T08:49:37.5Z".parse().unwrap();
        let ahead = |date| server_ahead(date, asked, Duration::ZERO).map(|ahead| ahead.as_secs());
        assert_eq!(ahead("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(ahead("Sun, 06 Nov 1994 08:50:38 GMT"), Some(60));
        assert_eq!(ahead("Sun, 06 Nov 1994 07:49:37 GMT"), Some(-3600));
        assert_eq!(ahead("yesterday"), None);
    }
}
