//! A topic of the help as data.
//!
//! Responsible for its blocks, which [`super::text`] renders for a terminal and `sactl man` for a man page. Refuses to
//! render itself.

use std::borrow::Cow;

/// Something to read that is not about one command.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// As it is asked for.
    pub name: &'static str,
    /// What it is about: one line, small letters, no full stop.
    pub about: &'static str,
    /// What it says.
    pub blocks: fn() -> Vec<Block>,
}

/// A part of a topic. In texts, what is typed stands between backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A line above what belongs to it.
    Heading(&'static str),
    /// Sentences.
    Paragraph(Cow<'static, str>),
    /// Terms, each with what it means.
    Definitions(Vec<(String, String)>),
    /// Lines that are never broken, for copying.
    Code(Cow<'static, str>),
}

/// Sentences.
pub(super) fn paragraph(text: impl Into<Cow<'static, str>>) -> Block {
    Block::Paragraph(text.into())
}

/// Lines for copying.
pub(super) fn code(text: impl Into<Cow<'static, str>>) -> Block {
    Block::Code(text.into())
}

/// Terms with their meaning.
pub(super) fn definitions<T: Into<String>, M: Into<String>>(
    pairs: impl IntoIterator<Item = (T, M)>,
) -> Block {
    Block::Definitions(pairs.into_iter().map(|(term, meaning)| (term.into(), meaning.into())).collect())
}
