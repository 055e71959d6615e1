//! Files, profiles, and what counts before what.

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::config::file;

pub(in super::super) const CONFIG: Topic =
    Topic { name: "config", about: "profiles, files, and what counts before what", blocks };

/// The keys of a profile.
const KEYS: [(&str, &str); 7] = [
    ("server", "the gateway, written https://HOST or https://HOST:PORT"),
    ("username", "who signs in there: a person or a service account"),
    ("credential_store", "where `login` keeps credentials: keyring, file or none"),
    ("cacert", "a file of certificate authorities to trust besides those of the system"),
    ("client_cert", "a client certificate to show the server, with `client_key`"),
    ("client_key", "the key of the client certificate"),
    ("company", "the active company, with its id and its name"),
];

fn blocks() -> Vec<Block> {
    vec![
        paragraph(
            "A setting comes from a flag, else from an environment variable, else from the profile, else from a \
             default. `sactl doctor` says for each where it came from.",
        ),
        Block::Heading("Profiles"),
        paragraph(
            "A profile is a server, a user and the active company. `sactl login` makes one and makes it the current \
             one; `sactl profile list` shows them; `sactl profile use NAME` changes to another; `--profile NAME` \
             takes another for one call. What a profile says about its server counts for that server only: with \
             `--server` and another address, neither its company nor its credentials are used.",
        ),
        code("sactl login --server https://gateway.example --username you@example.com --profile work\n\
              sactl profile use work\nsactl company use 17\nsactl list --profile work --company 18"),
        Block::Heading("Files"),
        definitions([
            (
                "config.toml",
                format!(
                    "in the folder that SACTL_CONFIG_DIR names, else in sactl below the configuration folder of the \
                     user (on Linux $XDG_CONFIG_HOME, else ~/.config). It holds no secret, and is called {}.",
                    file::NAME
                ),
            ),
            (
                "credentials",
                "a folder beside it, which only the user can open: the secrets of the store `file`, and locks".to_owned(),
            ),
            (
                "cache",
                "names that the completion of a shell remembers, in a folder that only the user can open: in the \
                 folder that SACTL_CONFIG_DIR names, else sactl below the cache folder of the user (on Linux \
                 $XDG_CACHE_HOME, else ~/.cache). It may be removed at any time."
                    .to_owned(),
            ),
        ]),
        Block::Heading("Keys of a profile"),
        paragraph("In the file, `current` names the current profile, and each profile has these keys:"),
        definitions(KEYS),
        code("current = \"work\"\n\n[profiles.work]\nserver = \"https://gateway.example\"\n\
              username = \"you@example.com\"\ncredential_store = \"keyring\"\n\n[profiles.work.company]\n\
              id = 17\nname = \"Acme MSP\""),
        paragraph("A file with an unknown key is refused with its line, and left as it is."),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::{ConfigFile, Profile, StoreKind};
    use crate::domain::{Company, CompanyId};

    #[test]
    fn the_keys_are_those_of_the_file() {
        let path = || Some(PathBuf::from("x"));
        let profile = Profile {
            server: Some("https://gateway.example".parse().unwrap()),
            username: Some("x".into()),
            credential_store: Some(StoreKind::File),
            cacert: path(),
            client_cert: path(),
            client_key: path(),
            company: Some(Company { id: CompanyId(1), name: "x".into() }),
        };
        let written = toml::Table::try_from(&profile).unwrap();
        let mut told: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        told.sort_unstable();
        let mut keys: Vec<&str> = written.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(told, keys);
    }

    #[test]
    fn the_example_is_a_configuration_file() {
        let example = blocks().into_iter().find_map(|block| match block {
            Block::Code(text) if text.starts_with("current") => Some(text),
            _ => None,
        });
        let file: ConfigFile = toml::from_str(&example.unwrap()).unwrap();
        assert_eq!(file.profiles.len(), 1);
    }
}
