//! The message in which a command tells its evaluator what to compile.
//!
//! Responsible for its form. Refuses documents: they follow in frames of their own.

use serde::{Deserialize, Serialize};

/// An expression, and the strings that it knows as variables.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) expression: String,
    /// Each with its name, without the dollar sign.
    pub(super) arguments: Vec<(String, String)>,
}
