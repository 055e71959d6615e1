//! The answer of `doctor`: each check with its status, and how to fix it.
//!
//! Responsible for its document and its table. Refuses to check anything.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::view::text;
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row, Tone};

/// The status of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The check passed.
    Ok,
    /// It works, but needs attention.
    Warning,
    /// The check failed.
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        })
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Check")]
pub struct CheckView {
    /// The stable name of the check, for scripts.
    pub name: &'static str,
    /// The status.
    pub status: Status,
    /// What was found.
    pub message: String,
    /// How to fix it; null if there is nothing to fix.
    pub fix: Option<String>,
}

impl CheckView {
    fn table_row(&self) -> Vec<Cell> {
        let tone = match self.status {
            Status::Ok => Tone::Faint,
            Status::Warning => Tone::Caution,
            Status::Failed => Tone::Bad,
        };
        let status = Cell::new(self.status.to_string()).toned(tone);
        vec![Cell::new(self.name), status, Cell::new(&self.message)]
    }
}

impl Row for CheckView {
    const COLUMNS: &'static [&'static str] = &["name", "status", "message", "fix"];

    fn cells(&self) -> Cells<'_> {
        let status = self.status.to_string();
        vec![self.name.into(), status.into(), self.message.as_str().into(), text(self.fix.as_ref())]
    }

    fn name(&self) -> String {
        self.name.to_owned()
    }
}

const COLUMNS: &[Column] =
    &[Column::new("Check", Fit::Name), Column::new("Status", Fit::Fact), Column::new("Result", Fit::Prose)];

/// All checks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Doctor")]
pub struct DoctorView {
    /// The checks, in order.
    checks: Vec<CheckView>,
    /// Whether no check failed.
    ok: bool,
}

impl DoctorView {
    /// The checks in their order; all is well when none has failed.
    pub fn new(checks: Vec<CheckView>) -> Self {
        let ok = checks.iter().all(|check| check.status != Status::Failed);
        Self { checks, ok }
    }
}

impl Answer for DoctorView {
    type Row = CheckView;

    fn rows(&self) -> Vec<&CheckView> {
        self.checks.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let rows = self.checks.iter().map(CheckView::table_row).collect();
        let mut blocks = vec![Block::table(COLUMNS, rows)];
        let fixes: Vec<_> = self
            .checks
            .iter()
            .filter_map(|check| check.fix.as_ref().map(|fix| (check.name, Cell::new(fix))))
            .collect();
        if !fixes.is_empty() {
            blocks.extend([Block::Title("How to fix it".to_owned()), Block::Pairs(fixes)]);
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str, status: Status, fix: Option<&str>) -> CheckView {
        CheckView { name, status, message: format!("{name} was looked at"), fix: fix.map(str::to_owned) }
    }

    #[test]
    fn all_is_well_when_nothing_has_failed() {
        let warned = check("clock", Status::Warning, Some("set it"));
        assert!(DoctorView::new(vec![warned.clone()]).ok);
        assert!(!DoctorView::new(vec![warned, check("server", Status::Failed, None)]).ok);
    }

    #[test]
    fn the_document_is_that_of_the_contract() {
        let view = DoctorView::new(vec![
            check("clock", Status::Ok, None),
            check("server", Status::Failed, Some("plug it in")),
        ]);
        assert_eq!(
            serde_json::to_value(&view).unwrap(),
            serde_json::json!({
                "checks": [
                    {"name": "clock", "status": "ok", "message": "clock was looked at", "fix": null},
                    {"name": "server", "status": "failed", "message": "server was looked at",
                     "fix": "plug it in"},
                ],
                "ok": false,
            })
        );
    }

    #[test]
    fn a_person_sees_the_mends_below_the_table() {
        let blocks = DoctorView::new(vec![check("clock", Status::Ok, None)]).blocks();
        assert_eq!(blocks.len(), 1);
        let fix = check("clock", Status::Warning, Some("set it"));
        let blocks = DoctorView::new(vec![fix]).blocks();
        assert_eq!(blocks[2], Block::Pairs(vec![("clock", Cell::new("set it"))]));
    }
}
