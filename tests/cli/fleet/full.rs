//! A run whose journal cannot be written any more.

use std::path::PathBuf;

use super::super::acting::World;
use super::exported;
use crate::common::env::Env;
use crate::common::output::{Outcome, SANDBOX_PASSWORD};
use crate::common::tools::tool;

const GRANT: &str = "grant bot-* --role viewer --concurrency 1";

/// Runs the words of a line in a process that can make no file longer than `kib` KiB.
fn limited(env: &Env, line: &str, kib: u64) -> Outcome {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" {line} -o json");
    let mut command = tool("bash");
    command.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    command.args(["-c", &script]).arg(crate::common::env::program());
    Outcome::new(&command.stdin(std::process::Stdio::null()).output().unwrap(), env.folder())
}

fn journal(env: &Env) -> PathBuf {
    let mut files = env.files().into_iter().map(|(path, _)| path);
    files.find(|path| path.extension().is_some_and(|extension| extension == "jsonl")).unwrap()
}

/// A full disk cost the receipt of what had been done, and the next step.
#[test]
fn a_run_whose_journal_cannot_grow_says_what_it_did_and_is_finished_later() {
    let world = World::start();
    let admin = world.admin();
    for place in 0..20 {
        let create = format!("create bot-{place} --password-stdin");
        admin.run_with_input(create.split(' '), format!("{SANDBOX_PASSWORD}\n")).ok();
    }
    admin.sactl(GRANT).ok();
    let wanted = exported(&admin, "");
    let whole = std::fs::read_to_string(journal(&admin)).unwrap();
    admin.sactl("revoke bot-* --yes --max-changes 20").ok();
    std::fs::remove_dir_all(journal(&admin).parent().unwrap()).unwrap();
    let refused = limited(&admin, GRANT, 1);
    assert!(refused.error(1, "io").to_string().contains("nothing was changed"), "{refused}");
    assert_ne!(exported(&admin, ""), wanted);
    assert_eq!(admin.sactl("run list -o json").ok().json(), serde_json::json!([]));
    let header = whole.lines().next().unwrap().len() as u64;
    let stopped = limited(&admin, GRANT, header / 1024 + 2);
    assert!(stopped.expect(1).stderr.contains("run resume"), "{stopped}");
    let run: serde_json::Value = serde_json::from_str(&stopped.stdout).unwrap();
    assert!(run["results"].as_array().unwrap().len() < 20, "{run}");
    admin.sactl("run resume last").ok();
    assert_eq!(exported(&admin, ""), wanted);
}
