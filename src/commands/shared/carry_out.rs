//! From a plan to a receipt: preview, confirm, run.
//!
//! Responsible for this order in every command that makes a run. Refuses to send a change before the safety limits were
//! checked for the whole plan.

use super::confirm;
use super::run_args::RunArgs;
use super::undo::show_with_undo;
use crate::api::Code;
use crate::api::session::{IdentityExpansion, IdentityQuery};
use crate::config::settings::ChosenCompany;
use crate::context::{Context, KnownIdentity};
use crate::domain::{Company, Violation};
use crate::error::{CliError, Result};
use crate::fleet::desired::Found;
use crate::fleet::guards::{self, Limits};
use crate::fleet::journal::{self, Handover, Header, Record};
use crate::fleet::plan::Plan;
use crate::fleet::run::{self, Ended};
use crate::fleet::{read, saved, undo};
use crate::output::{Detail, Op, PlanView, Step};
use crate::text::CommandLine;
use crate::ui::{self, Ui};

/// A computed plan, with the state that it was computed from.
pub(in crate::commands) struct Prepared {
    pub(in crate::commands) plan: Plan,
    pub(in crate::commands) found: Found,
}

/// How a command carries out a plan.
pub(in crate::commands) struct Order<'a> {
    pub(in crate::commands) context: &'a Context,
    /// What the journal calls it.
    pub(in crate::commands) command: &'static str,
    pub(in crate::commands) run: &'a RunArgs,
    pub(in crate::commands) dry_run: bool,
    /// Where new passwords go.
    pub(in crate::commands) handover: Option<Handover>,
    /// Whether permissions are added and removed, whatever others change in the meantime.
    pub(in crate::commands) adjusts: bool,
    /// Whether the purpose of the command is to empty companies.
    pub(in crate::commands) empties_companies: bool,
    /// What is confirmed, as in `remove all access of x`.
    pub(in crate::commands) what: String,
    /// How it is confirmed.
    pub(in crate::commands) confirmation: Confirmation,
}

/// How a plan is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Confirmation {
    /// With yes or no.
    Question,
    /// With the number of steps, because it cannot be undone.
    NumberOfSteps,
}

impl<'a> Order<'a> {
    /// An order that sets no password, empties no company and can be undone.
    pub(in crate::commands) const fn new(
        context: &'a Context,
        command: &'static str,
        run: &'a RunArgs,
        dry_run: bool,
        what: String,
    ) -> Self {
        Self {
            context,
            command,
            run,
            dry_run,
            handover: None,
            adjusts: false,
            empties_companies: false,
            what,
            confirmation: Confirmation::Question,
        }
    }

    /// Previews the plan, asks for confirmation, and runs it; `None` for a dry run.
    ///
    /// # Errors
    /// `guard`, `confirmation_required`, `partial`, `interrupted`, and those of reading and writing.
    pub(in crate::commands) async fn carry_out(self, prepared: Prepared) -> Result<Option<Record>> {
        let context = self.context;
        let Prepared { plan, mut found } = prepared;
        match read::learn_holders(context.session().await?, &mut found, &plan.steps).await {
            // Who may change roles need not see accounts; what is not seen is not counted.
            Err(error) if error.code() == Code::MissingPermission => {}
            learned => learned?,
        }
        let who = IdentityQuery { expand: Some(IdentityExpansion::None), ..IdentityQuery::default() };
        let signed_in = context.signed_in().await?;
        let me = KnownIdentity::of(&signed_in.session, signed_in.username.as_deref(), &who).await?;
        self.refuse(&plan, &found, &me)?;
        let mut view = view(context, &plan, &found).await?;
        view.whole = context.ui().shows_whole();
        if self.dry_run {
            context.ui().note("dry run: nothing was changed");
            ui::show(context.ui(), &view)?;
            return Ok(None);
        }
        if self.needs_place(&plan.steps) {
            return Err(no_place_for_passwords());
        }
        self.confirm(&view).await?;
        let header = self.header(view, me.name.unwrap_or_default());
        let ended = run::begin(context, header, self.run.concurrency).await?;
        let detail = match receipt_detail(context.ui()) {
            Detail::Few if context.ui().is_one_screen() => Detail::Failures,
            other => other,
        };
        receipt(context.ui(), ended, detail).map(Some)
    }

    fn needs_place(&self, steps: &[Step]) -> bool {
        self.handover.is_none() && steps.iter().any(|step| matches!(step.op, Op::Create | Op::Rotate))
    }

    /// Refuses a plan that breaks a rule or a limit, with every reason at once.
    fn refuse(&self, plan: &Plan, found: &Found, me: &KnownIdentity) -> Result<()> {
        let limits =
            Limits { max_changes: self.run.max_changes, empties_companies: self.empties_companies, me };
        let mut reasons = plan.findings.clone();
        reasons.extend(guards::check(&plan.steps, found, limits));
        reasons.extend(self.taken_files(&plan.steps));
        refusal(reasons)
    }

    /// Password files that exist already: a new account would overwrite one.
    fn taken_files(&self, steps: &[Step]) -> Vec<Violation> {
        let Some(Handover::Folder(folder)) = &self.handover else { return Vec::new() };
        let created =
            steps.iter().filter(|step| step.op == Op::Create).filter_map(|step| step.account.as_ref());
        let files = created.map(|name| folder.join(format!("{name}.password")));
        let taken = files.filter(|file| file.symlink_metadata().is_ok());
        taken
            .map(|file| {
                let message = format!("{} exists already, and its account is to be created", file.display());
                Violation::new("password_dir", "file_exists", message)
            })
            .collect()
    }

    /// Asks on a terminal; elsewhere requires `--yes` if something is taken away.
    async fn confirm(&self, view: &PlanView) -> Result<()> {
        let ui = self.context.ui();
        ui::preview(ui, view);
        if view.steps.is_empty() {
            return Ok(());
        }
        if self.confirmation == Confirmation::NumberOfSteps {
            let count = view.steps.len().to_string();
            return confirm::require_typed(self.context, &self.what, &count).await;
        }
        if view.steps.iter().any(|step| step.takes_away() || step.op == Op::Rotate) {
            return confirm::require_confirmation(self.context, &self.what).await;
        }
        let question = format!("Apply this{}?", confirm::there(self.context));
        if ui.is_interactive() && !ui.is_confirmed() && !ui.agree(&question).await? {
            return Err(CliError::not_confirmed());
        }
        Ok(())
    }

    fn header(&self, view: PlanView, username: String) -> Header {
        Header {
            id: journal::new_id(),
            command: self.command.to_owned(),
            server: view.server,
            username,
            company: view.company,
            started_at: journal::now(),
            steps: view.steps,
            summary: view.summary,
            passwords: self.handover.clone(),
            adjusts: self.adjusts,
            max_failures: self.run.max_failures,
        }
    }
}

/// Shows what a run did and the command that takes it back; gives the result of the run.
///
/// # Errors
/// `partial`, `interrupted`, `io`.
pub(in crate::commands) fn receipt(ui: &Ui, ended: Ended, detail: Detail) -> Result<Record> {
    let Ended { record, verdict } = ended;
    let steps = undo::steps(&record).unwrap_or_default();
    let undo = (!steps.is_empty()).then(|| undo_command(&record.header.id, &steps));
    show_with_undo(ui, &record.view(detail), undo)?;
    verdict.map(|()| record)
}

/// The command that takes a run back, with the limit that so many steps need.
fn undo_command(id: &str, steps: &[Step]) -> CommandLine {
    let line = CommandLine::new("run undo").operand(id);
    if guards::may_be_too_much(steps) { line.flag("--max-changes", steps.len()) } else { line }
}

/// The error for new passwords without a place to write them.
pub(in crate::commands) fn no_place_for_passwords() -> CliError {
    CliError::usage("no place given for the new passwords").hint("add --password-dir DIR, or --exec COMMAND")
}

/// How much of a run a person sees.
pub(in crate::commands) fn receipt_detail(ui: &Ui) -> Detail {
    if ui.shows_whole() { Detail::Whole } else { Detail::Few }
}

/// The plan as it is shown.
///
/// # Errors
/// Those of signing in.
pub(in crate::commands) async fn view(context: &Context, plan: &Plan, found: &Found) -> Result<PlanView> {
    let server = context.session().await?.origin().to_string();
    Ok(saved::view(plan, found, server, known_company(context)))
}

/// The active company, if it is known without a request.
fn known_company(context: &Context) -> Option<Company> {
    if let Some(company) = context.told_company() {
        return Some(company.clone());
    }
    match context.settings().ok()?.chosen_company()? {
        ChosenCompany::Stored(company) => Some(company.clone()),
        ChosenCompany::Named(_) => None,
    }
}

/// The error for these reasons; `Ok` without any.
///
/// # Errors
/// `guard`; `invalid_input` and `not_found` where every reason is of that kind.
pub(in crate::commands) fn refusal(reasons: Vec<Violation>) -> Result<()> {
    if reasons.is_empty() {
        return Ok(());
    }
    let all = |codes: &[&str]| reasons.iter().all(|reason| codes.contains(&&*reason.code));
    let code = if all(&["not_found"]) {
        Code::NotFound
    } else if all(&["ambiguous_company"]) {
        Code::AmbiguousCompany
    } else if all(&["unknown_role", "unknown_permission", "empty_access", "invalid_name", "not_individual"]) {
        Code::InvalidInput
    } else {
        Code::Guard
    };
    let message = match reasons.as_slice() {
        [only] => only.message.clone().into_owned(),
        several => format!("{} reasons stop this; nothing was changed", several.len()),
    };
    let is_about_accounts = reasons.iter().any(|reason| reason.field == "accounts");
    let error = CliError::new(code, message).violating(reasons);
    if code == Code::NotFound && is_about_accounts {
        return Err(error.hint(CommandLine::new("list").after("list the accounts with: ")));
    }
    Err(error)
}
