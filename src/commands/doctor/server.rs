//! Checks of the server: whether it answers, its certificate, and its clock.
//!
//! Responsible for checks without credentials. Refuses to send a token.

use jiff::SignedDuration;

use super::finding::{Finding, PATIENCE};
use crate::api::Code;
use crate::client::{Error, Gateway, Probe};
use crate::context::Context;
use crate::error::CliError;
use crate::output::Status;

/// A clock that is this far off is remarked on, in seconds: one-time codes of authenticator apps live 30.
const TOLERANCE: i64 = 20;

/// What was found.
pub(super) struct Reached {
    /// Whether something answered.
    pub(super) is_there: bool,
    /// The lines about it.
    pub(super) findings: Vec<Finding>,
}

/// Checks the server of the settings.
pub(super) async fn look(context: &Context) -> Reached {
    let gateway = match context.gateway() {
        Ok(gateway) => gateway,
        Err(error) => return unknown(&error),
    };
    match probe(&gateway).await {
        Ok(probe) => {
            let findings = vec![answered(&gateway, &probe), encryption(&gateway), clock(&probe)];
            Reached { is_there: true, findings }
        }
        Err(error) => {
            let failed = Finding::failed(if error.is_untrusted() { "tls" } else { "server" }, &error.into());
            Reached { is_there: false, findings: vec![failed] }
        }
    }
}

/// No server, or none that may be talked to.
fn unknown(error: &CliError) -> Reached {
    let finding = if error.code() == Code::NotSignedIn {
        Finding::of_error("server", Status::Warning, error)
    } else {
        Finding::failed("server", error)
    };
    Reached { is_there: false, findings: vec![finding] }
}

async fn probe(gateway: &Gateway) -> std::result::Result<Probe, Error> {
    if let Ok(outcome) = tokio::time::timeout(PATIENCE, gateway.probe()).await {
        return outcome;
    }
    let mut error = Error::new(Code::Timeout, format!("{} does not answer within 5 s", gateway.origin()));
    error.hint = Some(Box::new("check the network and the server name".into()));
    Err(error)
}

fn answered(gateway: &Gateway, probe: &Probe) -> Finding {
    let (origin, elapsed) = (gateway.origin(), probe.elapsed.as_millis());
    let message = format!("{origin} answers in {elapsed} ms over HTTP/{}", probe.http);
    match probe.status {
        300..=399 => Finding::warning(
            "server",
            format!("{message} with a redirect ({})", probe.status),
            "redirects are not followed; pass the address of the gateway itself with --server",
        ),
        500..=599 => Finding::warning(
            "server",
            format!("{message} with a failure ({})", probe.status),
            "the platform has a problem; try again later, or tell its operators",
        ),
        _ => Finding::ok("server", message),
    }
}

fn encryption(gateway: &Gateway) -> Finding {
    let origin = gateway.origin();
    if origin.is_https() {
        return Finding::ok("tls", format!("the certificate of {} is trusted", origin.host()));
    }
    if origin.is_loopback() {
        return Finding::ok("tls", "not encrypted, but the traffic does not leave this machine");
    }
    Finding::warning("tls", "not encrypted: anyone on the network can read it", "use https://")
}

fn clock(probe: &Probe) -> Finding {
    let Some(ahead) = probe.ahead else {
        return Finding::ok("clock", "the server does not send its time");
    };
    let seconds = ahead.as_secs();
    if seconds.abs() <= TOLERANCE {
        return Finding::ok("clock", format!("agrees with the server's to {} s", seconds.abs().max(1)));
    }
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    let off: SignedDuration = SignedDuration::from_secs(seconds.abs());
    Finding::warning(
        "clock",
        format!("this machine is {off:#} {direction} the server"),
        "set the clock: one-time codes and certificates need the correct time",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn probe_of(ahead: Option<i64>) -> Probe {
        let ahead = ahead.map(SignedDuration::from_secs);
        Probe { status: 200, http: "2", elapsed: Duration::from_millis(3), ahead }
    }

    #[test]
    fn a_clock_that_is_off_is_remarked_on_with_its_direction() {
        for (ahead, status, word) in [
            (None, Status::Ok, "does not send"),
            (Some(0), Status::Ok, "agrees"),
            (Some(-20), Status::Ok, "agrees"),
            (Some(21), Status::Warning, "behind"),
            (Some(-3700), Status::Warning, "ahead of"),
        ] {
            let finding = clock(&probe_of(ahead));
            let view = &finding.view;
            assert_eq!(view.status, status, "{ahead:?}");
            assert!(view.message.contains(word), "{}", view.message);
            assert_eq!(finding.fix.is_some(), status != Status::Ok);
        }
    }
}
