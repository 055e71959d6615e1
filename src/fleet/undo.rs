//! The way back from a run.
//!
//! Responsible for the steps that take back what a run changed. Refuses what cannot be taken back: an account that was
//! created or deleted, and a password.

use super::plan::ordered;
use super::record::Record;
use crate::output::{Descriptions, Op, Outcome, Step};

/// Whether every step of this kind can be taken back.
pub const fn is_possible(op: Op) -> bool {
    matches!(op, Op::Grant | Op::Revoke | Op::Edit | Op::RoleCreate | Op::RoleEdit)
}

/// The steps from what the run made to what was there before, in an order that can be run.
///
/// # Errors
/// The steps that cannot be taken back.
pub fn steps(record: &Record) -> Result<Vec<Step>, Vec<String>> {
    let changed: Vec<&Step> = record
        .header
        .steps
        .iter()
        .zip(&record.progress)
        .filter(|(_, progress)| matches!(progress.end, Some((Outcome::Changed, _))))
        .map(|(step, _)| step)
        .collect();
    let stuck = changed.iter().filter(|step| !is_possible(step.op));
    let stuck: Vec<String> = stuck.map(|step| format!("{} {}", step.op.as_str(), step.subject())).collect();
    if stuck.is_empty() { Ok(ordered(changed.into_iter().rev().map(reversed).collect())) } else { Err(stuck) }
}

/// The step from what `step` made to what it found.
fn reversed(step: &Step) -> Step {
    let op = match step.op {
        Op::RoleCreate => Op::RoleDelete,
        Op::Grant | Op::Revoke if step.before.is_none() => Op::Revoke,
        Op::Revoke => Op::Grant,
        op => op,
    };
    let account = step.account.as_deref();
    let mut back = Step::of_access(op, account, &step.company, step.after.clone(), step.before.clone());
    back.description = step
        .description
        .as_ref()
        .map(|change| Descriptions { before: change.after.clone(), after: change.before.clone() });
    back
}
