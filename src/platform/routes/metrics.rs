//! The metrics in the text format of Prometheus.
//!
//! Responsible for the text and its route. Refuses to be served on the listener of the API.

use std::fmt::Write as _;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::platform::Platform;
use crate::platform::metrics::{Key, Requests};
use crate::platform::service::export;

/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Time limit for the metric that the database provides; after it, that metric is left out.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows all metrics.
pub(in crate::platform) async fn show(State(platform): State<Platform>) -> impl IntoResponse {
    let lag = tokio::time::timeout(PATIENCE, export::lag(&platform)).await;
    let lag = lag.ok().and_then(Result::ok).flatten().map(|lag| lag.as_secs_f64());
    let mut families = requests(&platform);
    families.extend(sign_ins(&platform));
    families.extend(state(&platform, lag));
    ([(CONTENT_TYPE, TEXT)], families.iter().map(Family::text).collect::<String>())
}

/// All values of one metric.
struct Family {
    name: &'static str,
    kind: &'static str,
    about: &'static str,
    /// Each value with its labels.
    values: Vec<(String, String)>,
}

impl Family {
    fn counter(name: &'static str, about: &'static str, values: Vec<(String, String)>) -> Self {
        Self { name, kind: "counter", about, values }
    }

    /// A gauge without labels; without a value it is not shown.
    fn gauge(name: &'static str, about: &'static str, value: impl IntoIterator<Item = f64>) -> Self {
        let values = value.into_iter().map(|value| (String::new(), value.to_string())).collect();
        Self { name, kind: "gauge", about, values }
    }

    fn text(&self) -> String {
        let Self { name, kind, about, values } = self;
        let mut text = format!("# HELP sactl_{name} {about}.\n# TYPE sactl_{name} {kind}\n");
        for (labels, value) in values {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "sactl_{name}{labels} {value}");
        }
        text
    }
}

fn requests(platform: &Platform) -> Vec<Family> {
    let requests = platform.metrics().requests();
    let series = |value: fn(&Requests) -> String| {
        let line = move |((method, route, status), requests): (&Key, &Requests)| {
            (format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"), value(requests))
        };
        requests.iter().map(line).collect::<Vec<_>>()
    };
    vec![
        Family::counter("requests_total", "Requests that were answered", series(|it| it.count.to_string())),
        Family::counter(
            "request_seconds_total",
            "Time that they took",
            series(|it| it.time.as_secs_f64().to_string()),
        ),
    ]
}

fn sign_ins(platform: &Platform) -> Vec<Family> {
    let (waiting, computing) = platform.hash_queue();
    let hashes = vec![(String::new(), platform.hashes_computed().to_string())];
    let guesses = platform.metrics().guesses().into_iter();
    let guesses = guesses.map(|((secret, verdict), count)| {
        (format!("{{secret=\"{secret}\",verdict=\"{verdict}\"}}"), count.to_string())
    });
    vec![
        Family::counter("hashes_total", "Password hashes that were started", hashes),
        Family::gauge("hashes_waiting", "Requests that wait for a password hash", [number(waiting)]),
        Family::gauge(
            "hashes_computing",
            "Requests that have their turn at a password hash",
            [number(computing)],
        ),
        Family::counter(
            "guesses_total",
            "Passwords and codes that were tried: open are checked, closed are checked and slowed down, refused are \
             not checked",
            guesses.collect(),
        ),
    ]
}

fn state(platform: &Platform, lag: Option<f64>) -> Vec<Family> {
    let (open, idle) = platform.store().connections();
    vec![
        Family::gauge("database_connections", "Connections to the database", [open.into()]),
        Family::gauge("database_connections_idle", "Idle connections to the database", [number(idle)]),
        Family::gauge(
            "audit_export_lag_seconds",
            "Age of the oldest audit record that was not exported, where records are exported",
            lag,
        ),
        Family::gauge("draining", "Whether the platform is about to stop", [platform.is_draining().into()]),
    ]
}

/// A small count as a float.
fn number(count: usize) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}
