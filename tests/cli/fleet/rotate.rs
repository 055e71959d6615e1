//! `rotate`: the valid password is always in a file that sactl names.

use super::super::acting::{ACME_ADMIN, ACME_VIEWER, World};
use super::crash::killed;
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::proxy::{Cut, Proxy};

fn signs_in(world: &World, account: &str, password: &str) -> bool {
    world.token_endpoint(account, password.trim_end(), "python").status == 200
}

#[test]
fn new_passwords_are_in_files_and_sign_in() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("rotate dormant-bot").refused(2, "--password-dir");
    admin.sactl("rotate dormant-bot --password-dir secrets").refused(2, "--yes");
    let run = admin.sactl("rotate dormant-bot backup-* --password-dir secrets --yes -o json").ok().json();
    assert_eq!(run["summary"]["changed"], 2);
    let read = |name: &str| std::fs::read_to_string(admin.work().join("secrets").join(name)).unwrap();
    let first = read("dormant-bot.password");
    assert!(signs_in(&world, "dormant-bot", &first));
    assert!(!signs_in(&world, "dormant-bot", SANDBOX_PASSWORD));
    admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
    assert!(signs_in(&world, "dormant-bot", &read("dormant-bot.password")));
    assert!(!admin.work().join("secrets/dormant-bot.password.previous").exists());
    admin.sactl("rotate northwind-telemetry --password-dir secrets --yes").refused(5, "northwind-telemetry");
    let none = admin.sactl("rotate --older-than 1h --password-dir secrets --yes -o json").ok().json();
    assert_eq!(none["summary"]["changed"], 0);
}

#[test]
fn a_command_takes_passwords_over_and_a_failing_one_loses_none() {
    let world = World::start();
    let admin = world.admin();
    let rotate =
        |command: &str| admin.run(["rotate", "dormant-bot", "--yes", "-o", "json", "--exec", command]);
    rotate("cat > \"$SACTL_ACCOUNT.taken\"").ok();
    let taken = std::fs::read_to_string(admin.work().join("dormant-bot.taken")).unwrap();
    assert!(signs_in(&world, "dormant-bot", &taken));
    let run: serde_json::Value = serde_json::from_str(&rotate("exit 3").expect(9).stdout).unwrap();
    let message = run["results"][0]["error"]["message"].as_str().unwrap();
    let file = message.rsplit(' ').next().unwrap();
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(signs_in(&world, "dormant-bot", &kept), "{message}");
    let id = run["id"].as_str().unwrap();
    admin.sactl(&format!("run retry {id}")).expect(9);
    assert!(signs_in(&world, "dormant-bot", &std::fs::read_to_string(file).unwrap()));
}

/// P36: a lost answer leaves the valid password in a file, and the run finishes.
#[test]
fn p36_a_lost_answer_loses_no_password() {
    for cut in [Cut::BeforeTheRequest, Cut::BeforeTheAnswer, Cut::WithinTheAnswer] {
        let world = World::start();
        let mut admin = world.admin();
        admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
        let old = std::fs::read_to_string(admin.work().join("secrets/dormant-bot.password")).unwrap();
        let proxy = Proxy::cutting(&world.url(), cut, 1000, |request| request.method == "PUT");
        admin.set("SACTL_SERVER", proxy.url());
        admin.sactl("rotate dormant-bot --password-dir secrets --yes --timeout 3 -o json").expect(9);
        let read = |name: &str| std::fs::read_to_string(admin.work().join("secrets").join(name)).ok();
        let files = [read("dormant-bot.password"), read("dormant-bot.password.previous")];
        let valid = files.iter().flatten().filter(|text| signs_in(&world, "dormant-bot", text)).count();
        assert_eq!(valid, 1, "{cut:?}: {files:?}, before: {old}");
    }
}

/// A rotation after one whose answer was lost gave the password of that one again, which was not rotated at all.
#[test]
fn a_rotation_after_one_in_doubt_sets_a_new_password() {
    for cut in [Cut::BeforeTheRequest, Cut::BeforeTheAnswer] {
        let world = World::start();
        let mut admin = world.admin();
        admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
        let proxy = Proxy::cutting(&world.url(), cut, 1000, |request| request.method == "PUT");
        admin.set("SACTL_SERVER", proxy.url());
        admin.sactl("rotate dormant-bot --password-dir secrets --yes --timeout 3").expect(9);
        let read = |admin: &crate::common::env::Env, name: &str| {
            std::fs::read_to_string(admin.work().join("secrets").join(name)).unwrap()
        };
        let left = ["dormant-bot.password", "dormant-bot.password.previous"].map(|name| read(&admin, name));
        admin.set("SACTL_SERVER", world.url());
        admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
        let new = read(&admin, "dormant-bot.password");
        assert!(signs_in(&world, "dormant-bot", &new) && !left.contains(&new), "{cut:?}");
        assert!(!admin.work().join("secrets/dormant-bot.password.previous").exists(), "{cut:?}");
    }
}

/// After a refusal, the file has the old password again. Tried again, the run gives a new one, not the old one once more.
#[test]
fn a_refused_rotation_that_is_tried_again_sets_a_new_password() {
    for killed_at in [None, Some("withdrawn:0")] {
        let world = World::start();
        let mut admin = world.admin();
        admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
        let file = admin.work().join("secrets/dormant-bot.password");
        let old = std::fs::read_to_string(&file).unwrap();
        let token = |user| world.server().sign_in(user).token().to_owned();
        admin.set("SACTL_TOKEN", token(ACME_VIEWER));
        let rotate = "rotate dormant-bot --password-dir secrets --yes";
        match killed_at {
            None => {
                admin.sactl(rotate).expect(9);
                assert_eq!(std::fs::read_to_string(&file).unwrap(), old);
            }
            Some(place) => killed(&admin, rotate, place),
        }
        admin.set("SACTL_TOKEN", token(ACME_ADMIN));
        let again = if killed_at.is_some() { "run resume last" } else { "run retry last" };
        admin.sactl(again).ok();
        let new = std::fs::read_to_string(&file).unwrap();
        assert!(signs_in(&world, "dormant-bot", &new) && new != old, "{again}");
        assert!(!signs_in(&world, "dormant-bot", &old), "{again}");
        assert!(!admin.work().join("secrets/dormant-bot.password.previous").exists(), "{again}");
    }
}

/// Two runs in one folder overwrote each other's passwords.
#[test]
fn a_folder_that_another_run_uses_is_refused() {
    let world = World::start();
    let admin = world.admin();
    let folder = admin.work().join("secrets");
    std::fs::create_dir(&folder).unwrap();
    let other = std::fs::File::open(&folder).unwrap();
    other.lock().unwrap();
    admin.sactl("rotate dormant-bot --password-dir secrets --yes").refused(2, "another run");
    assert_eq!(admin.sactl("run list -o json").ok().json(), serde_json::json!([]), "nothing was begun");
    assert!(signs_in(&world, "dormant-bot", SANDBOX_PASSWORD));
    drop(other);
    admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
}
