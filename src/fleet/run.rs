//! The runner: the only part of the fleet that sends changes.
//!
//! Responsible for the order of steps, for how many are in progress, and for a run that fails, is interrupted or was
//! killed. Refuses to begin a step before the journal says so.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::journal::{self, Header, Journal, Line, Moment, Record};
use super::passwords::Passwords;
use super::perform::Performer;
use super::plan::{Failures, phases};
use crate::api::Code;
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::{Op, Outcome, State, Step};
use crate::text::CommandLine;
use crate::ui::WayOut;

/// How often a step is tried if the server is too busy.
const ATTEMPTS: u32 = 4;

/// A run that has ended, and how.
#[derive(Debug)]
pub struct Ended {
    /// How far it has come.
    pub record: Record,
    /// Its result.
    pub verdict: Result<()>,
}

/// Runs a plan from its beginning.
///
/// # Errors
/// What failed before the first step: `io` where the journal cannot be begun.
pub async fn begin(context: &Context, header: Header, concurrency: usize) -> Result<Ended> {
    let folder = journal::folder(context)?;
    let passwords = passwords(&header, &folder)?;
    let journal = Journal::begin(&folder, &header).await.map_err(|error| {
        error.hint("nothing was changed: free space there, or set another folder with XDG_STATE_HOME")
    })?;
    go_on(context, Record::new(header), &journal, passwords.as_ref(), concurrency).await
}

/// Continues a run where it ended.
///
/// # Errors
/// As [`begin`]; `not_found`; `usage` while another process runs it, or against another server.
pub async fn resume(context: &Context, id: &str, retry: bool, concurrency: usize) -> Result<Ended> {
    let folder = journal::folder(context)?;
    let journal = Journal::open(&folder, id)?;
    let mut record = journal::read(&folder, id)?;
    record.insist_on_server(&context.session().await?.origin().to_string())?;
    let passwords = passwords(&record.header, &folder)?;
    if retry {
        let line = Line::Retry { at: journal::now() };
        record.take(&line);
        journal.write(line).await?;
    }
    if record.left() == 0 {
        context.ui().note(format!("nothing is left to do in run {id}: this is its result"));
    }
    go_on(context, record, &journal, passwords.as_ref(), concurrency).await
}

/// Where the new passwords of the run go, if it makes any.
fn passwords(header: &Header, folder: &Path) -> Result<Option<Passwords>> {
    let handover = header.passwords.as_ref();
    handover.map(|handover| Passwords::open(handover, folder, &header.id)).transpose()
}

async fn go_on(
    context: &Context,
    record: Record,
    journal: &Journal,
    passwords: Option<&Passwords>,
    concurrency: usize,
) -> Result<Ended> {
    let ui = context.ui();
    let id = record.header.id.clone();
    let adjusts = record.header.adjusts;
    let session = context.session().await?;
    let gateway = context.gateway()?;
    let performer = Performer { session, gateway: &gateway, journal, run: &id, passwords, adjusts };
    let resume = CommandLine::new("run resume").operand(&id);
    ui.leave_way_out(Some(WayOut::saying(resume.clone().after("go on with: "))));
    let interrupts = ui.take_interrupts();
    let total = record.header.steps.len() as u64;
    let bar = ui.bar(total, total - record.left());
    let runner = Runner {
        context,
        journal,
        performer,
        record: RefCell::new(record),
        failures: RefCell::default(),
        failed: Cell::default(),
        bar,
    };
    let ended = runner.all(concurrency).await;
    let record = runner.record.into_inner();
    drop(runner.bar);
    drop(interrupts);
    ui.leave_way_out(None);
    let verdict = match ended {
        Ok(()) => verdict(&record),
        Err(error) => Err(error.hint(resume.after("go on with: "))),
    };
    Ok(Ended { record, verdict })
}

struct Runner<'a> {
    context: &'a Context,
    journal: &'a Journal,
    performer: Performer<'a>,
    record: RefCell<Record>,
    failures: RefCell<Failures>,
    /// How many steps failed in this process.
    failed: Cell<u64>,
    bar: crate::ui::Bar,
}

impl Runner<'_> {
    /// Every step that has not ended, phase after phase.
    async fn all(&self, concurrency: usize) -> Result<()> {
        let phases = {
            let record = self.record.borrow();
            for (step, progress) in record.header.steps.iter().zip(&record.progress) {
                if matches!(progress.end, Some((Outcome::Failed | Outcome::Skipped, _))) {
                    self.failures.borrow_mut().add(step);
                }
            }
            phases(&record.header.steps)
        };
        let last = phases.iter().max().copied().unwrap_or_default();
        for phase in 0..=last {
            let left: Vec<usize> = (0..phases.len())
                .filter(|place| {
                    phases[*place] == phase && self.record.borrow().progress[*place].end.is_none()
                })
                .collect();
            let going = left.into_iter().take_while(|_| !self.stops());
            let mut steps = stream::iter(going).map(|place| self.step(place)).buffer_unordered(concurrency);
            while let Some(ended) = steps.next().await {
                ended?;
            }
        }
        self.finish().await
    }

    /// Whether no further step begins.
    fn stops(&self) -> bool {
        let most = self.record.borrow().header.max_failures;
        self.context.ui().is_interrupted() || most.is_some_and(|most| self.failed.get() >= most)
    }

    async fn step(&self, place: usize) -> Result<()> {
        let (step, progress) = {
            let record = self.record.borrow();
            (record.header.steps[place].clone(), record.progress[place].clone())
        };
        let hindered = self.failures.borrow().hinder(&step);
        if let Some(why) = hindered {
            let error = serde_json::json!({"code": "skipped", "message": why});
            return self.end(place, &step, Outcome::Skipped, Some(error)).await;
        }
        self.write(Line::Begin(Moment::of(place))).await?;
        let (outcome, error) = match self.patiently(place, &step, &progress).await {
            Ok(outcome) => (outcome, None),
            Err(error) => (Outcome::Failed, Some(self.context.ui().failure_document(&error))),
        };
        self.end(place, &step, outcome, error).await
    }

    /// Carries out the step, again when the server is too busy.
    async fn patiently(&self, place: usize, step: &Step, progress: &journal::Progress) -> Result<Outcome> {
        let mut wait = Duration::from_secs(1);
        for _ in 1..ATTEMPTS {
            match self.performer.perform(place, step, progress).await {
                Err(error)
                    if matches!(error.code(), Code::RateLimited | Code::Unavailable) && !self.stops() =>
                {
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                ended => return ended,
            }
        }
        self.performer.perform(place, step, progress).await
    }

    async fn end(
        &self,
        step: usize,
        what: &Step,
        outcome: Outcome,
        error: Option<serde_json::Value>,
    ) -> Result<()> {
        if matches!(outcome, Outcome::Failed | Outcome::Skipped) {
            self.failures.borrow_mut().add(what);
        }
        self.failed.set(self.failed.get() + u64::from(outcome == Outcome::Failed));
        self.bar.ended(outcome == Outcome::Failed);
        let line = Line::End { step, at: journal::now(), outcome, error };
        if matches!(what.op, Op::Create | Op::Rotate) {
            // Repeated, it would touch files of passwords.
            return self.write(line).await;
        }
        self.record.borrow_mut().take(&line);
        self.journal.note(line)
    }

    async fn write(&self, line: Line) -> Result<()> {
        self.record.borrow_mut().take(&line);
        self.journal.write(line).await
    }

    async fn finish(&self) -> Result<()> {
        let state = {
            let record = self.record.borrow();
            let failed = record.count(Outcome::Failed) + record.count(Outcome::Skipped);
            match record.left() {
                0 if failed == 0 => State::Done,
                0 => State::Partial,
                _ if self.context.ui().is_interrupted() => State::Interrupted,
                _ => State::Partial,
            }
        };
        self.write(Line::Finished { at: journal::now(), state }).await
    }
}

/// The error of a run that is not completely done; otherwise `Ok`.
fn verdict(record: &Record) -> Result<()> {
    let id = &record.header.id;
    let resume = || CommandLine::new("run resume").operand(id).after("go on with: ");
    match record.state() {
        State::Done => Ok(()),
        State::Interrupted | State::Running => Err(CliError::interrupted()
            .worded(format!("interrupted with {} steps left", record.left()))
            .hint(resume())),
        State::Partial => {
            let (failed, skipped) = (record.count(Outcome::Failed), record.count(Outcome::Skipped));
            let total = record.header.steps.len();
            let message = match record.left() {
                0 => format!("{failed} of {total} steps failed, {skipped} were skipped"),
                left => format!("stopped after {failed} failures, with {left} of {total} steps left"),
            };
            Err(CliError::new(Code::Partial, message)
                .hint(CommandLine::new("run show").operand(id).after("see the reasons with: "))
                .hint(CommandLine::new("run retry").operand(id).after("try the failed steps again with: ")))
        }
    }
}
