//! The pages of a list: one request each, on one connection, and none that is not wanted.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::answers::{self, with_token};
use crate::common::stub::{Answer, Stub};

/// The places that the cursors of three pages name, and then the end.
const NEXT: [Option<&str>; 3] = [Some("second"), Some("third"), None];

/// The page that `target` asks for; an unknown page is refused.
fn page_of(target: &str) -> Option<usize> {
    let cursor = target.split(['?', '&']).find_map(|part| part.strip_prefix("cursor="));
    cursor.map_or(Some(0), |cursor| NEXT.iter().position(|next| *next == Some(cursor)).map(|at| at + 1))
}

/// A platform with three pages of `rows` accounts each.
fn three_pages(rows: usize) -> Stub {
    Stub::start(move |request| {
        let Some(page) = page_of(&request.target) else {
            return Answer::json(400, json!({"success": false, "code": "malformed"}).to_string());
        };
        let rows: Vec<_> = (0..rows).map(|row| answers::account(&format!("robot-{page}-{row:04}"))).collect();
        Answer::json(200, answers::page_before(&rows, NEXT[page]).to_string())
    })
}

/// The cursors of the pages that were asked for, the first without one.
fn cursors(stub: &Stub) -> Vec<String> {
    let cursor = |target: &str| target.split_once("cursor=").map(|(_, cursor)| cursor.to_owned());
    let requests =
        stub.requests().into_iter().filter(|request| request.path().ends_with("/service-accounts"));
    requests.map(|request| cursor(&request.target).unwrap_or_default()).collect()
}

#[test]
fn each_page_is_one_request_on_one_connection() {
    for form in ["", " -o json", " -o jsonl", " -o table"] {
        let stub = three_pages(3);
        let listed = with_token(&stub.url()).sactl(&format!("list{form}")).ok().stdout.clone();
        assert_eq!(listed.matches("robot-").count(), 9, "{listed}");
        assert_eq!(cursors(&stub), ["", "second", "third"], "{form}");
        assert_eq!(stub.connections(), 1, "{form}");
    }
}

/// What is not wanted is not asked for.
#[test]
fn a_limit_asks_for_no_page_more() {
    for (limit, pages) in [(2, 1), (1000, 1), (1001, 2), (2000, 2), (2001, 3)] {
        let stub = three_pages(1000);
        let list = format!("list --owned -o name --limit {limit}");
        let listed = with_token(&stub.url()).sactl(&list).ok().stdout.clone();
        assert_eq!((listed.lines().count(), stub.requests().len()), (limit, pages), "{limit}");
    }
}

/// A slow reader: no page is requested twice, and none is given up.
#[test]
fn a_slow_reader_costs_no_request() {
    let stub = three_pages(1000);
    let env = with_token(&stub.url());
    let mut child = env.command().args(["list", "-o", "jsonl"]).stdout(Stdio::piped()).spawn().unwrap();
    // The first page does not fit into the pipe, and the reader has not started.
    wait_for_requests(&stub, 1);
    let mut rows = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rows).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!((rows.lines().count(), stub.requests().len(), stub.connections()), (3000, 3, 1));
}

/// Waits until the server has heard so many requests: nothing else of the client's goes on meanwhile.
fn wait_for_requests(stub: &Stub, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while stub.requests().len() < count {
        assert!(Instant::now() < deadline, "{:?}", cursors(stub));
        std::thread::yield_now();
    }
}
