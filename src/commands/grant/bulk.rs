//! `sactl grant` for several accounts, or in several companies.
//!
//! Responsible for the plan. Refuses to send anything itself: the run does.

use std::collections::BTreeSet;

use super::request::{Args, GrantRequest};
use crate::api::access::{AccessSpec, AdjustPermissions};
use crate::commands::shared::access_args::AdjustArgs;
use crate::commands::shared::carry_out::{Order, Prepared};
use crate::commands::shared::company_session::CompanySession;
use crate::commands::shared::several::{self, Scope};
use crate::context::Context;
use crate::domain::CompanyId;
use crate::error::{CliError, Result};
use crate::fleet::bulk::{self, Give};
use crate::fleet::read;

pub(super) async fn run(args: Args, request: Option<GrantRequest>, context: &Context) -> Result<()> {
    let like = match &args.like {
        Some(reference) => Some(context.resolve_company(reference).await?.id),
        None => None,
    };
    let mut scope = several::read(context, args.names, &args.companies, like).await?;
    let give = give(context, request, like).await?;
    learn_roles(context, &mut scope, &give).await?;
    let plan = bulk::grants(&scope.found, &scope.names, &scope.companies, &give);
    let what = "take permissions away".to_owned();
    let order = Order {
        adjusts: matches!(give, Give::Adjust(_)),
        ..Order::new(context, "grant", &args.run, args.dry_run.is_on, what)
    };
    order.carry_out(Prepared { plan, found: scope.found }).await.map(drop)
}

async fn give(context: &Context, request: Option<GrantRequest>, like: Option<CompanyId>) -> Result<Give> {
    let spelled = |names: Vec<String>| async {
        let session = CompanySession::open(context).await?;
        session.written_out(names).await
    };
    Ok(match (request, like) {
        (_, Some(company)) => Give::Like(company),
        (Some(GrantRequest::Set(AccessSpec::Permissions(names))), None) => {
            Give::Set(AccessSpec::Permissions(spelled(names).await?))
        }
        (Some(GrantRequest::Set(spec)), None) => Give::Set(spec),
        (Some(GrantRequest::Adjust(AdjustArgs { add, remove })), None) => {
            Give::Adjust(AdjustPermissions { add: spelled(add).await?, remove: spelled(remove).await? })
        }
        (None, None) => {
            return Err(CliError::usage("say what access to give")
                .hint("add --role, --permission, --add-permission, --remove-permission or --like"));
        }
    })
}

/// The permissions of the roles that are given, where they are not known yet.
pub(in crate::commands) async fn learn_roles(
    context: &Context,
    scope: &mut Scope,
    give: &Give,
) -> Result<()> {
    let Scope { found, names, companies, .. } = scope;
    let roles: BTreeSet<String> = match give {
        Give::Set(AccessSpec::Role(role)) => [role.clone()].into(),
        Give::Like(like) => names
            .iter()
            .filter_map(|name| found.accounts.get(&crate::domain::AccountName::key_of(name)))
            .filter_map(|account| account.access.get(like)?.role.clone())
            .collect(),
        Give::Set(AccessSpec::Permissions(_)) | Give::Adjust(_) => return Ok(()),
    };
    let asked = companies.iter().flat_map(|company| roles.iter().map(|role| (company.id, role.clone())));
    let unknown: BTreeSet<_> = asked.filter(|(company, role)| found.role(*company, role).is_none()).collect();
    read::learn(context.session().await?, found, unknown).await
}
