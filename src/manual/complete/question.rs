//! The question of a shell, and the answer to it.
//!
//! Responsible for both as data. Refuses the form of a single shell: [`super::shell`] knows it.

/// What is to be completed.
pub(super) struct Question {
    /// The words of the command, the program first, the one at the cursor last. No shell syntax is left in them.
    pub(super) words: Vec<String>,
    /// How the word at the cursor is quoted, where that matters.
    pub(super) form: Form,
}

/// How the word at the cursor is quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// The quote that is open at the cursor.
    pub(super) quote: Option<char>,
    /// Bytes at the beginning of the word that the shell leaves alone.
    pub(super) kept: usize,
    /// The candidates are only shown, not put in.
    pub(super) listing: bool,
}

/// What can be put at the cursor.
pub(super) enum Answer {
    /// These words.
    Words {
        /// What to choose from.
        candidates: Vec<Candidate>,
        /// The word continues after each of them.
        open: bool,
    },
    /// A file, named behind so many characters of the word.
    Files(usize),
    /// A folder, likewise.
    Folders(usize),
}

/// One word to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) value: String,
    pub(super) about: String,
}

/// A placeholder for files or folders, which each shell completes best itself. No name has such a character.
pub(super) const FILES: &str = "\u{1}files";
pub(super) const FOLDERS: &str = "\u{1}folders";
