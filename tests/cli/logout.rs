//! `sactl logout`: what was stored is removed, whatever the server says.

#[cfg(feature = "platform")]
use super::acting::World;
use super::credentials::{Gateway, files_with, login, with_file_store};

/// Signing out ends the token at the server; also where the server is gone, nothing stays here.
#[test]
fn logout_forgets_also_when_the_server_is_gone() {
    let env = with_file_store();
    let token = {
        let gateway = Gateway::start("a");
        login(&env, &gateway.url(), "").ok();
        gateway.token(1)
    };
    let outcome = env.sactl("logout --timeout 2");
    assert!(files_with(&env, &token).is_empty(), "{outcome}");
    assert!(!outcome.stderr.is_empty(), "it says that the token may still live: {outcome}");
}

/// Without a stored sign-in there is nothing to sign out of; what signs in all the same is named.
#[cfg(feature = "platform")]
#[test]
fn logout_without_a_sign_in_says_that_nothing_is_stored() {
    let world = World::start();
    let refused = world.stranger().sactl("logout");
    let nothing = format!("no sign-in is stored for {}: nothing to sign out of", world.url());
    refused.refused(3, &nothing).refused(3, "hint: list the stored profiles with: sactl profile list");
    assert!(!refused.stderr.contains("SACTL_TOKEN"), "{refused}");
    world.admin().sactl("logout").refused(3, &nothing).refused(3, "unset SACTL_TOKEN");
}
