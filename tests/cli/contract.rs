//! What is promised about every document: its fields, its columns, and which commands print it. A change of one
//! of these snapshots is a change of what scripts rely on: only additions are allowed.

use std::fmt::Write as _;

use sactl::output::{DOCUMENTS, Document};
use serde_json::Value;

use crate::common::output::assert_snapshot;

/// The type of a value in a few words: `Company | null`, `[string]`.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap().to_owned();
    }
    if let Some(variants) = schema["anyOf"].as_array() {
        return variants.iter().map(kind).collect::<Vec<_>>().join(" | ");
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        return variants.iter().map(|one| one["const"].to_string()).collect::<Vec<_>>().join(" | ");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(|one| one.as_str().unwrap()).collect(),
        Value::String(one) => vec![one.as_str()],
        _ => return "anything".to_owned(),
    };
    let items = || format!("[{}]", kind(&schema["items"]));
    let format = schema["format"].as_str().filter(|format| *format == "date-time").unwrap_or("string");
    let name = |one: &&str| match *one {
        "array" => items(),
        "string" => format.to_owned(),
        other => other.to_owned(),
    };
    types.iter().map(name).collect::<Vec<_>>().join(" | ")
}

/// The fields of an object, or the type of anything else.
fn describe(name: &str, schema: &Value, text: &mut String) {
    let Some(fields) = schema["properties"].as_object() else {
        let _ = writeln!(text, "{name} = {}", kind(schema));
        return;
    };
    let _ = writeln!(text, "{name} =");
    let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
    for (field, schema) in fields {
        let at_times = if required.iter().any(|name| *name == field) { "" } else { "?" };
        let _ = writeln!(text, "  {field}{at_times}: {}", kind(schema));
    }
}

fn shape(document: &Document) -> String {
    let schema = document.schema();
    let mut text = format!("printed by: {}\n", document.commands.join(", "));
    let _ = writeln!(text, "jsonl line: {}\ncolumns: {}\n", document.line, document.columns.join(","));
    describe(document.name, &schema, &mut text);
    for (name, schema) in schema["$defs"].as_object().into_iter().flatten() {
        describe(name, schema, &mut text);
    }
    text
}

#[test]
fn documents_keep_their_shape() {
    for document in DOCUMENTS {
        assert_snapshot(&format!("document_{}", document.name), &shape(document));
    }
}
