//! The commands that take a change back.
//!
//! Responsible for one command after each write that can be undone. Refuses to run any of them.

use crate::api::Access;
use crate::domain::CompanyId;
use crate::error::Result;
use crate::output::Answer;
use crate::text::CommandLine;
use crate::ui::{Ui, show};

/// Says how to undo what was done.
pub(in crate::commands) fn say_undo(ui: &Ui, command: CommandLine) {
    ui.hint(command.after("to undo: "));
}

/// Shows what was done, and below it how to undo it, also where it could not be shown.
///
/// # Errors
/// `output`.
pub(in crate::commands) fn show_with_undo(
    ui: &Ui,
    answer: &impl Answer,
    undo: Option<CommandLine>,
) -> Result<()> {
    let shown = show(ui, answer);
    if let Some(undo) = undo {
        say_undo(ui, undo);
    }
    shown
}

/// The command that gives an account the access back that it had in `company` before.
pub(in crate::commands) fn restore_access(
    name: &str,
    company: CompanyId,
    before: Option<&Access>,
) -> CommandLine {
    let Some(access) = before else {
        return CommandLine::new("revoke").operand(name).flag("--company", company);
    };
    let line = CommandLine::new("grant").operand(name).flag("--company", company);
    match &access.role {
        Some(role) => line.flag("--role", role),
        None => line.flag("--permission", access.permissions.joined()),
    }
}
