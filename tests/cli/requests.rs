//! What goes over the wire: how many requests a command makes, and what becomes of a change when the connection
//! breaks in the middle of it.

use serde_json::json;

use super::acting::{ACME_ADMIN, World, names};
use crate::common::env::Env;
use crate::common::http::Request;
use crate::common::lane::takes;
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::proxy::{Cut, Proxy};

/// A signed-in place whose requests go through `proxy`.
fn behind(proxy: &Proxy, world: &World) -> Env {
    let token = world.server().sign_in(ACME_ADMIN).token().to_owned();
    let env = Env::new().with("SACTL_SERVER", proxy.url()).with("SACTL_TOKEN", token);
    env.with("SACTL_COMPANY", "1")
}

#[test]
fn a_list_with_a_stored_token_is_one_request() {
    let world = World::start();
    let proxy = Proxy::counting(&world.url());
    let env = Env::new().with("SACTL_SERVER", proxy.url()).with("SACTL_CREDENTIAL_STORE", "file");
    let login = ["login", "--username", ACME_ADMIN, "--password-stdin"];
    env.run_with_input(login, format!("{SANDBOX_PASSWORD}\n")).ok();
    env.sactl("company use 1").ok();
    let before = proxy.lines().len();
    let list = env.sactl("list -o json").ok().json();
    assert_eq!(list["company"]["name"], "Acme MSP");
    assert_eq!(proxy.lines()[before..], ["GET /api/companies/1/service-accounts"]);
}

/// Nothing is silently cut: a list of more than one page is followed to its end.
#[test]
fn every_page_of_a_list_is_followed() {
    let world = World::start();
    let proxy = Proxy::counting(&world.url());
    let env = behind(&proxy, &world);
    let admin = world.server().sign_in(ACME_ADMIN);
    for number in 0..1_001 {
        let role = json!({"name": format!("role-{number:04}"), "permissions": ["devices:view"]});
        admin.post("/api/companies/1/roles", &role).data(201);
    }
    let listed = env.sactl("role list -o name").ok().stdout.clone();
    assert_eq!(listed.lines().count(), 1_004, "three default roles and the new ones");
    let pages = proxy.lines().iter().filter(|line| *line == "GET /api/companies/1/roles").count();
    assert!(pages >= 2, "one page holds at most 1000 rows");
}

/// P7: whatever breaks off, a create is done at most once, and exit 0 means that it is done.
#[test]
fn a_create_that_breaks_off_is_done_at_most_once() {
    let world = World::start();
    let admin = world.admin();
    let is_create = |request: &Request| request.method == "POST";
    for (number, cut) in CUTS.into_iter().enumerate() {
        for (place, times) in [1, 1_000].into_iter().enumerate() {
            if !takes(number + place, 2) {
                continue;
            }
            let name = format!("cut-{number}-{times}");
            let proxy = Proxy::cutting(&world.url(), cut, times, is_create);
            let outcome = behind(&proxy, &world).sactl(&format!("create {name} --generate -o json"));
            let list = admin.sactl("list -o json").ok().json();
            let there = names(&list["owned"]).contains(&name.as_str());
            if times == 1 {
                assert_eq!((outcome.code(), there), (Some(0), true), "{cut:?}: a repeat is safe: {outcome}");
                continue;
            }
            outcome.expect(8);
            let unknown = outcome.stderr.contains("outcome_unknown");
            assert!(unknown || !there, "{cut:?}: it is there, and the answer denies it: {outcome}");
            assert!(
                outcome.stderr.contains("sactl "),
                "exit 8 names the command that shows the state: {outcome}"
            );
        }
    }
}

/// P7: the same for what is repeated without a key.
#[test]
fn changes_that_break_off_once_are_repeated() {
    let world = World::start();
    for cut in CUTS {
        let change = |request: &Request| request.method != "GET";
        let run = |line: &str| {
            let proxy = Proxy::cutting(&world.url(), cut, 1, change);
            let outcome = behind(&proxy, &world).sactl(line);
            assert_eq!(outcome.code(), Some(0), "{cut:?} {line}: {outcome}");
        };
        run("grant dormant-bot --role viewer");
        run("revoke dormant-bot --yes");
        let name = format!("gone-{cut:?}").to_lowercase();
        world.admin().sactl(&format!("create {name} --generate")).ok();
        run(&format!("delete {name} --yes"));
        let list = world.admin().sactl("list -o json").ok().json();
        assert!(!names(&list["owned"]).contains(&name.as_str()), "{cut:?}");
    }
}

const CUTS: [Cut; 4] =
    [Cut::BeforeTheRequest, Cut::WithinTheRequest, Cut::BeforeTheAnswer, Cut::WithinTheAnswer];

/// Destructive commands without confirmation send no request.
#[test]
fn without_a_confirmation_no_request_is_sent() {
    let world = World::start();
    let proxy = Proxy::counting(&world.url());
    let env = behind(&proxy, &world);
    for line in ["delete dormant-bot", "revoke backup-runner", "passwd dormant-bot --generate"] {
        env.sactl(line).refused(2, "--yes");
    }
    assert_eq!(proxy.lines(), Vec::<String>::new());
}

/// Rule 5 of the command line: a write says what was done and where.
#[test]
fn writes_name_the_account_and_the_company() {
    let world = World::start();
    let admin = world.admin();
    for line in [
        "grant dormant-bot --role viewer",
        "edit dormant-bot --description Sleeps",
        "revoke dormant-bot --yes",
        "passwd dormant-bot --generate --yes",
        "delete dormant-bot --yes",
    ] {
        let done = admin.sactl(line);
        for word in ["dormant-bot", "Acme MSP", "1"] {
            assert!(done.ok().stderr.contains(word), "{line} does not say {word}: {done}");
        }
    }
}
