//! The answer of a dry run: the request, and what the server says about it.
//!
//! Responsible for its document. Refuses to show the secrets in the request.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::Written;
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row, Tone};

/// What a command would do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "DryRun")]
pub struct DryRunView {
    /// Always true: nothing was changed.
    dry_run: bool,
    /// The requests that would be sent, in their order.
    requests: Vec<PlannedView>,
    /// What the server would do with each of them; empty for a request that changes nothing.
    checks: Vec<CheckedView>,
}

/// A request that would be sent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Planned")]
pub struct PlannedView {
    /// `POST` and the like.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The JSON document, with every secret masked.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<Written>,
}

/// What the server says to the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Checked")]
pub struct CheckedView {
    /// Who was asked, as a word for scripts: always `server`.
    pub check: &'static str,
    /// Whether the server would do it; null where the server has no dry runs.
    pub passed: Option<bool>,
    /// What would be done, or why not, for people.
    pub detail: String,
}

impl DryRunView {
    /// One request with its checks.
    pub fn new(request: PlannedView, checks: Vec<CheckedView>) -> Self {
        Self { dry_run: true, requests: vec![request], checks }
    }
}

impl CheckedView {
    /// What the server says to a request.
    pub fn by_server(passed: Option<bool>, detail: impl Into<String>) -> Self {
        Self { check: "server", passed, detail: detail.into() }
    }
}

impl PlannedView {
    fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn body(&self) -> String {
        self.body.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

impl Row for DryRunView {
    const COLUMNS: &'static [&'static str] = &["method", "path", "body"];

    fn cells(&self) -> Cells<'_> {
        let each = |cell: fn(&PlannedView) -> String| {
            self.requests.iter().map(cell).collect::<Vec<_>>().join(" ").into()
        };
        vec![each(|one| one.method.clone()), each(|one| one.path.clone()), each(PlannedView::body)]
    }

    fn name(&self) -> String {
        self.requests.iter().map(PlannedView::line).collect::<Vec<_>>().join(" ")
    }
}

impl Answer for DryRunView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Title("Would be sent".to_owned())];
        for request in &self.requests {
            blocks.push(Block::Verbatim(request.line()));
            let body = request.body.as_ref().map(|body| format!("{body:#}")).unwrap_or_default();
            blocks.extend(body.lines().map(|line| Block::Document(line.to_owned())));
        }
        if !self.checks.is_empty() {
            blocks.push(Block::Title("Checked".to_owned()));
            let rows = self.checks.iter().map(CheckedView::row).collect();
            blocks.push(Block::table(COLUMNS, rows));
        }
        blocks
    }
}

const COLUMNS: &[Column] =
    &[Column::new("Result", Fit::Fact), Column::new("Check", Fit::Name), Column::new("Found", Fit::Prose)];

impl CheckedView {
    fn row(&self) -> Vec<Cell> {
        let result = match self.passed {
            Some(true) => Cell::faint("ok"),
            Some(false) => Cell::new("refused").toned(Tone::Bad),
            None => Cell::faint("unknown"),
        };
        vec![result, Cell::new(self.check), Cell::new(self.detail.clone())]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::Field;

    fn view() -> DryRunView {
        let request = PlannedView {
            method: "PATCH".to_owned(),
            path: "/api/x".to_owned(),
            body: Some(Written::parse(br#"{"description": "a"}"#).unwrap()),
        };
        let check = |check, passed| CheckedView { check, passed, detail: String::new() };
        DryRunView::new(request, vec![check("account", Some(true)), check("name", None)])
    }

    #[test]
    fn the_document_says_that_nothing_happened() {
        let wanted = json!({
            "dry_run": true,
            "requests": [{"method": "PATCH", "path": "/api/x", "body": {"description": "a"}}],
            "checks": [
                {"check": "account", "passed": true, "detail": ""},
                {"check": "name", "passed": null, "detail": ""},
            ],
        });
        assert_eq!(serde_json::to_value(view()).unwrap(), wanted);
    }

    #[test]
    fn a_row_has_the_request_on_one_line() {
        assert_eq!(view().cells(), ["PATCH", "/api/x", r#"{"description":"a"}"#].map(Field::from));
        assert_eq!(view().name(), "PATCH /api/x");
    }
}
