//! The metrics, and the dashboard of the Debian package that shows them.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use sactl::platform::router;
use sactl::platform::service::export::{Export, Last};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::common::platform::{PASSWORD, Server};

/// What every node shows, each after the other.
fn metrics(server: &Server) -> String {
    let show = async |platform| {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = router::metrics_router(platform).oneshot(request).await.unwrap();
        String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    };
    let nodes = server.platforms().into_iter().cloned();
    nodes.map(|platform| server.block_on(show(platform))).collect()
}

/// The values of a series.
fn values(text: &str, series: &str) -> Vec<f64> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    lines.map(|value| value.parse().unwrap()).collect()
}

/// The names of metrics in a query.
fn names(query: &str) -> impl Iterator<Item = String> + '_ {
    let words = query.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.filter(|word| word.starts_with("sactl_")).map(str::to_owned)
}

/// All queries of a document, wherever they stand.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
            Value::String(query) if name == "expr" || name == "query" => found.push(query.clone()),
            other => queries(other, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| queries(item, found)),
        _ => {}
    }
}

/// Every metric that the dashboard asks for has a value after one sign-in and one export, and none is left out.
#[test]
fn dashboard_shows_the_metrics_that_there_are() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".debian/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut asked = Vec::new();
    queries(&dashboard, &mut asked);
    let asked: BTreeSet<String> = asked.iter().flat_map(|query| names(query)).collect();
    let server = Server::sandbox();
    assert_eq!(server.token_form("fleet-automation", PASSWORD).status, 200);
    server.block_on(async {
        let mut export = Export::behind(server.platform(), Last::default()).await.unwrap().unwrap();
        export.next().await.unwrap();
        export.arrived().await.unwrap();
    });
    let text = metrics(&server);
    let shown = text.lines().filter(|line| !line.starts_with('#'));
    let shown: BTreeSet<String> =
        shown.map(|line| line.split(['{', ' ']).next().unwrap().to_owned()).collect();
    assert_eq!(asked, shown);
}

/// A method that a client made up had series of its own, kept for ever.
#[test]
fn metrics_keep_no_method_that_a_client_made_up() {
    let server = Server::sandbox();
    let made_up = ["ZZ1", "ZZ2", "GETS", "get", "TRACE"];
    for method in made_up.into_iter().chain(["GET", "HEAD", "OPTIONS"]) {
        server.send(method, "/healthz", &[], "");
        server.send(method, "/no/such/route", &[], "");
    }
    let text = metrics(&server);
    let shown = text
        .lines()
        .filter_map(|line| line.strip_prefix("sactl_requests_total{method=\"")?.split('"').next());
    assert_eq!(shown.collect::<BTreeSet<_>>(), BTreeSet::from(["GET", "HEAD", "OPTIONS", "other"]), "{text}");
    let of_route = "sactl_requests_total{method=\"other\",route=\"/healthz\",status=\"405\"}";
    assert_eq!(values(&text, of_route).iter().sum::<f64>().to_string(), made_up.len().to_string(), "{text}");
}

/// How the throttle judged: a right and a wrong password, and some too many.
#[test]
fn metrics_count_guesses_by_verdict() {
    let server = Server::sandbox();
    server.stop_clock();
    for password in std::iter::once(PASSWORD).chain(["wrong"; 11]) {
        server.token_form("fleet-automation", password);
    }
    let text = metrics(&server);
    let guesses = |verdict: &str| {
        let series = format!("sactl_guesses_total{{secret=\"password\",verdict=\"{verdict}\"}}");
        values(&text, &series).iter().sum::<f64>()
    };
    let (open, closed, refused) = (guesses("open"), guesses("closed"), guesses("refused"));
    assert!(open >= 4.0 && refused >= 1.0, "{text}");
    assert!((open + closed + refused - 12.0).abs() < f64::EPSILON, "each guess counts once: {text}");
}

/// The lag is that of the oldest record that was not exported, and nothing where none ever was.
#[test]
fn metrics_show_the_lag_of_the_export() {
    let server = Server::sandbox();
    server.stop_clock();
    let admin = server.sign_in("admin@acme.example");
    let change = |text: &str| {
        let body = serde_json::json!({ "description": text });
        admin.call("PATCH", "/api/companies/1/service-accounts/dormant-bot", &body).data(200);
    };
    let export = |export: &mut Export| {
        server.block_on(async {
            while !export.next().await.unwrap().is_empty() {}
            export.arrived().await.unwrap();
        });
    };
    let lag = || {
        let lags = values(&metrics(&server), "sactl_audit_export_lag_seconds");
        lags.iter().map(f64::to_string).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    change("one");
    server.advance(60);
    assert!(lag().is_empty());
    let mut exporter = server.block_on(Export::behind(server.platform(), Last::default())).unwrap().unwrap();
    export(&mut exporter);
    assert_eq!(lag(), ["0"]);
    change("two");
    server.advance(60);
    change("three");
    assert_eq!(lag(), ["60"]);
    export(&mut exporter);
    assert_eq!(lag(), ["0"]);
}
