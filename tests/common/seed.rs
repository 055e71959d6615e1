//! Seeds for platforms in this process. The password of the sample data has a hash there that costs next to nothing
//! to verify: how a hash is computed is the subject of the platform's own tests.

use sactl::platform::Platform;
use sactl::platform::service::seed::{Seed, apply};

/// The sample data of the sandbox.
pub(crate) const SANDBOX: &str = include_str!("../../src/platform/sandbox.toml");

/// The password of every user in the sample data.
pub(crate) const PASSWORD: &str = "Sandbox-1234!";

/// The hash of [`PASSWORD`] with the least memory and time that Argon2id knows.
pub(crate) const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$c2FsdC1mb3ItdGVzdHMtMQ$324ftqQUBozGeMVwSTmjBmFZIr/JG0hgwj7fHGQ9Yxg";

/// Adds the data of a seed file.
pub(crate) async fn plant(platform: &Platform, text: &str) {
    let mut seed: Seed = toml::from_str(text).unwrap();
    let users = seed.users.iter_mut().map(|user| &mut user.password_hash);
    let accounts = seed.accounts.iter_mut().map(|account| &mut account.password_hash);
    for hash in users.chain(accounts).flatten().filter(|hash| SANDBOX.contains(hash.as_str())) {
        PASSWORD_HASH.clone_into(hash);
    }
    apply(platform, &seed).await.unwrap();
}
