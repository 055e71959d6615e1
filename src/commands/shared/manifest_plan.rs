//! Makes a plan of manifests.
//!
//! Responsible for reading the manifests and the current state. Refuses to change anything.

use std::path::PathBuf;

use super::carry_out::{Prepared, refusal};
use super::several::warn_of_access_elsewhere;
use crate::context::Context;
use crate::domain::company_set::CompanyIndex;
use crate::error::{CliError, Result};
use crate::fleet::plan::{self, Prune};
use crate::fleet::read::{self, Scope};
use crate::fleet::resolve::{self, Known};
use crate::fleet::{guards, manifest, selectors};
use crate::text::CommandLine;

// Not a doc comment: it would become the help of the commands that take these.
// Which manifests, and what they may take away.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::commands) struct ManifestArgs {
    /// Manifest: YAML, JSON or TOML by its ending, - for standard input; repeatable
    #[arg(short, long = "file", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(in crate::commands) files: Vec<PathBuf>,

    /// Also remove access that the manifest does not name, from the accounts that it names
    #[arg(long)]
    pub(in crate::commands) prune: bool,

    /// Also delete accounts that the manifest does not name, of the companies that it names as owners
    #[arg(long)]
    pub(in crate::commands) prune_accounts: bool,
}

/// Reads the manifests and what is there, and compares them.
///
/// # Errors
/// `usage` for a file that does not parse; `guard`, `not_found` for entries that cannot be meant; those of reading.
pub(in crate::commands) async fn prepare(context: &Context, args: &ManifestArgs) -> Result<Prepared> {
    if args.files.is_empty() {
        return Err(CliError::usage("the manifest is missing: add -f FILE")
            .hint(CommandLine::new("export").after("write one of what is there with: "))
            .hint(CommandLine::new("help manifest").after("what a manifest is: ")));
    }
    let sources = manifest::read_all(&args.files)?;
    let session = context.session().await?;
    let companies = selectors::my_companies(session).await?;
    let permissions: Vec<String> = if resolve::has_patterns(&sources) {
        session.list_permissions().await?.into_iter().map(|entry| entry.name).collect()
    } else {
        Vec::new()
    };
    let index = CompanyIndex::new(&companies);
    let known =
        Known { companies: &index, sets: &context.settings()?.company_sets, permissions: &permissions };
    let desired = match resolve::desired(&sources, known) {
        Ok(desired) => desired,
        Err(faults) => {
            // A single fault has no list below the message that would say where it is.
            let only = match faults.as_slice() {
                [only] => Some(format!("{}: {}", only.field, only.message)),
                _ => None,
            };
            let Err(error) = refusal(faults) else {
                return Err(CliError::internal("a manifest was refused without a reason"));
            };
            return Err(if let Some(message) = only { error.worded(message) } else { error });
        }
    };
    // A long manifest takes as much memory as what is read next.
    drop(sources);
    let prune = Prune { access: args.prune, accounts: args.prune_accounts };
    let mut found = read::read(session, &Scope::of(&desired, prune, &companies), &companies).await?;
    let unknown = desired.unknown_roles(&found);
    read::learn(session, &mut found, unknown).await?;
    let mut plan = plan::plan(&desired, &found, prune);
    if !desired.protected.is_empty() {
        read::learn_holders(session, &mut found, &plan.steps).await?;
        plan.findings.extend(guards::protected_holders(&plan.steps, &found, &desired.protected));
    }
    for (account, count) in plan::unreachable(&desired, &found, prune) {
        warn_of_access_elsewhere(context, account, count);
    }
    Ok(Prepared { plan, found })
}
