//! `sactl audit --companies`: the logs of several companies in one answer.
//!
//! Responsible for the order of the companies, and for naming those that the server refuses. Refuses to follow several
//! logs.

use futures_util::stream::{self, StreamExt};

use crate::api::audit::AuditQuery;
use crate::client::{self, Session};
use crate::commands::shared::refused_companies::RefusedCompanies;
use crate::commands::shared::several;
use crate::context::Context;
use crate::domain::Company;
use crate::error::Result;
use crate::fleet::selectors::{self, CompaniesArgs};
use crate::output::{Answer, AuditLogView, AuditLogsView, AuditRow, RowWriter};
use crate::text::CommandLine;
use crate::ui;

/// Companies that are read at a time.
const AT_A_TIME: usize = 8;

/// Shows the log of each company, in the order of the companies.
pub(super) async fn run(
    companies: &CompaniesArgs,
    query: AuditQuery,
    limit: Option<u64>,
    wider: Option<CommandLine>,
    context: &Context,
) -> Result<()> {
    let session = context.session().await?;
    let known = selectors::my_companies(session).await?;
    let companies = several::chosen(context, companies, &known).await?;
    let ui = context.ui();
    let output_context = ui::output_context(ui);
    let writer = output_context.streams().then(|| RowWriter::selecting(&output_context, ui.selection()));
    if let Some(writer) = writer {
        ui.answer(|out| writer.begin::<AuditRow>(out))?;
    }
    let (asked, mut done, mut refused) = (companies.len(), 0, RefusedCompanies::default());
    let logs = companies
        .into_iter()
        .map(|company| async { (company.clone(), one(session, company, &query, limit).await) });
    let mut logs = stream::iter(logs).buffered(AT_A_TIME);
    let mut kept = Vec::new();
    while let Some((company, log)) = logs.next().await {
        done += 1;
        ui.progress(done, asked as u64, "companies");
        let log = match log {
            Ok(log) => log,
            Err(error) => {
                refused.add(company, error)?;
                continue;
            }
        };
        if let Some(writer) = writer {
            ui.answer(|out| log.rows().into_iter().try_for_each(|row| writer.write(row, out)))?;
        } else {
            let wider = wider.clone().map(|line| line.flag("--company", log.company().id));
            kept.push(log.with_wider(wider));
        }
    }
    if writer.is_none() && !refused.is_everything(asked) {
        ui::show(ui, &AuditLogsView::from(kept))?;
    }
    refused.verdict(asked)
}

/// The log of one company, at most `limit` records of it.
async fn one(
    session: &Session,
    company: Company,
    query: &AuditQuery,
    limit: Option<u64>,
) -> client::Result<AuditLogView> {
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut pages = session.list_audit_records(company.id, query)?;
    let (mut rows, mut is_cut) = (Vec::new(), false);
    while let Some(page) = pages.next().await? {
        rows.extend(page.data.into_iter().map(|record| AuditRow::new(record, company.clone())));
        is_cut = rows.len() > limit || (rows.len() == limit && page.next.is_some());
        if rows.len() >= limit {
            break;
        }
    }
    rows.truncate(limit);
    Ok(AuditLogView::new(company, rows, is_cut))
}
