//! Where credentials are kept, what becomes of them, and to whom they go: P2, P3 and what a user is told about
//! it. The platform is the real one; the gateway here stands where a test must choose the tokens, end them,
//! or count sign-ins to the byte.

mod file_store;
mod gateway;
mod interrupted_writes;
mod keyring;
mod origins;
mod renewal;
#[cfg(feature = "platform")]
mod second_factor;
mod stories;

use std::path::{Path, PathBuf};

use crate::common::env::Env;
use crate::common::output::Outcome;

pub(crate) use gateway::{Gateway, PASSWORD, USER};

/// Signs in at `url` as the usual user, with the password on standard input and these further words.
pub(crate) fn login(env: &Env, url: &str, more: &str) -> Outcome {
    login_as(env, url, USER, more)
}

/// Signs in at `url` as `user`.
pub(crate) fn login_as(env: &Env, url: &str, user: &str, more: &str) -> Outcome {
    let words = ["login", "--server", url, "--username", user, "--password-stdin"];
    env.run_with_input(words.into_iter().chain(more.split_whitespace()), PASSWORD)
}

/// A machine on which credentials are kept in a file.
pub(crate) fn with_file_store() -> Env {
    Env::new().with("SACTL_CREDENTIAL_STORE", "file")
}

/// Every file of the machine in which `secret` stands.
pub(crate) fn files_with(env: &Env, secret: &str) -> Vec<PathBuf> {
    let holds = |content: &[u8]| content.windows(secret.len()).any(|part| part == secret.as_bytes());
    env.files().into_iter().filter(|(_, content)| holds(content)).map(|(path, _)| path).collect()
}

/// The file in which the credentials are, found by the token in it.
pub(crate) fn credential_file(env: &Env, token: &str) -> PathBuf {
    let files = files_with(env, token);
    assert_eq!(files.len(), 1, "the token stands in one file: {files:?}");
    files.into_iter().next().unwrap()
}

/// The permission bits of a file or folder.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Sets the permission bits.
pub(crate) fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
