//! The terminal while a question is open.
//!
//! Responsible for saving its modes before the question is drawn, and for restoring them when it is closed. The signal
//! thread restores them too, before the program stops or ends, and opens the question again when the program continues.
//! Refuses to wait for an answer: the questions do.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Signal, getpgrp, getpid, kill_process};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// The cursor is visible, pasted text comes like typed text, and nothing stands below the cursor.
const AS_BEFORE: &[u8] = b"\x1b[?25h\x1b[?2004l\x1b[J";
/// Pasted text is marked.
const MARKED_PASTE: &str = "\x1b[?2004h";
/// A list is drawn again with the first key.
const HOW_TO_GO_ON: &str = "press an arrow key to see the list";

/// The one question that is open in this process.
static OPEN: Mutex<Option<Open>> = Mutex::new(None);
/// How often a list had to be drawn again.
static RESUMED: AtomicUsize = AtomicUsize::new(0);

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// With a line that is shown as it is typed.
    Line,
    /// With a line that is not shown.
    Hidden,
    /// With keys, in a list that is drawn by a library.
    Keys,
}

#[derive(Debug)]
struct Open {
    before: Termios,
    during: Termios,
    way: Way,
    question: String,
}

/// A question that is open until this is dropped.
#[derive(Debug)]
pub(super) struct Held(());

impl Held {
    /// Sets the modes for a question, and draws it unless a library does.
    pub(super) fn open(way: Way, question: String) -> io::Result<Self> {
        let mut slot = slot();
        let before = tcgetattr(io::stdin())?;
        let during = modes(way, &before)?;
        // What was typed before a hidden question was shown, so it is not taken for its answer.
        let action = if way == Way::Hidden { OptionalActions::Flush } else { OptionalActions::Now };
        tcsetattr(io::stdin(), action, &during)?;
        let open = slot.insert(Open { before, during, way, question });
        let held = Self(());
        let drawn = if way == Way::Keys { Ok(()) } else { open.draw() };
        drop(slot);
        drawn.map(|()| held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let open = slot().take();
        if let Some(open) = open.filter(|_| is_in_front()) {
            open.close();
        }
    }
}

impl Open {
    fn draw(&self) -> io::Result<()> {
        let mut stderr = io::stderr().lock();
        if self.way == Way::Keys {
            let question = self.question.replace('\n', "\r\n");
            write!(stderr, "{MARKED_PASTE}\r\n{HOW_TO_GO_ON}\r\n? {question} ")?;
        } else {
            write!(stderr, "{} ", self.question)?;
        }
        stderr.flush()
    }

    fn close(&self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
        if self.way == Way::Keys {
            let _ = io::stderr().lock().write_all(AS_BEFORE);
        }
    }
}

/// Restores the modes of the terminal from before the open question. The question stays open.
pub fn release_terminal() {
    if let Some(open) = slot().as_ref().filter(|_| is_in_front()) {
        open.close();
    }
}

/// Opens the question again after a stop: the terminal has its modes again, and the question is drawn again. In
/// the background the program stops, as every program does that reads a terminal which is not its own.
pub fn resume_terminal() {
    let slot = slot();
    let Some(open) = slot.as_ref() else { return };
    if !is_in_front() {
        let _ = kill_process(getpid(), Signal::TTIN);
        return;
    }
    // What was typed before the stop is not on the screen any more: it does not count.
    let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &open.during);
    RESUMED.fetch_add(1, Ordering::Relaxed);
    let _ = open.draw();
}

/// How often a question was opened again.
pub(super) fn resumed() -> usize {
    RESUMED.load(Ordering::Relaxed)
}

fn slot() -> MutexGuard<'static, Option<Open>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The modes of the terminal while a question is open.
fn modes(way: Way, before: &Termios) -> io::Result<Termios> {
    let mut modes = before.clone();
    match way {
        Way::Line => {}
        Way::Hidden => {
            modes.local_modes.remove(LocalModes::ECHO);
            modes.local_modes.insert(LocalModes::ECHONL);
        }
        Way::Keys => {
            // The library that draws the list finds its mode set, and leaves ours alone: with the keys that send
            // signals, which raw mode lacks.
            crossterm::terminal::enable_raw_mode()?;
            modes = tcgetattr(io::stdin())?;
            modes.local_modes.insert(LocalModes::ISIG);
        }
    }
    Ok(modes)
}

/// Whether the terminal belongs to this process now. From the background, setting a mode would stop the process.
fn is_in_front() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|front| front == getpgrp())
}
