//! The answer of `doctor`: what was looked at, how it is, and what to do about it.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::view::text;
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row, Tone};

/// How something that was looked at is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, and deserves a look.
    Warning,
    /// It does not work.
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

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Check")]
pub struct CheckView {
    /// What; scripts find it by this name.
    pub name: &'static str,
    /// How it is.
    pub status: Status,
    /// In words.
    pub message: String,
    /// What to do about it; `None` where there is nothing to do.
    pub mend: Option<String>,
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
    const COLUMNS: &'static [&'static str] = &["name", "status", "message", "mend"];

    fn cells(&self) -> Cells<'_> {
        let status = self.status.to_string();
        vec![self.name.into(), status.into(), self.message.as_str().into(), text(self.mend.as_ref())]
    }

    fn name(&self) -> String {
        self.name.to_owned()
    }
}

const COLUMNS: &[Column] = &[
    Column::new("Check", Fit::Name),
    Column::new("Status", Fit::Fact),
    Column::new("What was found", Fit::Prose),
];

/// Everything that was looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Doctor")]
pub struct DoctorView {
    /// What was looked at, in that order.
    checks: Vec<CheckView>,
    /// Whether nothing has failed.
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
        let mends: Vec<_> = self
            .checks
            .iter()
            .filter_map(|check| check.mend.as_ref().map(|mend| (check.name, Cell::new(mend))))
            .collect();
        if !mends.is_empty() {
            blocks.extend([Block::Title("What to do".to_owned()), Block::Pairs(mends)]);
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str, status: Status, mend: Option<&str>) -> CheckView {
        CheckView { name, status, message: format!("{name} was looked at"), mend: mend.map(str::to_owned) }
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
                    {"name": "clock", "status": "ok", "message": "clock was looked at", "mend": null},
                    {"name": "server", "status": "failed", "message": "server was looked at",
                     "mend": "plug it in"},
                ],
                "ok": false,
            })
        );
    }

    #[test]
    fn a_person_sees_the_mends_below_the_table() {
        let blocks = DoctorView::new(vec![check("clock", Status::Ok, None)]).blocks();
        assert_eq!(blocks.len(), 1);
        let mend = check("clock", Status::Warning, Some("set it"));
        let blocks = DoctorView::new(vec![mend]).blocks();
        assert_eq!(blocks[2], Block::Pairs(vec![("clock", Cell::new("set it"))]));
    }
}
