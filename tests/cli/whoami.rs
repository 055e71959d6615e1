//! `sactl whoami`: who acts, and where the credential came from.

use super::credentials::{Gateway, PASSWORD, USER, credential_file, login, with_file_store};
use crate::common::env::Env;

/// `whoami` says where the credential came from, for every source.
#[test]
fn whoami_says_where_the_credential_came_from() {
    let gateway = Gateway::start("a");
    let source = |env: &Env| {
        let whoami = env.sactl("whoami -o json").ok().json();
        whoami["credential_source"].as_str().unwrap_or_default().to_owned()
    };
    let mut env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let file = credential_file(&env, &gateway.token(1));
    let said = source(&env);
    assert!(said.contains("file"), "{said}");
    let table = env.run(["whoami", "-o", "table"]);
    assert!(table.ok().stdout.contains("file"), "{table}");
    assert!(file.exists());

    env.set("SACTL_SERVER", gateway.url());
    env.set("SACTL_USERNAME", USER);
    env.set("SACTL_PASSWORD_FILE", env.file("password", format!("{PASSWORD}\n")));
    assert!(source(&env).contains("SACTL_PASSWORD_FILE"), "{}", source(&env));
    env.unset("SACTL_PASSWORD_FILE");
    env.set("SACTL_PASSWORD", PASSWORD);
    assert!(source(&env).contains("SACTL_PASSWORD"), "{}", source(&env));
    env.set("SACTL_TOKEN", gateway.token(1));
    assert!(source(&env).contains("SACTL_TOKEN"), "{}", source(&env));
}
