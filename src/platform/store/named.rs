//! One service account, found by its name.
//!
//! Responsible for reading it in one statement, whose text is written out. Refuses to return to another company what
//! only the owner may see.

use sea_orm::DbErr;

use super::access::{self, Grant};
use super::account::{AccountRow, Row};
use super::authors::{Authors, AuthorsRow};
use super::pieces::written;
use super::rows::{all, only, read};
use super::{Connection, is_storable};
use crate::domain::{AccountName, CompanyId};

/// A service account with everything that the company may see.
pub(in crate::platform) struct Full {
    pub(in crate::platform) account: AccountRow,
    /// For the owner: its authors, and its access by company id.
    pub(in crate::platform) owned: Option<(Authors, Vec<Grant>)>,
}

/// The columns of [`Row`] for the account with the name key `$1` as the company `$2` sees it.
const ACCOUNT: &str = r#""principal"."id", "principal"."name", "principal"."name_key", "principal"."description",
    "principal"."created_at", "principal"."password_changed_at", "principal"."last_used_at",
    "company"."id" AS "owner_id", "company"."name" AS "owner_name", "access"."company_id" AS "access_company_id",
    "access"."role" AS "access_role", "access"."permissions" AS "access_permissions",
    "role"."permissions" AS "role_permissions",
    (SELECT COUNT(*) FROM "access" WHERE "access"."principal_id" = "principal"."id") AS "company_count""#;
/// The tables of [`ACCOUNT`].
const SOURCE: &str = r#"FROM "principal" INNER JOIN "company" ON "company"."id" = "principal"."owner_company_id"
LEFT JOIN "access" ON "access"."principal_id" = "principal"."id" AND "access"."company_id" = $2
LEFT JOIN "role" ON "role"."company_id" = "access"."company_id" AND "role"."name" = "access"."role""#;
const NAMED: &str = r#"WHERE "principal"."name_key" = $1 AND "principal"."kind" = 'service_account'"#;

/// What only the owner may see: the columns of [`AuthorsRow`], and of [`access::Joined`] for each access.
const PRIVATE: &str = r#""principal"."created_by", "principal"."created_by_kind", "principal"."created_by_name",
    "principal"."password_by_kind", "principal"."password_by_id", "principal"."password_by_name",
    "principal"."password_by_at", "each"."company_id" AS "joined_company_id",
    "each"."role" AS "joined_role", "each"."permissions" AS "joined_permissions",
    "place"."name" AS "joined_company_name", "held"."permissions" AS "joined_role_permissions""#;
/// The tables of [`PRIVATE`]: one row for each access.
const EACH: &str = r#"LEFT JOIN "access" AS "each"
    ON "each"."principal_id" = "principal"."id" AND "principal"."owner_company_id" = $2
LEFT JOIN "company" AS "place" ON "place"."id" = "each"."company_id"
LEFT JOIN "role" AS "held" ON "held"."company_id" = "each"."company_id" AND "held"."name" = "each"."role""#;

/// The account of this name, with any or no relation to `company`.
pub(in crate::platform) async fn by_name(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
) -> Result<Option<AccountRow>, DbErr> {
    let Some(key) = key_of(name) else { return Ok(None) };
    let sql = format!("SELECT {ACCOUNT}\n{SOURCE}\n{NAMED}");
    let rows: Vec<Row> = all(db, written(db, sql, [key.into(), company.0.into()])).await?;
    Ok(only(rows).map(AccountRow::from))
}

/// As [`by_name`], for the owner with what only it may see.
pub(in crate::platform) async fn in_full(
    db: &impl Connection,
    company: CompanyId,
    name: &str,
) -> Result<Option<Full>, DbErr> {
    let Some(key) = key_of(name) else { return Ok(None) };
    let sql =
        format!("SELECT {ACCOUNT},\n{PRIVATE}\n{SOURCE}\n{EACH}\n{NAMED} ORDER BY \"each\".\"company_id\"");
    let rows = db.query_all_raw(written(db, sql, [key.into(), company.0.into()])).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let account = AccountRow::from(read::<Row>(first)?);
    if account.owner.id != company {
        return Ok(Some(Full { account, owned: None }));
    }
    let authors = read::<AuthorsRow>(first)?.into();
    let mut everywhere = Vec::new();
    for row in &rows {
        everywhere.extend(read::<access::Joined>(row)?.grant());
    }
    Ok(Some(Full { account, owned: Some((authors, everywhere)) }))
}

/// The key of an account name, if the database can store this text.
fn key_of(name: &str) -> Option<String> {
    is_storable(name).then(|| AccountName::key_of(name))
}
