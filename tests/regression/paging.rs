//! Long answers ran over the screen, and tables in a pipe were wider than what showed them.

use crate::cli::acting::World;
use crate::common::env::Env;
use crate::common::platform::{PASSWORD_HASH, SANDBOX};
use crate::common::terminal::Terminal;

/// More accounts than the screen of a test has lines.
const MANY: usize = 45;

/// A platform where the first company has so many more.
fn crowded() -> World {
    let account = |number: usize| {
        format!(
            "[[service_account]]\nname = 'crowd-{number:02}'\nowner = 1\npassword_hash = '{PASSWORD_HASH}'\n\
             access = [{{ company = 1, role = 'viewer' }}]\n"
        )
    };
    World::seeded(&(format!("{SANDBOX}\n") + &(0..MANY).map(account).collect::<String>()))
}

/// What a terminal shows of `line`, with every line of a pager marked.
fn shown(env: &Env, line: &str) -> String {
    let (text, code) = Terminal::start(env, line).finish();
    assert_eq!(code, 0, "{line}: {text}");
    text
}

/// F14: a list of 354 accounts scrolled by; git shows such an answer in a pager.
#[test]
fn a_long_answer_on_a_terminal_goes_through_the_pager_that_was_chosen() {
    let world = crowded();
    let mut env = world.admin().with("PAGER", "sed s/^/other:/").with("SACTL_PAGER", "sed s/^/paged:/");
    for line in ["list", "list -o json", "help create"] {
        let text = shown(&env, line);
        assert!(text.lines().filter(|line| line.starts_with("paged:")).count() > MANY, "{line}: {text}");
    }
    for line in ["list --no-pager", "list --limit 3", "list --no-input", "list -o name"] {
        assert!(!shown(&env, line).contains("paged:"), "{line}");
    }
    env.unset("SACTL_PAGER");
    assert!(shown(&env, "list").contains("other:crowd-44"));
    for none in ["", "cat"] {
        env.set("SACTL_PAGER", none);
        let text = shown(&env, "list");
        assert!(text.contains("crowd-44") && !text.contains("other:"), "{none:?}: {text}");
    }
}

/// F14: `less` is the pager of a user who has chosen none.
#[test]
fn less_shows_a_long_answer_where_no_pager_was_chosen() {
    if !std::path::Path::new("/usr/bin/less").exists() {
        return;
    }
    let world = crowded();
    let mut env = world.admin();
    env.unset("SACTL_PAGER");
    let mut terminal = Terminal::start(&env, "list");
    terminal.wait_for("crowd-35").wait_for(":").press("q");
    let (text, code) = terminal.finish();
    assert!(code == 0 && !text.contains("northwind-telemetry"), "{text}");
}

/// An interrupt in the pager is for the pager: it does not end the command.
#[test]
fn an_interrupt_is_for_the_pager() {
    let world = crowded();
    let script = "trap : INT; cat > /dev/null; echo ready; read x < /dev/tty; echo ended";
    let env = world.admin().with("SACTL_PAGER", script);
    let mut terminal = Terminal::start(&env, "list");
    terminal.wait_for("ready").interrupt().press("\r").wait_for("ended");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
}

/// F14: a pager that cannot be started must not cost the answer.
#[test]
fn a_pager_that_does_not_exist_leaves_the_answer() {
    let world = crowded();
    let env = world.admin().with("SACTL_PAGER", "no-such-pager-1");
    let text = shown(&env, "list");
    assert!(text.contains("no-such-pager-1") && text.contains("crowd-44"), "{text}");
}

/// A password that was generated stays out of the pager and of what it keeps.
#[test]
fn a_secret_never_goes_through_the_pager() {
    let world = World::start();
    let env = world.admin().with("SACTL_PAGER", "sed s/^/paged:/");
    for line in ["create hidden-1 --role company-admin --generate -w -o yaml", "token -o json", "token"] {
        let mut command = env.command();
        command.args(line.split(' '));
        let (text, code) = Terminal::of_size(4, 60, &command).finish();
        assert!(code == 0 && !text.contains("paged:"), "{line}: {text}");
    }
}

/// F14: `watch sactl list -o table` and `list -o table | less` showed rows of 800 characters.
#[test]
fn a_table_that_was_asked_for_keeps_to_columns_in_a_pipe() {
    let world = World::start();
    let env = world.admin();
    let whole = env.sactl("list -o table").ok().stdout.clone();
    assert!(whole.lines().any(|line| line.chars().count() > 60), "{whole}");
    let env = env.with("COLUMNS", "60");
    let table = env.sactl("list -o table");
    assert!(table.ok().stdout.lines().all(|line| line.chars().count() <= 60), "{table}");
    assert!(table.stderr.contains("--wide shows everything"), "{table}");
    // Rows for programs have no width.
    assert!(env.sactl("list").ok().stdout.lines().any(|line| line.chars().count() > 60));
}
