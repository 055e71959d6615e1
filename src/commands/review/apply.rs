//! `sactl review apply`: removes the access that a review marks with `revoke`.
//!
//! Responsible for the plan and the receipt. Refuses a review of access that has changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::api::{Access, Code, Permissions};
use crate::commands::shared::carry_out::{Order, Prepared};
use crate::commands::shared::confirm;
use crate::commands::shared::dry_run::DryRunArgs;
use crate::commands::shared::run_args::RunArgs;
use crate::commands::shared::several;
use crate::config::secure_file;
use crate::context::Context;
use crate::domain::{AccountName, Company, CompanyId, Violation};
use crate::error::{CliError, Result};
use crate::fleet::desired::Found;
use crate::fleet::plan::Plan;
use crate::output::{Op, Step};
use crate::text::CommandLine;

/// Most bytes of a review.
const LIMIT: usize = 256 * 1024 * 1024;

/// Carry out a review: remove the access that is marked revoke
///
/// Refused with exit code 6 if any access in these companies has changed since the review was written. The
/// output is a receipt: keep it with -o json.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl review apply review.csv --dry-run\n  sactl review apply review.csv --yes"
)]
pub(super) struct Args {
    /// The review with its decisions
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    review: PathBuf,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// A row as it is read.
#[derive(Debug, Deserialize)]
struct Line {
    account: String,
    company_id: i64,
    role: String,
    permissions: String,
    decision: String,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let what = "remove the access that the review marks revoke".to_owned();
    if !args.dry_run.is_on {
        confirm::is_needed(context, &what)?;
    }
    let lines = read(&args.review)?;
    let companies: BTreeSet<CompanyId> = lines.iter().map(|line| CompanyId(line.company_id)).collect();
    let found = several::seen_in(context, &companies).await?;
    let stale = stale(&lines, &found, &companies);
    if !stale.is_empty() {
        let reasons = stale.into_iter().map(|what| Violation::new("review", Code::PlanStale.as_str(), what));
        return Err(CliError::new(
            Code::PlanStale,
            format!("the review in {} is out of date", args.review.display()),
        )
        .violating(reasons.collect())
        .hint(CommandLine::new("review export").after("write it again with: ")));
    }
    let plan = plan(&lines, &found);
    let order = Order::new(context, "review apply", &args.run, args.dry_run.is_on, what);
    order.carry_out(Prepared { plan, found }).await.map(drop)
}

/// Reads the review.
fn read(path: &Path) -> Result<Vec<Line>> {
    let source = || CommandLine::new("review export").after("write a review with: ");
    let bytes = secure_file::read_bounded(path, LIMIT, source())?;
    // Spreadsheets write a mark before the text.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
    has_columns(path, reader.headers().ok())?;
    for (place, line) in reader.deserialize::<Line>().enumerate() {
        let place = place + 2;
        let line = line.map_err(|error| {
            CliError::usage(format!("{}: line {place}: {error}", path.display())).hint(source())
        })?;
        match line.decision.to_lowercase().as_str() {
            "keep" | "revoke" => {}
            "" => faults.push(format!(
                "line {place}: {} in company {} is not decided",
                line.account, line.company_id
            )),
            other => faults.push(format!("line {place}: {other:?} is neither keep nor revoke")),
        }
        lines.push(line);
    }
    faults.extend(repeated(&lines));
    if faults.is_empty() {
        return Ok(lines);
    }
    let message = format!("{}: {} rows have no valid decision", path.display(), faults.len());
    let reasons = faults.into_iter().map(|fault| Violation::new("decision", "usage", fault));
    Err(CliError::usage(message)
        .violating(reasons.collect())
        .hint("write keep or revoke into the column decision of each row, once"))
}

/// The columns that are read.
const COLUMNS: [&str; 5] = ["account", "company_id", "role", "permissions", "decision"];

/// Refuses a file that is no review: without rows it would look like one with nothing to do.
///
/// # Errors
/// `usage`.
fn has_columns(path: &Path, header: Option<&csv::StringRecord>) -> Result<()> {
    let has = |column: &str| header.is_some_and(|header| header.iter().any(|name| name == column));
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|column| !has(column)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = format!("{} is no access review: it has no column {}", path.display(), missing.join(", "));
    Err(CliError::usage(what).hint(CommandLine::new("review export").after("write a review with: ")))
}

/// The rows about an account and a company that an earlier row is about.
fn repeated(lines: &[Line]) -> Vec<String> {
    let mut seen: BTreeMap<(String, i64), usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let place = place + 2;
        let first = *seen.entry((AccountName::key_of(&line.account), line.company_id)).or_insert(place);
        if first != place {
            faults.push(format!(
                "line {place}: {} in company {} is already decided in line {first}",
                line.account, line.company_id
            ));
        }
    }
    faults
}

/// What is not as the review says it was.
fn stale(lines: &[Line], found: &Found, companies: &BTreeSet<CompanyId>) -> Vec<String> {
    let mut reviewed: BTreeMap<(String, CompanyId), &Line> = BTreeMap::new();
    for line in lines {
        reviewed.insert((AccountName::key_of(&line.account), CompanyId(line.company_id)), line);
    }
    let mut reasons = Vec::new();
    for (key, line) in &reviewed {
        let access = found.accounts.get(&key.0).and_then(|account| account.access.get(&key.1));
        if !access.is_some_and(|access| is_as_reviewed(access, line)) {
            reasons
                .push(format!("the access of {} in company {} has changed", line.account, line.company_id));
        }
    }
    for (key, account) in &found.accounts {
        for access in account.access.values().filter(|access| companies.contains(&access.company.id)) {
            if !reviewed.contains_key(&(key.clone(), access.company.id)) {
                reasons.push(format!("{} has got access in {}", account.name, access.company));
            }
        }
    }
    reasons
}

fn is_as_reviewed(access: &Access, line: &Line) -> bool {
    let permissions: Permissions = line.permissions.split(',').filter(|name| !name.is_empty()).collect();
    access.role.as_deref().unwrap_or_default() == line.role && access.permissions == permissions
}

fn plan(lines: &[Line], found: &Found) -> Plan {
    let mut plan = Plan::default();
    for line in lines {
        let account = found.accounts.get(&AccountName::key_of(&line.account));
        let access = account.and_then(|account| account.access.get(&CompanyId(line.company_id)));
        match (line.decision.to_lowercase().as_str(), account, access) {
            ("revoke", Some(account), Some(access)) => {
                let company: &Company = &access.company;
                plan.steps.push(Step::of_access(
                    Op::Revoke,
                    Some(&account.name),
                    company,
                    Some(access.clone()),
                    None,
                ));
            }
            _ => plan.unchanged += 1,
        }
    }
    plan
}
