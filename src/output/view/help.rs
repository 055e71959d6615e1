//! Help as a document.
//!
//! Responsible for its members. Refuses to write help: [`crate::manual`] does.

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::{Answer, Block, Cells, Row};

/// The help of a command, or a topic.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Help")]
pub struct HelpView {
    /// The command or the topic.
    pub name: String,
    /// A description in one line.
    pub title: String,
    /// The text, as on a terminal.
    pub text: String,
}

impl HelpView {
    /// Help on `name`.
    pub fn new(name: &str, title: &str, text: String) -> Self {
        Self { name: name.to_owned(), title: title.to_owned(), text }
    }
}

impl Row for HelpView {
    const COLUMNS: &'static [&'static str] = &["name", "title"];

    fn cells(&self) -> Cells<'_> {
        vec![self.name.as_str().into(), self.title.as_str().into()]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for HelpView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        self.text.lines().map(|line| Block::Document(line.to_owned())).collect()
    }
}
