//! Finds duplicate entries of a seed file.
//!
//! Responsible for roles, users, accounts and their access. Refuses a file with a duplicate, because one of the two
//! entries would be ignored silently.

use std::collections::HashSet;

use anyhow::{Context as _, ensure};

use super::{Seed, SeedAccess};
use crate::domain::AccountName;

/// Checks that no role, user or account, and no access of one of them in a company, is listed twice.
pub(super) fn check(seed: &Seed) -> anyhow::Result<()> {
    let mut roles = HashSet::new();
    for role in &seed.roles {
        let told = || format!("[[role]] {}", role.name);
        let place = seed.place(&role.company).with_context(told)?;
        ensure!(roles.insert((place, &role.name)), "{}: is listed twice", told());
    }
    let mut names = HashSet::new();
    let users = seed.users.iter().map(|user| ("user", &user.email, &user.access));
    let accounts = seed.accounts.iter().map(|account| ("service_account", &account.name, &account.access));
    for (kind, name, access) in users.chain(accounts) {
        let told = || format!("[[{kind}]] {name}");
        ensure!(names.insert(AccountName::key_of(name)), "{}: is listed twice", told());
        check_access(seed, access).with_context(told)?;
    }
    Ok(())
}

fn check_access(seed: &Seed, access: &[SeedAccess]) -> anyhow::Result<()> {
    let mut places = HashSet::new();
    for one in access {
        let is_first = places.insert(seed.place(&one.company)?);
        ensure!(is_first, "access has the same company twice");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(entries: &str) -> Option<String> {
        let companies = "[[company]]\nname = 'A'\n[[company]]\nname = 'B'\n";
        let seed: Seed = toml::from_str(&format!("{companies}{entries}")).unwrap();
        check(&seed).err().map(|error| format!("{error:#}"))
    }

    #[test]
    fn what_stands_there_twice_is_refused() {
        let twice = [
            "[[user]]\nemail = 'a@b'\n[[user]]\nemail = 'A@B'",
            "[[role]]\ncompany = 1\nname = 'r'\npermissions = []\n\
             [[role]]\ncompany = 'A'\nname = 'r'\npermissions = ['users:view']",
            "[[service_account]]\nname = 'bot'\nowner = 1\n[[service_account]]\nname = 'Bot'\nowner = 2",
            "[[user]]\nemail = 'a@b'\naccess = [{ company = 1 }, { company = 'A' }]",
        ];
        for entries in twice {
            assert!(refusal(entries).is_some_and(|why| why.contains("twice")), "{entries}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_fine() {
        let fine = "[[role]]\ncompany = 1\nname = 'r'\npermissions = []\n\
                    [[role]]\ncompany = 2\nname = 'r'\npermissions = []\n\
                    [[user]]\nemail = 'a@b'\naccess = [{ company = 1 }, { company = 2 }]\n\
                    [[user]]\nemail = 'b@b'\naccess = [{ company = 1 }]";
        assert_eq!(refusal(fine), None);
    }
}
