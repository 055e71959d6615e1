//! The system's keyring: a real one, and every way in which it is not there. None of them makes the program
//! write a secret anywhere else.

use std::time::{Duration, Instant};

use super::{Gateway, PASSWORD, USER, files_with, login, login_as};
use crate::common::env::Env;
use crate::common::secret_service::{HungBus, SecretService};

/// Every call to a keyring that does not answer ends after 3 s; the rest is for a busy machine.
const BOUND: Duration = Duration::from_secs(5);

fn on_bus(address: &str) -> Env {
    Env::new().with("DBUS_SESSION_BUS_ADDRESS", address)
}

/// Nothing on disk holds any of the secrets.
fn assert_nothing_on_disk(env: &Env, gateway: &Gateway) {
    for secret in [PASSWORD.to_owned(), gateway.token(1), gateway.token(2)] {
        assert_eq!(files_with(env, &secret), Vec::<std::path::PathBuf>::new(), "{secret} is on disk");
    }
}

/// Without a word about it, credentials go to the keyring, and only there.
#[test]
fn credentials_are_kept_in_the_keyring_and_nowhere_else() {
    let Some(service) = SecretService::unlocked() else { return };
    let gateway = Gateway::start("a");
    let env = on_bus(service.address());
    let outcome = login(&env, &gateway.url(), "--store-password");
    outcome.ok();
    assert!(outcome.stderr.contains("keyring"), "login says where: {outcome}");
    assert!(outcome.stderr.contains("password"), "login says what: {outcome}");
    assert_nothing_on_disk(&env, &gateway);
    assert!(!service.items().is_empty());

    env.sactl("list").ok();
    assert_eq!(gateway.sign_ins(), 1, "the token was found again");
    let whoami = env.sactl("whoami -o json").ok().json();
    assert!(whoami["credential_source"].as_str().unwrap().contains("keyring"), "{whoami}");

    env.sactl("logout").ok();
    assert_eq!(service.items(), Vec::<String>::new(), "signing out leaves nothing");
    assert!(gateway.lines().iter().any(|line| line.ends_with("/revocation")), "the token is ended there too");
}

/// P3: one entry for each server and user; no user overwrites or reads the entry of another.
#[test]
fn p3_the_keyring_has_one_slot_for_each_origin_and_user() {
    let Some(service) = SecretService::unlocked() else { return };
    let (here, there) = (Gateway::start("here"), Gateway::start("there"));
    let env = on_bus(service.address());
    for (profile, gateway, user) in
        [("p1", &here, USER), ("p2", &here, "backup-runner"), ("p3", &there, USER)]
    {
        login_as(&env, &gateway.url(), user, &format!("--profile {profile}")).ok();
    }
    let items = service.items();
    assert_eq!(items.len(), 3, "{items:?}");
    for (profile, gateway, number) in [("p1", &here, 1), ("p2", &here, 2), ("p3", &there, 1)] {
        env.sactl(&format!("list --profile {profile}")).ok();
        assert_eq!(gateway.last_bearer(), Some(gateway.token(number)), "{profile}");
    }
    env.sactl("logout --profile p1").ok();
    assert_eq!(service.items().len(), 2, "signing out concerns one slot");
    env.sactl("list --profile p2").ok();
    env.sactl("list --profile p3").ok();
}

/// A keyring without our entry is not a broken one.
#[test]
fn nothing_stored_is_not_signed_in() {
    let Some(service) = SecretService::unlocked() else { return };
    let gateway = Gateway::start("a");
    let env = on_bus(service.address()).with("SACTL_SERVER", gateway.url());
    env.sactl("list -o json").error(3, "not_signed_in");
}

/// Insists that `login` and `list` end in time with `credential_store` and a word about what to do, and that
/// nothing was written anywhere.
fn assert_refused(env: &Env, gateway: &Gateway, case: &str) {
    let started = Instant::now();
    let outcome = login(env, &gateway.url(), "-o json");
    assert!(started.elapsed() < BOUND, "{case}: login took {:?}", started.elapsed());
    let error = outcome.error(3, "credential_store");
    let hint = error["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("--credential-store file"), "{case}: the hint names the way out: {error}");
    assert_nothing_on_disk(env, gateway);
    assert!(
        gateway.lines().iter().all(|line| !line.ends_with("/token"))
            || gateway.lines().iter().any(|line| line.ends_with("/revocation")),
        "{case}: a token that cannot be kept is not asked for, or ended again: {:?}",
        gateway.lines()
    );
}

/// There is no bus at all, as in a container or over ssh.
#[test]
fn no_bus_is_refused_with_the_mend() {
    let gateway = Gateway::start("a");
    assert_refused(&Env::new(), &gateway, "no bus");
}

/// The address leads to nothing.
#[test]
fn a_bus_that_is_gone_is_refused_with_the_mend() {
    let gateway = Gateway::start("a");
    assert_refused(&on_bus("unix:path=/nonexistent/bus"), &gateway, "a dead bus");
}

/// There is a bus without a keyring service.
#[test]
fn a_bus_without_a_keyring_is_refused_with_the_mend() {
    let Some(service) = SecretService::bus_alone() else { return };
    let gateway = Gateway::start("a");
    assert_refused(&on_bus(service.address()), &gateway, "a bus alone");
}

/// The bus takes the connection and never answers.
#[test]
fn a_hung_bus_is_given_up_after_three_seconds() {
    let bus = HungBus::start();
    let gateway = Gateway::start("a");
    assert_refused(&on_bus(bus.address()), &gateway, "a hung bus");
}

/// The keyring is locked and there is no prompt to unlock it.
#[test]
fn a_locked_keyring_is_refused_with_the_mend() {
    let Some(service) = SecretService::locked() else { return };
    let gateway = Gateway::start("a");
    assert_refused(&on_bus(service.address()), &gateway, "a locked keyring");
    assert!(service.is_locked());
}

/// The keyring service runs, was never used, and there is no prompt for its first password.
#[test]
fn a_keyring_that_was_never_set_up_is_refused_with_the_mend() {
    let Some(service) = SecretService::virgin() else { return };
    let gateway = Gateway::start("a");
    assert_refused(&on_bus(service.address()), &gateway, "a virgin keyring");
}

/// A keyring that closes after the sign-in: reading says so, in time, and does not call it "not signed in".
#[test]
fn a_keyring_that_closes_later_is_reported_by_every_command() {
    let Some(service) = SecretService::unlocked() else { return };
    let gateway = Gateway::start("a");
    let env = on_bus(service.address());
    login(&env, &gateway.url(), "").ok();
    service.lock();
    let before = gateway.lines();
    for line in ["list", "whoami", "token", "logout"] {
        let started = Instant::now();
        let error = env.sactl(&format!("{line} -o json")).error(3, "credential_store");
        assert!(started.elapsed() < BOUND, "{line} took {:?}", started.elapsed());
        assert!(error["hint"].is_string(), "{line} says what to do: {error}");
    }
    assert_eq!(gateway.lines(), before, "no request was sent");
    assert_nothing_on_disk(&env, &gateway);
}

/// A hung bus is no reason to wait where no keyring is needed.
#[test]
fn a_hung_bus_does_not_delay_who_does_not_need_it() {
    let bus = HungBus::start();
    let gateway = Gateway::start("a");
    let env = on_bus(bus.address());
    let started = Instant::now();
    login(&env, &gateway.url(), "--credential-store file").ok();
    env.sactl("list").ok();
    env.sactl("--version").ok();
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}
