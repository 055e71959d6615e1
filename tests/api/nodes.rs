//! Several nodes on one database: no state in a node that another lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sactl::platform::app::Limits;

use crate::common::database::Database;
use crate::common::env::program;
use crate::common::lane::lane;
use crate::common::platform::{PASSWORD, SANDBOX, Server};

/// Requests of one client reach the nodes in turn: each has computed half of the hashes.
#[test]
fn requests_alternate_between_two_nodes() {
    let Some(server) = Server::on_two_nodes(SANDBOX, Limits::default()) else { return };
    for _ in 0..4 {
        assert_eq!(server.token_form("fleet-automation", PASSWORD).status, 200);
    }
    assert_eq!(server.hashes_computed(), [2, 2]);
}

/// What the fast lane asks of two nodes; the full one asks everything.
const THEMES: &[&str] = &[
    "api::audit::",
    "api::lifecycle::",
    "api::lists::",
    "api::paging::",
    "api::rules::",
    "api::seeds::",
    "api::session::",
];

/// P14, P15, P17: the tests of the API pass on two nodes that share a PostgreSQL database, with requests alternating
/// between them. They run in a process of their own, whose servers have two nodes.
#[test]
fn p14_api_suite_passes_with_requests_alternating_between_two_nodes() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if runtime.block_on(Database::postgres()).is_none() {
        return;
    }
    let (themes, least) = lane((THEMES, 50), (&["api::"], 90));
    play(themes, &[], least, None);
}

/// What needs both nodes in this process: their clock, their hashes, their connections and their metrics.
const IN_PROCESS: &[&str] = &[
    "api::audit::log_is_narrowed_by_action_account_actor_and_time",
    "api::metrics::",
    "api::rules::p26_a_lost_database_is_never_success",
    "api::session::p11_every_guess_costs_one_hash",
    "api::session::p14_guesses_are_slowed_down",
    "api::session::the_documented_form_gives_a_token",
];

/// The same beside a node of another program: that of the last release, where `SACTL_TEST_LAST_RELEASE` names it, else
/// the one under test, in a process of its own.
#[test]
fn api_suite_passes_beside_a_node_of_the_last_release() {
    let last = std::env::var_os("SACTL_TEST_LAST_RELEASE").map(PathBuf::from);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if runtime.block_on(Database::postgres()).is_none() || (last.is_none() && !lane(false, true)) {
        return;
    }
    play(&["api::"], IN_PROCESS, 90, Some(last.as_deref().unwrap_or(program())));
}

/// Runs tests in a process of its own, whose servers have two nodes. At least so many pass, and none fails.
fn play(themes: &[&str], skipped: &[&str], least: usize, other: Option<&Path>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(themes).args(["--skip", "cli::", "--skip", "api::nodes::"]);
    command.args(skipped.iter().flat_map(|name| ["--skip", name]));
    command.envs(other.map(|program| ("SACTL_TEST_OTHER_NODE", program)));
    let output = command.env("SACTL_TEST_TWO_NODES", "1").stdin(Stdio::null()).output().unwrap();
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{told}");
    let passed = said.split_once("test result: ok. ").and_then(|(_, rest)| rest.split(' ').next());
    let passed: usize = passed.unwrap().parse().unwrap();
    assert!(passed >= least, "the suite has run: {said}");
}
