//! Each exit code that a script can meet, with the error code that goes with it.

use super::acting::{ACME_ADMIN, ACME_VIEWER, CONTOSO_ADMIN, World};
use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};

#[test]
fn one_is_an_answer_that_is_none() {
    let stub = Stub::always(Answer::html(200));
    let env =
        Env::new().with("SACTL_SERVER", stub.url()).with("SACTL_TOKEN", "sat_x").with("SACTL_COMPANY", "1");
    env.sactl("list -o json").error(1, "bad_response");
    let failing = Stub::always(Answer::json(500, r#"{"success": false, "message": "no"}"#));
    let env = env.with("SACTL_SERVER", failing.url());
    env.sactl("list -o json").error(1, "internal");
}

#[test]
fn one_is_a_file_that_cannot_be_read() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("create x-bot --password-file /nonexistent/file -o json").error(1, "io");
    admin.sactl("show x-bot -o json").error(5, "not_found");
}

#[test]
fn two_is_usage() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("list --no-such-flag -o json").error(2, "usage");
    admin.sactl("delete dormant-bot -o json").error(2, "confirmation_required");
    admin.sactl("revoke backup-runner -o json").error(2, "confirmation_required");
    admin.sactl("passwd dormant-bot --generate -o json").error(2, "confirmation_required");
    admin.sactl("show dormant-bot -o json").ok();
    let mut several = world.admin();
    several.unset("SACTL_COMPANY");
    let refusal = several.sactl("list -o json").error(2, "no_company");
    let message = refusal["message"].as_str().unwrap();
    assert!(message.contains("Acme MSP") && message.contains('2'), "the companies are named: {message}");
}

#[test]
fn two_is_a_request_that_the_platform_does_not_understand() {
    let world = World::start();
    let admin = world.admin();
    let file = admin.file("body.json", r#"{"name": "x-bot", "no_such_field": 1}"#);
    let line = format!("api POST /api/companies/1/service-accounts --data @{file} -o json");
    admin.sactl(&line).error(2, "malformed");
}

#[test]
fn three_is_nobody() {
    let world = World::start();
    world.stranger().sactl("list -o json").error(3, "not_signed_in");
    let wrong = world.at(ACME_ADMIN, 1).with("SACTL_PASSWORD", "Wrong-1234!");
    wrong.sactl("list -o json").error(3, "invalid_grant");
    let ended = world.stranger().with("SACTL_TOKEN", "sat_ended").with("SACTL_COMPANY", "1");
    ended.sactl("list -o json").error(3, "unauthenticated");
    world.at(CONTOSO_ADMIN, 3).sactl("list -o json").error(3, "mfa_required");
}

/// All cases of exit 4 are in `seed.rs`; here only their words.
#[test]
fn four_names_the_permission_that_is_missing() {
    let world = World::start();
    let viewer = world.acting(ACME_VIEWER, 1);
    viewer.sactl("delete dormant-bot --yes").refused(4, "service-accounts:delete");
}

#[test]
fn five_is_not_there() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("show nobody -o json").error(5, "not_found");
    admin.sactl("list --company 99 -o json").error(5, "not_found");
    admin.sactl("role show no-such-role -o json").error(5, "not_found");
    // An account of a company that has nothing to do with this one does not exist here.
    admin.sactl("show contoso-sync -o json").error(5, "not_found");
    admin.sactl("grant contoso-sync --role viewer -o json").error(5, "not_found");
}

#[test]
fn six_is_a_conflict() {
    let world = World::start();
    let admin = world.admin();
    for name in ["dormant-bot", "Dormant-BOT", "contoso-sync"] {
        let refusal = admin.sactl(&format!("create {name} --generate -o json")).error(6, "name_taken");
        let message = refusal["message"].as_str().unwrap();
        assert!(!message.contains("Contoso"), "the owner must stay hidden: {message}");
    }
    let refusal = contoso(&world).sactl("list -o json").error(6, "ambiguous_company");
    let message = refusal["message"].as_str().unwrap();
    assert!(message.contains('3') && message.contains('4'), "the ids are named: {message}");
}

/// A user who belongs to both companies that are called `Contoso Retail`.
fn contoso(world: &World) -> Env {
    world.at("contoso-sync", 3).with("SACTL_COMPANY", "Contoso Retail")
}

#[test]
fn seven_is_refused_input() {
    let world = World::start();
    let admin = world.admin();
    for (line, code) in [
        ("create x --generate", "invalid_name"),
        ("create has@sign --generate", "invalid_name"),
        ("grant dormant-bot --role no-such-role", "unknown_role"),
        ("grant dormant-bot --permission no:such", "unknown_permission"),
        ("grant fleet-automation --add-permission devices:view", "not_individual"),
        ("grant backup-runner --remove-permission devices:view", "empty_access"),
    ] {
        let refusal = admin.sactl(&format!("{line} -o json")).error(7, "invalid_input");
        assert_eq!(refusal["errors"][0]["code"], code, "{line}: {refusal}");
    }
}

#[test]
fn eight_is_nobody_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let env = Env::new().with("SACTL_SERVER", format!("http://{free}"));
    let env = env.with("SACTL_TOKEN", "sat_x").with("SACTL_COMPANY", "1").with("SACTL_TIMEOUT", "2");
    env.sactl("list -o json").error(8, "unreachable");
    let silent = Stub::always(Answer::Silence);
    let env = env.with("SACTL_SERVER", silent.url()).with("SACTL_TIMEOUT", "1");
    env.sactl("list -o json").error(8, "timeout");
    let busy =
        Stub::always(Answer::json(503, r#"{"success": false, "message": "later", "code": "unavailable"}"#));
    let env = env.with("SACTL_SERVER", busy.url()).with("SACTL_TIMEOUT", "5");
    env.sactl("list -o json").error(8, "unavailable");
}
