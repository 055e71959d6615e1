//! Bearer tokens, of which only the hash is kept.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, JoinType, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Set,
};

use super::entity::{principal, token};
use super::principal::kind_of;
use super::{Connection, from_millis, to_millis};
use crate::api::session::Kind;
use crate::platform::ids::PrincipalId;

/// Most tokens of one bearer. A script that signs in once a second for many minutes is below it.
pub(in crate::platform) const MOST_TOKENS: u64 = 1000;

/// The bearer of a token.
pub(in crate::platform) struct Bearer {
    pub(in crate::platform) id: PrincipalId,
    pub(in crate::platform) kind: Kind,
    pub(in crate::platform) name: String,
    pub(in crate::platform) last_used_at: Option<Timestamp>,
    pub(in crate::platform) expires_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    kind: String,
    name: String,
    last_used_at: Option<i64>,
    expires_at: i64,
}

/// Whose token has this hash and is still good at `now`.
pub(in crate::platform) async fn bearer(
    db: &impl Connection,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Bearer>, DbErr> {
    let row = token::Entity::find()
        .select_only()
        .column(token::Column::ExpiresAt)
        .columns([
            principal::Column::Id,
            principal::Column::Kind,
            principal::Column::Name,
            principal::Column::LastUsedAt,
        ])
        .join(JoinType::InnerJoin, token::Relation::Principal.def())
        .filter(token::Column::Hash.eq(hash))
        .filter(token::Column::ExpiresAt.gt(to_millis(now)))
        .into_model::<Row>()
        .one(db)
        .await?;
    Ok(row.map(|row| Bearer {
        id: PrincipalId(row.id),
        kind: kind_of(&row.kind),
        name: row.name,
        last_used_at: row.last_used_at.map(from_millis),
        expires_at: from_millis(row.expires_at),
    }))
}

/// Whether a token with this hash is kept; if so, it cannot be ended before the transaction is.
pub(in crate::platform) async fn hold(db: &impl Connection, hash: &str) -> Result<bool, DbErr> {
    let row = token::Entity::find_by_id(hash.to_owned()).lock_shared().one(db).await?;
    Ok(row.is_some())
}

/// Keeps a new token. Forgets those of the same bearer that have expired, and ends the oldest of those that would be
/// more than [`MOST_TOKENS`].
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    hash: String,
    principal: PrincipalId,
    client_id: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    token::Entity::delete_many()
        .filter(token::Column::PrincipalId.eq(principal.0))
        .filter(token::Column::ExpiresAt.lte(to_millis(now)))
        .exec(db)
        .await?;
    end_oldest(db, principal, MOST_TOKENS - 1).await?;
    let row = token::ActiveModel {
        hash: Set(hash),
        principal_id: Set(principal.0),
        client_id: Set(client_id.to_owned()),
        created_at: Set(to_millis(now)),
        expires_at: Set(to_millis(expires_at)),
    };
    token::Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Revokes all tokens of a principal but the `kept` ones that expire last.
async fn end_oldest(db: &impl Connection, principal: PrincipalId, kept: u64) -> Result<(), DbErr> {
    let oldest: Vec<String> = token::Entity::find()
        .select_only()
        .column(token::Column::Hash)
        .filter(token::Column::PrincipalId.eq(principal.0))
        .order_by_desc(token::Column::ExpiresAt)
        .offset(kept)
        .limit(MOST_TOKENS)
        .into_tuple()
        .all(db)
        .await?;
    if !oldest.is_empty() {
        token::Entity::delete_many().filter(token::Column::Hash.is_in(oldest)).exec(db).await?;
    }
    Ok(())
}

/// Whether a token with this hash is kept.
pub(in crate::platform) async fn is_kept(db: &impl Connection, hash: &str) -> Result<bool, DbErr> {
    Ok(token::Entity::find_by_id(hash.to_owned()).count(db).await? > 0)
}

/// Ends one token.
pub(in crate::platform) async fn end(db: &impl Connection, hash: &str) -> Result<(), DbErr> {
    token::Entity::delete_by_id(hash.to_owned()).exec(db).await.map(drop)
}

/// Revokes every token of a principal.
pub(in crate::platform) async fn end_all(db: &impl Connection, principal: PrincipalId) -> Result<(), DbErr> {
    token::Entity::delete_many().filter(token::Column::PrincipalId.eq(principal.0)).exec(db).await.map(drop)
}
