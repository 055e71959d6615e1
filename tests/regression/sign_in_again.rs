//! Sessions that end in the middle, tokens that cannot be stored, and passwords with a character that nothing shows.

use std::sync::Mutex;

use serde_json::json;

use crate::cli::acting::World;
use crate::cli::credentials::{Gateway, login, with_file_store};
use crate::common::answers::{self, with_password};
use crate::common::output::{Outcome, SANDBOX_PASSWORD};
use crate::common::stub::{Answer, Stub};
use crate::common::tools::{strace_is_installed, straced};

/// R17: a renewed token that could not be stored, as in a home that is mounted read-only, ended in exit 1 or 3.
#[test]
fn a_token_that_cannot_be_stored_is_used_for_this_call() {
    if !strace_is_installed() {
        return;
    }
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    for fault in ["/^rename:error=EROFS", "/^rename:error=ENOSPC", "flock:error=ENOLCK"] {
        gateway.end_tokens();
        let inject = format!("inject={fault}");
        let mut command = straced(&env, &["-e", &inject, "-o", "/dev/null"]);
        let outcome = Outcome::new(&command.arg("list").output().unwrap(), env.folder());
        assert!(outcome.ok().stderr.contains("cannot be stored"), "{fault}: {outcome}");
    }
}

/// R18: a byte order mark became the first character of a password, and the sign-in failed without a word about it.
#[test]
fn a_byte_order_mark_is_no_part_of_a_password() {
    let world = World::start();
    let admin = world.admin();
    admin.file("marked", "\u{feff}Marked-Secret-1!\n");
    for line in ["create marked --password-file marked", "passwd dormant-bot --password-file marked --yes"] {
        admin.sactl(line).refused(2, "byte order mark");
    }
    let input = ["passwd", "dormant-bot", "--password-stdin", "--yes"];
    admin.run_with_input(input, "\u{feff}Marked-Secret-1!\n").refused(2, "byte order mark");
    let mut env = world.at("fleet-automation", 1);
    env.unset("SACTL_PASSWORD");
    let path = env.file("marked", format!("\u{feff}{SANDBOX_PASSWORD}"));
    env.with("SACTL_PASSWORD_FILE", path).sactl("list").refused(2, "byte order mark");
}

/// R18: a variable that ends with a line end was sent with it, and refused as a wrong password.
#[test]
fn a_line_end_at_the_end_of_a_variable_is_no_part_of_a_secret() {
    let world = World::start();
    let env = world.at("fleet-automation", 1).with("SACTL_PASSWORD", format!("{SANDBOX_PASSWORD}\n"));
    let listed = env.sactl("list");
    assert!(listed.ok().stderr.contains("line end"), "{listed}");
    assert_eq!(env.sactl("list -o json").ok().stderr, "");
    let token = world.server().sign_in("fleet-automation").token().to_owned();
    world
        .stranger()
        .with("SACTL_COMPANY", "1")
        .with("SACTL_TOKEN", format!("{token}\r\n"))
        .sactl("list")
        .ok();
}

/// R19: a file of trusted certificates that cannot be read was never named.
#[test]
fn a_file_of_trusted_certificates_that_cannot_be_read_is_named() {
    for (variable, path) in [("SSL_CERT_FILE", "/nowhere/trusted.pem"), ("SSL_CERT_DIR", "/nowhere/certs")] {
        let mut env = with_password("https://127.0.0.1:1");
        env.unset("SSL_CERT_FILE");
        env.unset("SSL_CERT_DIR");
        let env = env.with(variable, path);
        env.sactl("list").refused(2, variable).refused(2, path);
    }
}

/// R19: with a clock that is hours off, "the session has expired" said nothing of the clock.
#[test]
fn a_session_that_has_expired_is_told_with_both_times() {
    let gateway = Gateway::start("a");
    gateway.set_lifetime(0);
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let refused = env.sactl("list");
    refused.refused(3, "the clock of this machine says").refused(3, "expired at");
}

/// R19: a server that asks to wait an hour was answered with "try again later".
#[test]
fn a_long_wait_is_told_in_words() {
    for (seconds, words) in [("3600", "try again in 60 minutes"), ("90", "try again in 90 seconds")] {
        let problem = answers::problem(429, "rate_limited", "too many requests").to_string();
        let headers = vec![
            ("content-type", "application/problem+json".to_owned()),
            ("retry-after", seconds.to_owned()),
        ];
        let stub = Stub::always(Answer::Whole(429, headers, problem.into_bytes()));
        answers::with_token(&stub.url()).sactl("list").refused(8, words);
    }
}

/// R20: a token that ended while a list was read was an error with `SACTL_PASSWORD`, although the password was there.
#[test]
fn a_list_with_a_password_in_the_environment_outlives_a_token() {
    let issued = Mutex::new(0);
    let stub = Stub::start(move |request| {
        let mut issued = issued.lock().unwrap();
        let is_second = request.target.contains("cursor=two");
        let of_new = request.header("authorization") == Some("Bearer sat_number_2");
        match request.path() {
            "/public/auth/connect/token" => {
                *issued += 1;
                let token = format!("sat_number_{issued}");
                let grant = json!({"access_token": token, "expires_in": 7200, "token_type": "Bearer"});
                Answer::json(200, grant.to_string())
            }
            "/api/companies/1/service-accounts" if is_second && !of_new => {
                Answer::json(401, answers::problem(401, "unauthenticated", "expired").to_string())
            }
            "/api/companies/1/service-accounts" => {
                let (name, next) = if is_second { ("two", None) } else { ("one", Some("two")) };
                let mut page = answers::page_before(&[answers::account(name)], next);
                page["total"] = 2.into();
                page["data"][0]["id"] = if is_second { 8 } else { 7 }.into();
                Answer::json(200, page.to_string())
            }
            path => Answer::json(200, answers::of_platform(&request.method, path).to_string()),
        }
    });
    assert_eq!(with_password(&stub.url()).sactl("list -o name").ok().stdout, "one\ntwo\n");
}

/// R20: an account that reset its own password kept the old one in its store, and the next command was refused.
#[test]
fn an_account_that_resets_its_own_password_stays_signed_in() {
    let files = [("old", SANDBOX_PASSWORD), ("new", "Renewed-Own-1!")];
    let reset = "passwd fleet-automation --current-password-file old --password-file new --yes";
    for (store, next) in [("--store-password", 0), ("", 3)] {
        let world = World::start();
        world.admin().sactl("grant fleet-automation --role company-admin --company 1").ok();
        let env = world.stranger();
        for (name, password) in files {
            env.file(name, password);
        }
        let mut words = vec!["login", "--username", "fleet-automation", "--password-stdin", "--company", "1"];
        words.extend(store.split_whitespace());
        env.run_with_input(words, SANDBOX_PASSWORD).ok();
        let told = env.sactl(reset).ok().stderr.clone();
        assert_eq!(told.contains("sign in with the new password"), next == 3, "{told}");
        env.sactl("list").expect(next);
    }
}
