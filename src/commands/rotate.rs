//! `sactl rotate`: sets new passwords for several accounts.
//!
//! Responsible for the plan. Refuses to run without a place for the new passwords.

use super::shared::carry_out::{Order, Prepared, no_place_for_passwords};
use super::shared::confirm;
use super::shared::dry_run::DryRunArgs;
use super::shared::run_args::{HandoverArgs, RunArgs};
use super::shared::several;
use crate::context::Context;
use crate::domain::Age;
use crate::error::Result;
use crate::fleet::bulk;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl rotate backup-runner --password-dir secrets --yes\n  \
                  sactl rotate 'fleet-*' --password-dir secrets --dry-run\n  \
                  sactl rotate --older-than 90d --yes --exec 'vault kv put secret/$SACTL_ACCOUNT password=-'")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Names of service accounts that the company owns, or patterns such as 'fleet-*'; - reads them from standard input
    #[arg(value_name = "NAME", required_unless_present = "older_than")]
    names: Vec<String>,

    /// Rotate every account whose password is older than this, such as 90d; with names, only those of them
    #[arg(long, value_name = "AGE")]
    older_than: Option<Age>,

    #[command(flatten)]
    handover: HandoverArgs,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Generates, writes, sets, signs in, hands over: account by account.
///
/// # Errors
/// `confirmation_required` before any request is sent; those of a run.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let what = "set new passwords, which ends all tokens of these accounts".to_owned();
    let handover = args.handover.handover();
    if !args.dry_run.is_on {
        if handover.is_none() {
            return Err(no_place_for_passwords());
        }
        confirm::is_needed(context, &what)?;
    }
    let words = several::with_input(args.names)?;
    let mut scope = several::owned(context, &words).await?;
    if let Some(age) = args.older_than {
        let old = several::with_older_password(context, &scope, age).await?;
        scope.names.retain(|name| old.contains(name));
    }
    let plan = bulk::rotations(&scope.names, &scope.owner);
    let order = Order { handover, ..Order::new(context, "rotate", &args.run, args.dry_run.is_on, what) };
    order.carry_out(Prepared { plan, found: scope.found }).await.map(drop)
}
