//! Bearer tokens, of which only the hash is stored.
//!
//! Responsible for finding, locking, adding and revoking them. Refuses to see a token itself.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Value,
};
use sqlx::FromRow;

use super::access::{self, Grant};
use super::entity::token;
use super::pieces::written;
use super::principal::kind_of;
use super::rows::read;
use super::{Connection, from_millis, to_millis};
use crate::api::session::Kind;
use crate::domain::CompanyId;
use crate::platform::ids::PrincipalId;

/// Most tokens of one bearer: enough for a script that signs in once a second for many minutes.
pub(in crate::platform) const MOST_TOKENS: u64 = 1000;

/// The bearer of a token, with its access in one company.
pub(in crate::platform) struct Bearer {
    pub(in crate::platform) id: PrincipalId,
    pub(in crate::platform) kind: Kind,
    pub(in crate::platform) name: String,
    pub(in crate::platform) last_used_at: Option<Timestamp>,
    pub(in crate::platform) expires_at: Timestamp,
    pub(in crate::platform) grant: Option<Grant>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    kind: String,
    name: String,
    last_used_at: Option<i64>,
    expires_at: i64,
}

/// The token `$1` if it expires after `$3`, its bearer, and the access of the bearer in the company `$2`.
const BEARER: &str = r#"SELECT "token"."expires_at", "principal"."id", "principal"."kind", "principal"."name",
    "principal"."last_used_at", "access"."company_id" AS "joined_company_id",
    "company"."name" AS "joined_company_name", "access"."role" AS "joined_role",
    "access"."permissions" AS "joined_permissions", "role"."permissions" AS "joined_role_permissions"
FROM "token" INNER JOIN "principal" ON "principal"."id" = "token"."principal_id"
LEFT JOIN "access" ON "access"."principal_id" = "principal"."id" AND "access"."company_id" = $2
LEFT JOIN "company" ON "company"."id" = "access"."company_id"
LEFT JOIN "role" ON "role"."company_id" = "access"."company_id" AND "role"."name" = "access"."role"
WHERE "token"."hash" = $1 AND "token"."expires_at" > $3"#;

/// The bearer of the token with this hash, if it is valid at `now`, with the access in `company`, if one is given.
pub(in crate::platform) async fn bearer(
    db: &impl Connection,
    hash: &str,
    company: Option<CompanyId>,
    now: Timestamp,
) -> Result<Option<Bearer>, DbErr> {
    one(db, BEARER.to_owned(), [hash.into(), company.map(|company| company.0).into(), to_millis(now).into()])
        .await
}

/// As [`bearer`], for a token that may have expired since. Locks the token until the transaction ends, so that it
/// cannot be revoked before.
pub(in crate::platform) async fn hold(
    db: &impl Connection,
    hash: &str,
    company: CompanyId,
) -> Result<Option<Bearer>, DbErr> {
    let mut sql = BEARER.to_owned();
    if db.get_database_backend() == DbBackend::Postgres {
        sql.push_str(r#" FOR SHARE OF "token""#);
    }
    one(db, sql, [hash.into(), company.0.into(), i64::MIN.into()]).await
}

async fn one(db: &impl Connection, sql: String, values: [Value; 3]) -> Result<Option<Bearer>, DbErr> {
    let Some(found) = db.query_one_raw(written(db, sql, values)).await? else { return Ok(None) };
    let row: Row = read(&found)?;
    Ok(Some(Bearer {
        id: PrincipalId(row.id),
        kind: kind_of(&row.kind),
        name: row.name,
        last_used_at: row.last_used_at.map(from_millis),
        expires_at: from_millis(row.expires_at),
        grant: read::<access::Joined>(&found)?.grant(),
    }))
}

const ADDED: &str = r#"INSERT INTO "token" ("hash", "principal_id", "client_id", "created_at", "expires_at")
VALUES ($1, $2, $3, $4, $5)"#;

/// Adds a token. Removes expired tokens of the same bearer, and revokes the oldest ones above [`MOST_TOKENS`].
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    hash: String,
    principal: PrincipalId,
    client_id: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    let kept = MOST_TOKENS - 1;
    let ended = format!(
        r#"DELETE FROM "token" WHERE "principal_id" = $1 AND ("expires_at" <= $2 OR "hash" IN
    (SELECT "hash" FROM "token" WHERE "principal_id" = $1 ORDER BY "expires_at" DESC
    LIMIT {MOST_TOKENS} OFFSET {kept}))"#
    );
    db.execute_raw(written(db, ended, [principal.0.into(), to_millis(now).into()])).await?;
    let added = [
        hash.into(),
        principal.0.into(),
        client_id.into(),
        to_millis(now).into(),
        to_millis(expires_at).into(),
    ];
    db.execute_raw(written(db, ADDED, added)).await.map(drop)
}

/// Whether a token with this hash exists.
pub(in crate::platform) async fn is_kept(db: &impl Connection, hash: &str) -> Result<bool, DbErr> {
    Ok(token::Entity::find_by_id(hash.to_owned()).count(db).await? > 0)
}

/// Revokes one token.
pub(in crate::platform) async fn end(db: &impl Connection, hash: &str) -> Result<(), DbErr> {
    token::Entity::delete_by_id(hash.to_owned()).exec(db).await.map(drop)
}

/// Revokes every token of a principal.
pub(in crate::platform) async fn end_all(db: &impl Connection, principal: PrincipalId) -> Result<(), DbErr> {
    token::Entity::delete_many().filter(token::Column::PrincipalId.eq(principal.0)).exec(db).await.map(drop)
}
