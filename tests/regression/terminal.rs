//! The terminal was left without echo, or showed what was typed, after a signal.

use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::cli::acting::{ACME_ADMIN, World};
use crate::common::env::{Env, program};
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::terminal::Terminal;

const DOWN: &str = "\u{1b}[B";
const CTRL_D: &str = "\u{4}";
const CTRL_Z: &str = "\u{1a}";
/// What shells say of a program that is stopped.
const STOPPED: [&str; 3] = ["Stopped", "suspended", "stopped"];
const BASH: &str = "bash --norc --noprofile --noediting -i";

/// A command for every kind of question, with a word that is shown when it waits.
const QUESTIONS: [(&str, &str); 5] = [
    ("create", "Name of the new account"),
    ("create ended --generate", "Which access"),
    ("delete dormant-bot", "to confirm"),
    ("revoke backup-runner", "Really"),
    ("login --username admin@acme.example", "assword of"),
];

/// An interactive shell, which does job control.
fn shell(env: &Env, line: &str) -> Terminal {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap());
    command.args(words).env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    command.env("PATH", format!("{}:/usr/bin:/bin", program().parent().unwrap().display()));
    Terminal::program(&command)
}

/// The command, which says its process first.
fn with_pid(line: &str) -> String {
    format!("sh -c 'echo $$ > pid; exec sactl {line}'")
}

fn send(env: &Env, signal: Signal) {
    let pid = std::fs::read_to_string(env.work().join("pid")).unwrap();
    kill_process(Pid::from_raw(pid.trim().parse().unwrap()).unwrap(), signal).unwrap();
}

/// R4: a password that was typed after Ctrl-Z and `fg` was on the screen.
#[test]
fn a_hidden_question_that_was_stopped_is_asked_again_and_hidden() {
    let world = World::start();
    for line in [BASH, "zsh -f +Z -i", "fish --no-config -i"] {
        if !Path::new("/usr/bin").join(line.split(' ').next().unwrap()).exists() {
            continue;
        }
        let env = world.stranger();
        let mut terminal = shell(&env, line);
        terminal.type_line(&format!("sactl login --username {ACME_ADMIN}"));
        for _ in 0..2 {
            terminal.wait_for("assword of").press(CTRL_Z).wait_for_any(&STOPPED);
            terminal.type_line("fg");
        }
        terminal.wait_for("assword of").type_line(SANDBOX_PASSWORD);
        terminal.wait_for("Which company").wait_for("Northwind Logistics").press("Northwind\r");
        // A shell takes what is typed only after the list has gone.
        terminal.wait_for("The active company is").type_line("exit");
        let (text, code) = terminal.finish();
        assert_eq!(code, 0, "{line}: {text}");
        assert!(!text.contains(SANDBOX_PASSWORD), "{line}: {text}");
        assert_eq!(env.sactl("whoami -o json").ok().json()["company"]["id"], 2);
    }
}

/// R4: a list of answers took no arrow keys any more after a stop, and Ctrl-Z did nothing in it.
#[test]
fn a_list_that_was_stopped_takes_keys_again() {
    let world = World::start();
    for signal in [None, Some(Signal::STOP), Some(Signal::TSTP)] {
        let env = world.admin();
        let mut terminal = shell(&env, BASH);
        terminal.type_line(&with_pid("grant dormant-bot"));
        terminal.wait_for("Which access").wait_for("arrows to move");
        match signal {
            Some(signal) => send(&env, signal),
            None => drop(terminal.press(CTRL_Z)),
        }
        terminal.wait_for_any(&STOPPED);
        terminal.type_line("fg").wait_for("arrow key").wait_for("Which access");
        terminal.press(DOWN).wait_for("Individual permissions").press("\r").wait_for("Which permissions");
        terminal.interrupt().wait_for("interrupted");
        // Until the program has ended, its list takes what is typed.
        terminal.wait_for("bash-").type_line("exit 7");
        let (text, code) = terminal.finish();
        assert_eq!(code, 7, "{signal:?}: {text}");
    }
}

/// R4: Ctrl-\ and the end of a connection left a terminal that showed nothing of what was typed.
#[test]
fn a_signal_that_ends_a_question_leaves_the_terminal_as_it_was() {
    let world = World::start();
    for (line, asked) in QUESTIONS {
        for (signal, code) in [(Signal::QUIT, 131), (Signal::HUP, 129), (Signal::TERM, 143)] {
            let env = if line.starts_with("login") { world.stranger() } else { world.admin() };
            let script = format!("stty -g > before; {}; echo exit=$?; stty -g > after", with_pid(line));
            let mut terminal = Terminal::shell(&env, &script);
            terminal.wait_for(asked);
            send(&env, signal);
            let (text, _) = terminal.finish_raw();
            assert!(text.contains(&format!("exit={code}")), "{line} {signal:?}: {text:?}");
            let modes = |name: &str| std::fs::read_to_string(env.work().join(name)).unwrap();
            assert_eq!(modes("before"), modes("after"), "{line} {signal:?}");
        }
    }
}

/// R22: Ctrl-D ended one question with 130 and another with 2.
#[test]
fn the_end_of_input_ends_every_question_with_130() {
    let world = World::start();
    for (line, asked) in QUESTIONS.into_iter().filter(|(_, asked)| *asked != "Which access") {
        let env = if line.starts_with("login") { world.stranger() } else { world.admin() };
        let mut terminal = Terminal::start(&env, line);
        terminal.wait_for(asked).press(CTRL_D);
        let (text, code) = terminal.finish();
        assert_eq!(code, 130, "{line}: {text}");
    }
}

/// F33: a password that cannot come from a terminal was refused only behind a question.
#[test]
fn a_password_from_a_terminal_is_refused_before_any_question() {
    let world = World::start();
    for (env, line) in [
        (world.admin(), "passwd dormant-bot --password-stdin"),
        (world.admin(), "create --password-stdin"),
        (world.stranger(), "login --password-stdin"),
    ] {
        let (text, code) = Terminal::start(&env, line).finish();
        assert_eq!(code, 2, "{line}: {text}");
        assert!(text.contains("not a terminal") && !text.contains('?'), "{line}: {text}");
    }
}
