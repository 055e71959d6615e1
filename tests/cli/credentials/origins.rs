//! P3: a token goes to the server that issued it and to no other, wherever it came from.

use super::{Gateway, PASSWORD, USER, login, with_file_store};
use crate::common::env::Env;
use crate::common::secret_service::SecretService;

/// Two servers, with a user signed in at the first only.
struct Two {
    own: Gateway,
    other: Gateway,
}

impl Two {
    fn start() -> Self {
        Self { own: Gateway::start("own"), other: Gateway::start("other") }
    }

    /// Insists that the other server has seen neither token nor password.
    fn assert_other_saw_nothing(&self, case: &str) {
        for secret in [self.own.token(1), self.own.token(2), PASSWORD.to_owned()] {
            assert!(!self.other.has_seen(&secret), "{case}: the other server was sent {secret}");
        }
        assert!(!self.other.has_seen("sat_canary"), "{case}");
    }
}

/// Everything that asks the server something, in the ways in which the other server can be named.
fn turn_to_the_other(env: &Env, two: &Two, case: &str) {
    let url = two.other.url();
    let port = url.rsplit(':').next().unwrap();
    for words in [
        vec!["list", "--server", &url],
        vec!["whoami", "--server", &url],
        vec!["token", "--server", &url],
        vec!["logout", "--server", &url],
        vec!["api", "GET", "/api/users/me", "--server", &url],
        vec!["create", "x", "--generate", "--company", "1", "--server", &url],
        vec!["list", "--server", &format!("http://localhost:{port}")],
        // Paths that some URL parsers would read as another host.
        vec!["api", "GET", &format!("//127.0.0.1:{port}/api/users/me")],
        vec!["api", "GET", &url],
        vec!["api", "GET", &format!("@127.0.0.1:{port}/")],
        vec!["api", "GET", &format!("/../@127.0.0.1:{port}/")],
    ] {
        let outcome = env.run(&words);
        assert!(!outcome.stdout.contains("sat_canary"), "{case} {words:?}: {outcome}");
        two.assert_other_saw_nothing(&format!("{case} {words:?}"));
    }
}

/// P3: stored in a file.
#[test]
fn p3_a_token_from_the_file_goes_only_to_its_origin() {
    let two = Two::start();
    let env = with_file_store();
    login(&env, &two.own.url(), "--store-password").ok();
    turn_to_the_other(&env, &two, "flag");
    let env = env.with("SACTL_SERVER", two.other.url());
    env.sactl("list -o json").error(3, "not_signed_in");
    env.sactl("whoami -o json").error(3, "not_signed_in");
    two.assert_other_saw_nothing("variable");
}

/// P3: stored in the keyring.
#[test]
fn p3_a_token_from_the_keyring_goes_only_to_its_origin() {
    let Some(service) = SecretService::unlocked() else { return };
    let two = Two::start();
    let env = Env::new().with("DBUS_SESSION_BUS_ADDRESS", service.address());
    login(&env, &two.own.url(), "--store-password").ok();
    turn_to_the_other(&env, &two, "keyring");
    env.with("SACTL_SERVER", two.other.url()).sactl("list -o json").error(3, "not_signed_in");
    two.assert_other_saw_nothing("keyring, variable");
}

/// P3: changing the configuration file does not reveal the stored token.
#[test]
fn p3_a_changed_configuration_file_does_not_redirect_a_token() {
    let two = Two::start();
    let env = with_file_store();
    login(&env, &two.own.url(), "--store-password").ok();
    let config = env.config().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    assert!(text.contains(&two.own.url()), "{text}");
    std::fs::write(&config, text.replace(&two.own.url(), &two.other.url())).unwrap();
    env.sactl("list -o json").error(3, "not_signed_in");
    two.assert_other_saw_nothing("changed file");
}

/// P3: credentials of the environment go nowhere unless the server is named for this call; a profile,
/// which a file says, is not enough.
#[test]
fn p3_credentials_of_the_environment_need_an_explicit_server() {
    let two = Two::start();
    let mut env = with_file_store();
    login(&env, &two.other.url(), "").ok();
    env.sactl("logout").ok();
    let password_file = env.file("password", "Another-Canary-1!");
    for variables in [
        vec![("SACTL_TOKEN", "sat_environment")],
        vec![("SACTL_USERNAME", USER), ("SACTL_PASSWORD", "Another-Canary-1!")],
        vec![("SACTL_USERNAME", USER), ("SACTL_PASSWORD_FILE", &password_file)],
    ] {
        for (name, value) in &variables {
            env.set(name, *value);
        }
        let before = two.other.lines();
        let outcome = env.sactl("list -o json");
        let error = outcome.error(2, "config");
        assert!(format!("{error}").contains("SACTL_SERVER"), "it says what is missing: {error}");
        assert_eq!(two.other.lines(), before, "{variables:?}: nothing was sent");
        for (name, _) in &variables {
            env.unset(name);
        }
    }
}

/// P3: the same host on another port, another name of the same machine, another scheme: all are others.
#[test]
fn p3_scheme_host_and_port_all_count() {
    let own = Gateway::start("own");
    let env = with_file_store();
    login(&env, &own.url(), "").ok();
    let port = own.url().rsplit(':').next().unwrap().to_owned();
    let before = own.lines();
    for other in [
        format!("http://localhost:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.2:{port}"),
    ] {
        env.run(["list", "--server", &other, "-o", "json"]).error(3, "not_signed_in");
    }
    assert_eq!(own.lines(), before);
    env.run(["list", "--server", &format!("{}/", own.url())]).ok();
}
