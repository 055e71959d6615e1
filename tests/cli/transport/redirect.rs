//! P4: no redirect is followed on any request that carries a token or a password.

use crate::common::answers::{NEW_PASSWORD, PASSWORD, TOKEN, with_password, with_token};
use crate::common::env::Env;
use crate::common::lane::takes;
use crate::common::stub::{Answer, Stub};
use crate::common::tls::{Authority, TlsServer, Validity};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

const COMMANDS: [&str; 6] = [
    "list",
    "create robot --password-file password",
    "passwd robot --password-file password --yes",
    "delete robot --yes -q",
    "grant robot --role viewer",
    "api GET /api/users/me",
];

/// Every request, redirected by `first` with `status` to `target`, which `other` listens to.
fn assert_stays(first: &Stub, env: &Env, status: u16, target: &str, other: &Stub) {
    env.file("password", NEW_PASSWORD);
    let commands = COMMANDS.into_iter().enumerate();
    for (_, command) in commands.filter(|(place, _)| takes(usize::from(status) + place, 3)) {
        assert_refused_once(first, env, command, target);
    }
    assert_eq!(other.connections(), 0, "{target} was asked");
}

fn assert_refused_once(first: &Stub, env: &Env, command: &str, target: &str) {
    let before = first.requests().len();
    let outcome = env.sactl(command);
    assert_ne!(outcome.code(), Some(0), "{command}\n{outcome}");
    let location = target.split('?').next().unwrap();
    assert!(outcome.stderr.contains(location), "{command} does not name {location}\n{outcome}");
    for secret in [TOKEN, PASSWORD, NEW_PASSWORD] {
        assert!(!outcome.stderr.contains(secret), "{command}\n{outcome}");
    }
    assert_eq!(first.requests().len() - before, 1, "{command} was repeated");
}

fn redirecting(status: u16, target: &str) -> Stub {
    Stub::always(Answer::redirect(status, target))
}

/// To another port and to another name of the same machine.
#[test]
fn p4_no_redirect_to_another_origin_is_followed() {
    for status in STATUSES {
        let other = Stub::always(Answer::json(200, "{}"));
        let port = other.url().rsplit(':').next().unwrap().to_owned();
        for target in [format!("{}/elsewhere", other.url()), format!("http://localhost:{port}/elsewhere?x=1")]
        {
            let first = redirecting(status, &target);
            assert_stays(&first, &with_token(&first.url()), status, &target, &other);
            let signing_in = with_password(&first.url());
            assert_refused_once(&first, &signing_in, "list", &target);
            let home = Env::new().with("SACTL_CREDENTIAL_STORE", "file");
            let arguments = ["login", "--server", &first.url(), "--username", "canary", "--password-stdin"];
            home.run_with_input(arguments, PASSWORD).refused(1, &target);
            assert_eq!(other.connections(), 0, "{target} was asked");
        }
    }
}

/// From https to http, where a token would travel in the clear.
#[test]
fn p4_no_redirect_down_to_plain_http_is_followed() {
    let authority = Authority::new();
    let certified = authority.server(&["127.0.0.1"], Validity::Long);
    for status in STATUSES {
        let other = Stub::always(Answer::json(200, "{}"));
        let target = format!("{}/elsewhere", other.url());
        let first = redirecting(status, &target);
        let server = TlsServer::before(&first.url(), &certified);
        let env = if status % 2 == 0 { with_token(&server.url()) } else { with_password(&server.url()) };
        let file = env.file("authority.pem", authority.pem());
        assert_stays(&first, &env.with("SACTL_CACERT", file), status, &target, &other);
    }
}

/// Not even to another path of the same server: a page that asks for a login answers with success.
#[test]
fn p4_no_redirect_within_the_origin_is_followed() {
    for status in STATUSES {
        let first = redirecting(status, "/login");
        let other = Stub::always(Answer::HangUp);
        assert_stays(&first, &with_token(&first.url()), status, "/login", &other);
        assert!(first.requests().iter().all(|request| request.path() != "/login"));
    }
}

/// A redirect is an answer that does not belong: exit 1, with the document that scripts read.
#[test]
fn a_redirect_is_a_bad_response() {
    let first = redirecting(302, "https://elsewhere.example/\u{9b}31mlogin");
    let error = with_token(&first.url()).sactl("list -o json").error(1, "bad_response");
    assert_eq!(error["status"], 302);
    assert!(error["message"].as_str().unwrap().contains("https://elsewhere.example/"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("--server"), "{error}");
    let nowhere = Stub::always(Answer::Whole(302, Vec::new(), Vec::new()));
    with_token(&nowhere.url()).sactl("list -o json").error(1, "bad_response");
}
