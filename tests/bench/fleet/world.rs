//! Companies and accounts of a provider, as a seed file and as manifests.

use std::fmt::Write as _;

/// The hash of the admin's password, with the least memory and time: how long a sign-in takes is not the subject.
const HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$c2FsdC1mb3ItdGVzdHMtMQ$324ftqQUBozGeMVwSTmjBmFZIr/JG0hgwj7fHGQ9Yxg";
/// The password that has this hash.
pub(crate) const PASSWORD: &str = "Sandbox-1234!";
/// The admin of all companies.
pub(crate) const ADMIN: &str = "admin@acme.example";

/// The name of an account.
pub(crate) fn account(number: usize) -> String {
    format!("bot-{number:03}")
}

/// The seed of `companies` companies whose first one owns `accounts` accounts; each of them is a viewer in the first
/// `reach` of the companies.
pub(crate) fn seed(companies: usize, accounts: usize, reach: usize) -> String {
    let mut seed = String::new();
    for id in 1..=companies {
        let _ = writeln!(seed, "[[company]]\nname = 'Company {id}'");
    }
    let roles = |role: &str, count: usize| {
        (1..=count).map(|id| format!("{{company={id},role='{role}'}}")).collect::<Vec<_>>().join(",")
    };
    let everywhere = roles("company-admin", companies);
    let _ = writeln!(seed, "[[user]]\nemail = '{ADMIN}'\npassword_hash = '{HASH}'\naccess = [{everywhere}]");
    let access = roles("viewer", reach);
    for number in 0..accounts {
        let name = account(number);
        let _ = writeln!(
            seed,
            "[[service_account]]\nname = '{name}'\nowner = 1\npassword_hash = '{HASH}'\naccess = [{access}]"
        );
    }
    seed
}

/// A manifest in which each of the accounts has `role` in each of the first `reach` companies.
pub(crate) fn manifest(accounts: usize, reach: usize, role: &str) -> String {
    let mut text = "version: 1\naccounts:\n".to_owned();
    for number in 0..accounts {
        let _ = writeln!(text, "  {}:\n    owner: 1\n    access:", account(number));
        for id in 1..=reach {
            let _ = writeln!(text, "    - {{company: {id}, role: {role}}}");
        }
    }
    text
}

/// A manifest of `count` new accounts without access.
pub(crate) fn new_accounts(count: usize) -> String {
    let mut text = "version: 1\naccounts:\n".to_owned();
    for number in 0..count {
        let _ = writeln!(text, "  new-{number:03}: {{owner: 1, access: []}}");
    }
    text
}
