//! Which requests may be repeated, and when.
//!
//! Responsible for the rules. Refuses I/O: the transport asks them.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use reqwest::StatusCode;

use crate::api::Code;

/// Whether sending a request a second time can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Nothing is changed by it.
    Read,
    /// Doing it twice is the same as doing it once.
    Idempotent,
    /// Doing it twice is not the same, or the caller decides.
    Never,
}

/// How an attempt went wrong, as far as it matters for repeating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing was sent.
    NotSent,
    /// Something was sent, and no whole answer came.
    Cut,
    /// The server did not do it and said so.
    Busy,
    /// Something between answered that it got no answer.
    Gateway,
    /// Anything else: repeating does not help.
    Final,
}

impl Fault {
    /// The fault that a status stands for; `None` for one that is an answer. A server that says that it does not know
    /// the outcome has the last word.
    pub(super) fn of(status: StatusCode, code: Code) -> Option<Self> {
        match status.as_u16() {
            _ if code == Code::OutcomeUnknown => Some(Self::Gateway),
            429 | 503 => Some(Self::Busy),
            502 | 504 => Some(Self::Gateway),
            _ => None,
        }
    }

    /// Whether the request may have been carried out.
    pub(super) fn leaves_doubt(self) -> bool {
        matches!(self, Self::Cut | Self::Gateway)
    }
}

/// Longest wait between two attempts that a server can ask for.
const PATIENCE: Duration = Duration::from_mins(1);

/// The waits of one request.
pub(super) struct Schedule {
    repeat: Repeat,
    /// Made when something has failed: most requests need none.
    waits: Option<backon::ExponentialBackoff>,
    refused: u8,
}

impl Schedule {
    pub(super) const fn new(repeat: Repeat) -> Self {
        Self { repeat, waits: None, refused: 0 }
    }

    fn waits() -> backon::ExponentialBackoff {
        ExponentialBuilder::new()
            .with_jitter()
            .with_jitter_seed(rand::random())
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(5))
            .with_factor(2.0)
            .with_max_times(4)
            .build()
    }

    /// How long to wait before the next attempt; `None` to give up. `asked` is the server's `Retry-After`,
    /// `left` what is left of the request's time.
    pub(super) fn next(
        &mut self,
        fault: Fault,
        status: Option<StatusCode>,
        asked: Option<Duration>,
        left: Duration,
    ) -> Option<Duration> {
        if !self.may_repeat(fault, status) {
            return None;
        }
        let own = self.waits.get_or_insert_with(Self::waits).next()?;
        let wait = asked.map_or(own, |asked| asked.max(own));
        (wait <= PATIENCE && wait < left).then_some(wait)
    }

    fn may_repeat(&mut self, fault: Fault, status: Option<StatusCode>) -> bool {
        match fault {
            Fault::Final => false,
            // Nothing listens: one who restarts is back at once, anything longer is for the caller.
            Fault::NotSent => {
                self.refused += 1;
                self.refused <= 2
            }
            Fault::Busy => self.repeat != Repeat::Never || status == Some(StatusCode::TOO_MANY_REQUESTS),
            Fault::Cut | Fault::Gateway => self.repeat != Repeat::Never,
        }
    }
}

/// Reads `Retry-After`: seconds, however many, or a date, which is compared with `now`.
pub(super) fn retry_after(value: Option<&reqwest::header::HeaderValue>, now: Timestamp) -> Option<Duration> {
    let text = value?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn repeats(repeat: Repeat, fault: Fault, status: Option<StatusCode>) -> usize {
        let mut schedule = Schedule::new(repeat);
        std::iter::from_fn(|| schedule.next(fault, status, None, LONG)).count()
    }

    #[test]
    fn only_what_is_safe_is_repeated() {
        for (repeat, fault, status, times) in [
            (Repeat::Read, Fault::Cut, None, 4),
            (Repeat::Idempotent, Fault::Cut, None, 4),
            (Repeat::Never, Fault::Cut, None, 0),
            (Repeat::Read, Fault::Gateway, Some(502), 4),
            (Repeat::Never, Fault::Gateway, Some(502), 0),
            (Repeat::Read, Fault::Busy, Some(503), 4),
            (Repeat::Never, Fault::Busy, Some(503), 0),
            (Repeat::Never, Fault::Busy, Some(429), 4),
            (Repeat::Read, Fault::NotSent, None, 2),
            (Repeat::Never, Fault::NotSent, None, 2),
            (Repeat::Read, Fault::Final, None, 0),
        ] {
            let status = status.map(|status| StatusCode::from_u16(status).unwrap());
            assert_eq!(repeats(repeat, fault, status), times, "{repeat:?} {fault:?} {status:?}");
        }
    }

    #[test]
    fn the_server_is_waited_for_within_the_time_left() {
        let wait = |asked, left| {
            let asked = Some(Duration::from_secs(asked));
            let busy = Some(StatusCode::SERVICE_UNAVAILABLE);
            Schedule::new(Repeat::Read).next(Fault::Busy, busy, asked, Duration::from_secs(left))
        };
        assert_eq!(wait(7, 30), Some(Duration::from_secs(7)));
        assert_eq!(wait(7, 7), None);
        assert_eq!(wait(3600, 7200), None);
        assert!(wait(0, 30).unwrap() < Duration::from_secs(1));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        let read = |text: &'static str| {
            retry_after(Some(&reqwest::header::HeaderValue::from_static(text)), now)
                .map(|wait| wait.as_secs())
        };
        for (text, wait) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read(text), wait, "{text:?}");
        }
    }
}
