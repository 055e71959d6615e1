//! The audit log of a company.
//!
//! Responsible for reading it page by page. Refuses to count its records, and to change any.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::page::{Paging, foreign_cursor};
use crate::api::Page;
use crate::api::audit::{Action, AuditQuery, AuditRecord, AuditedAccount};
use crate::domain::permission::quoted;
use crate::domain::{AccountId, Permission};
use crate::platform::context::RequestContext;
use crate::platform::store::audit::{Filter, Place, Record};
use crate::platform::{Error, authz, store};

/// One page of the log. Records are not counted: there may be very many.
///
/// # Errors
/// `not_found` for a caller who is not a member, `missing_permission`, `malformed`, or a failure of the database.
pub async fn list(context: &RequestContext, query: &AuditQuery) -> Result<Page<AuditRecord>, Error> {
    let (platform, company) = (&context.platform, context.company);
    let db = platform.store().reader();
    let member = authz::enter(context, Permission::AUDITING_VIEW).await?;
    let (filter, order) = (filter(query)?, query.order.unwrap_or_default());
    let scope = ("audit", company, order, &filter);
    let paging = Paging::new(platform, &scope, query.cursor.as_deref(), query.page_size)?;
    let after = paging.after.as_deref().map(parse_place).transpose()?;
    let mut rows = store::audit::page(db, company, &filter, order, after, paging.limit()).await?;
    let next = paging
        .cut(&mut rows, |Record { place: Place { at, id }, .. }| format!("{} {id}", at.as_millisecond()));
    let data = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Page { success: true, data, next, total: None, company: Some(member.company) })
}

fn filter(query: &AuditQuery) -> Result<Filter, Error> {
    let actions = values("action", query.action.as_deref())?;
    if let Some(unknown) =
        actions.iter().find(|name| !Action::ALL.iter().any(|known| known.as_str() == **name))
    {
        let known = Action::ALL.map(Action::as_str).join(", ");
        return Err(Error::malformed(format!(
            "there is no action {}; the actions are {known}",
            quoted(unknown)
        )));
    }
    Ok(Filter {
        since: query.since,
        until: query.until,
        actions,
        accounts: values("account", query.account.as_deref())?,
        actors: values("actor", query.actor.as_deref())?,
    })
}

/// The values of a parameter, between commas.
fn values(parameter: &str, text: Option<&str>) -> Result<Vec<String>, Error> {
    Paging::check_filter(text)?;
    let values: Vec<String> = text.into_iter().flat_map(|text| text.split(',')).map(str::to_owned).collect();
    if values.iter().any(String::is_empty) {
        return Err(Error::malformed(format!(
            "{parameter} is one value, or several between commas; none is empty"
        )));
    }
    Ok(values)
}

/// The seal of the cursor vouches for the form.
fn parse_place(after: &str) -> Result<Place, Error> {
    let place = after.split_once(' ').and_then(|(at, id)| {
        let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
        Some(Place { at, id: id.parse().ok()? })
    });
    place.ok_or_else(foreign_cursor)
}

pub(super) fn record(kept: Record) -> Result<AuditRecord, Error> {
    let Record { place: Place { at, id }, action, actor, account, role_name, detail, request_id } = kept;
    let broken = |what: &str| Error::internal(anyhow::anyhow!("the audit record {id} has no {what}"));
    let actor = actor.ok_or_else(|| broken("actor"))?;
    let detail = RawValue::from_string(detail).map_err(|_| broken("detail"))?;
    let account = account.map(|(id, name)| AuditedAccount { id: AccountId(id), name });
    Ok(AuditRecord { id, at, action, actor, account, role: role_name, detail, request_id })
}
