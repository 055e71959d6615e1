//! The record of refused sign-ins: one row for each principal, hour and reason, with a count.
//!
//! Responsible for counting them. Refuses to keep what was typed.

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set};

use super::entity::refused;
use super::{Connection, to_millis};

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

/// One refused sign-in.
pub(in crate::platform) struct RefusedSignIn {
    pub(in crate::platform) at: Timestamp,
    /// The id of the principal; a negative one is a group of names that do not exist.
    pub(in crate::platform) principal: i64,
    pub(in crate::platform) kind: &'static str,
    pub(in crate::platform) name: String,
    pub(in crate::platform) owner: Option<i64>,
    pub(in crate::platform) reason: &'static str,
    pub(in crate::platform) request_id: String,
}

/// Whether a refused sign-in of this principal for this reason was counted on this day already.
pub(in crate::platform) async fn is_counted_today(
    db: &impl Connection,
    refused: &RefusedSignIn,
) -> Result<bool, DbErr> {
    let at = to_millis(refused.at);
    let day = at - at.rem_euclid(DAY);
    let counted = refused::Entity::find()
        .filter(refused::Column::PrincipalId.eq(refused.principal))
        .filter(refused::Column::Hour.between(day, day + DAY - 1))
        .filter(refused::Column::Reason.eq(refused.reason));
    Ok(counted.count(db).await? > 0)
}

/// Counts one more refused sign-in, in one statement.
pub(in crate::platform) async fn add(db: &impl Connection, refused: RefusedSignIn) -> Result<(), DbErr> {
    let at = to_millis(refused.at);
    let row = refused::ActiveModel {
        principal_id: Set(refused.principal),
        hour: Set(at - at.rem_euclid(HOUR)),
        reason: Set(refused.reason.to_owned()),
        kind: Set(refused.kind.to_owned()),
        name: Set(refused.name),
        owner_company_id: Set(refused.owner),
        times: Set(1),
        first_at: Set(at),
        last_at: Set(at),
        request_id: Set(refused.request_id),
    };
    let key = [refused::Column::PrincipalId, refused::Column::Hour, refused::Column::Reason];
    let again = OnConflict::columns(key)
        .value(refused::Column::Times, Expr::col((refused::Entity, refused::Column::Times)).add(1_i64))
        .update_columns([refused::Column::LastAt, refused::Column::RequestId])
        .to_owned();
    refused::Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map(drop)
}
