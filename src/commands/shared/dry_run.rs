//! `--dry-run`: the request that would be sent, and what the server says about it.
//!
//! Responsible for the flag and its answer. Refuses to predict anything: the server decides, in its dry run of the same
//! request.

use super::company_session::CompanySession;
use super::hints::ActionDescription;
use crate::api::Written;
use crate::client::{self, Change, Foretold, Plan};
use crate::domain::Origin;
use crate::error::{CliError, Result};
use crate::output::{CheckedView, DryRunView, Format, PlannedView};
use crate::ui::{self, Ui};

// Not a doc comment: it would become the help of the commands that take these.
// `--dry-run`.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(in crate::commands) struct DryRunArgs {
    /// Show the request and check it, without changing anything
    #[arg(long = "dry-run")]
    pub(in crate::commands) is_on: bool,
}

impl CompanySession<'_> {
    /// Shows what `change` of an account would send, and what the server says to it; `would` words what it would do.
    ///
    /// # Errors
    /// The refusal of the server, and those of asking it.
    pub(in crate::commands) async fn dry_run<T>(
        &self,
        change: Change<'_, T>,
        attempt: &ActionDescription<'_>,
        would: impl FnOnce(&T) -> String,
    ) -> Result<()> {
        match try_out(self.ui, self.client.origin(), change, would).await? {
            Some(refusal) => Err(self.explain(refusal, attempt).await),
            None => Ok(()),
        }
    }
}

/// Shows what `change` would send, and what the server says to it. Gives back why it would not be done, unexplained.
///
/// # Errors
/// `usage` for a format that cannot show the request, before anything is sent; those of showing.
pub(in crate::commands) async fn try_out<T>(
    ui: &Ui,
    server: &Origin,
    change: Change<'_, T>,
    would: impl FnOnce(&T) -> String,
) -> Result<Option<client::Error>> {
    let (plan, dry_run) = match change.dry_run() {
        Ok(ready) => ready,
        Err(error) => return Ok(Some(error)),
    };
    require_showable(ui, &plan)?;
    let (check, refusal) = match dry_run.send().await {
        Ok(Foretold::Done(answer)) => (CheckedView::by_server(Some(true), would(&answer)), None),
        Ok(Foretold::Refused(why)) => (CheckedView::by_server(Some(false), &why.message), Some(why)),
        Ok(Foretold::Unknown) => {
            let unchecked = format!("{server} has no dry runs: the request is shown and unchecked");
            (CheckedView::by_server(None, unchecked), None)
        }
        Err(error) => return Ok(Some(error)),
    };
    ui.status(match check.passed {
        // Rows in a pipe are the requests alone.
        Some(true) if ui.is_plain() => format!("Dry run: nothing was changed; {}", check.detail),
        Some(true) => "Dry run: nothing was changed".to_owned(),
        Some(false) => "Dry run: nothing was changed, and the server would refuse this".to_owned(),
        None => format!("Dry run: nothing was changed; {}", check.detail),
    });
    show(ui, plan, vec![check])?;
    Ok(refusal)
}

/// Shows the request of a command that changes nothing.
///
/// # Errors
/// As [`try_out`], and those of the request.
pub(in crate::commands) fn show_only<T>(ui: &Ui, change: Change<'_, T>) -> Result<()> {
    let (plan, _) = change.dry_run()?;
    require_showable(ui, &plan)?;
    ui.status("Dry run: nothing was sent");
    show(ui, plan, Vec::new())
}

fn require_showable(ui: &Ui, plan: &Plan) -> Result<()> {
    if ui.selection().is_columns() {
        return Err(CliError::usage("a dry run prints a request, which has no columns")
            .hint("select from it with --jq"));
    }
    if ui.format() == Format::Yaml && !plan.body.as_ref().is_none_or(Written::is_unmistakable) {
        return Err(CliError::usage(
            "the body has a repeated field or a long number, which YAML cannot show exactly",
        )
        .hint("choose -o json"));
    }
    Ok(())
}

fn show(ui: &Ui, plan: Plan, checks: Vec<CheckedView>) -> Result<()> {
    let Plan { method, path, body } = plan;
    ui::show(ui, &DryRunView::new(PlannedView { method, path, body }, checks))
}
