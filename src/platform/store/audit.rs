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
    // Two spellings of one name find the same records.
    rows.dedup_by_key(|row| row.id);
    if order == Order::Desc {
        rows.reverse();
    }
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(Record::from).collect())
}

/// The selects whose first rows together contain the page: one for each account, else for each actor, else for each
/// action. Each index of these is in the order of time only within one value. What is not read one by one only filters.
fn pages_of(
    company: CompanyId,
    filter: &Filter,
    order: Order,
    after: Option<Place>,
) -> Vec<Select<audit::Entity>> {
    let mut of_all = page_of(company, filter, order, after);
    let is_named = |column: audit::Column, name: &str| lower(column.into_expr()).eq(lower(Expr::value(name)));
    let (led_by, names) = match (filter.accounts.as_slice(), filter.actors.as_slice()) {
        ([], []) => {
            let actions: BTreeSet<&str> = filter.actions.iter().map(String::as_str).collect();
            let of = |action| of_all.clone().filter(audit::Column::Action.eq(action));
            return if actions.is_empty() { vec![of_all] } else { actions.into_iter().map(of).collect() };
        }
        ([], actors) => (audit::Column::ActorName, actors),
        (accounts, []) => (audit::Column::AccountName, accounts),
        (accounts, actors) => {
            let actor = unindexed(lower(audit::Column::ActorName.into_expr()));
            of_all = of_all.filter(actor.is_in(actors.iter().map(|name| lower(Expr::value(name.as_str())))));
            (audit::Column::AccountName, accounts)
        }
    };
    if !filter.actions.is_empty() {
        let actions = filter.actions.iter().map(String::as_str);
        of_all = of_all.filter(unindexed(audit::Column::Action.into_expr()).is_in(actions));
    }
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    names.into_iter().map(|name| of_all.clone().filter(is_named(led_by, name))).collect()
}

fn lower(text: Expr) -> Expr {
    Func::lower(text).into()
}

/// The same text as an expression for which no database takes an index.
fn unindexed(text: Expr) -> Expr {
    text.binary(BinOper::Custom("||"), Expr::value(""))
}

/// The records of a company in this order after a place, whatever they are about.
fn page_of(company: CompanyId, filter: &Filter, order: Order, after: Option<Place>) -> Select<audit::Entity> {
    let mut select = audit::Entity::find().filter(audit::Column::CompanyId.eq(company.0));
    if let Some(since) = filter.since {
        select = select.filter(audit::Column::At.gte(to_millis(since)));
    }
    if let Some(until) = filter.until {
        select = select.filter(audit::Column::At.lt(to_millis(until)));
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

/// The records after a place. The first condition is the range that an index finds.
fn behind(Place { at, id }: Place, order: Order) -> Condition {
    let (column, number, at) = (audit::Column::At, audit::Column::Id, to_millis(at));
    let (range, beyond, later) = match order {
        Order::Asc => (column.gte(at), column.gt(at), number.gt(id)),
        Order::Desc => (column.lte(at), column.lt(at), number.lt(id)),
    };
    Condition::all().add(range).add(Condition::any().add(beyond).add(later))
}
