//! Refusals of changes of roles, explained.

use super::super::acting::Acting;
use super::super::explain::{held_in, listed, unknown_permissions, who_gives};
use crate::api::Code;
use crate::client;
use crate::domain::{Permission, PermissionSet};
use crate::error::CliError;

/// The refusal with what helps. `needed` is the permission that the route needs, `named` are the permissions
/// that the role should gain or lose; a role without a name stands for the list of all.
pub(super) async fn explain(
    acting: &Acting<'_>,
    error: client::Error,
    needed: Permission,
    role: Option<&str>,
    named: &[String],
) -> CliError {
    let error = CliError::from(error);
    match error.code() {
        Code::MissingPermission => error.rather_hint([who_gives(needed, acting.named_company().await)]),
        Code::Escalation => {
            let error = error.hint("a role gains only what you hold yourself");
            let Ok(me) = acting.session.me().await else { return error };
            let lacking = PermissionSet::known(named) - held_in(&me, acting.company).unwrap_or_default();
            if lacking.is_empty() {
                error
            } else {
                error.hint(format!("you do not hold {}", listed(lacking)))
            }
        }
        Code::SelfModification => error.hint("nobody changes a role they hold: ask somebody who does not"),
        Code::NotFound => error.hint("see which roles there are with: sactl role list"),
        Code::RoleInUse => error.hint(match role {
            Some(role) => format!("see which service accounts hold it with: sactl list --role {role}"),
            None => "take it from everybody first".to_owned(),
        }),
        Code::InvalidInput if error.violations().iter().any(|one| one.code == "unknown_permission") => {
            unknown_permissions(error, named)
        }
        _ => match role {
            Some(role) if needed == Permission::ROLES_MANAGE => {
                error.state_shown_by(&format!("sactl role show {role}"))
            }
            _ => error,
        },
    }
}
