//! The audit log: records are added and never changed.
//!
//! Responsible for adding and reading records of one company. Refuses to change a record.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::sea_query::{BinOper, Condition, Expr, ExprTrait as _, Func};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Select, Set};

use super::authors::actor;
use super::entity::audit;
use super::pieces::insert_all;
use super::rows::first;
use super::{Connection, from_millis, to_millis};
use crate::api::audit::{Action, Actor, Order};
use crate::domain::CompanyId;

/// One record of one company.
pub(in crate::platform) struct NewRecord {
    pub(in crate::platform) at: Timestamp,
    pub(in crate::platform) company: CompanyId,
    pub(in crate::platform) action: Action,
    pub(in crate::platform) actor: Actor,
    pub(in crate::platform) account: Option<(i64, String)>,
    pub(in crate::platform) role_name: Option<String>,
    pub(in crate::platform) detail: serde_json::Value,
    pub(in crate::platform) request_id: String,
}

/// Adds records, in the transaction of the change.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    records: impl IntoIterator<Item = NewRecord>,
) -> Result<(), DbErr> {
    insert_all(db, records.into_iter().map(row).collect()).await
}

fn row(record: NewRecord) -> audit::ActiveModel {
    let (account_id, account_name) = record.account.unzip();
    audit::ActiveModel {
        at: Set(to_millis(record.at)),
        company_id: Set(record.company.0),
        action: Set(record.action.as_str().to_owned()),
        actor_kind: Set(record.actor.kind.as_str().to_owned()),
        actor_id: Set(record.actor.id),
        actor_name: Set(record.actor.name),
        account_id: Set(account_id),
        account_name: Set(account_name),
        role_name: Set(record.role_name),
        detail: Set(record.detail.to_string()),
        request_id: Set(record.request_id),
        ..Default::default()
    }
}

/// The filters of a log. An empty list does not filter.
#[derive(Clone, Debug, Default)]
pub(in crate::platform) struct Filter {
    pub(in crate::platform) since: Option<Timestamp>,
    pub(in crate::platform) until: Option<Timestamp>,
    pub(in crate::platform) actions: Vec<String>,
    pub(in crate::platform) accounts: Vec<String>,
    pub(in crate::platform) actors: Vec<String>,
}

/// The place of a record in its log.
#[derive(Clone, Copy, Debug)]
pub(in crate::platform) struct Place {
    pub(in crate::platform) at: Timestamp,
    pub(in crate::platform) id: i64,
}

/// The row of a record.
pub(in crate::platform) struct Record {
    pub(in crate::platform) place: Place,
    pub(in crate::platform) action: String,
    pub(in crate::platform) actor: Option<Actor>,
    pub(in crate::platform) account: Option<(i64, String)>,
    pub(in crate::platform) role_name: Option<String>,
    pub(in crate::platform) detail: String,
    pub(in crate::platform) request_id: String,
}

impl From<audit::Model> for Record {
    fn from(row: audit::Model) -> Self {
        Self {
            place: Place { at: from_millis(row.at), id: row.id },
            action: row.action,
            actor: actor(Some(row.actor_kind), Some(row.actor_id), Some(row.actor_name)),
            account: row.account_id.zip(row.account_name),
            role_name: row.role_name,
            detail: row.detail,
            request_id: row.request_id,
        }
    }
}

/// Up to `limit` records of a company, in this order, after the place `after`.
pub(in crate::platform) async fn page(
    db: &impl Connection,
    company: CompanyId,
    filter: &Filter,
    order: Order,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Record>, DbErr> {
    let mut rows: Vec<audit::Model> = Vec::new();
    for select in pages_of(company, filter, order, after) {
        rows.extend(first::<audit::Model>(db, select, limit).await?);
    }
    rows.sort_unstable_by_key(|row| (row.at, row.id));
    if order == Order::Desc {
        rows.reverse();
    }
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(Record::from).collect())
}

/// The selects whose first rows together contain the page: one for each action, because the index of actions is in the
/// order of time only within one action. With names, the index of names is better, and the actions only filter.
fn pages_of(
    company: CompanyId,
    filter: &Filter,
    order: Order,
    after: Option<Place>,
) -> Vec<Select<audit::Entity>> {
    let of_all = page_of(company, filter, order, after);
    let actions: BTreeSet<&str> = filter.actions.iter().map(String::as_str).collect();
    if filter.actions.is_empty() {
        vec![of_all]
    } else if filter.accounts.is_empty() && filter.actors.is_empty() {
        actions.into_iter().map(|action| of_all.clone().filter(audit::Column::Action.eq(action))).collect()
    } else {
        // An expression, so that no database takes the index of actions for it.
        let action = audit::Column::Action.into_expr().binary(BinOper::Custom("||"), Expr::value(""));
        vec![of_all.filter(action.is_in(actions))]
    }
}

/// The records of a company in this order after a place, whatever their action.
fn page_of(company: CompanyId, filter: &Filter, order: Order, after: Option<Place>) -> Select<audit::Entity> {
    let mut select = audit::Entity::find().filter(audit::Column::CompanyId.eq(company.0));
    if let Some(since) = filter.since {
        select = select.filter(audit::Column::At.gte(to_millis(since)));
    }
    if let Some(until) = filter.until {
        select = select.filter(audit::Column::At.lt(to_millis(until)));
    }
    let names = [
        called(audit::Column::AccountName, &filter.accounts),
        called(audit::Column::ActorName, &filter.actors),
    ];
    for called in names.into_iter().flatten() {
        select = select.filter(called);
    }
    if let Some(place) = after {
        select = select.filter(behind(place, order));
    }
    let order = match order {
        Order::Asc => sea_orm::Order::Asc,
        Order::Desc => sea_orm::Order::Desc,
    };
    select.order_by(audit::Column::At, order.clone()).order_by(audit::Column::Id, order)
}

/// Whether a column holds one of the names, in any case; `None` where there are no names.
fn called(column: audit::Column, names: &[String]) -> Option<Expr> {
    let lower = |name: Expr| Expr::from(Func::lower(name));
    let kept = lower(column.into_expr());
    match names {
        [] => None,
        [name] => Some(kept.eq(lower(Expr::value(name.as_str())))),
        names => Some(kept.is_in(names.iter().map(|name| lower(Expr::value(name.as_str()))))),
    }
}

/// The records after a place. The first condition is the range that an index finds.
fn behind(Place { at, id }: Place, order: Order) -> Condition {
    let (column, number, at) = (audit::Column::At, audit::Column::Id, to_millis(at));
    let (range, beyond, later) = match order {
        Order::Asc => (column.gte(at), column.gt(at), number.gt(id)),
        Order::Desc => (column.lte(at), column.lt(at), number.lt(id)),
    };
    Condition::all().add(range).add(Condition::any().add(beyond).add(later))
}
