//! A generated password that cannot be shown: nothing is sent, or the password is kept.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use super::acting::{World, account};
use crate::common::env::{Env, program};
use crate::common::output::Outcome;
use crate::common::tools::tool;

/// Runs the words with standard output as the shell makes it.
fn with_stdout(env: &Env, words: &str, stdout: &str) -> Outcome {
    let mut shell = tool("sh");
    shell.args(["-c", &format!("exec \"$0\" {words} {stdout}")]).arg(program());
    shell.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    Outcome::new(&shell.stdin(Stdio::null()).output().unwrap(), env.folder())
}

/// Standard output that is closed or takes nothing is noticed before the request.
#[test]
fn generated_password_that_cannot_be_shown_changes_nothing() {
    let world = World::start();
    let admin = world.admin();
    let before = account(&admin, "dormant-bot");
    for stdout in [">&-", ">/dev/null", ">/dev/full", "1</dev/null"] {
        for (words, name) in [
            ("create unseen-bot --role viewer --generate", "unseen-bot"),
            ("passwd dormant-bot --generate --yes", "dormant-bot"),
        ] {
            let outcome = with_stdout(&admin, words, stdout);
            outcome.refused(2, &format!("the generated password of {name} would be lost"));
        }
        with_stdout(&admin, "create unseen-bot --generate --dry-run", stdout);
        admin.sactl("show unseen-bot").expect(5);
    }
    assert_eq!(account(&admin, "dormant-bot"), before);
    with_stdout(&admin, "create seen-bot --generate --password-out seen", ">&-").ok();
}

/// Where only the write of the answer shows that it is lost, the password is in a private file, which is named.
#[test]
fn generated_password_that_was_not_shown_is_in_a_private_file() {
    let world = World::start();
    let admin = world.admin();
    for (words, name) in [
        ("create lost-bot --role viewer --generate", "lost-bot"),
        ("passwd dormant-bot --generate --yes", "dormant-bot"),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = admin.command();
        command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
        let outcome = Outcome::new(&command.spawn().unwrap().wait_with_output().unwrap(), admin.folder());
        outcome.expect(1);
        let said = outcome.stderr.split_once("it is in ").unwrap_or_else(|| panic!("{outcome}")).1;
        let file = said.split_once(": ").unwrap().0;
        let mode = std::fs::metadata(Path::new(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{outcome}");
        let mut user = world.at(name, 1).with("SACTL_PASSWORD_FILE", file);
        user.unset("SACTL_PASSWORD");
        user.sactl("token").ok();
    }
}

/// A file for a generated password is no file for a given one.
#[test]
fn file_for_a_generated_password_is_refused_with_a_given_one() {
    let env = Env::new();
    env.file("new.password", "Given-Password-1!");
    for source in ["--password-file new.password", "--password-stdin"] {
        for command in ["create given-bot", "passwd given-bot --yes"] {
            let outcome = env.sactl(&format!("{command} {source} --password-out kept"));
            outcome.refused(2, "--password-out");
            assert!(outcome.stderr.contains(source.split(' ').next().unwrap()), "{outcome}");
        }
    }
}
