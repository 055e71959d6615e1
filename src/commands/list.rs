//! `sactl list`: lists the service accounts of a company, owned and external separately.
//!
//! Responsible for one company; `several` has several. Refuses a list that is not complete.

use jiff::Timestamp;

use super::shared::access_args::AccessSpec;
use super::shared::company_session::CompanySession;
use super::shared::hints::{ActionDescription, held_in};
use crate::api::session::IdentityQuery;
use crate::api::{Account, Page};
use crate::context::Context;
use crate::domain::{Company, Operation, Ownership, Permission};
use crate::error::Result;
use crate::output::{AccountListView, AccountRow, Asked, Cut, Format, May, RowWriter, Shape};

mod args;
mod filter;
mod several;

pub use args::Args;

/// Lists the accounts; in the forms that are rows, page by page.
///
/// # Errors
/// Those of signing in and of reading.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    if args.companies.companies.is_some() {
        return several::run(&args, context).await;
    }
    let session = CompanySession::open(context).await?;
    let mut rows = Rows::new(&args, &session);
    let mut asked = args.asked();
    for part in args.parts() {
        let cut = take_part(&args, part, &mut rows, &session).await?;
        match part {
            Some(Ownership::Owned) => asked.owned_cut = cut,
            Some(Ownership::External) => asked.external_cut = cut,
            None => {}
        }
    }
    if let (0, Some(role)) = (rows.taken, args.filter.role()) {
        session.require_role(role).await?;
    }
    if rows.taken == 0 {
        session.require_permissions(args.filter.permissions()).await?;
    }
    rows.finish(asked).await
}

/// Takes the accounts of one table, or of both, up to the limit.
async fn take_part(
    args: &Args,
    part: Option<Ownership>,
    rows: &mut Rows<'_>,
    session: &CompanySession<'_>,
) -> Result<Option<Cut>> {
    let mut pages = session.client.list_accounts(session.company, &args.query(part, rows.now))?;
    rows.begin_part();
    while let Some(page) = match pages.next().await {
        Ok(page) => page,
        Err(error) => {
            let attempt = ActionDescription::new(Operation::List, "");
            let attempt = match args.filter.role().cloned() {
                Some(role) => attempt.asking(session.company, AccessSpec::Role(role)),
                None => attempt,
            };
            return Err(session.explain(error, &attempt).await);
        }
    } {
        if rows.take(page).await? {
            break;
        }
    }
    rows.end_part().await
}

/// The rows as they come: written at once where the form and the order allow it, else kept for the whole answer.
struct Rows<'a> {
    args: &'a Args,
    session: &'a CompanySession<'a>,
    writer: Option<RowWriter<'a>>,
    /// What ages count from.
    now: Timestamp,
    kept: Vec<AccountRow>,
    /// The accounts of this part that wait for their order.
    unsorted: Vec<Account>,
    begun: bool,
    /// The company, as the first page names it where it does.
    company: Option<Company>,
    /// How many there are in this part, where that is known.
    total: Option<u64>,
    taken: u64,
    /// How many of this part may still be taken.
    left: u64,
    is_cut: bool,
}

impl<'a> Rows<'a> {
    fn new(args: &'a Args, session: &'a CompanySession<'a>) -> Self {
        let output_context = session.output_context();
        let writer =
            output_context.streams().then(|| RowWriter::selecting(&output_context, session.ui.selection()));
        Self {
            args,
            session,
            writer,
            now: Timestamp::now(),
            kept: Vec::new(),
            unsorted: Vec::new(),
            begun: false,
            company: None,
            total: None,
            taken: 0,
            left: u64::MAX,
            is_cut: false,
        }
    }

    /// Begins with another table.
    fn begin_part(&mut self) {
        (self.total, self.is_cut) = (None, false);
        self.left = self.args.limit.unwrap_or(u64::MAX);
    }

    /// Adds a page, and returns whether that is enough.
    async fn take(&mut self, mut page: Page<Account>) -> Result<bool> {
        let filter = &self.args.filter;
        // What the platform counts is more than what is left here.
        let total = page.total.filter(|total| *total > 0 && !filter.is_local());
        self.total = self.total.or(total);
        self.company(page.company.take()).await;
        page.data.retain(|account| filter.keeps(account, self.now));
        if self.args.is_sorted() {
            self.unsorted.append(&mut page.data);
            self.session.ui.progress(self.unsorted.len() as u64, self.total.unwrap_or(0), "accounts");
            return Ok(false);
        }
        let has_more = page.next.is_some() && !filter.is_local();
        self.put(page.data, has_more).await?;
        Ok(self.is_cut)
    }

    /// Appends accounts, up to the limit.
    async fn put(&mut self, mut accounts: Vec<Account>, has_more: bool) -> Result<()> {
        let total = self.total.unwrap_or(0).min(self.taken.saturating_add(self.left));
        let count = accounts.len() as u64;
        self.is_cut = count > self.left || (count == self.left && has_more);
        accounts.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= accounts.len() as u64;
        self.taken += accounts.len() as u64;
        self.session.ui.progress(self.taken, total, "accounts");
        let company = self.company(None).await;
        let rows = accounts.into_iter().map(|account| AccountRow::new(account, company.clone()));
        if let Some(writer) = self.writer {
            return self.write(writer, &rows.collect::<Vec<_>>());
        }
        self.kept.extend(rows);
        Ok(())
    }

    /// Ends a table, and says how the limit has cut it.
    async fn end_part(&mut self) -> Result<Option<Cut>> {
        let mut accounts = std::mem::take(&mut self.unsorted);
        if self.args.is_sorted() {
            self.total = Some(accounts.len() as u64);
            self.args.sort.sort(&mut accounts);
            self.put(accounts, false).await?;
        }
        if !self.is_cut {
            return Ok(None);
        }
        self.session.ui.note(match self.total {
            None => "there are more accounts; remove --limit to see all".to_owned(),
            Some(total) => format!("there are {total} accounts in total; remove --limit to see all"),
        });
        Ok(Some(Cut { total: self.total }))
    }

    /// The company, which a page names or a request finds out.
    async fn company(&mut self, of_page: Option<Company>) -> Company {
        let known = match self.company.take().or(of_page) {
            Some(company) => company,
            None => self.session.named_company().await,
        };
        self.company.insert(known).clone()
    }

    /// Writes the rows of a page.
    fn write(&mut self, writer: RowWriter<'_>, views: &[AccountRow]) -> Result<()> {
        let ui = self.session.ui;
        if !std::mem::replace(&mut self.begun, true) {
            ui.answer(|out| writer.begin::<AccountRow>(out))?;
        }
        ui.answer(|out| writer.write_each(views, out))
    }

    async fn finish(mut self, mut asked: Asked) -> Result<()> {
        if self.writer.is_some() {
            return Ok(());
        }
        let is_table = matches!(
            self.session.output_context().shape(),
            Shape::As(Format::Table | Format::Markdown | Format::Html)
        );
        let is_empty = |wanted: Ownership| {
            asked.only.is_none_or(|only| only == wanted)
                && !self.kept.iter().any(|account| account.is_owned() == (wanted == Ownership::Owned))
        };
        if is_table && (is_empty(Ownership::Owned) || is_empty(Ownership::External)) {
            asked.may = self.may().await;
        }
        let company = self.company(None).await;
        self.session.show(&AccountListView::new(company, self.kept, asked))
    }

    /// What the caller may do about an empty table; nothing is said about it where that cannot be had.
    async fn may(&self) -> Option<May> {
        let here = IdentityQuery { company: Some(self.session.company), ..IdentityQuery::default() };
        let me = self.session.client.me_of(&here).await.ok()?;
        let held = held_in(&me, self.session.company)?;
        Some(May {
            create: held.contains(Permission::SERVICE_ACCOUNTS_CREATE),
            edit: held.contains(Permission::SERVICE_ACCOUNTS_EDIT),
        })
    }
}
