//! Whether a person wants the command to end.
//!
//! Responsible for commands that end by themselves after an interrupt. Refuses to hold a second one up.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Ui;
use super::state::State;

/// While this lives, the first interrupt does not end the command: it is asked for with [`Ui::is_interrupted`].
#[derive(Debug)]
pub struct Interrupts(Arc<State>);

impl Drop for Interrupts {
    fn drop(&mut self) {
        self.0.takes_interrupts.store(false, Ordering::Relaxed);
    }
}

impl Ui {
    /// From now on, the command ends by itself after the first interrupt, when its current step has ended.
    #[must_use]
    pub fn take_interrupts(&self) -> Interrupts {
        self.progress.takes_interrupts.store(true, Ordering::Relaxed);
        Interrupts(Arc::clone(&self.progress))
    }

    /// Whether a person wants the command to end.
    pub fn is_interrupted(&self) -> bool {
        self.progress.interrupted.load(Ordering::Relaxed)
    }

    /// Notes an interrupt; true where the command ends by itself.
    pub fn notes_interrupt(&self) -> bool {
        let state = &self.progress;
        let is_first = state.takes_interrupts.load(Ordering::Relaxed)
            && !state.interrupted.swap(true, Ordering::Relaxed);
        if is_first {
            self.status("Interrupted: finishing what is in progress. Press Ctrl-C again to stop at once.");
        }
        is_first
    }

    /// Whether [`Ui::waiting`] prints nothing.
    pub(super) fn silence_waiting(&self, silent: bool) {
        self.progress.silent.store(silent, Ordering::Relaxed);
    }

    pub(super) fn is_silent(&self) -> bool {
        self.progress.silent.load(Ordering::Relaxed)
    }
}
