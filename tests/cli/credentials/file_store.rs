//! P2: the credential file is 0600 in a 0700 folder from its first byte, never reached through a link, never
//! shared with another user, and never half written.

use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Gateway, PASSWORD, USER, chmod, credential_file, login, login_as, mode, with_file_store};
use crate::common::env::{Env, program};
use crate::common::output::Outcome;
use crate::common::tools::{skipped, tool};

/// A user who is signed in with the file store, and the path of the file.
fn signed_in(gateway: &Gateway) -> (Env, std::path::PathBuf) {
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let file = credential_file(&env, &gateway.token(1));
    (env, file)
}

/// Insists that the file is refused, with a word in the message, and that no token left the machine.
fn refused(env: &Env, gateway: &Gateway, word: &str) -> Outcome {
    let before = gateway.lines().len();
    let outcome = env.run(["list", "-o", "json"]);
    let error = outcome.error(3, "credential_store");
    let text = format!("{} {}", error["message"], error["hint"]);
    assert!(text.contains(word), "neither message nor hint says {word:?}: {text}");
    assert!(error["hint"].is_string(), "it says what to do: {text}");
    assert_eq!(gateway.lines().len(), before, "no request is sent with credentials that cannot be trusted");
    outcome
}

/// P2: nothing of it depends on the umask.
#[test]
fn p2_the_file_is_0600_in_a_0700_folder_also_with_umask_000() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    let mut shell = tool("sh");
    shell.args(["-c", "umask 000; exec \"$@\"", "sh"]).arg(program());
    shell.args(["login", "--server", &gateway.url(), "--username", USER, "--password-stdin"]);
    shell.env_clear().envs(env.variables().iter().cloned()).stdin(Stdio::piped()).stderr(Stdio::null());
    let mut child = shell.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());

    assert_eq!(mode(&credential_file(&env, &gateway.token(1))), 0o600);
    assert_eq!(mode(&env.config()), 0o700);
    assert_eq!(mode(credential_file(&env, &gateway.token(1)).parent().unwrap()), 0o700);
    let loose = |path: &Path| mode(path) & 0o077 != 0;
    let loose: Vec<_> =
        env.files().into_iter().filter(|(path, _)| path.starts_with(env.config()) && loose(path)).collect();
    assert_eq!(loose, [], "nothing in the folder is for others");
}

/// P2: a file that others can read has been read by others.
#[test]
fn p2_a_file_that_others_can_read_is_refused_with_the_mend() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    for loose in [0o644, 0o640, 0o604, 0o620, 0o602] {
        chmod(&file, loose);
        refused(&env, &gateway, "chmod 600");
        assert_eq!(mode(&file), loose, "it is not mended in silence");
    }
    chmod(&file, 0o600);
    env.sactl("list").ok();
}

/// P2: signing in again does not pretend that a readable file was none.
#[test]
fn p2_signing_in_never_leaves_a_secret_in_a_file_that_others_can_read() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    chmod(&file, 0o644);
    let before = std::fs::read(&file).unwrap();
    let outcome = login(&env, &gateway.url(), "");
    outcome.expect(3);
    assert!(outcome.stderr.contains("chmod 600"), "{outcome}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// P2: a link could point anywhere, and its creator could read or overwrite the target.
#[test]
fn p2_a_link_is_refused_and_its_target_untouched() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    let target = env.folder().join("target");
    std::fs::rename(&file, &target).unwrap();
    symlink(&target, &file).unwrap();
    refused(&env, &gateway, "not a regular file");

    let before = std::fs::read(&target).unwrap();
    let outcome = login(&env, &gateway.url(), "");
    let replaced = !std::fs::symlink_metadata(&file).unwrap().is_symlink();
    assert!(
        outcome.code() == Some(3) || replaced,
        "the link is refused or replaced, never followed: {outcome}"
    );
    assert_eq!(std::fs::read(&target).unwrap(), before, "nothing is written through the link");
}

/// P2: a link to nowhere is a link.
#[test]
fn p2_a_dangling_link_creates_nothing() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    let target = env.folder().join("nowhere");
    std::fs::remove_file(&file).unwrap();
    symlink(&target, &file).unwrap();
    login(&env, &gateway.url(), "");
    assert!(!target.exists(), "nothing is written through the link");
}

/// P2, P8: opening a FIFO waits for the other end.
#[test]
fn p2_a_fifo_is_refused_at_once() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    std::fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(&file).status().unwrap().success());
    let started = std::time::Instant::now();
    refused(&env, &gateway, file.to_str().unwrap());
    assert!(started.elapsed().as_secs() < 5, "it waited for the FIFO");
}

/// P2: a folder in the place of the file.
#[test]
fn p2_a_folder_in_its_place_is_refused() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    refused(&env, &gateway, file.to_str().unwrap());
}

/// P2: another user can read and change their own file. Only root can give a file away.
#[test]
fn p2_a_file_of_somebody_else_is_refused() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    let own = std::fs::metadata(&file).unwrap().uid();
    if std::os::unix::fs::chown(&file, Some(own + 1000), None).is_err() {
        skipped("only root can give a file to another user");
        return;
    }
    refused(&env, &gateway, "belongs to another user");
}

/// P2: in a folder where others may write, they may put another file in its place.
#[test]
fn p2_a_folder_where_others_can_write_is_refused_with_the_mend() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    let folder = file.parent().unwrap();
    for loose in [0o777, 0o770, 0o702] {
        chmod(folder, loose);
        refused(&env, &gateway, "chmod 700");
    }
    chmod(folder, 0o700);
    env.sactl("list").ok();
}

/// P2: a file that is no credential file is reported, never overwritten by guesswork, and not shown.
#[test]
fn p2_garbage_is_reported_without_being_shown() {
    let gateway = Gateway::start("a");
    let (env, file) = signed_in(&gateway);
    for garbage in
        [&b"\xff\xfe secret-garbage"[..], b"{\"secret-garbage", b"[secret-garbage", b"= secret-garbage"]
    {
        std::fs::write(&file, garbage).unwrap();
        let outcome = refused(&env, &gateway, file.to_str().unwrap());
        assert!(!outcome.stderr.contains("secret-garbage"), "{outcome}");
    }
}

/// P2: those who write at the same time all find their credentials afterwards.
#[test]
fn p2_concurrent_writers_lose_nothing() {
    const WRITERS: usize = 8;
    let gateway = Gateway::start("a");
    let env = with_file_store();
    std::thread::scope(|scope| {
        for number in 0..WRITERS {
            let (env, gateway) = (&env, &gateway);
            let more = format!("--profile p{number}");
            scope.spawn(move || {
                login_as(env, &gateway.url(), &format!("{USER}-{number}"), &more).ok().clone()
            });
        }
    });
    assert_eq!(gateway.sign_ins(), WRITERS);
    for number in 0..WRITERS {
        env.run(["list", "--profile", &format!("p{number}")]).ok();
    }
    assert_eq!(gateway.sign_ins(), WRITERS, "every token was found again");
}

/// P2: what is deleted is gone from the file too.
#[test]
fn p2_signing_out_leaves_no_secret_behind() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    assert_eq!(super::files_with(&env, PASSWORD).len(), 1);
    env.sactl("logout").ok();
    assert_eq!(super::files_with(&env, PASSWORD), Vec::<std::path::PathBuf>::new());
    assert_eq!(super::files_with(&env, &gateway.token(1)), Vec::<std::path::PathBuf>::new());
}
