//! `sactl grant`: access of a service account in one company, given or changed.

use super::acting::Acting;
use super::explain::Attempt;
use super::rights::{AdjustArgs, Rights, RightsArgs};
use crate::api::access::{AccessChange, AdjustPermissions};
use crate::client;
use crate::context::Context;
use crate::domain::Operation;
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::GrantView;

/// Give a service account access in the company, or change it
///
/// --role and --permission replace what was there; --add-permission and --remove-permission adjust an individual
/// list. This works for accounts that the company owns and for external ones alike.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl grant dormant-bot --role viewer\n  \
    sactl grant backup-runner --add-permission alerts:view\n  \
    sactl grant backup-runner --remove-permission alerts:view\n  \
    sactl grant fleet-automation --company 2 --permission devices:view,devices:edit")]
pub struct Args {
    /// Name of the service account
    name: String,

    #[command(flatten)]
    rights: RightsArgs,

    #[command(flatten)]
    adjust: AdjustArgs,
}

/// What is to be done to the access.
enum Change {
    Set(Rights),
    Adjust(AdjustArgs),
}

impl Args {
    fn change(&self) -> Result<Change> {
        match (self.rights.rights(), self.adjust.is_empty()) {
            (Some(rights), true) => Ok(Change::Set(rights)),
            (None, false) => Ok(Change::Adjust(self.adjust.clone())),
            (Some(_), false) => Err(CliError::usage(
                "--role and --permission replace, --add-permission and --remove-permission adjust: choose one",
            )),
            (None, true) => Err(CliError::usage("no access is named")
                .hint("add --role, --permission, --add-permission or --remove-permission")),
        }
    }
}

/// Gives or changes the access.
///
/// # Errors
/// `usage`; `escalation`, `self_modification`, `not_found`, `invalid_input`, and those of signing in and of
/// writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let change = args.change()?;
    let acting = Acting::open(context).await.state_shown_by(|| format!("sactl show {}", args.name))?;
    match send(&acting, &args.name, &change).await {
        Ok(done) => {
            acting.ui.status(what_was_done(&done));
            acting.show(&GrantView::from(done))
        }
        Err(error) => Err(acting.explain(error, &attempt(&acting, &args.name, &change)).await),
    }
}

async fn send(acting: &Acting<'_>, name: &str, change: &Change) -> client::Result<AccessChange> {
    match change {
        Change::Set(rights) => acting.session.set_access(acting.company, name, &rights.to_set()).await,
        Change::Adjust(adjust) => {
            let AdjustArgs { add, remove } = adjust.clone();
            acting.session.adjust_access(acting.company, name, &AdjustPermissions { add, remove }).await
        }
    }
}

fn attempt<'a>(acting: &Acting<'_>, name: &'a str, change: &Change) -> Attempt<'a> {
    match change {
        Change::Set(rights) => {
            Attempt::new(Operation::SetAccess, name).asking(acting.company, rights.clone())
        }
        Change::Adjust(adjust) => Attempt {
            asked: vec![(acting.company, Rights::Permissions(adjust.add.clone()))],
            also_named: adjust.remove.clone(),
            ..Attempt::new(Operation::AdjustAccess, name)
        },
    }
}

fn what_was_done(done: &AccessChange) -> String {
    let (name, access) = (&done.account.name, &done.access);
    let held = access.role.clone().unwrap_or_else(|| access.permissions.join(", "));
    let company = &access.company;
    if done.changed {
        format!("{name} now has {held} in {company}")
    } else {
        format!("Unchanged: {name} already has {held} in {company}")
    }
}
