//! The pager that the user has chosen.
//!
//! Responsible for its command and environment. Refuses to start it.

/// The pager of a user who has chosen none.
pub const DEFAULT_PAGER: &str = "less";

/// A pager, and the variables that it gets or loses.
#[derive(Clone, Debug)]
pub struct Pager {
    /// The command, as a shell reads it.
    pub command: String,
    /// Variables with the values that it gets; without a value, what it does not get.
    pub variables: Vec<(&'static str, Option<&'static str>)>,
}
