//! A page of the manual.

/// A page of the manual.
#[derive(Clone, Debug)]
pub struct Page {
    /// The name of its file.
    pub file: String,
    /// The page as `man` reads it.
    pub roff: String,
}
