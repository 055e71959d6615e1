//! What a run is, and how far it has come.
//!
//! Responsible for the lines of a journal and for what they say together. Refuses I/O.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::Company;
use crate::error::{CliError, Result};
use crate::output::{Detail, Outcome, ResultView, RunCounts, RunView, State, Step, Summary};

/// The description of a run: the first line of its journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub id: String,
    /// The command that started it.
    pub command: String,
    /// The server.
    pub server: String,
    /// Who signed in.
    pub username: String,
    /// The active company.
    pub company: Option<Company>,
    /// When it began.
    pub started_at: Timestamp,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// How many steps of each kind there are.
    pub summary: Summary,
    /// Where passwords go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passwords: Option<Handover>,
    /// Whether a grant sends what is gained and lost, so that what others change in the meantime stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adjusts: bool,
    /// How many failures end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<u64>,
}

/// Where new passwords go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    /// Files in this folder.
    Folder(PathBuf),
    /// The standard input of this command.
    Command(String),
}

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// What the run is.
    Run(Box<Header>),
    /// The step may have been carried out from now on.
    Begin(Moment),
    /// The new password of the step is in its file.
    Prepared(Moment),
    /// The new password was certainly not set, and its file gets the old one again.
    Withdrawn(Moment),
    /// The new password is valid on the server.
    Verified(Moment),
    /// The step has ended.
    End {
        /// Which step, from 0.
        step: usize,
        /// The time.
        at: Timestamp,
        /// The result.
        outcome: Outcome,
        /// The error, if it failed or was skipped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Value>,
    },
    /// The failed steps are tried again.
    Retry {
        /// The time.
        at: Timestamp,
    },
    /// The run has ended.
    Finished {
        /// The time.
        at: Timestamp,
        /// The result.
        state: State,
    },
}

/// The current time in whole seconds, as in documents.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A step at a moment.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// Which step, from 0.
    pub step: usize,
    /// The time.
    pub at: Timestamp,
}

impl Moment {
    /// The step now.
    pub fn of(step: usize) -> Self {
        Self { step, at: now() }
    }
}

/// How far a step has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// It may have been carried out.
    pub begun: bool,
    /// Its new password is in the file.
    pub prepared: bool,
    /// Its new password is valid on the server.
    pub verified: bool,
    /// How it ended.
    pub end: Option<(Outcome, Option<Value>)>,
}

/// A journal as it was read.
#[derive(Clone, Debug)]
pub struct Record {
    /// What the run is.
    pub header: Header,
    /// How far each step has come.
    pub progress: Vec<Progress>,
    /// When and how it ended.
    pub finished: Option<(Timestamp, State)>,
}

impl Record {
    /// The record of a run that begins.
    pub fn new(header: Header) -> Self {
        let progress = vec![Progress::default(); header.steps.len()];
        Self { header, progress, finished: None }
    }

    /// Checks that `here` is the server of the run.
    ///
    /// # Errors
    /// `usage`.
    pub fn insist_on_server(&self, here: &str) -> Result<()> {
        let Header { id, server: there, .. } = &self.header;
        if there == here {
            return Ok(());
        }
        Err(CliError::usage(format!("run {id} is about {there}, and this call goes to {here}"))
            .hint(format!("add --server {there}, or the profile of that server")))
    }

    /// Applies a line of the journal; a line about an unknown step is ignored.
    pub fn take(&mut self, line: &Line) {
        let step = match line {
            Line::Run(_) => return,
            Line::Begin(moment)
            | Line::Prepared(moment)
            | Line::Withdrawn(moment)
            | Line::Verified(moment) => moment.step,
            Line::End { step, .. } => *step,
            Line::Retry { .. } => {
                self.finished = None;
                for progress in &mut self.progress {
                    if matches!(progress.end, Some((Outcome::Failed | Outcome::Skipped, _))) {
                        progress.end = None;
                    }
                }
                return;
            }
            Line::Finished { at, state } => {
                self.finished = Some((*at, *state));
                return;
            }
        };
        let Some(progress) = self.progress.get_mut(step) else { return };
        self.finished = None;
        match line {
            Line::Begin(_) => progress.begun = true,
            Line::Prepared(_) => progress.prepared = true,
            Line::Withdrawn(_) => progress.prepared = false,
            Line::Verified(_) => progress.verified = true,
            Line::End { outcome, error, .. } => progress.end = Some((*outcome, error.clone())),
            _ => {}
        }
    }

    /// The number of steps with this outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        let is = |progress: &&Progress| progress.end.as_ref().is_some_and(|(end, _)| *end == outcome);
        self.progress.iter().filter(is).count() as u64
    }

    /// How many steps have not ended.
    pub fn left(&self) -> u64 {
        self.progress.iter().filter(|progress| progress.end.is_none()).count() as u64
    }

    /// The view of the run.
    pub fn view(&self, detail: Detail) -> RunView {
        let header = &self.header;
        let ended = header.steps.iter().zip(&self.progress).filter_map(|(step, progress)| {
            let (outcome, error) = progress.end.clone()?;
            Some(ResultView { step: step.clone(), outcome, error })
        });
        RunView {
            id: header.id.clone(),
            command: header.command.clone(),
            server: header.server.clone(),
            started_at: header.started_at,
            finished_at: self.finished.map(|(at, _)| at),
            state: self.state(),
            results: ended.collect(),
            summary: RunCounts {
                changed: self.count(Outcome::Changed),
                unchanged: self.count(Outcome::Unchanged) + header.summary.unchanged,
                failed: self.count(Outcome::Failed),
                skipped: self.count(Outcome::Skipped),
                left: self.left(),
            },
            detail,
        }
    }

    /// The state of the run.
    pub fn state(&self) -> State {
        self.finished.map_or(State::Running, |(_, state)| state)
    }
}
