//! The records of all companies in the order of their numbers, and which numbers may still come.
//!
//! Responsible for what a reader of the whole log needs. A number is given to a record before its transaction ends, so that
//! on PostgreSQL a record can appear after others with higher numbers.

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

/// The transactions that hold the lock of one who adds records. It is taken before the number of the record is.
const WRITERS: &str = "SELECT virtualtransaction FROM pg_catalog.pg_locks \
    WHERE locktype = 'relation' AND relation = 'audit'::regclass AND mode = 'RowExclusiveLock' AND granted \
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())";

/// The highest number of a record; 0 where there is none.
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

/// The lowest number of a record.
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

/// When the record with this number was made, and by which request.
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

/// The transactions that may have added records, and have not ended. SQLite has one writer, which gives numbers in the
/// order in which transactions end.
pub(in crate::platform) async fn writers(db: &impl Connection) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    if backend == DbBackend::Sqlite {
        return Ok(Vec::new());
    }
    let rows = db.query_all_raw(Statement::from_string(backend, WRITERS)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Up to `limit` records behind the number `after`, up to the number `last`, each with the company whose log it is in.
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

/// When the first record behind the number `after` was made.
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
