//! The audit records of all companies in the order of their ids, and the transactions that may still add some.
//!
//! Responsible for reading the whole log. Refuses to decide when an id is final: the service does. A record gets its id
//! before its transaction ends, so that on PostgreSQL it can appear after records with higher ids.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
};

use super::audit::Record;
use super::entity::{audit, company};
use super::{Connection, from_millis};
use crate::domain::{Company, CompanyId};

/// The transactions that hold the lock for adding records. A transaction takes the lock before the id of its record.
const WRITERS: &str = "SELECT virtualtransaction FROM pg_catalog.pg_locks \
    WHERE locktype = 'relation' AND relation = 'audit'::regclass AND mode = 'RowExclusiveLock' AND granted \
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())";

/// The highest id of a record; 0 if there are no records.
pub(in crate::platform) async fn highest(db: &impl Connection) -> Result<i64, DbErr> {
    let highest: Option<i64> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Id)
        .order_by_desc(audit::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(highest.unwrap_or_default())
}

/// The lowest id of a record.
pub(in crate::platform) async fn lowest(db: &impl Connection) -> Result<Option<i64>, DbErr> {
    audit::Entity::find()
        .select_only()
        .column(audit::Column::Id)
        .order_by_asc(audit::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}

/// The time and the request of the record with this id.
pub(in crate::platform) async fn origin(
    db: &impl Connection,
    id: i64,
) -> Result<Option<(Timestamp, String)>, DbErr> {
    let found: Option<(i64, String)> = audit::Entity::find_by_id(id)
        .select_only()
        .columns([audit::Column::At, audit::Column::RequestId])
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.map(|(at, request)| (from_millis(at), request)))
}

/// The open transactions that may have added records. None on SQLite: it has one writer, so that ids follow the order
/// in which transactions end.
pub(in crate::platform) async fn writers(db: &impl Connection) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    if backend == DbBackend::Sqlite {
        return Ok(Vec::new());
    }
    let rows = db.query_all_raw(Statement::from_string(backend, WRITERS)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Up to `limit` records with an id above `after` and up to `last`, each with the company of its log.
pub(in crate::platform) async fn records(
    db: &impl Connection,
    after: i64,
    last: i64,
    limit: u64,
) -> Result<Vec<(Record, Company)>, DbErr> {
    let rows = audit::Entity::find()
        .filter(audit::Column::Id.gt(after))
        .filter(audit::Column::Id.lte(last))
        .order_by_asc(audit::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let companies: BTreeSet<i64> = rows.iter().map(|row| row.company_id).collect();
    let names: BTreeMap<i64, String> = company::Entity::find()
        .select_only()
        .columns([company::Column::Id, company::Column::Name])
        .filter(company::Column::Id.is_in(companies))
        .into_tuple::<(i64, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let with_company = |row: audit::Model| {
        let name = names.get(&row.company_id).cloned().unwrap_or_default();
        let company = Company { id: CompanyId(row.company_id), name };
        (Record::from(row), company)
    };
    Ok(rows.into_iter().map(with_company).collect())
}

/// The time of the first record with an id above `after`.
pub(in crate::platform) async fn next_at(
    db: &impl Connection,
    after: i64,
) -> Result<Option<Timestamp>, DbErr> {
    let at: Option<i64> = audit::Entity::find()
        .select_only()
        .column(audit::Column::At)
        .filter(audit::Column::Id.gt(after))
        .order_by_asc(audit::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(at.map(from_millis))
}
