//! What a user is told: where `login` puts what, where `whoami` says it came from, and that nothing steps
//! down in silence.

use super::{Gateway, PASSWORD, credential_file, files_with, login, with_file_store};
use crate::common::env::Env;

/// `login` names the file and what is in it.
#[test]
fn login_says_what_it_put_where() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    let outcome = login(&env, &gateway.url(), "");
    let file = credential_file(&env, &gateway.token(1));
    assert!(outcome.ok().stderr.contains(file.to_str().unwrap()), "it names the file: {outcome}");
    assert!(outcome.stderr.contains("token"), "it names what is kept: {outcome}");
    assert!(!outcome.stderr.contains("password"), "no password is kept, and none is spoken of: {outcome}");

    let outcome = login(&env, &gateway.url(), "--store-password");
    assert!(outcome.ok().stderr.contains("password"), "the password is kept and that is said: {outcome}");
    assert_eq!(files_with(&env, PASSWORD).len(), 1);

    login(&env, &gateway.url(), "").ok();
    assert_eq!(
        files_with(&env, PASSWORD),
        Vec::<std::path::PathBuf>::new(),
        "asked for no more, kept no more"
    );
}

/// With `none` nothing is kept, and that is said.
#[test]
fn the_store_none_keeps_nothing() {
    let gateway = Gateway::start("a");
    let env = Env::new().with("SACTL_CREDENTIAL_STORE", "none");
    let outcome = login(&env, &gateway.url(), "");
    outcome.ok();
    assert!(files_with(&env, &gateway.token(1)).is_empty());
    assert!(!outcome.stderr.is_empty(), "it says that nothing is kept");
    env.sactl("list -o json").error(3, "not_signed_in");
}

/// A password cannot be stored nowhere.
#[test]
fn storing_the_password_in_no_store_is_a_contradiction() {
    let gateway = Gateway::start("a");
    let env = Env::new().with("SACTL_CREDENTIAL_STORE", "none");
    let outcome = login(&env, &gateway.url(), "--store-password");
    outcome.expect(2);
    assert_eq!(gateway.sign_ins(), 0);
}

/// A profile remembers its store, so that no flag is needed again and nothing looks elsewhere.
#[test]
fn a_profile_remembers_where_its_credentials_are() {
    let gateway = Gateway::start("a");
    let mut env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    env.unset("SACTL_CREDENTIAL_STORE");
    env.sactl("list").ok();
    assert_eq!(gateway.sign_ins(), 1);
}

/// An unknown store is a usage error, and not another store.
#[test]
fn an_unknown_store_is_refused() {
    let gateway = Gateway::start("a");
    login(&Env::new(), &gateway.url(), "--credential-store cloud").expect(2);
    let env = Env::new().with("SACTL_CREDENTIAL_STORE", "cloud");
    login(&env, &gateway.url(), "-o json").error(2, "config");
    assert_eq!(gateway.lines(), Vec::<String>::new());
}
