//! How long lists are cut into pages.

/// Rows of a page when nobody says how many.
pub const DEFAULT_SIZE: u64 = 100;

/// Most rows of one page.
pub const MAX_SIZE: u64 = 1000;
