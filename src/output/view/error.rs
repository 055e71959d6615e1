//! The document of a failure, on standard error.
//!
//! Responsible for its members. Refuses to choose the exit code: it is handed over.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::api::Code;
use crate::domain::Violation;

/// Why a command failed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub struct ErrorView<'a> {
    /// The failure.
    pub error: FailureView<'a>,
}

/// A failure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Failure")]
pub struct FailureView<'a> {
    /// The stable error code, for scripts.
    #[schemars(schema_with = "codes")]
    pub code: &'static str,
    /// What went wrong; the text may change.
    pub message: String,
    /// What to do next; absent if nothing helps.
    #[schemars(with = "String")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The exit code of the program.
    pub exit_code: u8,
    /// The HTTP status; absent unless the server refused.
    #[schemars(with = "u16")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The request id in the log of the server; absent unless the server sent one.
    #[schemars(with = "String")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// Every broken rule; absent unless the input breaks rules.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [Violation],
}

fn codes(_: &mut SchemaGenerator) -> Schema {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    json_schema!({"type": "string", "enum": codes})
}
