//! Questions at a terminal: when one is asked, how it looks, and that whatever ends it leaves the terminal as it was.

use rustix::process::Signal;
use serde_json::json;

use super::acting::{ACME_ADMIN, World, account, sign_in};
use crate::common::env::Env;
use crate::common::terminal::{DOWN, Terminal, plain};
use crate::common::tools::{strace_is_installed, straced};

/// A caller without the permission is refused before the first question.
#[test]
fn nobody_answers_questions_for_nothing() {
    let world = World::start();
    let viewer = world.acting(super::acting::ACME_VIEWER, 1);
    for (line, needed) in [("create", "service-accounts:create"), ("grant", "service-accounts:edit")] {
        let (text, code) = Terminal::start(&viewer, line).finish();
        assert_eq!(code, 4, "{text}");
        assert!(text.contains(needed) && !text.contains('?') && !text.contains("Name of"), "{text}");
    }
}

/// Text around a question is broken between its words, however narrow the terminal is, and nothing of it is lost.
#[test]
fn questions_are_broken_between_words() {
    let world = World::start();
    let admin = world.admin();
    let at = |columns: u16, line: &str| {
        let mut command = admin.command();
        command.args(line.split(' '));
        Terminal::of_columns(columns, &command)
    };
    let words_of = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for columns in [30, 40, 60] {
        let mut terminal = at(columns, "delete fleet-automation");
        terminal.wait_for("confirm: ").type_line("no");
        let (text, _) = terminal.finish_raw();
        let said = "owned by Acme MSP (1); has access in 2 companies: Acme MSP (1): operator; Northwind Logistics (2): \
                    operator";
        let shown = words_of(&text).join(" ");
        assert!(shown.contains(said) && shown.contains("type fleet-automation to confirm: no"), "{text}");
        let question = text.split("confirm:").next().unwrap();
        assert!(question.lines().all(|line| line.len() <= columns.into()), "{columns}: {text}");

        let mut terminal = at(columns, "grant dormant-bot");
        terminal.wait_for("Which access").press(&format!("{DOWN}\r")).wait_for("Which permissions");
        terminal.press("alerts:").wait_for("alerts:view").press(&format!(" {DOWN} {DOWN} {DOWN} \r"));
        terminal.wait_for("Apply?").interrupt();
        let shown = words_of(&plain(&terminal.finish_raw().0)).join(" ");
        let chosen = "alerts:view, alerts:create, alerts:edit, alerts:delete";
        assert!(shown.contains(&format!("Which permissions {chosen}")), "{columns}: {shown}");
        for help in [
            "Individual permissions you choose each permission",
            "arrows to move, type to search, Return to choose",
            "Space to select or clear, type to search, Return",
        ] {
            assert!(shown.contains(help), "{columns}: {shown}");
        }
    }
}

/// A person with several profiles sees in the question where the change would be made.
#[test]
fn question_before_a_change_names_the_profile_or_the_server() {
    let world = World::start();
    let mut env = world.stranger().with("SACTL_PROFILE", "main");
    sign_in(&env, ACME_ADMIN).ok();
    env.unset("SACTL_PROFILE");
    env.unset("SACTL_SERVER");
    env.sactl("company use 1").ok();
    let file = env.file(
        "fleet.yaml",
        "version: 1\naccounts: {dormant-bot: {owner: 1, access: [{company: 1, role: viewer}]}}\n",
    );
    for line in [
        "delete dormant-bot",
        "delete dormant-bot backup-runner",
        "revoke backup-runner fleet-automation --companies 1",
        "grant backup-runner dormant-bot --role viewer",
        "rotate dormant-bot --password-dir secrets",
        "onboard 2 --like 1",
        "offboard 2",
        &format!("apply -f {file}"),
    ] {
        let mut terminal = Terminal::start(&env, line);
        terminal.wait_for(", at profile main?").type_line("n");
        let (text, code) = terminal.finish();
        assert_eq!(code, 2, "{line}: {text}");
    }
    let at_server = world.admin();
    let mut terminal = Terminal::start(&at_server, "revoke backup-runner fleet-automation");
    terminal.wait_for(&format!(", at server {}?", world.url())).type_line("n");
    assert_eq!(terminal.finish().1, 2);
}

/// The command that takes a change back is the last line, below what was done.
#[test]
fn undo_stands_below_the_result() {
    let world = World::start();
    let admin = world.admin();
    for line in [
        "grant dormant-bot --role viewer",
        "revoke dormant-bot --yes",
        "edit dormant-bot --description new",
        "role create watcher --permission devices:view",
        "role edit watcher --add-permission alerts:view",
        "role delete watcher --yes",
        "create made-now --role viewer --generate",
        "grant dormant-bot made-now --role viewer --yes",
    ] {
        let (text, code) = Terminal::start(&admin, line).finish();
        assert_eq!(code, 0, "{line}: {text}");
        let last = text.lines().rfind(|line| !line.trim().is_empty());
        assert!(last.is_some_and(|last| last.contains("to undo: ")), "{line}: {text}");
    }
}

/// A screen reader, and a terminal that knows no control sequence, get lines, and one line is typed.
#[test]
fn plain_questions_are_lines() {
    let world = World::start();
    for (name, value) in [("SACTL_ACCESSIBLE", "1"), ("TERM", "dumb")] {
        let admin = world.admin().with(name, value).with("NO_COLOR", "1");
        let mut terminal = Terminal::start(&admin, "grant dormant-bot");
        terminal.wait_for("1. A role").wait_for("Which access").type_line("7");
        terminal.wait_for("neither a number").wait_for("Which access").type_line("2");
        terminal.wait_for("Which permissions").type_line("devices:view, alerts:view");
        terminal.wait_for("Apply?").type_line("y");
        let (text, code) = terminal.finish_raw();
        assert_eq!(code, 0, "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
        let held = account(&admin, "dormant-bot")["access"]["permissions"].clone();
        assert_eq!(held, json!(["alerts:view", "devices:view"]));
        admin.sactl("revoke dormant-bot --yes").ok();
    }
}

#[test]
fn colour_is_used_where_it_is_wanted() {
    let world = World::start();
    for (more, coloured) in [("", true), (" --color never", false)] {
        let mut terminal = Terminal::start(&world.admin(), &format!("create uncoloured{more}"));
        terminal.wait_for_list("Which access").interrupt();
        let (text, code) = terminal.finish_raw();
        assert_eq!(code, 130, "{text}");
        assert_eq!(text.contains("\u{1b}[38;5;"), coloured, "{text:?}");
    }
}

/// Where a document is asked for, and with `--no-input`, there is no prompt, even on a terminal.
#[test]
fn a_program_is_never_asked() {
    let world = World::start();
    let admin = world.admin();
    for line in
        ["create -o json", "create --generate --no-input", "grant -o yaml", "grant dormant-bot --no-input"]
    {
        let (text, code) = Terminal::start(&admin, line).finish();
        assert_eq!(code, 2, "{line}: {text}");
    }
    admin.sactl("create --generate").refused(2, "sactl create NAME");
    // Everything is said: nothing is asked.
    let (text, code) = Terminal::start(&admin, "create said --role viewer --generate").finish();
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("Create the account?"), "{text}");
}

#[test]
fn dev_tty_is_never_opened_behind_a_pipe() {
    if !strace_is_installed() {
        return;
    }
    let world = World::start();
    for line in ["create", "grant", "create x9", "delete dormant-bot"] {
        let env = world.admin();
        let mut command = straced(&env, &["-e", "trace=openat,open"]);
        let output = command.args(line.split(' ')).output().unwrap();
        let trace = String::from_utf8_lossy(&output.stderr);
        assert!(trace.contains("openat"), "{trace}");
        assert!(!trace.contains("/dev/tty"), "{line}: {trace}");
    }
}

/// Every kind of question, with a word that is shown when it waits.
const QUESTIONS: [(&str, &str); 6] = [
    ("create", "Name of the new account"),
    ("create ended --generate", "Which access"),
    ("grant", "Which service account"),
    ("delete dormant-bot", "to confirm"),
    ("revoke backup-runner", "Really"),
    ("login --username admin@acme.example", "assword"),
];

/// P8: Ctrl-C, SIGINT and SIGTERM at every kind of question: the terminal is as before, and nothing was done.
#[test]
fn p8_whatever_ends_a_question_leaves_the_terminal_whole() {
    let world = World::start();
    let env = world.admin();
    let before = env.sactl("list -o json").ok().json();
    std::thread::scope(|scope| {
        for (line, asked) in QUESTIONS {
            for (end, code) in [(None, 130), (Some(Signal::INT), 130), (Some(Signal::TERM), 143)] {
                let env = if line.starts_with("login") { world.stranger() } else { world.admin() };
                scope.spawn(move || ended_at(&env, line, asked, end, code));
            }
        }
    });
    assert_eq!(env.sactl("list -o json").ok().json(), before);
    assert!(world.is_good(world.server().sign_in(ACME_ADMIN).token()));
}

fn ended_at(env: &Env, line: &str, asked: &str, end: Option<Signal>, code: i32) {
    let script = format!(
        "trap : INT; stty -g > before; sh -c 'echo $$ > pid; exec sactl {line}'; echo exit=$?; stty -g > after"
    );
    let mut terminal = Terminal::shell(env, &script);
    terminal.wait_for(asked);
    match end {
        None => {
            terminal.interrupt();
        }
        Some(signal) => {
            let pid = std::fs::read_to_string(env.work().join("pid")).unwrap();
            let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
            rustix::process::kill_process(pid, signal).unwrap();
        }
    }
    let (text, _) = terminal.finish_raw();
    assert!(text.contains(&format!("exit={code}")), "{line} {end:?}: {text:?}");
    let modes = |name: &str| std::fs::read_to_string(env.work().join(name)).unwrap();
    assert_eq!(modes("before"), modes("after"), "{line} {end:?}");
    if let Some(hidden) = text.rfind("\u{1b}[?25l") {
        assert!(text[hidden..].contains("\u{1b}[?25h"), "the cursor is hidden: {line} {end:?} {text:?}");
    }
    if let Some(set) = text.rfind("\u{1b}[?2004h") {
        assert!(text[set..].contains("\u{1b}[?2004l"), "pasting is changed: {line} {end:?} {text:?}");
    }
}

/// A confirmation says what will be affected; what cannot be done is refused before.
#[test]
fn destructive_commands_name_what_they_touch() {
    let world = World::start();
    let admin = world.admin();
    for (line, said) in [
        (
            "delete fleet-automation",
            "fleet-automation, owned by Acme MSP (1); has access in 2 companies: Acme MSP (1): operator",
        ),
        ("passwd fleet-automation --generate", "all its tokens stop working"),
        (
            "revoke northwind-telemetry",
            "northwind-telemetry, owned by Northwind Logistics (2); access here: viewer",
        ),
    ] {
        let mut terminal = Terminal::start(&admin, line);
        terminal.wait_for(said).wait_for("Really").type_line("no");
        let (text, code) = terminal.finish();
        assert_eq!(code, 2, "{text}");
    }
    for (line, code) in [
        ("delete northwind-telemetry", 4),
        ("delete nobody-here", 5),
        ("passwd nobody-here --generate", 5),
        ("role delete nonsense", 5),
    ] {
        let (text, ended) = Terminal::start(&admin, line).finish();
        assert_eq!(ended, code, "{text}");
        assert!(!text.contains("Really"), "{text}");
    }
}

/// P8: `--no-input` never waits, even on a terminal.
#[test]
fn no_input_never_asks() {
    let world = World::start();
    let admin = world.admin();
    let (text, code) = Terminal::start(&admin, "delete dormant-bot --no-input").finish();
    assert_eq!(code, 2, "{text}");
    let (text, code) = Terminal::start(&admin, "create typed-bot --no-input").finish();
    assert_eq!(code, 2, "{text}");
}
