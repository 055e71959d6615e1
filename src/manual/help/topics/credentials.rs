//! Where credentials come from, where they are kept, and how they are changed.

use clap::ValueEnum;

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::config::StoreKind;

pub(in super::super) const CREDENTIALS: Topic =
    Topic { name: "credentials", about: "who signs in, and where secrets are kept", blocks };

fn blocks() -> Vec<Block> {
    vec![
        paragraph("The first of these that is there counts:"),
        definitions([
            ("SACTL_TOKEN", "a bearer token, used as it is for this call"),
            (
                "SACTL_USERNAME",
                "with SACTL_PASSWORD or SACTL_PASSWORD_FILE: signs in for this call and stores nothing",
            ),
            ("the credential store", "what `sactl login` stored for this server and this user"),
        ]),
        paragraph(
            "A token or a password in the environment needs a server named for the call, by `--server` or \
             SACTL_SERVER: no profile decides where it goes. `sactl whoami` says which source was used. No flag takes \
             a password or a token, because everybody on a machine sees the arguments of all programs.",
        ),
        Block::Heading("Stores"),
        paragraph("`--credential-store` or SACTL_CREDENTIAL_STORE chooses; the profile remembers it."),
        definitions(StoreKind::value_variants().iter().map(|kind| {
            let about = kind.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
            (kind.as_str(), about.unwrap_or_default())
        })),
        paragraph(
            "There is one slot for each server and user. It holds the token and the time of its end; the password \
             too only with `--store-password`: then an ended token is renewed without asking, once for all processes \
             that need it. No store steps in silently for one that fails.",
        ),
        Block::Heading("In a pipeline or a cron job"),
        paragraph(
            "A service account is never asked for a second factor. Keep its password where the runner keeps secrets, \
             and let one call use it; see `sactl help scripting`:",
        ),
        code(
            "export SACTL_SERVER=https://gateway.example SACTL_COMPANY=17\n\
              export SACTL_USERNAME=fleet-automation SACTL_PASSWORD_FILE=/run/secrets/fleet-automation\n\
              sactl list -o json",
        ),
        Block::Heading("Changing a password"),
        paragraph(
            "A new password ends every token of the account at once. Write it to a file that only you can read, and \
             bring it to where it is used:",
        ),
        code("sactl passwd fleet-automation --generate --password-out fleet-automation.password --yes"),
        paragraph(
            "An account that resets its own password says the present one with `--current-password-file`. `sactl \
             logout` ends the token on the server and forgets what is stored for this server and user.",
        ),
    ]
}
