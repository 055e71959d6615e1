//! A man page: its name, its section and its text.
//!
//! Responsible for its file name. Refuses to format: [`super::roff`] does.

/// A page of the manual.
#[derive(Clone, Debug)]
pub struct Page {
    /// The name of its file.
    pub file: String,
    /// The page as `man` reads it.
    pub roff: String,
}
