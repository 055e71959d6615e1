//! `sactl api GET PATH --paginate`: a list to its end, within bounds.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use super::acting::World;
use crate::common::answers::{self, with_token};
use crate::common::stub::{Answer, Stub};

const LIST: &str = "api GET /api/companies/1/service-accounts?page_size=1 --paginate";

#[test]
fn every_page_is_followed_and_every_row_is_a_line() {
    let world = World::start();
    let env = world.admin();
    let whole = env.sactl("api GET /api/companies/1/service-accounts -o json").ok().json();
    let rows = whole["data"].as_array().unwrap();
    assert!(rows.len() > 2);
    for form in ["", " -o jsonl"] {
        assert_eq!(env.sactl(&format!("{LIST}{form}")).ok().json_lines(), *rows, "{form}");
    }
    let merged = env.sactl(&format!("{LIST} -o json")).ok().json();
    assert_eq!(merged, whole);
}

#[test]
fn only_lists_are_followed() {
    let world = World::start();
    let env = world.admin();
    env.sactl("api GET /api/users/me --paginate").refused(2, "not a list");
    env.sactl("api DELETE /api/companies/1/roles/x --paginate").refused(2, "GET");
    env.sactl("api GET /api/companies --paginate --data -").refused(2, "--data");
    env.sactl("api GET /api/companies --paginate --dry-run").refused(2, "--dry-run");
    env.sactl("api GET /api/companies/99/roles --paginate -o json").error(5, "not_found");
}

/// P9: pages that lead back to where they came from, and a page that holds more than any page does.
#[test]
fn a_hostile_list_ends() {
    let circle = Stub::start(|request| {
        let next = if request.target.contains("cursor=a") { "b" } else { "a" };
        Answer::json(200, answers::page_before(&[json!(1)], Some(next)).to_string())
    });
    let lines = with_token(&circle.url()).sactl("api GET /api/x --paginate");
    lines.expect(1);
    assert!(lines.stderr.contains("same pages"), "{lines}");
    assert!(circle.requests().len() < 10);
    let endless = Stub::start(|_| {
        Answer::json(200, format!(r#"{{"success": true, "data": [{}0]}}"#, "0,".repeat(1_000_000)))
    });
    with_token(&endless.url()).sactl("api GET /api/x --paginate -o json").error(1, "bad_response");
    let places = AtomicU64::new(0);
    let empty = Stub::start(move |_| {
        let next = places.fetch_add(1, Ordering::Relaxed).to_string();
        Answer::json(200, answers::page_before(&[], Some(&next)).to_string())
    });
    let lines = with_token(&empty.url()).sactl("api GET /api/x --paginate -o json");
    lines.error(1, "bad_response");
    assert!(lines.stderr.contains("empty pages"), "{lines}");
}
