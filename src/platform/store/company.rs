//! Companies, and their locks, each of which covers everything in a company.
//!
//! Responsible for lists, changes and locks of companies. Refuses to lock in any other order than that of the ids,
//! which prevents deadlocks.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Condition, Expr, LockType};
use sea_orm::{
    ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select, Set,
};
use sqlx::FromRow;

use super::Connection;
use super::entity::{access, company};
use super::pieces::MOST_ROWS;
use super::rows::{first, only};
use crate::domain::{Company, CompanyId};
use crate::platform::ids::PrincipalId;

/// How a transaction holds companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::platform) enum Hold {
    /// Until the transaction ends, no other one changes a role or access there.
    Alone,
    /// Others that share it run at the same time; those that hold it alone wait.
    Shared,
}

/// Locks companies in the order of their ids until the transaction ends. Companies that do not exist are ignored.
pub(in crate::platform) async fn lock(
    db: &impl Connection,
    companies: impl IntoIterator<Item = CompanyId>,
    hold: Hold,
) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        // A write transaction has the whole database to itself.
        return Ok(());
    }
    let ids: BTreeSet<i64> = companies.into_iter().map(|company| company.0).collect();
    let ids = Vec::from_iter(ids);
    for piece in ids.chunks(MOST_ROWS) {
        let _locked: Vec<i64> = company::Entity::find()
            .select_only()
            .column(company::Column::Id)
            .filter(company::Column::Id.is_in(piece.iter().copied()))
            .order_by_asc(company::Column::Id)
            .lock(match hold {
                Hold::Alone => LockType::NoKeyUpdate,
                Hold::Shared => LockType::Share,
            })
            .into_tuple()
            .all(db)
            .await?;
    }
    Ok(())
}

fn of_member(principal: PrincipalId, name: Option<&str>) -> Select<access::Entity> {
    let select = access::Entity::find()
        .join(JoinType::InnerJoin, access::Relation::Company.def())
        .filter(access::Column::PrincipalId.eq(principal.0));
    match name {
        Some(name) => select.filter(company::Column::Name.eq(name)),
        None => select,
    }
}

#[derive(FromRow)]
struct Row {
    id: i64,
    name: String,
    name_key: String,
}

/// Up to `limit` companies that a principal belongs to, by lower-cased name and id, after the name key and the id
/// `after`. Each has its name key.
pub(in crate::platform) async fn page_of_member(
    db: &impl Connection,
    principal: PrincipalId,
    name: Option<&str>,
    after: Option<(String, CompanyId)>,
    limit: u64,
) -> Result<Vec<(Company, String)>, DbErr> {
    let mut select = of_member(principal, name)
        .select_only()
        .column(company::Column::Id)
        .column(company::Column::Name)
        .column(company::Column::NameKey);
    if let Some((key, id)) = after {
        let behind = Condition::any().add(company::Column::NameKey.gt(key.as_str())).add(
            Condition::all().add(company::Column::NameKey.eq(key.as_str())).add(company::Column::Id.gt(id.0)),
        );
        select = select.filter(behind);
    }
    let select = select.order_by_asc(company::Column::NameKey).order_by_asc(company::Column::Id);
    let rows: Vec<Row> = first(db, select, limit).await?;
    let pair = |row: Row| (Company { id: CompanyId(row.id), name: row.name }, row.name_key);
    Ok(rows.into_iter().map(pair).collect())
}

/// How many companies a principal belongs to.
pub(in crate::platform) async fn count_of_member(
    db: &impl Connection,
    principal: PrincipalId,
    name: Option<&str>,
) -> Result<u64, DbErr> {
    of_member(principal, name).count(db).await
}

/// How many companies there are.
pub(in crate::platform) async fn count(db: &impl Connection) -> Result<u64, DbErr> {
    company::Entity::find().count(db).await
}

/// The company with this id.
pub(in crate::platform) async fn find(db: &impl Connection, id: CompanyId) -> Result<Option<Company>, DbErr> {
    let rows = company::Entity::find_by_id(id.0).all(db).await?;
    Ok(only(rows).map(|row| Company { id: CompanyId(row.id), name: row.name }))
}

/// All companies by id, each with whether it requires a second factor.
pub(in crate::platform) async fn all(db: &impl Connection) -> Result<Vec<(Company, bool)>, DbErr> {
    let rows = company::Entity::find().order_by_asc(company::Column::Id).all(db).await?;
    let entry = |row: company::Model| (Company { id: CompanyId(row.id), name: row.name }, row.two_factor);
    Ok(rows.into_iter().map(entry).collect())
}

/// Renames a company.
pub(in crate::platform) async fn rename(
    db: &impl Connection,
    id: CompanyId,
    name: &str,
) -> Result<(), DbErr> {
    company::Entity::update_many()
        .col_expr(company::Column::Name, Expr::value(name))
        .col_expr(company::Column::NameKey, Expr::value(name.to_lowercase()))
        .filter(company::Column::Id.eq(id.0))
        .exec(db)
        .await
        .map(drop)
}

/// Adds a company.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    name: &str,
    two_factor: bool,
) -> Result<CompanyId, DbErr> {
    let row = company::ActiveModel {
        name: Set(name.to_owned()),
        name_key: Set(name.to_lowercase()),
        two_factor: Set(two_factor),
        ..Default::default()
    };
    Ok(CompanyId(company::Entity::insert(row).exec(db).await?.last_insert_id))
}
