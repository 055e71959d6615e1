//! `sactl audit`: shows what was done in the company, and follows new records.
//!
//! Responsible for the filters and the output. Refuses to interpret records.

mod several;

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::shared::company_session::CompanySession;
use super::shared::hints::lacking_permission;
use super::shared::values::at_least_one;
use crate::api::audit::{Action, AuditQuery, AuditRecord, Order};
use crate::api::{Code, Page};
use crate::client;
use crate::context::Context;
use crate::domain::{Company, Moment, Permission, page};
use crate::error::{CliError, Result};
use crate::fleet::selectors::CompaniesArgs;
use crate::output::{AuditLogView, AuditRow, Format, RowWriter, Shape};
use crate::text::CommandLine;
use crate::text::suggest::all_near;

/// How far back a log is read where nothing else is asked for.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Longer times to look back, and their days.
const LONGER: [(&str, i64); 2] = [("30d", 30), ("365d", 365)];

/// How long to wait for new records.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a record may take from its time until it can be read: a request is given up after half of that.
const LATENESS: SignedDuration = SignedDuration::from_mins(1);

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl audit --since 7d --account fleet-automation\n  \
                  sactl audit --actor admin@acme.example --limit 20\n  \
                  sactl audit --since 2026-11-01 --until 2026-11-15 --action account.deleted -o csv\n  \
                  sactl audit --companies all --since 7d --action access.set -o csv\n  \
                  sactl audit --follow -o jsonl")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Show only records since this age or time [default: 24h]
    #[arg(long, value_name = "AGE|TIME")]
    since: Option<Moment>,

    /// Show only records before this age or time
    #[arg(long, value_name = "AGE|TIME")]
    until: Option<Moment>,

    /// Show only these actions; repeatable, or comma-separated
    #[arg(long, value_name = "ACTION", value_delimiter = ',', long_help = help_of_actions())]
    action: Vec<String>,

    /// Show only what was done to these accounts; repeatable, or comma-separated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    account: Vec<String>,

    /// Show only what these users, accounts or companies did; repeatable, or comma-separated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    actor: Vec<String>,

    #[command(flatten)]
    companies: CompaniesArgs,

    /// Show at most this many records of each company, the newest
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    limit: Option<u64>,

    /// Show the oldest records first, and continue with new ones until Ctrl-C
    #[arg(long, conflicts_with_all = ["until", "limit", "companies"])]
    follow: bool,
}

/// The help of `--action`, with every action.
fn help_of_actions() -> String {
    let actions = Action::ALL.map(Action::as_str).join(", ");
    format!("Show only these actions; repeatable, or comma-separated\n\nThe actions are {actions}.")
}

impl Args {
    fn first(&self, now: Timestamp) -> Timestamp {
        self.since.as_ref().map_or(now - DAY, |since| since.seen_from(now))
    }

    /// Refuses an end that is not after the beginning: no record could match.
    ///
    /// # Errors
    /// `usage`.
    fn require_time(&self, now: Timestamp) -> Result<()> {
        let Some(until) = &self.until else { return Ok(()) };
        if until.seen_from(now) > self.first(now) {
            return Ok(());
        }
        Err(match &self.since {
            Some(since) => CliError::usage(format!("--until {until} is not after --since {since}: no record can match"))
                .hint("--since is the beginning, and --until is the end"),
            None => CliError::usage(format!(
                "--until {until} is not within the last 24 hours, and without --since no older record is shown"
            ))
            .hint("add --since with an earlier age or time"),
        })
    }

    fn query(&self, now: Timestamp) -> AuditQuery {
        let several = |values: &[String]| (!values.is_empty()).then(|| values.join(","));
        AuditQuery {
            since: Some(self.first(now)),
            until: self.until.as_ref().map(|until| until.seen_from(now)),
            action: several(&self.action),
            account: several(&self.account),
            actor: several(&self.actor),
            order: self.follow.then_some(Order::Asc),
            cursor: None,
            page_size: Some(self.limit.unwrap_or(page::MAX_SIZE).min(page::MAX_SIZE)),
        }
    }

    /// The same question about a longer time; `None` if it is about a year already.
    fn wider(&self, now: Timestamp) -> Option<CommandLine> {
        let since = self.first(now);
        let longer = LONGER.iter().find(|(_, days)| since > now - SignedDuration::from_hours(days * 24));
        let line = CommandLine::new("audit").flag("--since", longer?.0);
        let values =
            [("--action", &self.action), ("--account", &self.account), ("--actor", &self.actor)].into_iter();
        let values = values.filter(|(_, values)| !values.is_empty());
        let line = values.fold(line, |line, (flag, values)| line.flag(flag, values.join(",")));
        let line = self.until.iter().fold(line, |line, until| line.flag("--until", until));
        Some(self.limit.iter().fold(line, |line, limit| line.flag("--limit", limit)))
    }
}

/// Shows the log.
///
/// # Errors
/// `missing_permission`, and those of signing in and of reading.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let named = args.action.clone();
    show(args, context).await.map_err(|error| with_actions(error, &named))
}

async fn show(args: Args, context: &Context) -> Result<()> {
    let now = Timestamp::now();
    args.require_time(now)?;
    let query = args.query(now);
    if args.companies.companies.is_some() {
        return several::run(&args.companies, query, args.limit, args.wider(now), context).await;
    }
    let session = CompanySession::open(context).await?;
    let mut rows = Rows::new(&session);
    if args.follow {
        return rows.follow(query).await;
    }
    let wider = args.wider(now);
    rows.once(query, args.limit, wider.clone()).await?;
    // Rows say nothing of the time that was not asked for.
    if let Some(wider) = wider.filter(|_| rows.is_empty() && args.since.is_none()) {
        let when =
            if args.until.is_some() { "between then and 24 hours ago" } else { "in the last 24 hours" };
        session.ui.hint(wider.after(format!("no record matches {when}; look further back with: ")));
    }
    Ok(())
}

/// The refusal of a query, with the actions that were meant in place of those that do not exist.
fn with_actions(error: CliError, named: &[String]) -> CliError {
    let known = || Action::ALL.into_iter().map(Action::as_str);
    let is_unknown = |name: &&String| known().all(|action| action != name.as_str());
    let unknown: Vec<&String> = named.iter().filter(is_unknown).collect();
    if error.code() != Code::Malformed || unknown.is_empty() {
        return error;
    }
    let near = unknown.into_iter().filter_map(|name| {
        let meant = all_near(name, known());
        (!meant.is_empty()).then(|| format!("instead of {name}, did you mean {}?", meant.join(" or ")))
    });
    let error = near.fold(error, CliError::hint);
    error.hint(CommandLine::new("help audit").after("the actions are listed in: "))
}

/// Explains why the log cannot be read.
fn explained(session: &CompanySession<'_>, error: client::Error) -> CliError {
    let subject = error.subject.clone();
    let error = CliError::from(error);
    match error.code() {
        Code::MissingPermission => {
            lacking_permission(error, &subject, &Permission::AUDITING_VIEW.to_string(), session.company)
        }
        Code::NotFound => error
            .at(session.client.origin())
            .hint(CommandLine::new("company list").after("list your companies with: ")),
        _ => error,
    }
}

/// The records as they come.
struct Rows<'a> {
    session: &'a CompanySession<'a>,
    writer: Option<RowWriter<'a>>,
    begun: bool,
    written: usize,
    company: Option<Company>,
}

impl<'a> Rows<'a> {
    fn new(session: &'a CompanySession<'a>) -> Self {
        let output_context = session.output_context();
        let writer =
            output_context.streams().then(|| RowWriter::selecting(&output_context, session.ui.selection()));
        Self { session, writer, begun: false, written: 0, company: None }
    }

    async fn rows(&mut self, page: Page<AuditRecord>) -> Vec<AuditRow> {
        let known = match self.company.take().or(page.company) {
            Some(company) => company,
            None => self.session.named_company().await,
        };
        let company = self.company.insert(known);
        page.data.into_iter().map(|record| AuditRow::new(record, company.clone())).collect()
    }

    /// Writes rows at once, for forms in which that can be done.
    fn write(&mut self, writer: RowWriter<'_>, rows: &[AuditRow]) -> Result<()> {
        let ui = self.session.ui;
        self.written += rows.len();
        if !std::mem::replace(&mut self.begun, true) {
            ui.answer(|out| writer.begin::<AuditRow>(out))?;
        }
        ui.answer(|out| writer.write_each(rows, out))
    }

    /// Whether rows were to be written, and none was.
    const fn is_empty(&self) -> bool {
        self.writer.is_some() && self.written == 0
    }

    /// Shows what there is.
    async fn once(
        &mut self,
        query: AuditQuery,
        limit: Option<u64>,
        wider: Option<CommandLine>,
    ) -> Result<()> {
        let mut pages = self.session.client.list_audit_records(self.session.company, &query)?;
        let mut left = limit.unwrap_or(u64::MAX);
        let (mut kept, mut is_cut) = (Vec::new(), false);
        while let Some(mut page) = pages.next().await.map_err(|error| explained(self.session, error))? {
            let count = page.data.len() as u64;
            is_cut = count > left || (count == left && page.next.is_some());
            page.data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            left -= page.data.len() as u64;
            let rows = self.rows(page).await;
            match self.writer {
                Some(writer) => self.write(writer, &rows)?,
                None => kept.extend(rows),
            }
            if is_cut {
                self.session.ui.note("there are older records; remove --limit to see all");
                break;
            }
        }
        if self.writer.is_some() {
            return Ok(());
        }
        let company = match self.company.take() {
            Some(company) => company,
            None => self.session.named_company().await,
        };
        self.session.show(&AuditLogView::new(company, kept, is_cut).with_wider(wider))
    }

    /// Shows existing records and new ones, until the command is interrupted. Records become visible in another order
    /// than that of their times, so that the last minute is read again each time.
    async fn follow(&mut self, mut query: AuditQuery) -> Result<()> {
        let is_table = self.session.output_context().shape() == Shape::As(Format::Table);
        if self.writer.is_none() && !is_table {
            return Err(CliError::usage(
                "--follow writes records one by one: use -o jsonl, csv, name or table",
            ));
        }
        let mut seen: HashMap<i64, Timestamp> = HashMap::new();
        let mut is_away = false;
        loop {
            match self.new_records(&query, &mut seen).await {
                Ok(()) => is_away = false,
                Err(error) if !may_pass(error.code()) => return Err(error),
                Err(error) if !std::mem::replace(&mut is_away, true) => {
                    self.session.ui.note(format!("{}; trying again", error.message()));
                }
                Err(_) => {}
            }
            if let Some(newest) = seen.values().max().copied() {
                let since = query.since.map_or(newest - LATENESS, |since| since.max(newest - LATENESS));
                seen.retain(|_, at| *at >= since);
                query.since = Some(since);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Shows the records that were not seen before.
    async fn new_records(&mut self, query: &AuditQuery, seen: &mut HashMap<i64, Timestamp>) -> Result<()> {
        let mut pages = self.session.client.list_audit_records(self.session.company, query)?;
        while let Some(mut page) = pages.next().await.map_err(|error| explained(self.session, error))? {
            page.data.retain(|record| seen.insert(record.id, record.at).is_none());
            let rows = self.rows(page).await;
            match self.writer {
                Some(writer) => self.write(writer, &rows)?,
                None => self
                    .session
                    .ui
                    .answer(|out| rows.iter().try_for_each(|row| writeln!(out, "{}", row.line())))?,
            }
        }
        Ok(())
    }
}

/// Whether a failure may be over in a moment.
const fn may_pass(code: Code) -> bool {
    matches!(code, Code::Unreachable | Code::Timeout | Code::Unavailable | Code::RateLimited)
}
