//! An installation lives without a seed file.

use rustix::process::Signal;
use serde_json::json;

use crate::api::process::{Running, command};
use crate::common::env::Env;
use crate::common::output::Outcome;

const DATABASE: [&str; 2] = ["--database", "sqlite:p.db"];

fn admin(env: &Env, words: &[&str]) -> Outcome {
    env.run([&["serve", "admin"], words, &DATABASE].concat())
}

/// Companies and users could only come from a seed file, and a password or a second factor that was lost was lost.
#[test]
fn company_and_user_live_without_a_seed_file() {
    let env = Env::new();
    env.file("first", "Chosen-First-1!\n");
    env.file("second", "Chosen-Second-2!\n");
    env.file("weak", "weak\n");
    assert_eq!(admin(&env, &["company", "create", "Acme"]).ok().stdout, "1\n");
    let serving = [&["serve", "--listen", "127.0.0.1:0"][..], &DATABASE].concat();
    let mut running = Running::start(command(&env, &serving));
    let url = running.line().rsplit(' ').next().unwrap().to_owned();
    // Beside a server that runs.
    let create = ["user", "create", "ada@acme.example", "--in-company", "1", "--password-file"];
    admin(&env, &[&create[..], &["weak"]].concat()).refused(7, "at least 8 characters");
    admin(&env, &[&create[..], &["first", "--role", "nothing"]].concat()).refused(7, "no role nothing");
    admin(&env, &[&create[..], &["first"]].concat()).ok();
    admin(&env, &[&create[..], &["first"]].concat()).refused(6, r#"the name "ada@acme.example" is taken"#);
    let ada = |password: &str| {
        let ada = Env::new().with("SACTL_SERVER", &*url).with("SACTL_USERNAME", "ada@acme.example");
        ada.with("SACTL_PASSWORD", password)
    };
    assert_eq!(ada("Chosen-First-1!").sactl("whoami -o json").ok().json()["company"]["name"], "Acme");
    admin(&env, &["user", "password", "ada@acme.example", "--password-file", "second"]).ok();
    ada("Chosen-First-1!").sactl("whoami").refused(3, "");
    let log =
        ada("Chosen-Second-2!").sactl("audit --action user.created,user.password_reset -o json").ok().json();
    assert!(log.to_string().contains("user.password_reset"), "{log}");
    assert!(!log.to_string().contains("Chosen"), "{log}");
    admin(&env, &["company", "rename", "1", "Acme Networks"]).ok();
    admin(&env, &["company", "rename", "7", "Nothing"]).refused(5, "there is no company 7");
    admin(&env, &["user", "second-factor", "eve@acme.example"])
        .refused(5, "there is no user eve@acme.example");
    let enrolled = admin(&env, &["user", "second-factor", "ada@acme.example", "-o", "json"]).ok().json();
    let uri = enrolled["url"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/sactl:ada%40acme%2Eexample?secret="), "{uri}");
    ada("Chosen-Second-2!").sactl("whoami").refused(3, "code");
    let listed = admin(&env, &["user", "list", "-o", "json"]);
    let users = listed.ok().json();
    assert_eq!(listed.stderr, "", "the log of a server");
    assert_eq!(users, json!([{"email": "ada@acme.example", "second_factor": true}]));
    admin(&env, &["user", "second-factor", "ada@acme.example", "--off"]).ok();
    let me = ada("Chosen-Second-2!").sactl("whoami -o json").ok().json();
    assert_eq!(me["company"]["name"], "Acme Networks");
    let companies = admin(&env, &["company", "list", "-o", "json"]).ok().json();
    assert_eq!(companies, json!([{"id": 1, "name": "Acme Networks", "two_factor": false}]));
    running.signal(Signal::TERM);
    assert_eq!(running.end().0.code(), Some(0));
}

/// A generated password whose user could not be created stayed in its file.
#[test]
fn generated_password_of_a_user_that_was_refused_is_removed() {
    let env = Env::new();
    let create = ["user", "create", "ada@acme.example", "--in-company", "1"];
    admin(&env, &create).refused(2, "--password-file FILE");
    admin(&env, &["company", "create", "Acme"]).ok();
    let elsewhere = ["user", "create", "ada@acme.example", "--in-company", "7", "--password-out", "ada"];
    admin(&env, &elsewhere).refused(5, "there is no company 7");
    assert!(!env.work().join("ada").exists());
    admin(&env, &[&create[..], &["--password-out", "ada"]].concat()).ok();
    assert_eq!(std::fs::read_to_string(env.work().join("ada")).unwrap().trim_end().len(), 24);
}

/// A mistyped database was created, and empty. Only what begins an installation creates one: `company create`.
#[test]
fn database_that_does_not_exist_is_named_and_not_created() {
    let env = Env::new();
    let create = ["user", "create", "ada@acme.example", "--in-company", "1", "--password-out", "ada"];
    for words in [
        &["company", "list"][..],
        &["company", "rename", "1", "Acme"],
        &["user", "list"],
        &["user", "second-factor", "ada@acme.example"],
        &["audit", "export", "--cursor", "cursor"],
        &create,
    ] {
        let refused = admin(&env, words);
        refused.refused(5, "there is no database sqlite:p.db").refused(5, "--database");
    }
    env.run([&["serve", "--vacuum"][..], &DATABASE].concat()).refused(5, "there is no database sqlite:p.db");
    assert!(!env.work().join("p.db").exists() && !env.work().join("ada").exists());
}
