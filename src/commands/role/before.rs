//! A role before a change.
//!
//! Responsible for reading it and for what is different afterwards. Refuses to cost a request where no message is
//! shown.

use super::super::shared::company_session::CompanySession;
use super::super::shared::hints::listed;
use crate::api::Permissions;
use crate::api::role::Role;

/// The role that will be changed, for the message alone: `None` where no message is shown, and for a caller who may not
/// read it.
pub(super) async fn role_before(session: &CompanySession<'_>, name: &str) -> Option<Role> {
    if !session.ui.speaks() {
        return None;
    }
    session.client.show_role(session.company, name).await.ok()
}

/// The first few permissions, in words.
pub(super) fn first_of(permissions: &Permissions) -> String {
    let names: Vec<String> = permissions.iter().map(str::to_owned).collect();
    if names.is_empty() { "no permissions".to_owned() } else { listed(&names) }
}

/// What the role has gained and lost, as the end of a sentence.
pub(super) fn difference(before: &Role, after: &Role) -> String {
    let part = |word: &str, with: &Role, without: &Role| {
        let has = |name: &str| without.permissions.iter().any(|held| held == name);
        let names: Permissions = with.permissions.iter().filter(|name| !has(name)).collect();
        if names.is_empty() { String::new() } else { format!("; {word}: {}", first_of(&names)) }
    };
    part("gained", after, before) + &part("lost", before, after)
}
