//! `sactl list`: the service accounts of a company, owned and external apart.

use super::shared::access_args::AccessSpec;
use super::shared::company_session::CompanySession;
use super::shared::hints::{ActionDescription, held_in};
use crate::api::account::AccountQuery;
use crate::api::{Account, Page};
use crate::context::Context;
use crate::domain::{Company, Operation, Ownership, Permission, page};
use crate::error::Result;
use crate::output::{AccountListView, AccountView, Asked, Format, May, RowWriter, Shape};

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl list\n  sactl list --external\n  sactl list --role operator -o name\n  \
                  sactl list --owned --search firmware --limit 10"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// List only accounts that the company owns
    #[arg(long)]
    owned: bool,

    /// List only accounts of other companies
    #[arg(long)]
    external: bool,

    /// List only accounts whose name or description contains this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// List only accounts that have this role in the company
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,

    /// List at most this many accounts
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

    fn query(&self) -> AccountQuery {
        AccountQuery {
            ownership: self.only(),
            search: self.search.clone(),
            role: self.role.clone(),
            cursor: None,
            page_size: Some(self.limit.unwrap_or(page::MAX_SIZE).min(page::MAX_SIZE)),
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
    let mut pages = acting.session.list_accounts(acting.company, &args.query())?;
    let mut rows = Rows::new(&args, &acting);
    let (mut company, mut asked) = (None, args.asked());
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
        if let (0, Some(role)) = (rows.taken + page.data.len() as u64, &asked.role) {
            acting.require_role(role).await?;
        }
        company = company.or_else(|| page.company.clone());
        if rows.take(page)? {
            asked.cut = Some(rows.total);
            break;
        }
    }
    rows.finish(company, asked).await
}

/// The rows as they come: written at once where the form allows it, else kept for the whole answer.
struct Rows<'a> {
    acting: &'a CompanySession<'a>,
    writer: Option<RowWriter<'a>>,
    kept: Vec<AccountView>,
    begun: bool,
    /// How many there are, as the first page says where it does.
    total: Option<u64>,
    taken: u64,
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
            total: None,
            taken: 0,
            left: args.limit.unwrap_or(u64::MAX),
        }
    }

    /// Takes a page, and says whether that is enough.
    fn take(&mut self, mut page: Page<Account>) -> Result<bool> {
        self.total = self.total.or(page.total.filter(|total| *total > 0));
        let total = self.total.unwrap_or(0).min(self.taken.saturating_add(self.left));
        let count = page.data.len() as u64;
        let is_cut = count > self.left || (count == self.left && page.next.is_some());
        page.data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= page.data.len() as u64;
        self.taken += page.data.len() as u64;
        self.acting.ui.progress(self.taken, total, "accounts");
        let views = page.data.into_iter().map(AccountView::from);
        match self.writer {
            Some(writer) => self.write(writer, &views.collect::<Vec<_>>())?,
            None => self.kept.extend(views),
        }
        if is_cut {
            self.acting.ui.note(match self.total {
                None => "there are more accounts; remove --limit to see all".to_owned(),
                Some(total) => format!("there are {total} accounts in total; remove --limit to see all"),
            });
        }
        Ok(is_cut)
    }

    /// Writes the rows of a page.
    fn write(&mut self, writer: RowWriter<'_>, views: &[AccountView]) -> Result<()> {
        let ui = self.acting.ui;
        if !std::mem::replace(&mut self.begun, true) {
            ui.answer(|out| writer.begin::<AccountView>(out))?;
        }
        ui.answer(|out| writer.write_each(views, out))
    }

    async fn finish(self, company: Option<Company>, mut asked: Asked) -> Result<()> {
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
        let company = match company {
            Some(company) => company,
            None => self.acting.named_company().await,
        };
        self.acting.show(&AccountListView::new(company, self.kept, asked))
    }

    /// What the caller may do about an empty table; nothing is said about it where that cannot be had.
    async fn may(&self) -> Option<May> {
        let me = self.acting.session.me().await.ok()?;
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
