//! The errors of an expression.
//!
//! Responsible for message and advice. Refuses to choose an exit code.

use std::error::Error;
use std::io;

/// Why an expression is invalid, or fails on an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct JqError {
    text: String,
    advice: Option<&'static str>,
}

impl JqError {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), advice: None }
    }

    /// The evaluator ended without an answer.
    pub(super) fn exhausted(advice: &'static str) -> Self {
        let text = "it recurses too deeply or needs too much memory, and was stopped";
        Self { text: text.to_owned(), advice: Some(advice) }
    }

    /// What to do about it, where its text does not say that.
    pub const fn advice(&self) -> Option<&'static str> {
        self.advice
    }

    /// The one that `error` carries, if it is of this kind.
    pub fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| (inner as &(dyn Error + 'static)).downcast_ref())
    }
}
