//! A progress line on standard error while a request takes long.
//!
//! Responsible for drawing it, and for erasing it before any other output. Refuses to draw in a document format, in a
//! pipe, in the background, or on a terminal that cannot redraw a line. For a screen reader it is one plain line,
//! printed once.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::fs::FileType;

use super::{Ui, sanitise};
use crate::output::grouped;

/// The time without a progress line.
const PATIENCE: Duration = Duration::from_secs(1);

const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

impl Ui {
    /// From when on [`Self::waiting`] is worth calling: a moment after the first request; `None` where no
    /// person looks.
    pub fn waits_from(&self) -> Option<Instant> {
        if self.is_silent() || !self.shows_progress() {
            return None;
        }
        let mut begun = self.progress.begun.lock().ok()?;
        Some(*begun.get_or_insert_with(Instant::now) + PATIENCE)
    }

    /// Shows that a request to `server` is still in progress.
    pub fn waiting(&self, server: &str) {
        let frame = self.progress.frame.fetch_add(1, Ordering::Relaxed);
        if self.options.accessible {
            if frame == 0 {
                self.say("", "", &format!("Waiting for {server}.").into());
            }
            return;
        }
        let done = self.progress.done.lock().ok().and_then(|done| done.clone());
        let text = done.unwrap_or_else(|| format!("Waiting for {server}"));
        let line = format!("{} {}…", FRAMES[frame % FRAMES.len()], sanitise(&text));
        let line = crate::text::wrap::cut(&line, usize::from(self.err_width()).saturating_sub(1));
        let (begin, end) = if self.options.colour_err { ("\u{1b}[2m", "\u{1b}[0m") } else { ("", "") };
        self.progress.drawn.store(true, Ordering::Relaxed);
        Self::draw(&format!("\r{begin}{line}{end}\u{1b}[K"));
    }

    /// Erases what [`Self::waiting`] has drawn.
    pub fn waited(&self) {
        if self.progress.drawn.swap(false, Ordering::Relaxed) {
            Self::draw("\r\u{1b}[K");
        }
    }

    /// Notes how far a long list has come, for the next time that something is shown.
    pub fn progress(&self, done: u64, total: u64, noun: &str) {
        if let Ok(mut text) = self.progress.done.lock() {
            *text = Some(match total {
                total if total > done => format!("{} of {} {noun}", grouped(done), grouped(total)),
                _ => format!("{} {noun}", grouped(done)),
            });
        }
    }

    pub(super) fn shows_progress(&self) -> bool {
        self.stderr_terminal
            && !self.options.quiet
            && !self.options.dumb_terminal
            && !self.format().is_document()
            && !is_pipe()
            && is_in_front()
    }

    pub(super) fn err_width(&self) -> u16 {
        let of_terminal = rustix::termios::tcgetwinsize(io::stderr()).ok().map(|size| size.ws_col);
        of_terminal.filter(|columns| *columns > 0).or(self.options.columns).unwrap_or(80)
    }

    fn draw(text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Whether the answer goes to another program, which may draw on the terminal itself.
fn is_pipe() -> bool {
    if io::stdout().is_terminal() {
        return false;
    }
    rustix::fs::fstat(io::stdout()).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
}

/// Whether the terminal belongs to this process now, and not to a shell that runs it in the background.
fn is_in_front() -> bool {
    rustix::termios::tcgetpgrp(io::stderr()).is_ok_and(|front| front == rustix::process::getpgrp())
}
