//! Writes an answer in the form that was asked for.

use super::Ui;
use crate::error::Result;
use crate::output::{self, Answer, OutputContext, Shown};

/// Where an answer goes, as the terminal knows it.
pub fn output_context(ui: &Ui) -> OutputContext {
    OutputContext {
        format: (!ui.is_plain()).then(|| ui.format()),
        is_terminal: ui.stdout_is_terminal(),
        width: ui.width(),
        wide: ui.is_wide(),
        accessible: ui.is_accessible(),
        color: ui.colour(),
        now: jiff::Timestamp::now(),
        target: ui.target(),
    }
}

/// Writes what was asked for of an answer, in the form that was asked for.
///
/// # Errors
/// `io`; `usage` where the expression of `--jq` fails.
pub fn show(ui: &Ui, answer: &impl Answer) -> Result<()> {
    let output_context = output_context(ui);
    let mut shown = Shown::Whole;
    ui.answer(|out| {
        shown = output::write_selected(answer, out, &output_context, ui.selection())?;
        Ok(())
    })?;
    if shown == Shown::Cut && output_context.is_terminal {
        ui.aside("Cut to fit; --wide shows all.");
    }
    Ok(())
}
