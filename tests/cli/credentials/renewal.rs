//! A stored password outlives its tokens: renewed once, silently, however many processes need it.

use super::{Gateway, PASSWORD, USER, files_with, login, with_file_store};
use crate::common::env::Env;
use crate::common::secret_service::SecretService;
use crate::common::stub::Answer;

const PROCESSES: usize = 10;

/// Ten at once; all succeed.
fn ten_lists(env: &Env) {
    std::thread::scope(|scope| {
        for _ in 0..PROCESSES {
            scope.spawn(|| {
                let outcome = env.sactl("list");
                assert_eq!(outcome.ok().stderr, "", "renewing is silent: {outcome}");
            });
        }
    });
}

/// The token was revoked at the server, which the client cannot know.
#[test]
fn ten_lists_with_an_ended_token_sign_in_once() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    gateway.end_tokens();
    ten_lists(&env);
    assert_eq!(gateway.sign_ins(), 2, "one at login and one for all ten");
    env.sactl("list").ok();
    assert_eq!(gateway.sign_ins(), 2, "the new token is kept");
    assert_eq!(gateway.last_bearer(), Some(gateway.token(2)));
}

/// The token says itself that it has ended.
#[test]
fn ten_lists_with_an_expired_token_sign_in_once() {
    let gateway = Gateway::start("a");
    gateway.set_lifetime(0);
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    gateway.set_lifetime(7200);
    gateway.end_tokens();
    ten_lists(&env);
    assert_eq!(gateway.sign_ins(), 2, "one at login and one for all ten");
}

/// The same with the keyring, where the lock cannot be that of a file of credentials.
#[test]
fn ten_lists_with_the_keyring_sign_in_once() {
    let Some(service) = SecretService::unlocked() else { return };
    let gateway = Gateway::start("a");
    let env = Env::new().with("DBUS_SESSION_BUS_ADDRESS", service.address());
    login(&env, &gateway.url(), "--store-password").ok();
    gateway.end_tokens();
    ten_lists(&env);
    assert_eq!(gateway.sign_ins(), 2, "one at login and one for all ten");
    assert!(files_with(&env, PASSWORD).is_empty() && files_with(&env, "sat_").is_empty());
}

/// Without a stored password there is nothing to renew with, and that is said.
#[test]
fn without_a_stored_password_an_ended_token_means_signing_in_again() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    assert!(files_with(&env, PASSWORD).is_empty(), "the password is stored only when asked");
    gateway.end_tokens();
    let error = env.sactl("list -o json").error(3, "not_signed_in");
    assert!(error["hint"].as_str().unwrap_or_default().contains("sactl login"), "{error}");
    assert_eq!(gateway.sign_ins(), 1);
}

/// A password that was changed elsewhere is tried once by each command, not over and over: guesses are
/// counted at the server.
#[test]
fn a_stored_password_that_is_refused_is_tried_once() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    gateway.end_tokens();
    gateway.answer_sign_in(Answer::json(400, r#"{"error":"invalid_grant"}"#));
    env.sactl("list -o json").error(3, "invalid_grant");
    assert_eq!(gateway.sign_ins(), 2);
}

/// A server that refuses even the new token is asked no third time.
#[test]
fn a_new_token_that_is_refused_too_ends_it() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    gateway.end_tokens();
    let useless = r#"{"access_token":"sat_useless","expires_in":7200,"token_type":"Bearer"}"#;
    gateway.answer_sign_in(Answer::json(200, useless));
    env.sactl("list -o json").error(3, "unauthenticated");
    assert_eq!(gateway.sign_ins(), 2);
}

/// A human who needs a second factor since then: there is no terminal to ask on.
#[test]
fn a_renewal_that_needs_a_code_ends_with_a_hint() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    gateway.end_tokens();
    gateway.require_code();
    let error = env.sactl("list -o json").error(3, "mfa_required");
    assert!(error["hint"].is_string(), "{error}");
    assert_eq!(gateway.sign_ins(), 2);
}

/// The password of the environment signs in anew with every call and is not put among the stored ones.
#[test]
fn credentials_of_the_environment_do_not_touch_stored_ones() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let before = env.files();
    let env =
        env.with("SACTL_SERVER", gateway.url()).with("SACTL_USERNAME", USER).with("SACTL_PASSWORD", PASSWORD);
    env.sactl("list").ok();
    assert_eq!(gateway.last_bearer(), Some(gateway.token(2)));
    assert_eq!(env.files(), before);
}
