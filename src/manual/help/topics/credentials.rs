//! Where credentials come from, where they are stored, and how they are changed.
//!
//! Responsible for the topic `credentials`. Refuses to read any credentials.

use clap::ValueEnum;

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::config::StoreKind;

pub(in super::super) const CREDENTIALS: Topic =
    Topic { name: "credentials", about: "signing in, and where secrets are stored", blocks };

fn blocks() -> Vec<Block> {
    vec![
        paragraph("sactl uses the first of these that is set:"),
        definitions([
            ("SACTL_TOKEN", "a bearer token for this command"),
            (
                "SACTL_USERNAME",
                "with SACTL_PASSWORD or SACTL_PASSWORD_FILE: signs in for this command and stores nothing",
            ),
            ("the credential store", "what `sactl login` stored for this server and this user"),
        ]),
        paragraph(
            "A token or a password in the environment requires `--server` or SACTL_SERVER: the profile \
             never decides where it is sent. `sactl whoami` shows which source was used. No flag takes a \
             password or a token, because every user of a machine can see the arguments of all programs.",
        ),
        Block::Heading("Stores"),
        paragraph(
            "Choose the store with `--credential-store` or SACTL_CREDENTIAL_STORE; the profile \
            remembers it.",
        ),
        definitions(StoreKind::value_variants().iter().map(|kind| {
            let about = kind.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
            (kind.as_str(), about.unwrap_or_default())
        })),
        paragraph(
            "Each server and user has its own entry, with the token and its expiry time. With \
             `--store-password` the entry also has the password, and sactl renews an expired token without \
             asking, once for all processes that need it. If a store fails, sactl reports it and does not \
             use another store.",
        ),
        Block::Heading("In a pipeline or a cron job"),
        paragraph(
            "A service account needs no second factor. Keep its password in the secret store of the runner; \
             see `sactl help scripting`:",
        ),
        code(
            "export SACTL_SERVER=https://gateway.example SACTL_COMPANY=17\n\
              export SACTL_USERNAME=fleet-automation SACTL_PASSWORD_FILE=/run/secrets/fleet-automation\n\
              sactl list -o json",
        ),
        Block::Heading("Changing a password"),
        paragraph(
            "A new password revokes all tokens of the account immediately. Write it to a file that only you \
             can read, and copy it to where it is used:",
        ),
        code("sactl passwd fleet-automation --generate --password-out fleet-automation.password --yes"),
        paragraph(
            "Without `--password-out`, a generated password is part of the answer. If standard output is closed or \
             discarded, nothing is changed. If the answer cannot be written after the change, the password is in a \
             private file below the configuration folder, in `unshown`, and the error names that file.",
        ),
        paragraph(
            "An account that resets its own password gives the current one with `--current-password-file`. \
             `sactl logout` revokes the token on the server and deletes what is stored for this server and \
             user.",
        ),
    ]
}
