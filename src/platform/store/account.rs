//! Service accounts as a company sees them.
//!
//! Responsible for lists, lookups and changes of accounts. Refuses to decide what a company may see: the service does.

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Func, LikeExpr, Order, Query};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select, Set, SqlErr,
};
use sqlx::FromRow;

use super::access::Grant;
use super::entity::{access, company, principal, role};
use super::principal::StoredHash;
use super::rows::{first, only};
use super::{Connection, from_millis, to_millis};
use crate::api::audit::Actor;
use crate::domain::{AccountName, Company, CompanyId, Description, Ownership};
use crate::platform::ids::PrincipalId;

/// A service account, with its access in the company from which it is seen.
#[derive(Clone, Debug)]
pub(in crate::platform) struct AccountRow {
    pub(in crate::platform) id: PrincipalId,
    pub(in crate::platform) name: String,
    pub(in crate::platform) name_key: String,
    pub(in crate::platform) description: Option<String>,
    pub(in crate::platform) owner: Company,
    pub(in crate::platform) created_at: Timestamp,
    pub(in crate::platform) password_changed_at: Timestamp,
    pub(in crate::platform) last_used_at: Option<Timestamp>,
    /// In how many companies it has access.
    pub(in crate::platform) company_count: u64,
    /// Its access in that company; the company's name is not filled in.
    pub(in crate::platform) access: Option<Grant>,
}

/// The filters of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::platform) struct Filter {
    /// Text that name or description contain, without regard to case.
    pub(in crate::platform) search: Option<String>,
    /// The role in the company.
    pub(in crate::platform) role: Option<String>,
    /// The time since when it was not used; its creation counts as a use.
    pub(in crate::platform) unused_since: Option<Timestamp>,
    /// The time before which its password was last set.
    pub(in crate::platform) password_changed_before: Option<Timestamp>,
}

/// A new service account.
pub(in crate::platform) struct NewAccount<'a> {
    pub(in crate::platform) name: &'a AccountName,
    pub(in crate::platform) description: Option<&'a Description>,
    pub(in crate::platform) owner: CompanyId,
    pub(in crate::platform) password_hash: String,
    pub(in crate::platform) now: Timestamp,
    pub(in crate::platform) created_by: Option<Actor>,
    pub(in crate::platform) request: Option<KeyedRequest<'a>>,
}

/// A request that is carried out once, even if it is sent several times.
pub(in crate::platform) struct KeyedRequest<'a> {
    /// The idempotency key.
    pub(in crate::platform) key: &'a str,
    /// The digest of the request, without the password.
    pub(in crate::platform) digest: String,
}

/// The account that a request has created, with its current password.
pub(in crate::platform) struct Made {
    pub(in crate::platform) name: String,
    pub(in crate::platform) request_digest: Option<String>,
    pub(in crate::platform) password_hash: StoredHash,
}

/// The row of an account.
#[derive(FromRow)]
pub(super) struct Row {
    id: i64,
    name: String,
    name_key: String,
    description: Option<String>,
    owner_id: i64,
    owner_name: String,
    created_at: i64,
    password_changed_at: i64,
    last_used_at: Option<i64>,
    company_count: i64,
    access_company_id: Option<i64>,
    access_role: Option<String>,
    access_permissions: Option<String>,
    role_permissions: Option<String>,
}

impl From<Row> for AccountRow {
    fn from(row: Row) -> Self {
        let access = row.access_company_id.map(|id| {
            let company = Company { id: CompanyId(id), name: String::new() };
            let (individual, of_role) = (row.access_permissions.as_deref(), row.role_permissions.as_deref());
            Grant::new(company, row.access_role, individual, of_role)
        });
        Self {
            id: PrincipalId(row.id),
            name: row.name,
            name_key: row.name_key,
            description: row.description,
            owner: Company { id: CompanyId(row.owner_id), name: row.owner_name },
            created_at: from_millis(row.created_at),
            password_changed_at: from_millis(row.password_changed_at),
            last_used_at: row.last_used_at.map(from_millis),
            company_count: row.company_count.unsigned_abs(),
            access,
        }
    }
}

/// Service accounts, each joined with its owner and its access in `company`: with a left join those without any
/// access there too.
fn accounts(join: JoinType, company: CompanyId) -> Select<principal::Entity> {
    let here = Condition::all().add(is_of_the_account()).add(access::Column::CompanyId.eq(company.0));
    let mut select = principal::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, principal::Relation::Owner.def())
        .filter(principal::Column::Kind.eq(super::principal::SERVICE_ACCOUNT));
    sea_orm::QueryTrait::query(&mut select).join(join, access::Entity, here);
    select
}

fn is_of_the_account() -> Expr {
    Expr::col((access::Entity, access::Column::PrincipalId))
        .equals((principal::Entity, principal::Column::Id))
}

/// In how many companies the account has access.
fn company_count() -> Expr {
    let mut everywhere = Query::select();
    everywhere
        .expr(Expr::col((access::Entity, access::Column::PrincipalId)).count())
        .from(access::Entity)
        .and_where(is_of_the_account());
    Expr::SubQuery(None, Box::new(everywhere.into()))
}

/// The columns of [`Row`].
fn sighted(select: Select<principal::Entity>, company_count: Expr) -> Select<principal::Entity> {
    select
        .columns([
            principal::Column::Id,
            principal::Column::Name,
            principal::Column::NameKey,
            principal::Column::Description,
            principal::Column::CreatedAt,
            principal::Column::PasswordChangedAt,
            principal::Column::LastUsedAt,
        ])
        .column_as(company::Column::Id, "owner_id")
        .column_as(company::Column::Name, "owner_name")
        .column_as(access::Column::CompanyId, "access_company_id")
        .column_as(access::Column::Role, "access_role")
        .column_as(access::Column::Permissions, "access_permissions")
        .column_as(role::Column::Permissions, "role_permissions")
        .expr_as(company_count, "company_count")
        .join(JoinType::LeftJoin, access::Relation::Role.def())
}

/// The account that the request of `creator` with this idempotency key has created.
pub(in crate::platform) async fn made_with(
    db: &impl Connection,
    creator: PrincipalId,
    key: &str,
) -> Result<Option<Made>, DbErr> {
    let rows: Vec<(String, Option<String>, String)> = principal::Entity::find()
        .select_only()
        .columns([principal::Column::Name, principal::Column::RequestDigest, principal::Column::PasswordHash])
        .filter(principal::Column::CreatedBy.eq(creator.0))
        .filter(principal::Column::IdempotencyKey.eq(key))
        .into_tuple()
        .all(db)
        .await?;
    Ok(only(rows).map(|(name, request_digest, hash)| Made {
        name,
        request_digest,
        password_hash: StoredHash::new(hash),
    }))
}

fn filtered(company: CompanyId, ownership: Ownership, filter: &Filter) -> Select<principal::Entity> {
    let select = match ownership {
        Ownership::Owned => {
            accounts(JoinType::LeftJoin, company).filter(principal::Column::OwnerCompanyId.eq(company.0))
        }
        Ownership::External => {
            accounts(JoinType::InnerJoin, company).filter(access::Column::ExternalKey.is_not_null())
        }
    };
    let select = narrowed(select, filter);
    match &filter.role {
        Some(role) => select.filter(access::Column::Role.eq(role.as_str())),
        None => select,
    }
}

/// Narrows accounts by what they are themselves.
fn narrowed(mut select: Select<principal::Entity>, filter: &Filter) -> Select<principal::Entity> {
    if let Some(search) = &filter.search {
        let pattern = LikeExpr::new(pattern_of(search)).escape('\\');
        select = select.filter(Expr::col((principal::Entity, principal::Column::SearchKey)).like(pattern));
    }
    if let Some(since) = filter.unused_since {
        let last_use: Expr = Func::coalesce([
            principal::Column::LastUsedAt.into_expr(),
            principal::Column::CreatedAt.into_expr(),
        ])
        .into();
        select = select.filter(last_use.lt(to_millis(since)));
    }
    if let Some(before) = filter.password_changed_before {
        select = select.filter(principal::Column::PasswordChangedAt.lt(to_millis(before)));
    }
    select
}

/// Up to `limit` accounts with this ownership in the company, by lower-cased name, after the key `after`.
pub(in crate::platform) async fn page(
    db: &impl Connection,
    company: CompanyId,
    ownership: Ownership,
    filter: &Filter,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<AccountRow>, DbErr> {
    let rows: Vec<Row> = first(db, page_of(company, ownership, filter, after), limit).await?;
    Ok(rows.into_iter().map(AccountRow::from).collect())
}

/// Ordered by the key of the index that holds the accounts of this ownership, so that a page reads what it shows.
fn page_of(
    company: CompanyId,
    ownership: Ownership,
    filter: &Filter,
    after: Option<&str>,
) -> Select<principal::Entity> {
    let (key, company_count) = match ownership {
        Ownership::Owned => (principal::Column::NameKey.into_expr(), company_count()),
        // Only the owner may see it.
        Ownership::External => (access::Column::ExternalKey.into_expr(), Expr::value(0_i64)),
    };
    let mut select = sighted(filtered(company, ownership, filter), company_count);
    if let Some(after) = after {
        select = select.filter(key.clone().gt(after));
    }
    select.order_by(key, Order::Asc)
}

/// How many accounts with this ownership the company has. Without a filter, the entries of one index are counted.
pub(in crate::platform) async fn count(
    db: &impl Connection,
    company: CompanyId,
    ownership: Ownership,
    filter: &Filter,
) -> Result<u64, DbErr> {
    match ownership {
        Ownership::Owned if filter.role.is_none() => {
            let owned = principal::Entity::find().filter(principal::Column::OwnerCompanyId.eq(company.0));
            narrowed(owned, filter).select_only().column(principal::Column::Id).count(db).await
        }
        Ownership::External if *filter == Filter::default() => {
            let external = access::Entity::find()
                .filter(access::Column::CompanyId.eq(company.0))
                .filter(access::Column::ExternalKey.is_not_null());
            external.select_only().column(access::Column::PrincipalId).count(db).await
        }
        _ => filtered(company, ownership, filter).column(principal::Column::Id).count(db).await,
    }
}

/// Adds an account; `None` if its name or its idempotency key is taken. Then the transaction must be rolled back.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    account: NewAccount<'_>,
) -> Result<Option<PrincipalId>, DbErr> {
    let description = account.description.map(Description::as_str);
    let author = account.created_by.as_ref();
    let (key, digest) = account.request.map(|request| (request.key.to_owned(), request.digest)).unzip();
    let row = principal::ActiveModel {
        kind: Set(super::principal::SERVICE_ACCOUNT.to_owned()),
        name: Set(account.name.as_str().to_owned()),
        name_key: Set(account.name.key()),
        password_hash: Set(account.password_hash),
        created_at: Set(to_millis(account.now)),
        password_changed_at: Set(to_millis(account.now)),
        description: Set(description.map(str::to_owned)),
        search_key: Set(Some(search_key(account.name.as_str(), description))),
        owner_company_id: Set(Some(account.owner.0)),
        created_by: Set(author.map(|author| author.id)),
        created_by_kind: Set(author.map(|author| author.kind.as_str().to_owned())),
        created_by_name: Set(author.map(|author| author.name.clone())),
        password_by_id: Set(author.map(|author| author.id)),
        password_by_kind: Set(author.map(|author| author.kind.as_str().to_owned())),
        password_by_name: Set(author.map(|author| author.name.clone())),
        password_by_at: Set(author.map(|_| to_millis(account.now))),
        idempotency_key: Set(key),
        request_digest: Set(digest),
        ..Default::default()
    };
    match principal::Entity::insert(row).exec(db).await {
        Ok(inserted) => Ok(Some(PrincipalId(inserted.last_insert_id))),
        Err(cause) if matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(None),
        Err(cause) => Err(cause),
    }
}

/// Replaces the description.
pub(in crate::platform) async fn describe(
    db: &impl Connection,
    account: &AccountRow,
    description: Option<&Description>,
) -> Result<(), DbErr> {
    let description = description.map(Description::as_str);
    principal::Entity::update_many()
        .col_expr(principal::Column::Description, Expr::value(description))
        .col_expr(principal::Column::SearchKey, Expr::value(search_key(&account.name, description)))
        .filter(principal::Column::Id.eq(account.id.0))
        .exec(db)
        .await
        .map(drop)
}

/// Neither names nor descriptions contain the separator, so no search text matches across it by accident.
fn search_key(name: &str, description: Option<&str>) -> String {
    format!("{name}\n{}", description.unwrap_or_default()).to_lowercase()
}

/// A pattern that matches `text` anywhere, taking none of its characters for a wildcard.
fn pattern_of(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_search_is_a_wildcard() {
        assert_eq!(pattern_of(r"50%_A\"), r"%50\%\_a\\%");
    }
}
