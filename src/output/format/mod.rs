//! The output formats.
//!
//! Responsible for their names. Refuses to write: each format has a module of its own.

pub(super) mod csv;
pub(super) mod html;
pub(super) mod json;
pub(super) mod markdown;
pub(super) mod yaml;

/// The form of an answer on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A table to read.
    Table,
    /// One JSON document.
    Json,
    /// One JSON document per row, each on its own line.
    Jsonl,
    /// Comma-separated values with a header, safe for spreadsheets.
    Csv,
    /// One YAML document.
    Yaml,
    /// Only the name of each row, one per line.
    Name,
    /// Markdown, for a pull request.
    Markdown,
    /// One HTML page that needs no network.
    Html,
}

impl Format {
    /// Whether programs read it: notes stay silent then, and a failure is an error document.
    pub const fn is_document(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl | Self::Yaml)
    }
}
