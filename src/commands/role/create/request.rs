//! What `sactl role create` is asked for.
//!
//! Responsible for the arguments and the permissions that they name. Refuses to ask for what is missing.

use crate::commands::role::explain::explain;
use crate::commands::shared::access_args::word;
use crate::commands::shared::company_session::CompanySession;
use crate::commands::shared::dry_run::DryRunArgs;
use crate::domain::Permission;
use crate::error::Result;

/// Create a role
///
/// You can only add permissions that you have yourself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl role create router-fixer --permission devices:view,devices:edit --dry-run\n  \
    sactl role create router-fixer --permission devices:view,devices:edit\n  \
    sactl role create field-tech --from viewer --permission 'devices:*'")]
pub(in crate::commands::role) struct Args {
    /// Name: 2 to 64 lowercase letters, digits and -
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,

    /// Permission of the role, or a pattern such as devices:*; repeatable, or comma-separated
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    pub(super) permissions: Vec<String>,

    /// Start with the permissions of this role
    #[arg(long, value_name = "ROLE", value_parser = word)]
    pub(super) from: Option<String>,

    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
}

impl Args {
    /// Whether the line says what the role may do.
    pub(super) fn has_permissions(&self) -> bool {
        !self.permissions.is_empty() || self.from.is_some()
    }
}

/// The permissions that are named, and those of the role `from`.
pub(super) async fn permissions(
    session: &CompanySession<'_>,
    named: Vec<String>,
    from: Option<&str>,
) -> Result<Vec<String>> {
    let mut permissions = session.written_out(named).await?;
    if let Some(from) = from {
        let role = match session.client.show_role(session.company, from).await {
            Ok(role) => role,
            Err(error) => return Err(explain(session, error, Permission::ROLES_VIEW, Some(from), &[]).await),
        };
        permissions.extend(role.permissions.iter().map(str::to_owned));
        permissions.sort_unstable();
        permissions.dedup();
    }
    Ok(permissions)
}
