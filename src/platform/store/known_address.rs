//! The addresses from which principals have signed in.
//!
//! Responsible for finding, remembering and forgetting them. Refuses to keep more than a few of one principal.

use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};

use super::entity::known_address;
use super::pieces::written;
use super::rows::only;
use super::{Connection, from_millis, to_millis};
use crate::platform::ids::PrincipalId;

/// Most addresses that are known of one principal.
const MOST_ADDRESSES: u64 = 16;

/// When a principal last signed in from this address, if that is remembered.
pub(in crate::platform) async fn seen_at(
    db: &impl Connection,
    id: PrincipalId,
    address: &str,
) -> Result<Option<Timestamp>, DbErr> {
    let found = known_address::Entity::find_by_id((id.0, address.to_owned())).all(db).await?;
    Ok(only(found).map(|row| from_millis(row.seen_at)))
}

const REMEMBER: &str = r#"INSERT INTO "familiar" ("principal_id", "address", "seen_at") VALUES ($1, $2, $3)
ON CONFLICT ("principal_id", "address") DO UPDATE SET "seen_at" = excluded."seen_at""#;

/// Remembers that a principal has signed in from this address, and forgets those not seen since `forget` and all but
/// the last [`MOST_ADDRESSES`]. No other address was last seen after `now`: a clock that was wrong would keep it in
/// place of later ones.
pub(in crate::platform) async fn remember(
    db: &impl Connection,
    id: PrincipalId,
    address: &str,
    now: Timestamp,
    forget: Timestamp,
) -> Result<(), DbErr> {
    db.execute_raw(written(db, REMEMBER, [id.0.into(), address.into(), to_millis(now).into()])).await?;
    let ahead = known_address::Entity::update_many()
        .col_expr(known_address::Column::SeenAt, Expr::value(to_millis(now) - 1))
        .filter(known_address::Column::PrincipalId.eq(id.0))
        .filter(known_address::Column::SeenAt.gt(to_millis(now)));
    ahead.exec(db).await?;
    let sql = format!(
        r#"DELETE FROM "familiar" WHERE "principal_id" = $1 AND ("seen_at" < $2 OR "address" IN
    (SELECT "address" FROM "familiar" WHERE "principal_id" = $1 ORDER BY "seen_at" DESC, "address"
    LIMIT {MOST_ADDRESSES} OFFSET {MOST_ADDRESSES}))"#
    );
    db.execute_raw(written(db, sql, [id.0.into(), to_millis(forget).into()])).await.map(drop)
}

/// Forgets every address from which a principal has signed in.
pub(in crate::platform) async fn forget_all(db: &impl Connection, id: PrincipalId) -> Result<(), DbErr> {
    let all = known_address::Entity::delete_many().filter(known_address::Column::PrincipalId.eq(id.0));
    all.exec(db).await.map(drop)
}
