//! The metrics as Prometheus reads them.
//!
//! Responsible for their text. Refuses to be on the listener of the API.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::platform::Platform;
use crate::platform::metrics::{Key, Requests};

/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Shows all metrics.
pub(in crate::platform) async fn show(State(platform): State<Platform>) -> impl IntoResponse {
    ([(CONTENT_TYPE, TEXT)], text(&platform))
}

fn text(platform: &Platform) -> String {
    let requests = platform.metrics().requests();
    let series = |value: fn(&Requests) -> String| {
        let line = move |((method, route, status), requests): (&Key, &Requests)| {
            (format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"), value(requests))
        };
        requests.iter().map(line).collect::<Vec<_>>()
    };
    let single = |value: u64| vec![(String::new(), value.to_string())];
    let (waiting, computing) = platform.hash_queue();
    let (open, idle) = platform.store().connections();
    let families = [
        ("requests_total", "counter", "Requests that were answered", series(|it| it.count.to_string())),
        (
            "request_seconds_total",
            "counter",
            "Time that they took",
            series(|it| it.time.as_secs_f64().to_string()),
        ),
        ("hashes_total", "counter", "Password hashes that were begun", single(platform.hashes_computed())),
        ("hashes_waiting", "gauge", "Requests that wait for a password hash", single(waiting as u64)),
        (
            "hashes_computing",
            "gauge",
            "Requests that have their turn at a password hash",
            single(computing as u64),
        ),
        ("database_connections", "gauge", "Connections to the database", single(open.into())),
        ("database_connections_idle", "gauge", "Those of them that are not in use", single(idle as u64)),
        ("draining", "gauge", "Whether the platform is about to stop", single(platform.is_draining().into())),
    ];
    let mut text = String::new();
    for (name, kind, about, lines) in families {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# HELP sactl_{name} {about}.\n# TYPE sactl_{name} {kind}");
        for (labels, value) in lines {
            let _ = writeln!(text, "sactl_{name}{labels} {value}");
        }
    }
    text
}
