//! `sactl doctor`: each check, its fix, its exit code; and an end, also where everything hangs.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::credentials::{Gateway, PASSWORD, USER, chmod, credential_file, login, with_file_store};
use crate::common::env::Env;
use crate::common::output::Outcome;
use crate::common::secret_service::{HungBus, SecretService};
use crate::common::stub::{Answer, Stub};
use crate::common::tls::{Authority, TlsServer, Validity};
use crate::common::tools::tool;

/// The line of this name.
fn check(outcome: &Outcome, name: &str) -> Value {
    let document = outcome.json();
    let checks = document["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("there is no check {name}: {outcome}")).clone()
}

/// Insists on the status of a check, and on a fix if there is something to fix.
#[track_caller]
fn expect(outcome: &Outcome, name: &str, status: &str, word: &str) {
    let check = check(outcome, name);
    assert_eq!(check["status"], status, "{name}: {outcome}");
    let text = format!("{} {}", check["message"], check["fix"]);
    assert!(text.contains(word), "{name} does not say {word:?}: {text}");
    assert_eq!(check["fix"].is_string(), status != "ok", "{name}: {outcome}");
}

/// The document of a failed doctor: the checks on standard output, the verdict on standard error.
#[track_caller]
fn failed(outcome: &Outcome, exit: i32, code: &str) {
    outcome.expect(exit);
    assert_eq!(outcome.json()["ok"], false, "{outcome}");
    let document: Value = serde_json::from_str(&outcome.stderr).unwrap();
    assert_eq!(document["error"]["code"], code, "{outcome}");
    assert_eq!(document["error"]["exit_code"], exit, "{outcome}");
}

/// Everything in order.
#[test]
fn all_is_well() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let before = env.files();
    let outcome = env.sactl("doctor -o json");
    let document = outcome.ok().json();
    assert_eq!(document["ok"], true);
    assert_eq!(outcome.stderr, "");
    let names: Vec<&str> =
        document["checks"].as_array().unwrap().iter().filter_map(|check| check["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "environment",
            "settings",
            "server",
            "tls",
            "clock",
            "credential store",
            "files",
            "sign-in",
            "operations",
            "terminal"
        ]
    );
    for check in document["checks"].as_array().unwrap() {
        assert_eq!(check["status"], "ok", "{check}");
        let keys: Vec<&String> = check.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["name", "status", "message", "fix"]);
    }
    expect(&outcome, "sign-in", "ok", USER);
    expect(&outcome, "environment", "ok", "SACTL_CREDENTIAL_STORE");
    expect(&outcome, "settings", "ok", &format!("server {} from the profile", gateway.url()));
    let flags = env.run(["doctor", "-o", "json", "--server", &gateway.url(), "--company", "7"]);
    expect(&flags, "settings", "ok", "company 7 from --company on the command line");
    expect(&flags, "settings", "ok", "from --server on the command line");
    assert_eq!(env.files(), before, "it changes nothing");
    assert_eq!(gateway.sign_ins(), 1, "it does not sign in");

    let table = env.run(["doctor", "-o", "table"]);
    assert!(table.ok().stdout.contains("credential store"), "{table}");
    let piped = env.sactl("doctor");
    assert_eq!(piped.ok().stdout.lines().count(), names.len());
    assert!(piped.stdout.lines().all(|line| line.split('\t').count() == 4), "{piped}");
}

/// A machine without a sign-in: no command would work, and the check says how to begin.
#[test]
fn a_fresh_machine_is_told_how_to_begin() {
    let outcome = with_file_store().sactl("doctor -o json");
    failed(&outcome, 3, "not_signed_in");
    expect(&outcome, "sign-in", "failed", "sactl login");
    expect(&outcome, "server", "warning", "sactl login");
    expect(&outcome, "files", "ok", "does not exist");
}

/// Nothing listens: 8.
#[test]
fn a_server_that_is_not_there_is_a_failure_with_exit_8() {
    let url = Gateway::start("a").url();
    let outcome = with_file_store().run(["doctor", "-o", "json", "--server", &url]);
    failed(&outcome, 8, "unreachable");
    expect(&outcome, "server", "failed", "connect");
    expect(&outcome, "sign-in", "warning", "not checked");
}

/// The server listens and never answers: 8, in time.
#[test]
fn a_silent_server_is_given_up() {
    let stub = Stub::always(Answer::Silence);
    let started = Instant::now();
    let outcome = with_file_store().run(["doctor", "-o", "json", "--server", &stub.url()]);
    failed(&outcome, 8, "timeout");
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
}

/// A server of another kind still answers; a redirect and a failure are remarked on.
#[test]
fn any_answer_is_a_sign_of_life() {
    for (answer, status) in [
        (Answer::html(200), "ok"),
        (Answer::json(404, "{}"), "ok"),
        (Answer::json(503, "{}"), "warning"),
        (Answer::redirect(302, "https://elsewhere.example/"), "warning"),
    ] {
        let stub = Stub::always(answer);
        let outcome = with_file_store().run(["doctor", "-o", "json", "--server", &stub.url()]);
        failed(&outcome, 3, "not_signed_in");
        expect(&outcome, "server", status, "answers in");
    }
}

/// The clock is compared with the server's.
#[test]
fn a_clock_that_is_off_is_remarked_on() {
    let answer = |date: &str| {
        let headers = vec![("date", date.to_owned()), ("content-type", "application/json".to_owned())];
        Answer::Whole(200, headers, b"{}".to_vec())
    };
    let stub = Stub::always(answer("Sun, 06 Nov 1994 08:49:37 GMT"));
    let outcome = with_file_store().run(["doctor", "-o", "json", "--server", &stub.url()]);
    failed(&outcome, 3, "not_signed_in");
    expect(&outcome, "clock", "warning", "ahead of the server");

    let stub = Stub::always(answer("no date"));
    let outcome = with_file_store().run(["doctor", "-o", "json", "--server", &stub.url()]);
    expect(&outcome, "clock", "ok", "does not send");
}

/// Plain http to another machine: refused as everywhere, and remarked on when it was asked for.
#[test]
fn plain_http_is_not_passed_over() {
    let outcome = with_file_store().run(["doctor", "-o", "json", "--server", "http://gateway.example"]);
    failed(&outcome, 2, "usage");
    expect(&outcome, "server", "failed", "--allow-http");
}

/// A server with an untrusted certificate: that is not the same as unreachable, and the fix works.
#[test]
fn a_server_that_cannot_be_trusted_fails_the_tls_check() {
    let stub = Stub::always(Answer::json(200, "{}"));
    let authority = Authority::new();
    let server = TlsServer::before(&stub.url(), &authority.server(&["127.0.0.1"], Validity::Long));
    let env = with_file_store();
    let outcome = env.run(["doctor", "-o", "json", "--server", &server.url()]);
    failed(&outcome, 8, "unreachable");
    expect(&outcome, "tls", "failed", "--cacert");
    assert_eq!(stub.requests().len(), 0);

    let cacert = env.file("authority.pem", authority.pem());
    let outcome = env.run(["doctor", "-o", "json", "--server", &server.url(), "--cacert", &cacert]);
    failed(&outcome, 3, "not_signed_in");
    expect(&outcome, "tls", "ok", "trusted");
}

/// Files that others can read or change: 3, with the command that fixes it; after that, all checks pass.
#[test]
fn loose_files_fail_with_the_command_that_fixes_them() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let file = credential_file(&env, &gateway.token(1));
    chmod(&file, 0o644);
    let outcome = env.sactl("doctor -o json");
    failed(&outcome, 3, "credential_store");
    expect(&outcome, "credential store", "failed", &format!("chmod 600 {}", file.display()));
    expect(&outcome, "files", "failed", &format!("chmod 600 {}", file.display()));

    let fix = check(&outcome, "files")["fix"].as_str().unwrap().to_owned();
    assert!(tool("sh").args(["-c", &fix]).status().unwrap().success());
    env.sactl("doctor").ok();

    chmod(&env.config(), 0o777);
    let outcome = env.sactl("doctor -o json");
    failed(&outcome, 3, "credential_store");
    expect(&outcome, "files", "failed", &format!("chmod 700 {}", env.config().display()));
}

/// A keyring: open, closed, absent, hung. The last three are 3, in time, with a way out.
#[test]
fn the_keyring_is_looked_at_within_three_seconds() {
    let gateway = Gateway::start("a");
    let doctor = |address: &str| {
        let env = Env::new().with("DBUS_SESSION_BUS_ADDRESS", address);
        let started = Instant::now();
        let outcome = env.run(["doctor", "-o", "json", "--server", &gateway.url()]);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        outcome
    };
    let hung = HungBus::start();
    for address in ["unix:path=/nonexistent/bus", hung.address()] {
        let outcome = doctor(address);
        failed(&outcome, 3, "credential_store");
        expect(&outcome, "credential store", "failed", "--credential-store file");
        expect(&outcome, "server", "ok", "answers in");
    }
    let Some(open) = SecretService::unlocked() else { return };
    expect(&doctor(open.address()), "credential store", "ok", "keyring");
}

/// Credentials of the environment are tried, and what is tried leaves nothing behind.
#[test]
fn credentials_of_the_environment_are_tried() {
    let gateway = Gateway::start("a");
    let mut env = Env::new().with("SACTL_SERVER", gateway.url()).with("SACTL_USERNAME", USER);
    env.set("SACTL_PASSWORD", PASSWORD);
    let outcome = env.sactl("doctor -o json");
    outcome.ok();
    expect(&outcome, "sign-in", "ok", USER);
    expect(&outcome, "credential store", "ok", "not needed");
    assert!(gateway.lines().last().unwrap().ends_with("/revocation"), "the token is ended again");

    env.set("SACTL_PASSWORD", "wrong");
    let outcome = env.sactl("doctor -o json");
    failed(&outcome, 3, "invalid_grant");
    expect(&outcome, "sign-in", "failed", "password");

    env.set("SACTL_TOKEN", "sat_ended");
    let outcome = env.sactl("doctor -o json");
    failed(&outcome, 3, "unauthenticated");
    expect(&outcome, "sign-in", "failed", "SACTL_TOKEN");
    assert!(!env.config().exists(), "nothing is written");
}

/// An ended token is a failure where nothing renews it, and none where the password is stored.
#[test]
fn an_ended_token_is_told_apart_from_one_that_is_renewed() {
    let gateway = Gateway::start("a");
    for (more, exit, status, said) in [("--store-password", 0, "ok", "expired"), ("", 3, "failed", "ended")] {
        let env = with_file_store();
        login(&env, &gateway.url(), more).ok();
        gateway.end_tokens();
        let outcome = env.sactl("doctor -o json");
        outcome.expect(exit);
        expect(&outcome, "sign-in", status, said);
    }
}

/// Settings that cannot be read: 2, and the rest of the machine is looked at all the same.
#[test]
fn a_broken_configuration_is_a_failure_with_exit_2() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    std::fs::write(env.config().join("config.toml"), "garbage = = =").unwrap();
    let outcome = env.sactl("doctor -o json");
    failed(&outcome, 2, "config");
    expect(&outcome, "settings", "failed", "config.toml");
    expect(&outcome, "terminal", "ok", "prompts are not possible");

    let env = Env::new().with("SACTL_TOKEN", "sat_x");
    failed(&env.sactl("doctor -o json"), 2, "config");
}

/// A variable that nothing reads was meant to be another.
#[test]
fn a_misspelt_variable_is_found() {
    let outcome = with_file_store().with("SACTL_PASWORD", "Canary-1").sactl("doctor -o json");
    failed(&outcome, 3, "not_signed_in");
    expect(&outcome, "environment", "warning", "did you mean SACTL_PASSWORD");
    assert!(!outcome.stdout.contains("Canary-1"), "{outcome}");
}
