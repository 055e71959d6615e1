//! A run: what was done.
//!
//! Responsible for its document and its receipt. Refuses to hide a step that was not done.

use std::fmt::Write as _;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::grouped_steps;
use super::step::held;
use super::{Cells, Row};
use crate::output::{Answer, Block, Cell, Column, Fit, Step, Tone};
use crate::text::CommandLine;

/// Most changes that a receipt shows to a person one by one.
const MOST_SHOWN: usize = 50;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Outcome {
    /// Done.
    Changed,
    /// Nothing was to be done.
    Unchanged,
    /// Refused, or of unknown outcome.
    Failed,
    /// Not tried, because of an earlier failure.
    Skipped,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum State {
    /// It has begun and not ended: it runs, or it was killed.
    Running,
    /// Every step is done.
    Done,
    /// Some steps failed.
    Partial,
    /// It was interrupted.
    Interrupted,
}

impl State {
    /// The word in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Partial => "partial",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Outcome {
    /// The word in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A step and how it ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "StepResult")]
pub struct ResultView {
    /// The step.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or was skipped, as the error document says it; null otherwise.
    pub error: Option<serde_json::Value>,
}

/// The number of steps by outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RunSummary")]
pub struct RunCounts {
    /// Steps that changed something.
    pub changed: u64,
    /// Steps that had nothing to change, and what was as it should be from the start.
    pub unchanged: u64,
    /// Steps that failed.
    pub failed: u64,
    /// Steps that were not tried, because of an earlier failure.
    pub skipped: u64,
    /// Steps that have not ended.
    pub left: u64,
}

/// What a run did, and what it could not do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Run")]
pub struct RunView {
    /// The id of the run.
    pub id: String,
    /// The command that started it.
    pub command: String,
    /// The server.
    pub server: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; null if it has not.
    pub finished_at: Option<Timestamp>,
    /// How far it has come.
    pub state: State,
    /// The steps that have ended.
    pub results: Vec<ResultView>,
    /// The number of steps by outcome.
    pub summary: RunCounts,
    /// How much of it a person sees.
    #[serde(skip)]
    pub detail: Detail,
}

/// How much of a run a person sees. Steps that were not done are always shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// No changes: the preview on the same terminal has shown them.
    Failures,
    /// The changes, unless they are many.
    #[default]
    Few,
    /// Every change.
    Whole,
}

impl ResultView {
    /// The message of its error.
    fn message(&self) -> String {
        let message = self.error.as_ref().and_then(|error| error.get("message")?.as_str());
        message.unwrap_or_default().to_owned()
    }
}

impl Row for ResultView {
    const COLUMNS: &'static [&'static str] =
        &["outcome", "op", "account", "company_id", "company", "before", "after", "error"];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.outcome.as_str().into(),
            self.step.op.as_str().into(),
            super::text(self.step.account.as_ref()),
            self.step.company.id.into(),
            self.step.company.name.as_str().into(),
            held(self.step.before.as_ref()).into(),
            held(self.step.after.as_ref()).into(),
            self.message().into(),
        ]
    }

    fn name(&self) -> String {
        self.step.name()
    }
}

const FAILED: &[Column] = &[
    Column::new("Outcome", Fit::Fact),
    Column::new("Step", Fit::Fact),
    Column::new("Account", Fit::Name),
    Column::new("Company", Fit::Text),
    Column::new("Reason", Fit::Prose),
];

impl Answer for RunView {
    type Row = ResultView;

    fn rows(&self) -> Vec<&ResultView> {
        self.results.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let is_done = |result: &&ResultView| matches!(result.outcome, Outcome::Changed);
        let changed: Vec<&Step> = self.results.iter().filter(is_done).map(|result| &result.step).collect();
        let mut blocks = Vec::new();
        let is_shown = match self.detail {
            Detail::Failures => false,
            Detail::Few => changed.len() <= MOST_SHOWN,
            Detail::Whole => true,
        };
        if is_shown {
            blocks.extend(grouped_steps(changed, self.detail == Detail::Whole));
        }
        let bad = |result: &&ResultView| matches!(result.outcome, Outcome::Failed | Outcome::Skipped);
        let rows: Vec<Vec<Cell>> = self.results.iter().filter(bad).map(failed).collect();
        if !rows.is_empty() {
            blocks.extend([Block::Title("Not done".to_owned()), Block::table(FAILED, rows)]);
        }
        let RunCounts { changed, unchanged, failed, skipped, left } = self.summary;
        let mut counts =
            format!("{changed} changed, {unchanged} unchanged, {failed} failed, {skipped} skipped");
        if left > 0 {
            let _ = write!(counts, ", {left} left");
        }
        blocks.push(Block::Counted(format!("Run {}: {}", self.id, self.state.as_str()), counts));
        if self.state == State::Running {
            let resume = CommandLine::new("run resume").operand(&self.id);
            blocks.push(Block::Note(resume.after("If no sactl is running it any more, go on with: ")));
        }
        blocks
    }
}

fn failed(result: &ResultView) -> Vec<Cell> {
    vec![
        Cell::new(result.outcome.as_str()).toned(Tone::Bad),
        Cell::new(result.step.op.as_str()),
        Cell::strong(result.step.name()),
        Cell::company(&result.step.company),
        Cell::new(result.message()),
    ]
}

/// A run as a row of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "RunRow")]
pub struct RunRow {
    /// The id of the run.
    pub id: String,
    /// The command that started it.
    pub command: String,
    /// The server.
    pub server: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; null if it has not.
    pub finished_at: Option<Timestamp>,
    /// How far it has come.
    pub state: State,
    /// The number of steps by outcome.
    pub summary: RunCounts,
}

impl From<RunView> for RunRow {
    fn from(run: RunView) -> Self {
        let RunView { id, command, server, started_at, finished_at, state, summary, .. } = run;
        Self { id, command, server, started_at, finished_at, state, summary }
    }
}

impl Row for RunRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "command",
        "server",
        "started_at",
        "finished_at",
        "state",
        "changed",
        "unchanged",
        "failed",
        "skipped",
        "left",
    ];

    fn cells(&self) -> Cells<'_> {
        let RunCounts { changed, unchanged, failed, skipped, left } = self.summary;
        vec![
            self.id.as_str().into(),
            self.command.as_str().into(),
            self.server.as_str().into(),
            self.started_at.into(),
            super::written(self.finished_at),
            self.state.as_str().into(),
            changed.into(),
            unchanged.into(),
            failed.into(),
            skipped.into(),
            left.into(),
        ]
    }

    fn name(&self) -> String {
        self.id.clone()
    }
}

/// The runs of this machine, the newest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Runs")]
#[serde(transparent)]
pub struct RunListView(pub Vec<RunRow>);

const COLUMNS: &[Column] = &[
    Column::new("Run", Fit::Name),
    Column::new("Command", Fit::Fact),
    Column::new("Started", Fit::Fact),
    Column::new("State", Fit::Fact),
    Column::new("Changed", Fit::Fact),
    Column::new("Failed", Fit::Fact),
    Column::new("Left", Fit::Fact),
    Column::new("Server", Fit::Extra),
];

impl Answer for RunListView {
    type Row = RunRow;

    fn rows(&self) -> Vec<&RunRow> {
        self.0.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        if self.0.is_empty() {
            return vec![Block::Title("No runs on this machine".to_owned())];
        }
        let row = |run: &RunRow| {
            let tone = if run.state == State::Done { Tone::Plain } else { Tone::Caution };
            vec![
                Cell::strong(&run.id),
                Cell::new(&run.command),
                Cell::past(Some(run.started_at), ""),
                Cell::new(run.state.as_str()).toned(tone),
                Cell::new(run.summary.changed.to_string()),
                Cell::new((run.summary.failed + run.summary.skipped).to_string()),
                Cell::new(run.summary.left.to_string()),
                Cell::new(&run.server),
            ]
        };
        vec![Block::table(COLUMNS, self.0.iter().map(row).collect())]
    }
}
