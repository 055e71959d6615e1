//! Documents, the commands that print them, and their columns.
//!
//! Responsible for the topic `schemas`. Refuses a list of its own: [`crate::output`] has it.

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::output::DOCUMENTS;

pub(in super::super) const SCHEMAS: Topic =
    Topic { name: "schemas", about: "the documents that commands print, and their JSON Schemas", blocks };

fn blocks() -> Vec<Block> {
    let printed = DOCUMENTS.iter().map(|document| {
        let by = match document.commands {
            [] => String::new(),
            commands => format!(" Printed by `{}`.", commands.join("`, `")),
        };
        (document.name, format!("{}{by}", document.about))
    });
    let columns = DOCUMENTS.iter().filter(|document| !document.commands.is_empty());
    let columns = columns.map(|document| (document.name, document.columns.join(", ")));
    vec![
        paragraph(
            "Each document has a name and a JSON Schema (draft 2020-12). `sactl help schemas NAME` prints \
             the schema; NAME is a document or a command that prints it. `-o name` lists only the names. In \
             every version that has the document, the output matches its schema.",
        ),
        code("sactl help schemas accounts > accounts.schema.json\nsactl help schemas role list"),
        definitions(printed),
        Block::Heading("Columns"),
        paragraph("The columns of each row in order, with the names that `-o csv` uses:"),
        definitions(columns),
    ]
}
