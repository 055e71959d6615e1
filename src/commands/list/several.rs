//! `sactl list --companies`: the accounts of several companies in one answer.
//!
//! Responsible for the order of the companies, and for naming those that the server refuses. Refuses to mix their
//! accounts.

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use super::args::Args;
use crate::client::{self, Session};
use crate::commands::shared::refused_companies::RefusedCompanies;
use crate::commands::shared::several;
use crate::context::Context;
use crate::domain::{Company, Ownership};
use crate::error::Result;
use crate::fleet::selectors;
use crate::output::{AccountListView, AccountListsView, AccountRow, Cut, RowWriter};
use crate::ui;

/// Companies that are read at a time.
const AT_A_TIME: usize = 8;

/// Lists the accounts of each company, in the order of the companies.
pub(super) async fn run(args: &Args, context: &Context) -> Result<()> {
    let known = selectors::my_companies(context.session().await?).await?;
    let companies = several::chosen(context, &args.companies, &known).await?;
    let (ui, session, now) = (context.ui(), context.session().await?, Timestamp::now());
    let output_context = ui::output_context(ui);
    let writer = output_context.streams().then(|| RowWriter::selecting(&output_context, ui.selection()));
    if let Some(writer) = writer {
        ui.answer(|out| writer.begin::<AccountRow>(out))?;
    }
    let (asked, mut done, mut refused) = (companies.len(), 0, RefusedCompanies::default());
    let lists = companies
        .into_iter()
        .map(|company| async { (company.clone(), one(args, session, company, now).await) });
    let mut lists = stream::iter(lists).buffered(AT_A_TIME);
    let mut kept = Vec::new();
    while let Some((company, list)) = lists.next().await {
        done += 1;
        ui.progress(done, asked as u64, "companies");
        let list = match list {
            Ok(list) => list,
            Err(error) => {
                refused.add(company, error)?;
                continue;
            }
        };
        match writer {
            Some(writer) => {
                let rows = list.accounts().collect::<Vec<_>>();
                ui.answer(|out| rows.into_iter().try_for_each(|row| writer.write(row, out)))?;
            }
            None => kept.push(list),
        }
    }
    if writer.is_none() && !refused.is_everything(asked) {
        ui::show(ui, &AccountListsView::from(kept))?;
    }
    refused.verdict(asked)
}

/// The accounts of one company.
async fn one(
    args: &Args,
    session: &Session,
    company: Company,
    now: Timestamp,
) -> client::Result<AccountListView> {
    let mut asked = args.asked();
    let mut rows = Vec::new();
    for part in args.parts() {
        let mut pages = session.list_accounts(company.id, &args.query(part, now))?;
        let (mut accounts, mut total, mut has_more) = (Vec::new(), None, false);
        let limit = args.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let reads_all = args.is_sorted() || args.filter.is_local();
        while let Some(page) = pages.next().await? {
            total = total.or(page.total.filter(|_| !args.filter.is_local()));
            accounts.extend(page.data.into_iter().filter(|account| args.filter.keeps(account, now)));
            has_more = page.next.is_some();
            if accounts.len() >= limit && !reads_all {
                break;
            }
        }
        args.sort.sort(&mut accounts);
        if accounts.len() > limit || (accounts.len() == limit && has_more && !reads_all) {
            let cut = Some(Cut { total: total.or(reads_all.then_some(accounts.len() as u64)) });
            match part {
                Some(Ownership::Owned) => asked.owned_cut = cut,
                Some(Ownership::External) => asked.external_cut = cut,
                None => {}
            }
        }
        accounts.truncate(limit);
        rows.extend(accounts.into_iter().map(|account| AccountRow::new(account, company.clone())));
    }
    Ok(AccountListView::new(company, rows, asked))
}
