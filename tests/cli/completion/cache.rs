//! What is remembered between one TAB and the next, and when it is forgotten.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::candidates;
use crate::cli::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::platform::Server;
use crate::common::stub::{Answer, Stub};

fn remembered(env: &Env) -> Vec<PathBuf> {
    let folder = env.config().join("cache");
    let files = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

/// Sets back when the names were seen.
fn age(env: &Env, hours: i64) {
    for path in remembered(env) {
        let mut content: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        content["seen_at"] = then.to_string().into();
        std::fs::write(&path, content.to_string()).unwrap();
    }
}

#[test]
fn names_are_remembered_in_private_files_until_something_changes() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    env.sactl("company use 1").ok();
    assert_eq!(candidates(&env, "sactl show do"), ["dormant-bot"]);
    let files = remembered(&env);
    assert_eq!(files.len(), 1, "{files:?}");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&files[0]), mode(files[0].parent().unwrap())), (0o600, 0o700));

    // Another user creates an account; here it is seen a minute later.
    let elsewhere = world.admin();
    elsewhere.sactl("create door-bot --role viewer --generate").ok();
    assert_eq!(candidates(&env, "sactl show do"), ["dormant-bot"]);
    age(&env, 1);
    assert_eq!(candidates(&env, "sactl show do"), ["door-bot", "dormant-bot"]);

    // What is done here is seen at once.
    env.sactl("create dove-bot --role viewer --generate").ok();
    assert_eq!(candidates(&env, "sactl show do"), ["door-bot", "dormant-bot", "dove-bot"]);
    env.sactl("delete dove-bot --yes").ok();
    assert_eq!(candidates(&env, "sactl show do"), ["door-bot", "dormant-bot"]);
    assert_eq!(candidates(&env, "sactl role edit "), candidates(&env, "sactl role edit "));
    env.sactl("role create night-watch --permission devices:view").ok();
    assert_eq!(candidates(&env, "sactl role edit n"), ["night-watch"]);

    env.sactl("logout").ok();
    assert_eq!(remembered(&env), Vec::<PathBuf>::new(), "signing out leaves nothing");
    assert_eq!(candidates(&env, "sactl show d"), Vec::<String>::new());
}

/// A server that does not answer leaves what was seen within a day.
#[test]
fn names_of_the_last_day_are_better_than_nothing() {
    let server = Server::sandbox();
    let token = server.sign_in(ACME_ADMIN).token().to_owned();
    let env = Env::new().with("SACTL_SERVER", server.url()).with("SACTL_TOKEN", token);
    let env = env.with("SACTL_COMPANY", "1");
    assert_eq!(candidates(&env, "sactl role show op"), ["operator"]);
    drop(server);
    assert_eq!(candidates(&env, "sactl role show op"), ["operator"], "fresh");
    age(&env, 2);
    assert_eq!(candidates(&env, "sactl role show op"), ["operator"], "stale");
    age(&env, 25);
    assert_eq!(candidates(&env, "sactl role show op"), Vec::<String>::new());
}

/// A server that refuses has said something: what was seen before does not count any more.
#[test]
fn names_that_are_refused_are_not_offered() {
    let is_refusing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let asked = is_refusing.clone();
    let stub = Stub::start(move |_| {
        if asked.load(std::sync::atomic::Ordering::SeqCst) {
            return Answer::json(401, "{\"code\":\"unauthenticated\",\"message\":\"no\"}");
        }
        Answer::json(200, super::servers::roles(&["watch"]))
    });
    let env = super::servers::at(&stub.url());
    assert_eq!(candidates(&env, "sactl role show "), ["watch"]);
    age(&env, 1);
    is_refusing.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(!candidates(&env, "sactl role show ").contains(&"watch".to_owned()));
}
