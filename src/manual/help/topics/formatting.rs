//! Output formats, and what scripts can rely on.
//!
//! Responsible for the topic `formatting`. Refuses to describe single documents: the topic `schemas` does.

use clap::ValueEnum;

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::output::Format;

pub(in super::super) const FORMATTING: Topic =
    Topic { name: "formatting", about: "output formats, and what scripts can rely on", blocks };

fn blocks() -> Vec<Block> {
    let mut blocks = vec![
        paragraph(
            "Results go to standard output; messages, prompts and errors go to standard error. `-o FORMAT` \
             or SACTL_OUTPUT chooses the format of the result:",
        ),
        definitions(Format::value_variants().iter().filter_map(Format::to_possible_value).map(|value| {
            let about = value.get_help().map(ToString::to_string).unwrap_or_default();
            (value.get_name().to_owned(), about)
        })),
        paragraph(
            "By default, a terminal gets a table, and a pipe or a file gets rows: tab-separated cells \
             without a header, in the order of the columns. Tabs and line ends inside a cell are escaped, \
             so each row is one line. `-o table` prints a table everywhere.",
        ),
    ];
    blocks.extend(values());
    blocks.extend(picking());
    blocks.extend(language());
    blocks.extend(promise());
    blocks
}

fn values() -> Vec<Block> {
    vec![
        Block::Heading("Values"),
        definitions([
            (
                "times",
                "RFC 3339 in UTC, such as 2026-01-31T12:00:00Z; relative times only in tables on a \
                terminal",
            ),
            ("absent values", "`null` in documents, never a missing field; an empty cell in rows"),
            ("permissions", "sorted; comma-separated in one cell"),
            ("order", "accounts, roles and companies by lowercase name, byte by byte; permissions by name"),
            ("length", "complete: values and lists are never truncated, except with `--limit`"),
            ("untrusted text", "control characters are never sent to a terminal; in JSON they are escaped"),
            ("csv", "a cell that a spreadsheet would read as a formula gets a leading apostrophe"),
        ]),
        Block::Heading("Documents"),
        paragraph(
            "With `-o json`, standard output is exactly one document, or empty. With `json`, `jsonl` and \
             `yaml`, notes are printed only with `-v`, and on failure standard error is exactly the error \
             document, also for usage errors. `sactl help schemas` lists the documents and their columns.",
        ),
        paragraph(
            "With `--dry-run` the server is asked what it would answer, at a path below `/dry-run`, where nothing is \
             changed. The request is printed to standard output with what the server says. A refusal goes to \
             standard error too, with its exit code. If the server has no dry runs, `passed` is null: the request \
             is shown and unchecked.",
        ),
    ]
}

fn picking() -> Vec<Block> {
    vec![
        Block::Heading("Selecting"),
        paragraph(
            "`--columns` chooses the columns of `table` and `csv`, in your order; an unknown column is an \
             error that lists the columns. `--jq` filters the document, without another program; strings \
             are printed without quotes. An expression that recurses too deeply or needs too much memory is \
             an error. Stop an endless expression with Ctrl-C. `--wide` shows full tables.",
        ),
        code(
            "sactl list -o csv --columns name,role,last_used_at\n\
              sactl list --jq '.owned[] | select(.last_used_at == null) | .name'\n\
              sactl whoami --jq '.company.id'",
        ),
    ]
}

fn language() -> Vec<Block> {
    vec![
        Block::Heading("The language of --jq"),
        paragraph(
            "`--jq` takes the language of jq 1.7 without another program, with `--arg NAME VALUE` for texts. Numbers are \
             printed as jq prints them. These differ:",
        ),
        definitions([
            ("not available", "`env`, `$ENV`, `input`, `inputs`, `halt_error`, modules, and `?//`"),
            ("integers", "exact at every length; jq rounds results above 2^53"),
            ("literals", "a number with an exponent is printed as a number, for example 1e3 as 1000"),
            ("null", "`null | .[1:3]` is an error: write `(.x // [])[1:3]`"),
            ("patterns", "`{$a: [$b]}` is an error: write `{$a, a: [$b]}`"),
            ("several values", "in `\"\\(1, 2) \\(3, 4)\"` the last one changes first"),
            ("regular expressions", "without look-around and back-references"),
        ]),
    ]
}

fn promise() -> Vec<Block> {
    vec![
        Block::Heading("Stability"),
        paragraph("Within a major version:"),
        definitions([
            (
                "documents",
                "fields may be added; no field is renamed or removed, or changes its type or \
                meaning",
            ),
            (
                "columns",
                "new columns are appended, in `csv` and in rows; existing columns keep their position",
            ),
            ("codes", "error codes and exit codes may be added; existing codes keep their meaning"),
            ("commands", "flags and variables may be added; existing ones keep their behaviour"),
            ("other text", "tables, messages, hints and help may change at any time"),
        ]),
        paragraph("Scripts must ignore unknown fields, and handle an unknown error code by its exit code."),
    ]
}
