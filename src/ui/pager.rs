//! The pager, for an answer on a terminal that is longer than the screen.
//!
//! Responsible for starting it and for the answer when it cannot be started. Refuses to start it where a key cannot
//! be waited for, and hands it no credentials.

use std::io::{self, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::Ui;
use super::pager_choice::{DEFAULT_PAGER, Pager};
use crate::error::{CliError, Result};

/// The exit codes of a shell for a command that does not exist or cannot be started.
const NOT_STARTED: [i32; 2] = [126, 127];

static PAGING: AtomicBool = AtomicBool::new(false);

/// Whether the pager has the terminal now.
pub fn is_paging() -> bool {
    PAGING.load(Ordering::Relaxed)
}

impl Ui {
    /// Whether a long answer goes through a pager.
    pub(super) fn may_page(&self) -> bool {
        self.options.pager.is_some()
            && self.stdout_terminal
            && self.is_interactive()
            && !self.has_plain_questions()
    }

    /// Writes the answer as [`Self::answer`] does, through the pager if it is longer than the screen.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub fn paged(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let Some(pager) = self.options.pager.as_ref().filter(|_| self.may_page()) else {
            return self.answer(write);
        };
        let mut text = Vec::new();
        write(&mut text).map_err(CliError::answer)?;
        if is_longer_than_the_screen(&text) && through(pager, &text) {
            return Ok(());
        }
        self.answer(|out| out.write_all(&text))
    }
}

/// Whether the text may need more lines than the screen has. Colours are counted as text: a pager that finds that all
/// fits ends at once.
fn is_longer_than_the_screen(text: &[u8]) -> bool {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stdout()) else { return false };
    let columns = usize::from(size.ws_col).max(1);
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let needed: usize = lines.map(|line| line.len().saturating_sub(1).div_ceil(columns).max(1)).sum();
    size.ws_row > 0 && needed >= usize::from(size.ws_row)
}

/// Shows the text in the pager until the user leaves it. False if it could not be started.
fn through(pager: &Pager, text: &[u8]) -> bool {
    PAGING.store(true, Ordering::Relaxed);
    let ended = start(pager).and_then(|child| feed(child, text));
    PAGING.store(false, Ordering::Relaxed);
    ended.is_ok_and(|status| !status.code().is_some_and(|code| NOT_STARTED.contains(&code)))
}

fn start(pager: &Pager) -> io::Result<Child> {
    // Only the command of a user may need a shell, which tells where the command does not exist.
    let mut command = if pager.command == DEFAULT_PAGER {
        Command::new(DEFAULT_PAGER)
    } else {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &pager.command]);
        shell
    };
    for (name, value) in &pager.variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::piped()).spawn()
}

fn feed(mut child: Child, text: &[u8]) -> io::Result<ExitStatus> {
    if let Some(mut input) = child.stdin.take() {
        // A user may leave the pager before the end of the answer.
        let _ = input.write_all(text);
    }
    child.wait()
}
