//! The manifest of `export`, `diff` and `apply`.
//!
//! Responsible for the topic `manifest`. Refuses to read a manifest: the fleet does.

use super::super::topic::{Block, Topic, code, definitions, paragraph};

pub(in super::super) const MANIFEST: Topic =
    Topic { name: "manifest", about: "the manifest of export, diff and apply", blocks };

/// Each key of the file, and what is in it.
const KEYS: [(&str, &str); 6] = [
    ("version", "always `1`"),
    (
        "company_sets",
        "a name for several companies: a list of ids, names and patterns, or `{match: PATTERN, except: [COMPANY]}`",
    ),
    (
        "accounts",
        "the accounts that your companies own, by name: `owner`, and if needed `description` and `access`",
    ),
    ("external", "accounts of other companies, by name, with their `access` in your companies"),
    ("roles", "the custom roles of your companies: each has a `company`, a `name` and `permissions`"),
    ("protected", "names of accounts that are never changed and never deleted"),
];

/// What an entry of access says.
const ACCESS: [(&str, &str); 4] = [
    ("company", "one company"),
    ("companies", "several companies: the name of a set, `all`, or a list; instead of `company`"),
    ("role", "the role that the account has there"),
    ("permissions", "a list of permissions or patterns such as `devices:*`; instead of `role`"),
];

/// Keys and lists that are not complete.
const MISSING: [(&str, &str); 4] = [
    ("a key that is left out", "is not managed: what it is about does not change"),
    ("an empty access list", "means no access: `access: []` removes all access of the account"),
    (
        "access that is not in the list",
        "stays; `--prune` removes it from the accounts that the manifest names",
    ),
    (
        "an account that is not in the file",
        "stays; `--prune-accounts` deletes it if a company owns it that the manifest names as an owner",
    ),
];

fn blocks() -> Vec<Block> {
    vec![
        paragraph(
            "A manifest is a file that says which accounts, which access and which roles you want. `sactl diff` \
             shows what is different on the server, and `sactl apply` makes the server match the file. The file is \
             YAML, JSON (`.json`) or TOML (`.toml`). It contains no password.",
        ),
        Block::Heading("First steps"),
        code(
            "sactl export > fleet.yaml              # what is there now\n\
             sactl diff -f fleet.yaml               # after you edit the file: what would change\n\
             sactl apply -f fleet.yaml --dry-run    # ask the server, and change nothing\n\
             sactl apply -f fleet.yaml",
        ),
        paragraph(
            "`sactl diff` ends with exit code 10 if there is something to do. To apply exactly what you reviewed, \
             save the plan: `sactl diff -f fleet.yaml --out plan.json`, then `sactl apply --plan plan.json`. A new \
             account needs a place for its password: `--password-dir DIR` or `--exec COMMAND`.",
        ),
        Block::Heading("Keys"),
        definitions(KEYS),
        paragraph("A company is its id, or its name if only one company has that name."),
        Block::Heading("Access"),
        definitions(ACCESS),
        Block::Heading("What is left out"),
        definitions(MISSING),
        paragraph(
            "`-f` can be repeated: the files count together. Two entries that contradict each other are an error. \
             `sactl help schemas manifest` prints the JSON Schema, which an editor can check.",
        ),
        Block::Heading("Example"),
        paragraph("For the sample data of `sactl sandbox`:"),
        code(include_str!("../manifest.yaml")),
    ]
}
