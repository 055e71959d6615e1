//! Profiles, configuration files and precedence.
//!
//! Responsible for the topic `config`. Refuses to read a configuration.

use super::super::topic::{Block, Topic, code, definitions, paragraph};
use crate::config::file;

pub(in super::super) const CONFIG: Topic =
    Topic { name: "config", about: "profiles, configuration files and precedence", blocks };

/// The keys of a profile.
const KEYS: [(&str, &str); 10] = [
    ("server", "the server: https://HOST or https://HOST:PORT"),
    ("username", "the user or service account that signs in"),
    ("credential_store", "where `login` stores credentials: keyring, file or none"),
    ("cacert", "a file of certificate authorities to trust in addition to those of the system"),
    ("client_cert", "a client certificate to present to the server; needs `client_key`"),
    ("client_key", "the private key of the client certificate"),
    ("routes", "a file with the routes of a gateway that has others than the platform"),
    ("policy", "where new passwords are checked: local (the default) or server"),
    ("company", "the active company: its id and its name"),
    ("previous_company", "the company that was active before, for `sactl company use -`"),
];

fn blocks() -> Vec<Block> {
    vec![
        paragraph(
            "Flags override variables; variables override the profile; the profile overrides the defaults. \
             `sactl doctor` shows where each setting comes from.",
        ),
        Block::Heading("Profiles"),
        paragraph(
            "A profile is a server, a user and the active company. `sactl login` creates a profile and \
             makes it the current one; `sactl profile list` lists the profiles; `sactl profile rename` renames \
             one; `sactl profile use NAME` makes another one current; `--profile NAME` uses another one for a single command. A profile \
             applies to its own server only: with `--server` and another address, its company and its \
             credentials are not used.",
        ),
        code(
            "sactl login --server https://gateway.example --username you@example.com --profile work\n\
              sactl profile use work\nsactl company use 17\nsactl list --profile work --company 18",
        ),
        Block::Heading("Files"),
        definitions([
            (
                file::NAME,
                "in the folder SACTL_CONFIG_DIR, or by default in sactl in the configuration folder of the \
                 user ($XDG_CONFIG_HOME, by default ~/.config). It contains no secrets.",
            ),
            (
                "credentials",
                "a folder next to config.toml that only the user can open: the secrets of the `file` store, \
                 and locks",
            ),
            (
                "cache",
                "a folder that only the user can open, with names for shell completion: in the folder \
                 SACTL_CONFIG_DIR, or by default in sactl in the cache folder of the user ($XDG_CACHE_HOME, \
                 by default ~/.cache). You can delete it at any time.",
            ),
        ]),
        Block::Heading("Keys of a profile"),
        paragraph(
            "In the file, `current` names the current profile and `previous` the one before it, for \
             `sactl profile use -`. Each profile has these keys:",
        ),
        definitions(KEYS),
        code(
            "current = \"work\"\n\n[profiles.work]\nserver = \"https://gateway.example\"\n\
              username = \"you@example.com\"\ncredential_store = \"keyring\"\n\n[profiles.work.company]\n\
              id = 17\nname = \"Acme MSP\"",
        ),
        paragraph(
            "If the file has an unknown key, sactl names the line, stops, and does not change the \
            file.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::{ConfigFile, PolicyPlace, Profile, StoreKind};
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
            routes: path(),
            policy: Some(PolicyPlace::Server),
            company: Some(Company { id: CompanyId(1), name: "x".into() }),
            previous_company: Some(Company { id: CompanyId(2), name: "y".into() }),
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
