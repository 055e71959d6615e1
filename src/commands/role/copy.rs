//! `sactl role copy`: copies a role of the company to other companies.
//!
//! Responsible for the plan. Refuses to send anything itself: the run does.

use std::collections::BTreeSet;

use super::super::shared::carry_out::{Order, Prepared};
use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::DryRunArgs;
use super::super::shared::run_args::RunArgs;
use super::super::shared::several;
use super::explain::explain;
use crate::context::Context;
use crate::domain::Permission;
use crate::error::{CliError, Result};
use crate::fleet::desired::{Desired, DesiredRole};
use crate::fleet::plan::{self, Prune};
use crate::fleet::read::{self, Scope};
use crate::fleet::selectors::{self, CompaniesArgs};

/// Copy a role of the company to other companies
///
/// The role gets the same permissions there: it is created, or changed if the company has one of that name. On a
/// terminal, sactl shows the plan and asks; elsewhere --yes is required if a role loses permissions.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl role copy router-fixer --companies all --dry-run\n  \
                  sactl role copy router-fixer --companies all --except 2 --yes")]
pub(super) struct Args {
    /// Name of the role
    name: String,

    #[command(flatten)]
    companies: CompaniesArgs,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Creates or changes the role in each of the companies.
///
/// # Errors
/// `usage` without companies; `not_found`, `missing_permission`, and those of a run.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let Args { name, companies, run, dry_run } = args;
    if companies.companies.is_none() {
        return Err(CliError::usage("no company is named").hint("add --companies SPEC, for example all"));
    }
    let session = CompanySession::open(context).await?;
    let role = match session.client.show_role(session.company, &name).await {
        Ok(role) => role,
        Err(error) => {
            return Err(explain(&session, error, Permission::ROLES_VIEW, Some(&name), &[]).await);
        }
    };
    let known = selectors::my_companies(session.client).await?;
    let mut targets = several::chosen(context, &companies, &known).await?;
    targets.retain(|company| company.id != session.company);
    let ids: BTreeSet<_> = targets.iter().map(|company| company.id).collect();
    let found = read::read(session.client, &Scope { roles: ids, ..Scope::default() }, &known).await?;
    let mut desired = Desired::default();
    for company in targets {
        let wanted = DesiredRole { company, permissions: role.permissions.clone() };
        desired.roles.insert((wanted.company.id, role.name.clone()), wanted);
    }
    let plan = plan::plan(&desired, &found, Prune::default());
    let what = format!("copy the role {}, which takes permissions away", role.name);
    let order = Order::new(context, "role copy", &run, dry_run.is_on, what);
    order.carry_out(Prepared { plan, found }).await.map(drop)
}
