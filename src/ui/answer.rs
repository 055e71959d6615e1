//! Writes an answer in the form that was asked for.
//!
//! Responsible for what goes through the pager. Refuses to give it a secret.

use std::io::{self, Write};

use rustix::fs::{FileType, fstat, stat};
use rustix::io::Errno;

use super::Ui;
use crate::error::{CliError, Result};
use crate::output::{self, Answer, Field, Format, OutputContext, Row, Shown};

/// The context of an output on this terminal.
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

/// Writes the selected part of an answer in the chosen format.
///
/// # Errors
/// `io`; `usage` where the expression of `--jq` fails.
pub fn show(ui: &Ui, answer: &impl Answer) -> Result<()> {
    shown(ui, answer, &output_context(ui))
}

/// As [`show`], with another default format.
///
/// # Errors
/// As [`show`].
pub fn show_as(ui: &Ui, answer: &impl Answer, default: Format) -> Result<()> {
    let chosen = output_context(ui);
    let format = if ui.is_default_format() { Some(default) } else { chosen.format };
    shown(ui, answer, &OutputContext { format, ..chosen })
}

fn shown(ui: &Ui, answer: &impl Answer, output_context: &OutputContext) -> Result<()> {
    let mut shown = Shown::Whole;
    let write = |out: &mut dyn Write| {
        shown = output::write_selected(answer, out, output_context, ui.selection())?;
        Ok(())
    };
    if has_secret(answer) {
        ui.answer(write).map_err(CliError::told)?;
    } else if ui.may_page() {
        ui.paged(write)?;
    } else {
        ui.answer(write)?;
    }
    if shown == Shown::Cut {
        ui.aside("Cut to fit; --wide shows everything.");
    }
    Ok(())
}

/// Writes a part of a longer answer. If standard output is a file, the part is on the disk when this returns.
///
/// # Errors
/// `io`, also where the reader went away: it has not got all.
pub fn write_durably(piece: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(piece.as_bytes()).and_then(|()| out.flush());
    let kept = written.and_then(|()| match rustix::fs::fsync(rustix::stdio::stdout()) {
        // A pipe and a terminal keep nothing.
        Ok(()) | Err(Errno::INVAL | Errno::NOTSUP | Errno::ROFS) => Ok(()),
        Err(error) => Err(error.into()),
    });
    kept.map_err(|error| CliError::io("cannot write to standard output", error))
}

/// Whether nothing that is written to standard output arrives: it was closed, which the null device then replaces
/// before the program begins, or it takes no bytes.
pub fn drops_the_answer() -> bool {
    let out = rustix::stdio::stdout();
    let is_null_device = || {
        let (Ok(out), Ok(null)) = (fstat(out), stat("/dev/null")) else { return false };
        FileType::from_raw_mode(out.st_mode) == FileType::CharacterDevice && out.st_rdev == null.st_rdev
    };
    // An empty write fails where every write does.
    rustix::io::write(out, &[]).is_err() || is_null_device()
}

/// Shows on standard error what will be done, before a question about it or instead of one.
pub fn preview(ui: &Ui, answer: &impl Answer) {
    if !ui.speaks() {
        return;
    }
    let output_context = OutputContext {
        format: Some(Format::Table),
        is_terminal: ui.stderr_terminal,
        width: ui.stderr_terminal.then(|| ui.err_width()),
        color: ui.options.colour_err,
        ..output_context(ui)
    };
    let mut text = Vec::new();
    if output::write(answer, &mut text, &output_context).is_ok() {
        let text = ui.masked(&String::from_utf8_lossy(&text));
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

fn has_secret<A: Answer>(answer: &A) -> bool {
    answer.rows().into_iter().any(|row| row.cells().iter().any(|cell| matches!(cell, Field::Secret(_))))
}
