//! Custom roles. The default ones are no rows: [`crate::domain::DefaultRole`] knows them.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};

use super::entity::role;
use super::{Connection, from_list, is_storable, to_list};
use crate::domain::{CompanyId, PermissionSet};

/// What the holders of a custom role may do, where the company has it.
pub(in crate::platform) async fn find(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
) -> Result<Option<PermissionSet>, DbErr> {
    if !is_storable(name) {
        return Ok(None);
    }
    let row = role::Entity::find_by_id((company.0, name.to_owned())).one(db).await?;
    Ok(row.map(|row| from_list(&row.permissions)))
}

/// All custom roles of the company, by name.
pub(in crate::platform) async fn all(
    db: &impl Connection,
    company: CompanyId,
) -> Result<Vec<(String, PermissionSet)>, DbErr> {
    let rows = role::Entity::find()
        .filter(role::Column::CompanyId.eq(company.0))
        .order_by_asc(role::Column::Name)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.name, from_list(&row.permissions))).collect())
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

/// Replaces what the holders may do.
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
