//! The sign of life while a request takes long: on a terminal it is one line that says how far things have
//! come and is erased, and everywhere else there is none.

use serde_json::json;

use crate::common::answers;
use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};
use crate::common::terminal::{Terminal, plain};

/// A gateway that never answers, and a user who waits for it.
fn waiting(env: Env) -> (Stub, Env) {
    let stub = Stub::start(|_| Answer::Silence);
    let env = env.with("SACTL_SERVER", stub.url()).with("SACTL_TOKEN", "sat_x").with("SACTL_COMPANY", "1");
    (stub, env)
}

/// A gateway that gives one page of three accounts, of `total` that there are, and then nothing more.
fn halting(total: u64) -> (Stub, Env) {
    let stub = Stub::start(move |request| {
        if request.target.contains("cursor=") {
            return Answer::Silence;
        }
        let rows = ["a-bot", "b-bot", "c-bot"].map(answers::account);
        let mut page = answers::page_before(&rows, Some("more"));
        page["total"] = json!(total);
        Answer::json(200, page.to_string())
    });
    let env = answers::with_token(&stub.url());
    (stub, env)
}

/// What is left in the end of what was sent to a terminal: lines without what was erased.
fn left(text: &str) -> String {
    text.split('\n').map(|line| plain(line.rsplit("\r\u{1b}[K").next().unwrap_or_default()) + "\n").collect()
}

#[test]
fn a_long_request_gives_a_sign_of_life_that_is_erased() {
    let (_stub, env) = waiting(Env::new());
    let mut terminal = Terminal::start(&env, "list --timeout 30");
    terminal.wait_for("Waiting for 127.0.0.1…").interrupt();
    let (text, code) = terminal.finish_raw();
    assert_eq!(code, 130, "{text}");
    // Erased, and what went wrong begins on a line of its own.
    assert_eq!(left(&text).trim(), "error: interrupted", "{text:?}");
}

/// A long list says how many accounts have come, and of how many, where the server says that.
#[test]
fn a_long_list_counts() {
    for (total, said) in [(12_345, " 3 of 12,345 accounts…"), (0, " 3 accounts…")] {
        for line in ["sactl list", "sactl list -o csv > list.csv", "sactl list --owned -o name > names"] {
            let (_stub, env) = halting(total);
            let mut terminal = Terminal::shell(&env, &format!("trap : INT; {line}; echo exit=$?"));
            terminal.wait_for(said).interrupt();
            let (text, _) = terminal.finish_raw();
            assert_eq!(left(&text).trim(), "error: interrupted\nexit=130", "{line}: {text:?}");
        }
    }
}

/// Of what a limit lets through, and not of all that there is.
#[test]
fn a_limited_list_counts_to_its_limit() {
    let (_stub, env) = halting(12_345);
    let mut terminal = Terminal::start(&env, "list --limit 2000");
    terminal.wait_for(" 3 of 2,000 accounts…").interrupt();
    assert_eq!(terminal.finish().1, 130);
}

/// Rows that go into a pipe may end at a pager, which draws on the terminal itself.
#[test]
fn nothing_is_drawn_beside_a_pipe() {
    let (_stub, env) = halting(12_345);
    let mut terminal = Terminal::shell(&env, "sactl list --timeout 1.5 | cat; echo end");
    terminal.wait_for("a-bot").wait_for("end");
    let (text, _) = terminal.finish();
    assert!(!text.contains("accounts…") && !text.contains("Waiting"), "{text}");
}

#[test]
fn a_screen_reader_hears_once_that_somebody_waits() {
    let (_stub, env) = waiting(Env::new().with("SACTL_ACCESSIBLE", "1"));
    let mut terminal = Terminal::start(&env, "list --timeout 1.5");
    terminal.wait_for("Waiting for 127.0.0.1.");
    let (text, code) = terminal.finish();
    assert_eq!(code, 8, "{text}");
    assert_eq!(text.matches("Waiting").count(), 1, "{text}");
}

#[test]
fn nobody_is_told_who_did_not_want_to_know() {
    for line in ["list --quiet", "list -o json", "list -o jsonl"] {
        let (_stub, env) = waiting(Env::new());
        let (text, code) = Terminal::start(&env, &format!("{line} --timeout 1.2")).finish();
        assert!(code == 8 && !text.contains("Waiting"), "{line}: {text}");
    }
    let (_stub, env) = waiting(Env::new());
    let outcome = env.sactl("list --timeout 1.2");
    assert!(outcome.code() == Some(8) && !outcome.stderr.contains("Waiting"), "{outcome}");
}
