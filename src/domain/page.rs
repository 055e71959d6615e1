//! The sizes of pages.
//!
//! Responsible for the default and the maximum. Refuses to cut a list: the platform does.

/// Default number of rows of a page.
pub const DEFAULT_SIZE: u64 = 100;

/// Most rows of one page.
pub const MAX_SIZE: u64 = 1000;
