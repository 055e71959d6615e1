//! CI without files: credentials of the environment, each only with an explicit server, used for one call and
//! never written down. Flag, environment, profile, default: in this order, as a table.

use super::credentials::{Gateway, PASSWORD, USER, login, login_as, with_file_store};
use crate::common::env::Env;

/// How a call ends: with this bearer token after so many sign-ins, or refused with this exit code and error.
enum Expected {
    Token(&'static str),
    SignsIn,
    Refused(i32, &'static str),
}
use Expected::{Refused, SignsIn, Token};

/// P3 and the order of sources. `stored` is a profile signed in at the same server.
#[test]
fn precedence_of_credentials() {
    let gateway = Gateway::start("a");
    let url = gateway.url();
    let mut env = with_file_store();
    let file = env.file("password", format!("{PASSWORD}\r\n"));
    login(&env, &url, "").ok();
    let stored = "sat_canary-a-1";
    let (token, user) = (("SACTL_TOKEN", stored), ("SACTL_USERNAME", USER));
    let (password, file) = (("SACTL_PASSWORD", PASSWORD), ("SACTL_PASSWORD_FILE", file.as_str()));
    let server = ("SACTL_SERVER", url.as_str());
    let other_token = ("SACTL_TOKEN", "sat_of-somebody-else");
    let rows: &[(&[(&str, &str)], Expected)] = &[
        (&[], Token(stored)),
        (&[server], Token(stored)),
        (&[server, user], Token(stored)),
        (&[server, token], Token(stored)),
        (&[server, other_token], Refused(3, "unauthenticated")),
        (&[server, user, password], SignsIn),
        (&[server, user, file], SignsIn),
        // A token is more exact than a password.
        (&[server, token, user, password], Token(stored)),
        // Two passwords: which is meant is not guessed.
        (&[server, user, password, file], Refused(2, "config")),
        // A password of no account.
        (&[server, password], Refused(2, "config")),
        (&[server, file], Refused(2, "config")),
        // No explicit server.
        (&[token], Refused(2, "config")),
        (&[user, password], Refused(2, "config")),
        (&[user, file], Refused(2, "config")),
        // Empty counts as unset.
        (&[("SACTL_TOKEN", ""), ("SACTL_PASSWORD", ""), ("SACTL_SERVER", "")], Token(stored)),
        (&[server, ("SACTL_TOKEN", ""), user, password], SignsIn),
        // Another user, without stored credentials.
        (&[server, ("SACTL_USERNAME", "backup-runner")], Refused(3, "not_signed_in")),
        (&[server, user, ("SACTL_PASSWORD_FILE", "/nonexistent")], Refused(1, "io")),
        (&[server, user, ("SACTL_PASSWORD", "wrong")], Refused(3, "invalid_grant")),
    ];
    for (variables, expected) in rows {
        for (name, value) in *variables {
            env.set(name, *value);
        }
        let before = (gateway.sign_ins(), env.files());
        let outcome = env.sactl("list -o json");
        match expected {
            Token(token) => {
                outcome.ok();
                assert_eq!(gateway.last_bearer().as_deref(), Some(*token), "{variables:?}");
                assert_eq!(gateway.sign_ins(), before.0, "{variables:?}");
            }
            SignsIn => {
                outcome.ok();
                assert_eq!(gateway.sign_ins(), before.0 + 1, "{variables:?}");
                assert_ne!(gateway.last_bearer().as_deref(), Some(stored), "{variables:?}");
            }
            Refused(exit, code) => {
                outcome.error(*exit, code);
            }
        }
        assert_eq!(env.files(), before.1, "{variables:?}: nothing is written");
        for (name, _) in *variables {
            env.unset(name);
        }
    }
}

/// Flag, environment, profile: for the server.
#[test]
fn precedence_of_the_server() {
    let (flag, variable, profile) = (Gateway::start("f"), Gateway::start("v"), Gateway::start("p"));
    let mut env = with_file_store();
    for (gateway, name) in [(&flag, "pf"), (&variable, "pv"), (&profile, "pp")] {
        login_as(&env, &gateway.url(), USER, &format!("--profile {name}")).ok();
    }
    env.sactl("profile use pp").ok();
    let asked =
        |gateway: &Gateway| gateway.lines().iter().filter(|line| line.contains("service-accounts")).count();
    env.sactl("list").ok();
    assert_eq!((asked(&flag), asked(&variable), asked(&profile)), (0, 0, 1));
    env.set("SACTL_SERVER", variable.url());
    env.sactl("list --profile pv").ok();
    assert_eq!((asked(&flag), asked(&variable), asked(&profile)), (0, 1, 1));
    env.run(["list", "--profile", "pf", "--server", &flag.url()]).ok();
    assert_eq!((asked(&flag), asked(&variable), asked(&profile)), (1, 1, 1));
}

/// Nothing at all is written: no folder, no lock, no cache; also by commands that change something.
#[test]
fn credentials_of_the_environment_write_nothing_to_disk() {
    let gateway = Gateway::start("a");
    let mut env = Env::new().with("SACTL_SERVER", gateway.url());
    let file = env.file("password", PASSWORD);
    let before = env.files();
    for variables in [
        vec![("SACTL_USERNAME", USER.to_owned()), ("SACTL_PASSWORD", PASSWORD.to_owned())],
        vec![("SACTL_USERNAME", USER.to_owned()), ("SACTL_PASSWORD_FILE", file)],
        vec![("SACTL_TOKEN", gateway.token(1))],
    ] {
        for (name, value) in &variables {
            env.set(name, value);
        }
        for line in ["list", "whoami", "token", "company list", "api GET /api/users/me"] {
            env.sactl(line).ok();
            assert_eq!(env.files(), before, "{line} with {variables:?}");
            assert!(!env.config().exists(), "{line} with {variables:?} made a folder");
        }
        for (name, _) in &variables {
            env.unset(name);
        }
    }
}

/// No keyring is asked for, not even for whether it is there.
#[test]
fn credentials_of_the_environment_need_no_keyring() {
    let gateway = Gateway::start("a");
    let env = Env::new()
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .with("SACTL_SERVER", gateway.url())
        .with("SACTL_USERNAME", USER)
        .with("SACTL_PASSWORD", PASSWORD);
    assert_eq!(env.sactl("list").ok().stderr, "");
}

/// P18: the password of a file is used byte for byte, less one line end.
#[test]
fn p18_one_line_end_is_not_part_of_a_password_file() {
    let gateway = Gateway::start("a");
    let mut env = Env::new().with("SACTL_SERVER", gateway.url()).with("SACTL_USERNAME", USER);
    for (content, exit) in [
        (PASSWORD.to_owned(), 0),
        (format!("{PASSWORD}\n"), 0),
        (format!("{PASSWORD}\r\n"), 0),
        (format!("{PASSWORD}\n\n"), 3),
        (format!(" {PASSWORD}"), 3),
        (format!("{PASSWORD} "), 3),
    ] {
        env.set("SACTL_PASSWORD_FILE", env.file("password", &content));
        env.sactl("list").expect(exit);
    }
    for (path, exit, code) in [("/dev/zero", 2, "usage"), ("/", 1, "io")] {
        env.set("SACTL_PASSWORD_FILE", path);
        env.sactl("list -o json").error(exit, code);
    }
    env.set("SACTL_PASSWORD_FILE", env.file("binary", b"\xff\xfe\x00"));
    env.sactl("list -o json").error(2, "usage");
}

/// What cannot stand in a header is refused before anything is sent, and not shown.
#[test]
fn a_token_that_is_none_is_refused_unseen() {
    let gateway = Gateway::start("a");
    let mut env = Env::new().with("SACTL_SERVER", gateway.url());
    for token in ["sat_canary\nx-injected: 1", "sat_canary\r\n", "sat_\u{1b}[31mcanary", "sat_canary é"] {
        env.set("SACTL_TOKEN", token);
        let outcome = env.sactl("list");
        assert_ne!(outcome.code(), Some(0), "{outcome}");
        assert!(!outcome.stderr.contains("canary"), "{outcome}");
        assert!(!gateway.has_seen("x-injected"), "{token:?}");
    }
}

/// With a token and nothing else, an end of it is said at once: there is nothing to renew it with.
#[test]
fn an_ended_token_of_the_environment_is_reported() {
    let gateway = Gateway::start("a");
    let env = Env::new().with("SACTL_SERVER", gateway.url()).with("SACTL_TOKEN", "sat_ended");
    let error = env.sactl("list -o json").error(3, "unauthenticated");
    let hint = error["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("SACTL_TOKEN") && !hint.contains("sactl login"), "it names the source: {error}");
    assert_eq!(gateway.sign_ins(), 0);
}

/// Signing in on purpose does store, wherever the password came from: that is what `login` is for.
#[test]
fn login_with_the_environment_stores_what_it_says() {
    let gateway = Gateway::start("a");
    let env = with_file_store()
        .with("SACTL_SERVER", gateway.url())
        .with("SACTL_USERNAME", USER)
        .with("SACTL_PASSWORD", PASSWORD);
    env.sactl("login").ok();
    let files = super::credentials::files_with(&env, &gateway.token(1));
    assert_eq!(files.len(), 1);
    assert!(super::credentials::files_with(&env, PASSWORD).is_empty());
}
