//! The seed file of `serve` and `sandbox`.
//!
//! Responsible for the topic `seed`. Refuses to read a seed file: the platform does.

use super::super::topic::{Block, Topic, code, definitions, paragraph};

pub(in super::super) const SEED: Topic =
    Topic { name: "seed", about: "the seed file of serve and sandbox", blocks };

/// Each table of the file, and what is in it.
const TABLES: [(&str, &str); 5] = [
    ("[[company]]", "`name`, and `two_factor = true` where every user needs a second factor"),
    (
        "[[user]]",
        "`email`, a password, `access`, and if needed `name` and `totp_secret`: the secret of the authenticator app in \
         base 32",
    ),
    ("[[role]]", "`company`, `name` and `permissions`"),
    ("[[service_account]]", "`name`, `owner`, a password, `access`, and if needed `description`"),
    ("[sandbox]", "`user` and `company`: who is signed in where in `sactl sandbox --seed FILE`"),
];

/// The ways to give a password.
const PASSWORDS: [(&str, &str); 3] = [
    ("password_hash", "an Argon2id hash in PHC form, which begins with $argon2id$"),
    ("password_env", "the name of the environment variable with the password"),
    ("password_file", "a file with the password; a line end at the end of the file is not part of it"),
];

fn blocks() -> Vec<Block> {
    vec![
        paragraph(
            "A seed file is TOML. `sactl serve --seed FILE` adds the companies, users and roles that are not in the \
             database yet and were never deleted from it. It adds service accounts to an empty database only. It \
             changes, restores and removes nothing.",
        ),
        paragraph(
            "Without a seed file, `sactl serve --init-admin EMAIL` creates the first company and its administrator.",
        ),
        Block::Heading("Tables"),
        definitions(TABLES),
        paragraph(
            "`access` is a list: each entry has a `company`, and a `role` or `permissions`. A company is its name in \
             the file, or its number in the file, from 1.",
        ),
        Block::Heading("Passwords"),
        paragraph("A user and a service account have exactly one of these:"),
        definitions(PASSWORDS),
        Block::Heading("Example"),
        code(include_str!("../seed.toml")),
    ]
}
