//! `sactl token`: the token, and nothing else.

use super::credentials::{Gateway, login, with_file_store};
use super::secrets::assert_clean;

/// The one output that was asked for: stdout of `token`, and nothing else of it.
#[test]
fn p1_token_prints_the_token_on_stdout_only() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let outcome = env.sactl("token -vv");
    assert_eq!(outcome.ok().stdout, format!("{}\n", gateway.token(1)));
    assert_clean(&outcome.stderr, "stderr of token");
}
