//! A plan: what would be done.
//!
//! Responsible for its document and its table. Refuses to compute it: [`crate::fleet`] does.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::held;
use crate::domain::Company;
use crate::output::{Answer, Block, Cell, Column, Fit, Op, Step, Tone};

/// Most steps that a preview shows one by one.
const MOST_SHOWN: usize = 200;

/// How many steps of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanSummary")]
pub struct Summary {
    /// Accounts to create.
    pub create: u64,
    /// Descriptions to change.
    pub edit: u64,
    /// Access to give to an account without access.
    pub grant: u64,
    /// Access to change, and roles to create and change.
    pub change: u64,
    /// Access to remove.
    pub revoke: u64,
    /// Accounts and roles to delete.
    pub delete: u64,
    /// What is as it should be.
    pub unchanged: u64,
}

impl Summary {
    /// The count of the steps.
    pub fn of(steps: &[Step], unchanged: u64) -> Self {
        let mut summary = Self { unchanged, ..Self::default() };
        for step in steps {
            *match step.op {
                Op::Create => &mut summary.create,
                Op::Edit => &mut summary.edit,
                Op::Grant if step.before.is_none() => &mut summary.grant,
                Op::Grant | Op::RoleCreate | Op::RoleEdit | Op::Rotate => &mut summary.change,
                Op::Revoke => &mut summary.revoke,
                Op::Delete | Op::RoleDelete => &mut summary.delete,
            } += 1;
        }
        summary
    }
}

impl Summary {
    /// The sentence for people.
    pub fn sentence(&self) -> String {
        let counts = [
            (self.create, "to create"),
            (self.edit, "to edit"),
            (self.grant, "to grant"),
            (self.change, "to change"),
            (self.revoke, "to revoke"),
            (self.delete, "to delete"),
        ];
        let parts: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        match (parts.is_empty(), self.unchanged) {
            (true, unchanged) => format!("Nothing to do; {unchanged} unchanged"),
            (false, unchanged) => format!("{}; {unchanged} unchanged", parts.join(", ")),
        }
    }
}

/// What would be done, in the order in which it is done.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub struct PlanView {
    /// The server.
    pub server: String,
    /// The active company; null if none is chosen.
    pub company: Option<Company>,
    /// When it was computed.
    pub created_at: Timestamp,
    /// A digest of the state from which the plan was computed: it changes with that state.
    pub fingerprint: String,
    /// The steps.
    pub steps: Vec<Step>,
    /// How many steps of each kind there are.
    pub summary: Summary,
    /// The companies that own the accounts, by account.
    pub owners: BTreeMap<String, Company>,
    /// In how many companies an account has access that would be deleted, by account.
    pub deleted: BTreeMap<String, u64>,
    /// Whether a long plan is shown whole to people.
    #[serde(skip)]
    pub whole: bool,
}

const COLUMNS: &[Column] = &[
    Column::mark("Sign"),
    Column::new("Company", Fit::Text),
    Column::new("Before", Fit::List),
    Column::new("After", Fit::List),
    Column::new("Gained", Fit::List),
    Column::new("Lost", Fit::List),
];
/// How many of them there are where no step gives or takes permissions.
const WITHOUT_PERMISSIONS: usize = 4;

/// The sign of a step.
fn sign(step: &Step) -> Cell {
    match step.op {
        Op::Create | Op::RoleCreate => Cell::new("+").toned(Tone::Gain),
        Op::Grant if step.before.is_none() => Cell::new("+").toned(Tone::Gain),
        Op::Revoke | Op::Delete | Op::RoleDelete => Cell::new("-").toned(Tone::Bad),
        Op::Grant | Op::Edit | Op::RoleEdit | Op::Rotate => Cell::new("~").toned(Tone::Caution),
    }
}

/// What a step is about, before its company: the account, or the role.
fn group(step: &Step) -> String {
    match (&step.account, step.role()) {
        (Some(account), _) => account.clone(),
        (None, Some((_, role))) => format!("Role {role}"),
        (None, None) => String::new(),
    }
}

/// More permissions than these are counted.
const MOST_NAMED: usize = 4;

fn cells(step: &Step, whole: bool) -> Vec<Cell> {
    let signed = |sign: &str, names: &[String]| match names.len() {
        count if count > MOST_NAMED && !whole => format!("{sign}{count} permissions"),
        _ => names.iter().map(|name| format!("{sign}{name}")).collect::<Vec<_>>().join(", "),
    };
    let (before, after) = match (&step.description, step.op) {
        (_, Op::Create) => (String::new(), "new account".to_owned()),
        (_, Op::Delete) => ("account".to_owned(), "deleted".to_owned()),
        (_, Op::Rotate) => (String::new(), "new password".to_owned()),
        (Some(change), _) => {
            (change.before.clone().unwrap_or_default(), change.after.clone().unwrap_or_default())
        }
        _ if step.op.is_of_role() => (String::new(), String::new()),
        _ => (held(step.before.as_ref()), held(step.after.as_ref())),
    };
    vec![
        sign(step),
        Cell::company(&step.company),
        Cell::new(before.replace(',', ", ")),
        Cell::new(after.replace(',', ", ")),
        Cell::new(signed("+", &step.gained)).toned(Tone::Gain),
        Cell::new(signed("-", &step.lost)).toned(Tone::Bad),
    ]
}

/// Tables of steps, one for each account or role.
pub(in crate::output) fn grouped_steps<'a>(
    steps: impl IntoIterator<Item = &'a Step>,
    whole: bool,
) -> Vec<Block> {
    let steps: Vec<&Step> = steps.into_iter().collect();
    let moves = |step: &&Step| !(step.gained.is_empty() && step.lost.is_empty());
    let shown = if steps.iter().any(moves) { COLUMNS.len() } else { WITHOUT_PERMISSIONS };
    let mut groups: Vec<(String, Vec<&Step>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for step in steps {
        let name = group(step);
        let place = *places.entry(name.clone()).or_insert_with(|| {
            groups.push((name, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(step);
    }
    groups.sort_by_key(|group| group.0.to_lowercase());
    let blocks = groups.into_iter().flat_map(|(name, mut steps)| {
        steps.sort_by(|one, other| one.company.name.cmp(&other.company.name));
        [
            Block::Title(name),
            Block::table(
                &COLUMNS[..shown],
                steps.into_iter().map(|step| cells(step, whole).into_iter().take(shown).collect()).collect(),
            ),
        ]
    });
    blocks.collect()
}

/// Only how many steps of each kind each account has.
fn counted_steps(steps: &[Step]) -> Block {
    const COUNTS: &[Column] = &[Column::new("Account or role", Fit::Name), Column::new("Steps", Fit::Text)];
    let mut counts: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    for step in steps {
        counts.entry(group(step)).or_default().push(step.clone());
    }
    let row = |(name, steps): (String, Vec<Step>)| {
        let sentence = Summary::of(&steps, 0).sentence();
        vec![Cell::strong(name), Cell::new(sentence.trim_end_matches("; 0 unchanged").to_owned())]
    };
    Block::table(COUNTS, counts.into_iter().map(row).collect())
}

impl Answer for PlanView {
    type Row = Step;

    fn rows(&self) -> Vec<&Step> {
        self.steps.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let is_long = self.steps.len() > MOST_SHOWN && !self.whole;
        let mut blocks = if is_long {
            vec![Block::Title("Plan".to_owned()), counted_steps(&self.steps)]
        } else {
            grouped_steps(&self.steps, self.whole)
        };
        if is_long {
            blocks.push(Block::Note("--wide shows every step.".into()));
        }
        blocks.push(Block::Title(self.summary.sentence()));
        blocks
    }
}
