//! `sactl audit --companies`: the logs of several companies in one answer.
//!
//! Responsible for the order of the companies. Refuses to follow several logs.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::api::audit::AuditQuery;
use crate::client::Session;
use crate::commands::shared::several;
use crate::context::Context;
use crate::domain::Company;
use crate::error::{CliError, Result};
use crate::fleet::selectors::{self, CompaniesArgs};
use crate::output::{Answer, AuditLogView, AuditLogsView, AuditRow, RowWriter};
use crate::ui;

/// Companies that are read at a time.
const AT_A_TIME: usize = 8;

/// Shows the log of each company, in the order of the companies.
pub(super) async fn run(
    companies: &CompaniesArgs,
    query: AuditQuery,
    limit: Option<u64>,
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
    let (total, mut done) = (companies.len() as u64, 0);
    let logs = companies.into_iter().map(|company| one(session, company, &query, limit));
    let mut logs = stream::iter(logs).buffered(AT_A_TIME);
    let mut kept = Vec::new();
    while let Some(log) = logs.try_next().await? {
        done += 1;
        ui.progress(done, total, "companies");
        match writer {
            Some(writer) => {
                ui.answer(|out| log.rows().into_iter().try_for_each(|row| writer.write(row, out)))?;
            }
            None => kept.push(log),
        }
    }
    if writer.is_some() { Ok(()) } else { ui::show(ui, &AuditLogsView::from(kept)) }
}

/// The log of one company, at most `limit` records of it.
async fn one(
    session: &Session,
    company: Company,
    query: &AuditQuery,
    limit: Option<u64>,
) -> Result<AuditLogView> {
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let failed = |error| {
        let error = CliError::from(error);
        let message = format!("{company}: {}", error.message());
        error.worded(message)
    };
    let mut pages = session.list_audit_records(company.id, query)?;
    let (mut rows, mut is_cut) = (Vec::new(), false);
    while let Some(page) = pages.next().await.map_err(failed)? {
        rows.extend(page.data.into_iter().map(|record| AuditRow::new(record, company.clone())));
        is_cut = rows.len() > limit || (rows.len() == limit && page.next.is_some());
        if rows.len() >= limit {
            break;
        }
    }
    rows.truncate(limit);
    Ok(AuditLogView::new(company, rows, is_cut))
}
