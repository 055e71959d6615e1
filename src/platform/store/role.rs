//! Custom roles. Default roles have no rows: [`crate::domain::DefaultRole`] defines them.
//!
//! Responsible for lists, lookups and changes of roles. Refuses to decide who may change them.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};

use super::entity::role;
use super::pieces::MOST_ROWS;
use super::rows::{first, only};
use super::{Connection, from_list, is_storable, to_list};
use crate::domain::{CompanyId, PermissionSet};

/// The permissions of a custom role, if the company has it.
pub(in crate::platform) async fn find(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
) -> Result<Option<PermissionSet>, DbErr> {
    if !is_storable(name) {
        return Ok(None);
    }
    let rows = role::Entity::find_by_id((company.0, name.to_owned())).all(db).await?;
    Ok(only(rows).map(|row| from_list(&row.permissions)))
}

/// Those of these custom roles that exist, each with its permissions.
pub(in crate::platform) async fn find_each(
    db: &impl Connection,
    wanted: &BTreeSet<(CompanyId, &str)>,
) -> Result<HashMap<(CompanyId, String), PermissionSet>, DbErr> {
    let wanted: Vec<_> = wanted.iter().filter(|(_, name)| is_storable(name)).collect();
    let mut found = HashMap::new();
    for piece in wanted.chunks(MOST_ROWS) {
        let companies: BTreeSet<_> = piece.iter().map(|(company, _)| company.0).collect();
        let names: BTreeSet<_> = piece.iter().map(|(_, name)| *name).collect();
        let rows = role::Entity::find()
            .filter(role::Column::CompanyId.is_in(companies))
            .filter(role::Column::Name.is_in(names))
            .all(db)
            .await?;
        let pair = |row: role::Model| ((CompanyId(row.company_id), row.name), from_list(&row.permissions));
        found.extend(rows.into_iter().map(pair));
    }
    Ok(found)
}

/// Up to `limit` custom roles of the company behind this name, by name.
pub(in crate::platform) async fn page(
    db: &impl Connection,
    company: CompanyId,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<(String, PermissionSet)>, DbErr> {
    let mut select = role::Entity::find()
        .select_only()
        .columns([role::Column::Name, role::Column::Permissions])
        .filter(role::Column::CompanyId.eq(company.0))
        .order_by_asc(role::Column::Name);
    if let Some(after) = after {
        select = select.filter(role::Column::Name.gt(after));
    }
    let rows: Vec<(String, String)> = first(db, select, limit).await?;
    Ok(rows.into_iter().map(|(name, permissions)| (name, from_list(&permissions))).collect())
}

/// How many custom roles the company has.
pub(in crate::platform) async fn count(db: &impl Connection, company: CompanyId) -> Result<u64, DbErr> {
    role::Entity::find().filter(role::Column::CompanyId.eq(company.0)).count(db).await
}

/// Adds a custom role.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
    permissions: PermissionSet,
) -> Result<(), DbErr> {
    let row = role::ActiveModel {
        company_id: Set(company.0),
        name: Set(name.to_owned()),
        permissions: Set(to_list(permissions)),
    };
    role::Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Replaces the permissions of the role.
pub(in crate::platform) async fn update(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
    permissions: PermissionSet,
) -> Result<(), DbErr> {
    role::Entity::update_many()
        .col_expr(role::Column::Permissions, Expr::value(to_list(permissions)))
        .filter(role::Column::CompanyId.eq(company.0))
        .filter(role::Column::Name.eq(name))
        .exec(db)
        .await
        .map(drop)
}

/// Deletes a custom role.
pub(in crate::platform) async fn delete(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
) -> Result<(), DbErr> {
    role::Entity::delete_by_id((company.0, name.to_owned())).exec(db).await.map(drop)
}
