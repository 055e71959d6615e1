//! `sactl logout`: what was stored is removed, whatever the server says.

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
