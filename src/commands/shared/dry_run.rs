//! `--dry-run`: the request that would be sent, and as much of the answer as reads can tell beforehand.
//!
//! The request is the very one that would go out, described in place of being sent, and the session is sealed
//! for it. What the server would decide is asked of the same rules that it uses, with what the signed-in
//! identity may look at; the first refusal found this way is the command's own.

use super::company_session::CompanySession;
use super::hints::ActionDescription;
use crate::api::{Code, Written};
use crate::client::{self, Change, Plan};
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::{CheckedView, Format, PlannedView, RehearsalView};
use crate::ui::{self, Ui};

pub(in crate::commands) mod account;

// Not a doc comment: it would become the help of the commands that take these.
// `--dry-run`.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(in crate::commands) struct Rehearsal {
    /// Show the request and check it, without changing anything
    #[arg(long = "dry-run")]
    pub(in crate::commands) is_on: bool,
}

impl Rehearsal {
    /// Signs in and settles the company; for a rehearsal with a session that only reads.
    ///
    /// # Errors
    /// Those of [`CompanySession::open`].
    pub(in crate::commands) async fn open(self, context: &Context) -> Result<CompanySession<'_>> {
        if self.is_on {
            context.session().await?.seal();
        }
        CompanySession::open(context).await
    }
}

/// What was looked at so far.
#[derive(Debug, Default)]
pub(in crate::commands) struct Checks {
    lines: Vec<CheckedView>,
    refusal: Option<client::Error>,
}

impl Checks {
    fn add(&mut self, check: &'static str, passed: Option<bool>, detail: impl Into<String>) {
        self.lines.push(CheckedView { check, passed, detail: detail.into() });
    }

    /// It is as it must be.
    pub(in crate::commands) fn passed(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Some(true), detail);
    }

    /// It cannot be known from here.
    pub(in crate::commands) fn unknown(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, None, detail);
    }

    /// The server would say no.
    pub(in crate::commands) fn refused(&mut self, check: &'static str, code: Code, why: impl Into<String>) {
        self.refused_with(check, client::Error::new(code, why));
    }

    /// The same with more to tell than a sentence.
    pub(in crate::commands) fn refused_with(&mut self, check: &'static str, refusal: client::Error) {
        self.add(check, Some(false), refusal.message.clone());
        self.refusal.get_or_insert(refusal);
    }

    /// Whether the server would say no to something.
    pub(in crate::commands) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}

impl CompanySession<'_> {
    /// Shows what `change` would send, and what would come of it. `rules` says which rules of the input are
    /// kept.
    ///
    /// # Errors
    /// The refusal that the server would give, as far as it can be known; those of reading.
    pub(in crate::commands) async fn rehearse<T>(
        &self,
        change: Change<'_, T>,
        attempt: &ActionDescription<'_>,
        rules: Option<&str>,
    ) -> Result<()> {
        let plan = match change.plan() {
            Ok(plan) => plan,
            Err(error) => return Err(self.explain(error, attempt).await),
        };
        let mut checks = Checks::default();
        if let Some(rules) = rules {
            checks.passed("input", rules);
        }
        self.check_account(attempt, &plan, &mut checks).await?;
        match show(self.ui, plan, checks)? {
            Some(refusal) => Err(self.explain(refusal, attempt).await),
            None => Ok(()),
        }
    }
}

/// Shows a plan with its checks, and gives back the first refusal.
///
/// # Errors
/// `usage` where columns were chosen, `io`.
pub(in crate::commands) fn show(ui: &Ui, plan: Plan, checks: Checks) -> Result<Option<client::Error>> {
    if ui.selection().is_columns() {
        return Err(CliError::usage("a dry run prints a request, which has no columns")
            .hint("select from it with --jq"));
    }
    let Plan { method, path, body } = plan;
    if ui.format() == Format::Yaml && !body.as_ref().is_none_or(Written::is_unmistakable) {
        return Err(CliError::usage(
            "the body has a repeated field or a long number, which YAML cannot show exactly",
        )
        .hint("choose -o json"));
    }
    ui.status(if checks.is_refused() {
        "Dry run: nothing was sent; the server would refuse this"
    } else {
        "Dry run: nothing was sent"
    });
    let view = RehearsalView::new(PlannedView { method, path, body }, checks.lines);
    ui::show(ui, &view)?;
    Ok(checks.refusal)
}
