//! Tables of routes: where another gateway has its operations.
//!
//! Responsible for the topic `routes`. Refuses a table of its own: it shows `routes.toml`.

use super::super::topic::{Block, Topic, code, definitions, paragraph};

pub(in super::super) const ROUTES: Topic =
    Topic { name: "routes", about: "gateways with other paths and names", blocks };

/// Each member of an operation.
const MEMBERS: [(&str, &str); 6] = [
    ("method", "GET, POST, PUT, PATCH or DELETE; a list that is read by POST takes its parameters as JSON"),
    ("path", "the path, which may have a query and places: {company}, {account}, {account_id}, {role}"),
    ("query", "parameters that have another name there: ours = \"theirs\""),
    ("request", "members of the request that have another name there: ours = \"theirs\""),
    (
        "body",
        "members that the request has in addition: theirs = \"value\", with the same places as the path",
    ),
    (
        "response",
        "members of `data` that have another name there: ours = \"theirs\"; a dot leads into an object",
    ),
];

fn blocks() -> Vec<Block> {
    vec![
        paragraph(
            "sactl also works with other gateways that follow the same conventions as the platform. Their lists may \
             have numbered pages, their errors may be texts, and their operations may have other paths. A table of \
             routes is a TOML file that describes them. It replaces the whole table of the platform: an operation \
             that is not in the file does not exist on the gateway.",
        ),
        paragraph(
            "Use it with `sactl profile edit --routes FILE`, or for one call with `SACTL_ROUTES`. If the file has a \
             fault, sactl names the line and sends nothing. `sactl doctor` tests the operations that change nothing. \
             `sactl profile edit --routes FILE --routes-from openapi.json` writes a first file and marks what it could \
             not match.",
        ),
        Block::Heading("Members of an operation"),
        definitions(MEMBERS),
        paragraph(
            "With {account_id}, sactl looks the account up in the list of accounts first. If the answer to a change \
             says only that it was done, sactl reads the new state.",
        ),
        Block::Heading("Example"),
        code(
            "[list_service_accounts]\nmethod = \"GET\"\npath = \"/api/api-clients?companyId={company}\"\n\
             response = { name = \"client_name\", owner = \"company\" }\n\n\
             [set_access]\nmethod = \"PUT\"\npath = \"/api/api-clients/{account_id}/access\"\n\
             body = { company_id = \"{company}\" }",
        ),
        Block::Heading("The table of the platform"),
        code(include_str!("../../../api/routes.toml")),
    ]
}
