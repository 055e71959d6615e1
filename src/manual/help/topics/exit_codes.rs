//! Exit codes and error codes.

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::api::Code;
use crate::error::{EXITS, exit_code};

pub(in super::super) const EXIT_CODES: Topic =
    Topic { name: "exit-codes", about: "how commands end, and the codes of errors", blocks };

fn blocks() -> Vec<Block> {
    let exits = EXITS.iter().map(|exit| (exit.code.to_string(), exit.meaning));
    let errors = EXITS.iter().flat_map(|exit| exit.codes()).map(|code| (code.as_str(), about(code)));
    vec![
        paragraph(
            "A script decides by the exit code, and where that is not enough by the `code` of the error document. \
             Neither ever changes its meaning.",
        ),
        definitions(exits),
        Block::Heading("The error document"),
        paragraph(
            "With `-o json`, `-o jsonl` and `-o yaml` a failure writes nothing to standard output and exactly one \
             line of JSON to standard error:",
        ),
        code(
            r#"{"error": {"code": "not_owner", "message": "…", "hint": "…", "exit_code": 4,
           "status": 403, "request_id": "…", "errors": [{"field", "code", "message"}]}}"#,
        ),
        paragraph(
            "`hint`, `status`, `request_id` and `errors` are there where there is one. `message` and `hint` are for \
             people and may change. `errors` has one entry for each broken rule.",
        ),
        Block::Heading("Codes of errors"),
        definitions(errors),
        Block::Heading("In a script"),
        paragraph(
            "Exit 8 is worth another try: nothing was done, or doing it again does no harm. Of a write that ended so, \
             the hint names the command that shows what is the case now.",
        ),
        code(
            "sactl show ci-bot -o json > account.json || case $? in\n    5) echo 'there is no such account' ;;\n    \
              8) echo 'the server cannot be reached; try again later' ;;\n    *) exit 1 ;;\nesac",
        ),
    ]
}

/// What a code means, with the exit code and, where the platform says it, the status.
fn about(code: Code) -> String {
    let exit = exit_code(code);
    let about = code.about().trim();
    match code.status() {
        Some(status) => format!("{about} Exit {exit}, HTTP {status}."),
        None => format!("{about} Exit {exit}."),
    }
}
