//! What a change of a service account locks until its transaction ends.
//!
//! Responsible for the order: the account first, then companies. With the account locked, no other transaction changes
//! its password, its existence or its access anywhere. Refuses to lock anything in SQLite, where a write transaction
//! has the whole database to itself.

use sea_orm::{DbBackend, DbErr};

use super::company::{self, Hold};
use super::pieces::written;
use super::{Connection, access};
use crate::domain::CompanyId;
use crate::platform::ids::PrincipalId;

/// Locks an account and one company, in one statement: PostgreSQL locks in the order of the clauses. Locks nothing when
/// the account was deleted.
pub(in crate::platform) async fn account_in(
    db: &impl Connection,
    account: PrincipalId,
    company: CompanyId,
    hold: Hold,
) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let strength = match hold {
        Hold::Alone => "NO KEY UPDATE",
        Hold::Shared => "SHARE",
    };
    let sql = format!(
        r#"SELECT "principal"."id" FROM "principal" CROSS JOIN "company"
WHERE "principal"."id" = $1 AND "company"."id" = $2
FOR UPDATE OF "principal" FOR {strength} OF "company""#
    );
    db.execute_raw(written(db, sql, [account.0.into(), company.0.into()])).await.map(drop)
}

/// Locks an account, and then alone `company` and every company where the account has access.
pub(in crate::platform) async fn account_everywhere(
    db: &impl Connection,
    account: PrincipalId,
    company: CompanyId,
) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let sql = r#"SELECT "id" FROM "principal" WHERE "id" = $1 FOR UPDATE"#;
    db.execute_raw(written(db, sql, [account.0.into()])).await?;
    let mut concerned = access::companies_of(db, account).await?;
    concerned.push(company);
    company::lock(db, concerned, Hold::Alone).await
}
