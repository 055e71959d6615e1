//! `sactl export`: writes the manifest of the current state.
//!
//! Responsible for reading it. Refuses to change anything, and secrets.

use std::collections::BTreeSet;

use super::shared::several;
use crate::api::Code;
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::fleet::read::{self, Scope};
use crate::fleet::selectors::{self, CompaniesArgs};
use crate::fleet::{desired::Found, export};
use crate::output::{Format, Manifest};
use crate::ui;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl export > fleet.yaml\n  sactl export --companies all -o json\n  \
                  sactl export | sactl diff -f -")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    #[command(flatten)]
    companies: CompaniesArgs,
}

/// Writes the manifest: YAML unless JSON is asked for.
///
/// # Errors
/// Those of reading; `usage` for a format that is no manifest.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let ui = context.ui();
    if !ui.is_default_format() && !matches!(ui.format(), Format::Json | Format::Yaml) {
        return Err(CliError::usage("a manifest is written as yaml or json").hint("leave out --output"));
    }
    let session = context.session().await?;
    let known = selectors::my_companies(session).await?;
    let chosen = several::chosen(context, &args.companies, &known).await?;
    let ids: BTreeSet<_> = chosen.iter().map(|company| company.id).collect();
    let scope = Scope { owners: ids.clone(), external: ids.clone(), roles: ids.clone(), ..Scope::default() };
    let found = match read::read(session, &scope, &known).await {
        Err(error) if error.code() == Code::MissingPermission => {
            let scope = Scope { roles: BTreeSet::new(), ..scope };
            let Found { accounts, .. } = read::read(session, &scope, &known).await?;
            ui.warning("you may not see the roles: the manifest has none");
            Found { accounts, ..Found::default() }
        }
        other => other?,
    };
    let manifest: Manifest = export::manifest(&found, &ids);
    ui::show_as(ui, &manifest, Format::Yaml)
}
