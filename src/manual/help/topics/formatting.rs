//! Forms of answers, and what is promised about them.

use clap::ValueEnum;

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::output::Format;

pub(in super::super) const FORMATTING: Topic =
    Topic { name: "formatting", about: "the forms of answers, and what scripts can rely on", blocks };

fn blocks() -> Vec<Block> {
    let mut blocks = vec![
        paragraph(
            "Standard output is the answer, standard error the conversation. `-o FORMAT`, else SACTL_OUTPUT, chooses \
             the form of the answer:",
        ),
        definitions(Format::value_variants().iter().filter_map(Format::to_possible_value).map(|value| {
            let about = value.get_help().map(ToString::to_string).unwrap_or_default();
            (value.get_name().to_owned(), about)
        })),
        paragraph(
            "Without it, a terminal gets a table. A pipe or a file gets rows: cells separated by tabs, without a \
             header, in the order of the columns; tabs and line ends inside a cell are written out, so that a row is \
             one line. `-o table` is a table everywhere.",
        ),
    ];
    blocks.extend(values());
    blocks.extend(picking());
    blocks.extend(promise());
    blocks
}

fn values() -> Vec<Block> {
    vec![
        Block::Heading("Values"),
        definitions([
            ("times", "RFC 3339 in UTC, such as 2026-01-31T12:00:00Z; relative only in tables on a terminal"),
            ("absent values", "`null` in documents, never a missing field; empty in rows"),
            ("permissions", "sorted; in one cell separated by commas"),
            (
                "order",
                "accounts, roles and companies by name in small letters, byte by byte; permissions by name",
            ),
            ("length", "nothing is cut and nothing left out, unless `--limit` says so"),
            ("text of others", "no control character reaches a terminal; in JSON it is escaped"),
            ("csv", "a cell that a spreadsheet would take for a formula gets a leading apostrophe"),
        ]),
        Block::Heading("Documents"),
        paragraph(
            "With `-o json` standard output is exactly one document, or nothing. With `json`, `jsonl` and `yaml` notes \
             are silent unless `-v` is given, and a failure's standard error is exactly the error document, for usage \
             errors too. `sactl help schemas` lists the documents and their columns.",
        ),
        paragraph(
            "A `--dry-run` that foresees a refusal has its answer all the same: the plan is on standard output, with \
             the check that failed, the refusal on standard error, and the exit code is that of the refusal.",
        ),
    ]
}

fn picking() -> Vec<Block> {
    vec![
        Block::Heading("Picking"),
        paragraph(
            "`--columns` chooses the columns of `table` and `csv`, in your order; a column that is not there is \
             answered with those that are. `--jq` puts the document through a filter, with no other program needed; \
             texts that come out are printed bare. An expression that calls itself too deeply or collects without end \
             is an error like any other; one that never ends is ended with Ctrl-C. `--wide` shows tables whole.",
        ),
        code(
            "sactl list -o csv --columns name,role,last_used_at\n\
              sactl list --jq '.owned[] | select(.last_used_at == null) | .name'\n\
              sactl whoami --jq '.company.id'",
        ),
    ]
}

fn promise() -> Vec<Block> {
    vec![
        Block::Heading("What stays"),
        paragraph("Within a major version:"),
        definitions([
            ("documents", "fields are added; none is renamed, removed or given another type or meaning"),
            (
                "columns",
                "new ones are appended, in `csv` and in the rows of a pipe; the others keep their place",
            ),
            ("codes", "error codes and exit codes are added, and keep their meaning"),
            ("commands", "flags and variables are added; those that are there keep what they do"),
            ("text for people", "tables, messages, hints and help may change at any time"),
        ]),
        paragraph(
            "So let a script ignore fields that it does not know, and take an unknown code by its exit code.",
        ),
    ]
}
