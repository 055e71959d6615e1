//! The program at a terminal.

use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::{Eof, Expect, Session};

use super::env::{Env, program};

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A terminal of 120 columns on which one command runs.
pub(crate) struct Terminal {
    session: expectrl::session::OsSession,
    seen: String,
}

impl Terminal {
    /// Starts the program with the words of `line`.
    pub(crate) fn start(env: &Env, line: &str) -> Self {
        let mut command = env.command();
        command.args(line.split_whitespace());
        Self::run(&command)
    }

    /// Starts a whole line as a shell understands it, with the program in its search path.
    pub(crate) fn shell(env: &Env, line: &str) -> Self {
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", line]).env_clear().envs(env.variables().iter().cloned());
        let path = format!("{}:/usr/bin:/bin", program().parent().unwrap().display());
        command.current_dir(env.work()).env("PATH", path);
        Self::run(&command)
    }

    /// Starts any program.
    pub(crate) fn program(command: &std::process::Command) -> Self {
        Self::run(command)
    }

    /// The terminal shows what is typed, as terminals do unless the program says otherwise; `Session` alone
    /// would hide it. Its size is settled before the program starts, so that no program hears of a change.
    fn run(command: &std::process::Command) -> Self {
        let mut shell = std::process::Command::new("/bin/sh");
        shell
            .args(["-c", "stty echo rows 40 cols 120; exec \"$0\" \"$@\""])
            .arg(command.get_program())
            .args(command.get_args());
        shell.env_clear().env("TERM", "xterm-256color").env("COLUMNS", "120");
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.current_dir(command.get_current_dir().unwrap());
        let mut session = Session::spawn(shell).unwrap();
        session.set_expect_timeout(Some(PATIENCE));
        Self { session, seen: String::new() }
    }

    /// Waits until `text` is shown.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Self {
        match self.session.expect(text) {
            Ok(found) => self.seen.push_str(&String::from_utf8_lossy(found.as_bytes())),
            Err(error) => panic!("{text:?} was not shown ({error}); before it:\n{}", self.seen),
        }
        self
    }

    /// Types `text` and Return.
    pub(crate) fn type_line(&mut self, text: &str) -> &mut Self {
        self.session.send(format!("{text}\r")).unwrap();
        self
    }

    /// Presses these keys, without Return.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).unwrap();
        self
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&mut self) -> &mut Self {
        self.session.send([3u8]).unwrap();
        self
    }

    /// Waits for the end. Answers everything that was shown, without colours, and the exit code.
    pub(crate) fn finish(self) -> (String, i32) {
        let (shown, code) = self.finish_raw();
        (plain(&shown), code)
    }

    /// The same, with everything that was sent to the terminal.
    pub(crate) fn finish_raw(mut self) -> (String, i32) {
        let rest = self.session.expect(Eof).unwrap();
        self.seen.push_str(&String::from_utf8_lossy(rest.as_bytes()));
        let code = match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("ended by {other:?}:\n{}", self.seen),
        };
        (self.seen, code)
    }
}

/// The text without colours, returns and padding.
fn plain(text: &str) -> String {
    let mut shown = String::new();
    let mut parts = text.split("\u{1b}[");
    shown.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
        shown.push_str(&part[end..]);
    }
    shown.lines().map(str::trim_end).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat()
}
