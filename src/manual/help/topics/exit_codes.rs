//! Exit codes and error codes.
//!
//! Responsible for the topic `exit-codes`. Refuses a table of its own: [`crate::error`] has it.

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::api::Code;
use crate::error::{EXITS, exit_code};

pub(in super::super) const EXIT_CODES: Topic =
    Topic { name: "exit-codes", about: "exit codes and error codes", blocks };

fn blocks() -> Vec<Block> {
    let exits = EXITS.iter().map(|exit| (exit.code.to_string(), exit.meaning));
    let errors = EXITS.iter().flat_map(|exit| exit.codes()).map(|code| (code.as_str(), about(code)));
    vec![
        paragraph(
            "Scripts can rely on the exit code and on the `code` of the error document. Both are stable.",
        ),
        definitions(exits),
        Block::Heading("The error document"),
        paragraph(
            "With `-o json`, `-o jsonl` and `-o yaml`, a command that fails writes nothing to standard \
             output and exactly one line of JSON to standard error:",
        ),
        code(
            r#"{"error": {"code": "not_owner", "message": "…", "hint": "…", "exit_code": 4,
           "status": 403, "request_id": "…", "errors": [{"field", "code", "message"}]}}"#,
        ),
        paragraph(
            "`hint`, `status`, `request_id` and `errors` are present only when they have a value. `message` \
             and `hint` are text to read and may change. `errors` has one entry for each broken rule.",
        ),
        Block::Heading("Error codes"),
        definitions(errors),
        Block::Heading("In a script"),
        paragraph(
            "After exit 8, try again: nothing was changed, or the command is safe to repeat. After a failed \
             write, the hint names a command that shows the current state.",
        ),
        code(
            "sactl show ci-bot -o json > account.json || case $? in\n    5) echo 'the account does not exist' ;;\n    \
              8) echo 'the server cannot be reached; try again later' ;;\n    *) exit 1 ;;\nesac",
        ),
    ]
}

/// The meaning of a code, with its exit code and, for a code of the platform, its HTTP status.
fn about(code: Code) -> String {
    let exit = exit_code(code);
    let about = code.about().trim();
    match code.status() {
        Some(status) => format!("{about} Exit {exit}, HTTP {status}."),
        None => format!("{about} Exit {exit}."),
    }
}
