//! The manual: what is committed is what the program writes, and every page is one that `man` likes.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::env::Env;
use crate::common::tools::{installed, strace_is_installed, straced, tool};

/// The files of a folder.
pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The folder of the manual that the program has just written.
pub(crate) fn written(env: &Env) -> std::path::PathBuf {
    let outcome = env.sactl("man deep/manual");
    assert_eq!(outcome.ok().stdout, "");
    assert!(outcome.stderr.contains("manual pages into deep/manual"), "{outcome}");
    env.work().join("deep/manual")
}

/// The pages of the small client are fewer: those in the repository are of the program with everything.
#[cfg(feature = "platform")]
#[test]
fn the_committed_pages_are_what_the_program_writes() {
    let env = Env::new();
    let fresh = written(&env);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let renew = "renew the manual with: rm -f man/* && cargo run -- man man";
    assert_eq!(names(&committed), names(&fresh), "{renew}");
    for name in names(&fresh) {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(&name)).unwrap();
        assert!(read(&committed) == read(&fresh), "man/{name} is stale; {renew}");
    }
}

/// P8: killed at any step, it leaves old pages and new ones, each of them whole, with the rights of any file.
#[test]
fn p8_a_killed_manual_has_no_half_page() {
    if !strace_is_installed() {
        return;
    }
    let env = Env::new();
    let whole = written(&env);
    let read = |folder: &Path, name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    for call in ["rename", "write"] {
        let folder = env.work().join(call);
        std::fs::create_dir(&folder).unwrap();
        for name in names(&whole) {
            std::fs::write(folder.join(name), "old").unwrap();
        }
        let kill = format!("inject=/^{call}:signal=KILL:when=20");
        let mut strace = straced(&env, &["-e", &kill, "-o", "log"]);
        assert!(!strace.args(["man", call]).status().unwrap().success());
        let pages: Vec<String> = names(&whole).into_iter().map(|name| read(&folder, &name)).collect();
        let is_whole = |(name, page): (&String, &String)| page == "old" || *page == read(&whole, name);
        assert!(names(&whole).iter().zip(&pages).all(is_whole));
        assert!(pages.iter().any(|page| page == "old") && pages.iter().any(|page| page != "old"), "{call}");
    }
    let mode = |name: &str| std::fs::metadata(env.work().join(name)).unwrap().permissions().mode();
    env.file("any", "");
    assert_eq!(mode("deep/manual/sactl.1"), mode("any"));
}

#[test]
fn every_command_has_its_page() {
    let env = Env::new();
    let pages = names(&written(&env));
    for name in [
        "sactl.1",
        "sactl-create.1",
        "sactl-role.1",
        "sactl-role-create.1",
        "sactl-completion.1",
        "sactl-config.5",
        "sactl-exit-codes.7",
        "sactl-formatting.7",
    ] {
        assert!(pages.contains(name), "{name}: {pages:?}");
    }
    assert!(pages.iter().all(|name| !name.starts_with('.')), "{pages:?}");
    assert_eq!(pages.contains("sactl-serve.1"), cfg!(feature = "platform"));
}

#[test]
fn mandoc_has_nothing_to_say() {
    if !installed(&["mandoc"], "SACTL_TEST_REQUIRE_MANDOC") {
        return;
    }
    let env = Env::new();
    let folder = written(&env);
    let mut mandoc = tool("mandoc");
    mandoc.args(["-T", "lint", "-W", "style"]).args(names(&folder)).current_dir(&folder);
    let output = mandoc.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(output.status.success());
}

/// Pages refer to pages that exist.
#[test]
fn no_reference_leads_nowhere() {
    let env = Env::new();
    let folder = written(&env);
    let pages = names(&folder);
    for name in &pages {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix(".BR "));
        let meant = lines.map(|line| line.trim_end_matches(',').replace("\\-", "-").replace([' ', '('], "."));
        let meant: Vec<String> = meant.map(|name| name.replace("..", ".").replace(')', "")).collect();
        assert!(meant.len() >= 3, "{name} refers to {meant:?}");
        for other in meant {
            assert!(pages.contains(&other) && other != *name, "{name} refers to {other}");
        }
    }
}

/// The text of a page without the bold and underlined letters, which are written over themselves.
pub(crate) fn plain(laid_out: &str) -> String {
    let mut text = String::with_capacity(laid_out.len());
    for letter in laid_out.chars() {
        if letter == '\u{8}' {
            text.pop();
        } else {
            text.push(letter);
        }
    }
    text
}

/// As it is read at a terminal of 80 columns.
#[test]
fn a_page_reads_like_this() {
    if !installed(&["mandoc"], "SACTL_TEST_REQUIRE_MANDOC") {
        return;
    }
    let env = Env::new();
    let folder = written(&env);
    let mut mandoc = tool("mandoc");
    mandoc.args(["-T", "utf8", "-O", "width=80", "sactl-role-create.1"]).current_dir(&folder);
    let output = mandoc.output().unwrap();
    let text = plain(std::str::from_utf8(&output.stdout).unwrap());
    crate::common::output::assert_snapshot("man_role_create", &text);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let env = Env::new();
    env.file("taken", "a file");
    let outcome = env.sactl("man taken -o json").error(1, "io");
    assert!(outcome["message"].as_str().unwrap().contains("taken"), "{outcome}");
    assert_eq!(std::fs::read_to_string(env.work().join("taken")).unwrap(), "a file");
    env.sactl("man /proc/nowhere").refused(1, "nowhere");
    env.sactl("man").refused(2, "DIR");
}
