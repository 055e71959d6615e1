//! What the terminal shows while a request takes long, and whether a person wants the command to end.
//!
//! Responsible for state that several threads share. Refuses to print: [`super::progress`] and [`super::hold`] do.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Instant;

/// What the terminal shows now. Shared by everything of one call that talks to the terminal.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) begun: Mutex<Option<Instant>>,
    pub(super) done: Mutex<Option<String>>,
    pub(super) frame: AtomicUsize,
    pub(super) drawn: AtomicBool,
    /// Something else shows how far the command is.
    pub(super) silent: AtomicBool,
    /// The command ends by itself when it is interrupted.
    pub(super) takes_interrupts: AtomicBool,
    pub(super) interrupted: AtomicBool,
}
