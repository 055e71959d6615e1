//! Servers that are slow, dead, broken, hostile or huge: the TAB key brings less, and never an error.

use std::time::{Duration, Instant};

use super::bash::reply;
use super::{asked, candidates, fish, has, shell};
use crate::cli::credentials::{PASSWORD, USER};
use crate::common::env::Env;
use crate::common::process::until;
use crate::common::secret_service::SecretService;
use crate::common::stub::{Answer, Stub};

/// Everything that is asked ends after a second; the rest is for a busy machine.
const BOUND: Duration = Duration::from_secs(4);

/// A place that holds a token for the server and acts in company 1.
pub(super) fn at(url: &str) -> Env {
    let env = Env::new().with("SACTL_SERVER", url).with("SACTL_TOKEN", "sat_canary");
    env.with("SACTL_COMPANY", "1")
}

/// A list of roles.
pub(super) fn roles(names: &[&str]) -> String {
    let role =
        |name: &&str| serde_json::json!({"name": name, "default": false, "permissions": [], "holders": 0});
    let roles: Vec<_> = names.iter().map(role).collect();
    serde_json::json!({"success": true, "data": roles, "next": null, "total": roles.len()}).to_string()
}

/// Only what needs no server.
fn only_flags(env: &Env) {
    let found = candidates(env, "sactl role show ");
    assert!(found.iter().all(|one| one.starts_with("--")), "{found:?}");
    assert_eq!(candidates(env, "sactl role show x"), Vec::<String>::new());
    assert_eq!(candidates(env, "sactl sh"), ["show"]);
}

#[test]
fn a_server_that_does_not_answer_costs_a_second() {
    for answer in
        [Answer::Silence, Answer::Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Duration::from_millis(300))]
    {
        let stub = Stub::always(answer);
        let env = at(&stub.url());
        let started = Instant::now();
        assert_eq!(candidates(&env, "sactl role show x"), Vec::<String>::new());
        assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
    }
}

#[test]
fn no_server_and_nonsense_cost_nothing() {
    let gone = Stub::always(Answer::HangUp).url();
    only_flags(&at(&gone));
    for answer in [
        Answer::HangUp,
        Answer::html(200),
        Answer::html(404),
        Answer::json(200, "{\"success\":true,\"data\":[{\"name\":7}]}"),
        Answer::json(401, "{\"code\":\"unauthenticated\",\"message\":\"no\"}"),
        Answer::json(403, "{}"),
        Answer::json(500, "{}"),
        Answer::redirect(302, "http://127.0.0.1:1/"),
        Answer::Raw(b"\x16\x03\x01 nonsense".to_vec()),
        Answer::Endless("application/json", b"{\"data\":[".to_vec()),
    ] {
        let stub = Stub::always(answer);
        only_flags(&at(&stub.url()));
    }
}

/// There is no prompt, no password is used, and no token goes to another server.
#[test]
fn without_a_token_nothing_is_sent() {
    let stub = Stub::always(Answer::json(200, roles(&["watch"])));
    let strangers = [
        Env::new(),
        Env::new().with("SACTL_SERVER", stub.url()),
        Env::new()
            .with("SACTL_SERVER", stub.url())
            .with("SACTL_USERNAME", USER)
            .with("SACTL_PASSWORD", PASSWORD),
        Env::new().with("SACTL_TOKEN", "sat_canary"),
        Env::new().with("SACTL_SERVER", "nonsense").with("SACTL_TOKEN", "sat_canary"),
        Env::new()
            .with("SACTL_TIMEOUT", "nonsense")
            .with("SACTL_SERVER", stub.url())
            .with("SACTL_TOKEN", "x"),
    ];
    for env in strangers {
        let env = env.with("SACTL_COMPANY", "1").with("SACTL_CREDENTIAL_STORE", "file");
        let before = env.files();
        only_flags(&env);
        assert_eq!(env.files(), before, "nothing is written");
    }
    assert_eq!(stub.connections(), 0);
}

/// Flags that stand in the line already say where names come from.
#[test]
fn the_line_says_which_server_and_company() {
    let (here, there) = (
        Stub::always(Answer::json(200, roles(&["here"]))),
        Stub::start(|request| {
            Answer::json(200, roles(&[if request.path().contains("/7/") { "seven" } else { "one" }]))
        }),
    );
    let env = at(&here.url());
    assert_eq!(candidates(&env, "sactl role show "), ["here"]);
    assert_eq!(candidates(&env, &format!("sactl --server {} role show ", there.url())), ["one"]);
    let line = format!("sactl role --company=7 show --server={} ", there.url());
    assert_eq!(candidates(&env, &line), ["seven"]);
    assert!(there.requests().iter().all(|request| request.method == "GET"), "completing only reads");
}

/// Whatever a server calls things, no shell carries it out, and no terminal obeys it.
#[test]
fn hostile_names_are_harmless() {
    let hostile =
        ["$(touch pwned)", "`touch pwned`", "a;touch pwned", "it's", "a b", "x\"y\\z", "a|b>pwned", "~root"];
    let mut all = hostile.to_vec();
    all.extend([
        "line\nfeed",
        "\u{1b}]0;x\u{7}",
        "--yes",
        "-x",
        "",
        "tab\tname",
        "\u{202e}abc",
        "\u{1}files",
    ]);
    all.sort_by_key(|name| name.to_lowercase());
    let stub = Stub::always(Answer::json(200, roles(&all)));
    let env = at(&stub.url());
    if has("bash") {
        let mut expected: Vec<&str> = hostile.to_vec();
        expected.sort_unstable();
        for quote in ["", "'", "\""] {
            let mut read: Vec<String> = reply(&env, &format!("sactl role show {quote}"))
                .iter()
                .map(|word| {
                    let mut bash = shell(&env, "bash");
                    bash.args(["-c", &format!("printf '%s' {quote}{word}{quote}")]);
                    super::quietly(&mut bash)
                })
                .collect();
            read.sort_unstable();
            assert_eq!(read, expected, "as bash reads it: {quote}");
        }
    }
    if has("fish") {
        let mut found = fish::complete(&env, "sactl role show ");
        for one in &mut found {
            one.truncate(one.find('\t').unwrap_or(one.len()));
        }
        found.sort_unstable();
        let mut expected: Vec<&str> = hostile.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
    assert!(!env.files().iter().any(|(path, _)| path.ends_with("pwned")));
}

/// A list that goes on behind its first page is searched on the server.
#[test]
fn of_very_many_accounts_those_are_found_that_are_meant() {
    let stub = Stub::start(|request| {
        let name = if request.target.contains("search=zeb") { "zebra" } else { "aardvark" };
        let (next, total) = if request.target.contains("search=") { ("null", 1) } else { ("\"more\"", 2) };
        let now = "2026-01-01T00:00:00Z";
        let company = "{\"id\":1,\"name\":\"A\"}";
        Answer::json(
            200,
            format!(
                "{{\"success\":true,\"next\":{next},\"total\":{total},\"data\":[{{\"id\":1,\"name\":\"{name}\",\
             \"description\":null,\"ownership\":\"owned\",\"owner\":{company},\"access\":null,\
             \"company_count\":0,\"created_at\":\"{now}\",\"password_changed_at\":\"{now}\",\
             \"last_used_at\":null}}]}}"
            ),
        )
    });
    let env = at(&stub.url());
    assert_eq!(candidates(&env, "sactl show "), ["aardvark"]);
    assert_eq!(candidates(&env, "sactl show zeb"), ["zebra"]);
}

/// A keyring is read while it is open; a locked one stays locked, without a prompt.
#[test]
fn a_closed_keyring_stays_closed() {
    let Some(service) = SecretService::unlocked() else { return };
    let gateway = crate::cli::credentials::Gateway::start("a");
    let env = Env::new().with("DBUS_SESSION_BUS_ADDRESS", service.address()).with("SACTL_COMPANY", "1");
    crate::cli::credentials::login(&env, &gateway.url(), "").ok();
    // The token is found, within a second or not at all: on a busy machine at a later try.
    until(|| {
        candidates(&env, "sactl role show x");
        gateway.lines().iter().any(|line| line.contains("/roles"))
    });
    let before = gateway.lines().len();
    service.lock();
    let started = Instant::now();
    assert_eq!(asked(&env, "sactl role show x").ok().stderr, "");
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
    assert!(service.is_locked());
    assert_eq!(gateway.lines().len(), before, "nothing to ask with");
}
