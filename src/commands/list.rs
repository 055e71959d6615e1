//! `sactl list`: the service accounts of a company, owned and external apart.

use super::shared::access_args::AccessSpec;
use super::shared::company_session::CompanySession;
use super::shared::hints::{ActionDescription, held_in};
use crate::api::account::AccountQuery;
use crate::api::session::IdentityQuery;
use crate::api::{Account, Page};
use crate::context::Context;
use crate::domain::{Company, Operation, Ownership, Permission, page};
use crate::error::Result;
use crate::output::{AccountListView, AccountRow, Asked, Cut, Format, May, RowWriter, Shape};

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl list\n  sactl list --external\n  sactl list --role operator -o name\n  \
                  sactl list --owned --search firmware --limit 10"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// List only accounts that the company owns; with --external, both tables
    #[arg(long)]
    owned: bool,

    /// List only accounts of other companies
    #[arg(long)]
    external: bool,

    /// List only accounts whose name or description contains this text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    search: Option<String>,

    /// List only accounts that have this role in the company
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,

    /// List at most this many accounts in each table
    #[arg(long, value_name = "N", value_parser = limit)]
    limit: Option<u64>,
}

fn limit(text: &str) -> std::result::Result<u64, &'static str> {
    text.parse().ok().filter(|limit| *limit > 0).ok_or("it must be a whole number of at least 1")
}

impl Args {
    /// The one table that was asked for; both flags together ask for both.
    const fn only(&self) -> Option<Ownership> {
        match (self.owned, self.external) {
            (true, false) => Some(Ownership::Owned),
            (false, true) => Some(Ownership::External),
            _ => None,
        }
    }

    /// The tables to ask for one by one; both at once where nothing is cut.
    fn parts(&self) -> Vec<Option<Ownership>> {
        match (self.only(), self.limit) {
            (None, Some(_)) => vec![Some(Ownership::Owned), Some(Ownership::External)],
            (only, _) => vec![only],
        }
    }

    fn query(&self, ownership: Option<Ownership>) -> AccountQuery {
        AccountQuery {
            ownership,
            search: self.search.clone(),
            role: self.role.clone(),
            page_size: Some(self.limit.unwrap_or(page::MAX_SIZE).min(page::MAX_SIZE)),
            ..AccountQuery::default()
        }
    }

    fn asked(&self) -> Asked {
        let (search, role) = (self.search.clone(), self.role.clone());
        Asked { only: self.only(), search, role, ..Asked::default() }
    }
}

/// Lists the accounts; in the forms that are rows, page by page.
///
/// # Errors
/// Those of signing in and of reading.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let acting = CompanySession::open(context).await?;
    let mut rows = Rows::new(&args, &acting);
    let mut asked = args.asked();
    for part in args.parts() {
        let cut = take_part(&args, part, &mut rows, &acting).await?;
        match part {
            Some(Ownership::Owned) => asked.owned_cut = cut,
            Some(Ownership::External) => asked.external_cut = cut,
            None => {}
        }
    }
    if let (0, Some(role)) = (rows.taken, &asked.role) {
        acting.require_role(role).await?;
    }
    rows.finish(asked).await
}

/// Takes the accounts of one table, or of both, up to the limit.
async fn take_part(
    args: &Args,
    part: Option<Ownership>,
    rows: &mut Rows<'_>,
    acting: &CompanySession<'_>,
) -> Result<Option<Cut>> {
    let mut pages = acting.session.list_accounts(acting.company, &args.query(part))?;
    rows.begin_part(args.limit);
    while let Some(page) = match pages.next().await {
        Ok(page) => page,
        Err(error) => {
            let attempt = ActionDescription::new(Operation::List, "");
            let attempt = match args.role.clone() {
                Some(role) => attempt.asking(acting.company, AccessSpec::Role(role)),
                None => attempt,
            };
            return Err(acting.explain(error, &attempt).await);
        }
    } {
        if rows.take(page).await? {
            return Ok(Some(Cut { total: rows.total }));
        }
    }
    Ok(None)
}

/// The rows as they come: written at once where the form allows it, else kept for the whole answer.
struct Rows<'a> {
    acting: &'a CompanySession<'a>,
    writer: Option<RowWriter<'a>>,
    kept: Vec<AccountRow>,
    begun: bool,
    /// The company, as the first page names it where it does.
    company: Option<Company>,
    /// How many there are in this part, as its first page says where it does.
    total: Option<u64>,
    taken: u64,
    /// How many of this part may still be taken.
    left: u64,
}

impl<'a> Rows<'a> {
    fn new(args: &Args, acting: &'a CompanySession<'a>) -> Self {
        let output_context = acting.output_context();
        let writer =
            output_context.streams().then(|| RowWriter::selecting(&output_context, acting.ui.selection()));
        Self {
            acting,
            writer,
            kept: Vec::new(),
            begun: false,
            company: None,
            total: None,
            taken: 0,
            left: args.limit.unwrap_or(u64::MAX),
        }
    }

    /// Begins with another table.
    fn begin_part(&mut self, limit: Option<u64>) {
        self.total = None;
        self.left = limit.unwrap_or(u64::MAX);
    }

    /// Takes a page, and says whether that is enough.
    async fn take(&mut self, mut page: Page<Account>) -> Result<bool> {
        self.total = self.total.or(page.total.filter(|total| *total > 0));
        let total = self.total.unwrap_or(0).min(self.taken.saturating_add(self.left));
        let count = page.data.len() as u64;
        let is_cut = count > self.left || (count == self.left && page.next.is_some());
        page.data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= page.data.len() as u64;
        self.taken += page.data.len() as u64;
        self.acting.ui.progress(self.taken, total, "accounts");
        let company = self.company(page.company.take()).await;
        let rows = page.data.into_iter().map(|account| AccountRow::new(account, company.clone()));
        match self.writer {
            Some(writer) => self.write(writer, &rows.collect::<Vec<_>>())?,
            None => self.kept.extend(rows),
        }
        if is_cut {
            self.acting.ui.note(match self.total {
                None => "there are more accounts; remove --limit to see all".to_owned(),
                Some(total) => format!("there are {total} accounts in total; remove --limit to see all"),
            });
        }
        Ok(is_cut)
    }

    /// The company, which a page names or a request finds out.
    async fn company(&mut self, of_page: Option<Company>) -> Company {
        let known = match self.company.take().or(of_page) {
            Some(company) => company,
            None => self.acting.named_company().await,
        };
        self.company.insert(known).clone()
    }

    /// Writes the rows of a page.
    fn write(&mut self, writer: RowWriter<'_>, views: &[AccountRow]) -> Result<()> {
        let ui = self.acting.ui;
        if !std::mem::replace(&mut self.begun, true) {
            ui.answer(|out| writer.begin::<AccountRow>(out))?;
        }
        ui.answer(|out| writer.write_each(views, out))
    }

    async fn finish(mut self, mut asked: Asked) -> Result<()> {
        if self.writer.is_some() {
            return Ok(());
        }
        let is_table = self.acting.output_context().shape() == Shape::As(Format::Table);
        let is_empty = |wanted: Ownership| {
            asked.only.is_none_or(|only| only == wanted)
                && !self.kept.iter().any(|account| account.is_owned() == (wanted == Ownership::Owned))
        };
        if is_table && (is_empty(Ownership::Owned) || is_empty(Ownership::External)) {
            asked.may = self.may().await;
        }
        let company = self.company(None).await;
        self.acting.show(&AccountListView::new(company, self.kept, asked))
    }

    /// What the caller may do about an empty table; nothing is said about it where that cannot be had.
    async fn may(&self) -> Option<May> {
        let here = IdentityQuery { company: Some(self.acting.company), ..IdentityQuery::default() };
        let me = self.acting.session.me_of(&here).await.ok()?;
        let held = held_in(&me, self.acting.company)?;
        Some(May {
            create: held.contains(Permission::SERVICE_ACCOUNTS_CREATE),
            edit: held.contains(Permission::SERVICE_ACCOUNTS_EDIT),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_lets_something_through() {
        assert_eq!((limit("1"), limit("4000000000")), (Ok(1), Ok(4_000_000_000)));
        for bad in ["0", "-1", "x", "", "1.5", "18446744073709551616"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
