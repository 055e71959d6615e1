//! Writes an answer in the form that was asked for.
//!
//! Responsible for what goes through the pager. Refuses to give it a secret.

use std::io::Write;

use super::Ui;
use crate::error::Result;
use crate::output::{self, Answer, Field, OutputContext, Row, Shown};

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
    let write = |out: &mut dyn Write| {
        shown = output::write_selected(answer, out, &output_context, ui.selection())?;
        Ok(())
    };
    if ui.may_page() && !has_secret(answer) { ui.paged(write) } else { ui.answer(write) }?;
    if shown == Shown::Cut {
        ui.aside("Cut to fit; --wide shows everything.");
    }
    Ok(())
}

fn has_secret<A: Answer>(answer: &A) -> bool {
    answer.rows().into_iter().any(|row| row.cells().iter().any(|cell| matches!(cell, Field::Secret(_))))
}
