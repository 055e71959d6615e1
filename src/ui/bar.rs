//! How far a long run has come.
//!
//! Responsible for a bar with rate and remaining time on a terminal, and for a line every ten seconds elsewhere.
//! Refuses to say anything where notes are silent.

use std::cell::Cell;
use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Ui;

/// Between two lines where no bar can be drawn.
const BEAT: Duration = Duration::from_secs(10);

/// The template of the bar. It contains no text of a server.
const LOOK: &str = "{bar:30} {pos} of {len}, {rate}, {eta} left{msg}";

/// A run of fewer steps is over before a bar could be read.
const FEWEST: u64 = 10;

/// How far a run has come, until this is dropped.
#[derive(Debug)]
pub struct Bar {
    ui: Ui,
    drawn: Option<ProgressBar>,
    total: u64,
    done: Cell<u64>,
    failed: Cell<u64>,
    begun: Instant,
    begun_with: u64,
    told: Cell<Instant>,
}

impl Ui {
    /// A bar for `total` steps, of which `done` have ended.
    pub fn bar(&self, total: u64, done: u64) -> Bar {
        let is_drawn = total >= FEWEST && self.shows_progress() && !self.options.accessible;
        let drawn = is_drawn.then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(LOOK) {
                let rate = |state: &ProgressState, out: &mut dyn Write| {
                    let _ = write!(out, "{:.1}/s", state.per_sec());
                };
                bar.set_style(style.progress_chars("## ").with_key("rate", rate));
            }
            bar.set_position(done);
            bar.reset_eta();
            self.silence_waiting(true);
            bar
        });
        let now = Instant::now();
        Bar {
            ui: self.clone(),
            drawn,
            total,
            done: Cell::new(done),
            failed: Cell::new(0),
            begun: now,
            begun_with: done,
            told: Cell::new(now),
        }
    }
}

impl Bar {
    /// One more step has ended.
    pub fn ended(&self, failed: bool) {
        self.done.set(self.done.get() + 1);
        self.failed.set(self.failed.get() + u64::from(failed));
        if let Some(bar) = &self.drawn {
            if failed {
                bar.set_message(format!(", {} failed", self.failed.get()));
            }
            bar.inc(1);
        } else if self.told.get().elapsed() >= BEAT {
            self.told.set(Instant::now());
            self.ui.status(self.line());
        }
    }

    fn line(&self) -> String {
        let (done, total) = (self.done.get(), self.total);
        let seconds = self.begun.elapsed().as_secs().max(1);
        let rate = (done - self.begun_with) / seconds;
        let left = (total - done.min(total)).checked_div(rate);
        let left = left.map(|left| format!(", about {left} s left")).unwrap_or_default();
        format!("{done} of {total} done, {} failed, {rate} a second{left}", self.failed.get())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.drawn {
            bar.finish_and_clear();
            self.ui.silence_waiting(false);
        }
    }
}
