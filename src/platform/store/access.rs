//! The access of principals in companies.
//!
//! Responsible for reading and writing it, with effective permissions. Refuses to decide who may change it.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _, Select, Set,
};
use sqlx::FromRow;

use super::entity::{access, company, role};
use super::pieces::{MOST_ROWS, insert_all, written};
use super::rows::{all, only};
use super::{Connection, from_list, to_list};
use crate::domain::{Company, CompanyId, DefaultRole, PermissionSet};
use crate::platform::ids::PrincipalId;

/// Access of a principal in one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct Grant {
    /// The company.
    pub(in crate::platform) company: Company,
    /// The role, where it is not an individual list.
    pub(in crate::platform) role: Option<String>,
    /// The effective permissions.
    pub(in crate::platform) permissions: PermissionSet,
}

impl Grant {
    /// Access with its effective permissions: those of the role, or the individual list.
    pub(super) fn new(
        company: Company,
        role: Option<String>,
        individual: Option<&str>,
        of_role: Option<&str>,
    ) -> Self {
        let permissions = effective(role.as_deref(), individual, of_role);
        Self { company, role, permissions }
    }
}

/// Access as it is written: a role, or individual permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) enum Assignment {
    /// A role of the company.
    Role(String),
    /// An individual list.
    Individual(PermissionSet),
}

#[derive(FromRow)]
struct Row {
    principal_id: i64,
    company_id: i64,
    company_name: String,
    role: Option<String>,
    permissions: Option<String>,
    role_permissions: Option<String>,
}

impl From<Row> for Grant {
    fn from(row: Row) -> Self {
        let company = Company { id: CompanyId(row.company_id), name: row.company_name };
        Self::new(company, row.role, row.permissions.as_deref(), row.role_permissions.as_deref())
    }
}

/// The columns of an access behind a left join; all are NULL where there is no access.
#[derive(FromRow)]
pub(super) struct Joined {
    #[sqlx(rename = "joined_company_id")]
    company_id: Option<i64>,
    #[sqlx(rename = "joined_company_name")]
    company_name: Option<String>,
    #[sqlx(rename = "joined_role")]
    role: Option<String>,
    #[sqlx(rename = "joined_permissions")]
    permissions: Option<String>,
    #[sqlx(rename = "joined_role_permissions")]
    role_permissions: Option<String>,
}

impl Joined {
    /// The access, if there is one.
    pub(super) fn grant(self) -> Option<Grant> {
        let company = Company { id: CompanyId(self.company_id?), name: self.company_name? };
        let (individual, of_role) = (self.permissions.as_deref(), self.role_permissions.as_deref());
        Some(Grant::new(company, self.role, individual, of_role))
    }
}

/// The effective permissions: those of the role, a default or a custom one, or the individual list. A role that does
/// not exist gives none.
fn effective(role: Option<&str>, individual: Option<&str>, role_permissions: Option<&str>) -> PermissionSet {
    match role {
        Some(role) => match role.parse::<DefaultRole>() {
            Ok(default) => default.permissions(),
            Err(_) => role_permissions.map(from_list).unwrap_or_default(),
        },
        None => individual.map(from_list).unwrap_or_default(),
    }
}

fn grants() -> Select<access::Entity> {
    access::Entity::find()
        .select_only()
        .columns([
            access::Column::PrincipalId,
            access::Column::CompanyId,
            access::Column::Role,
            access::Column::Permissions,
        ])
        .column_as(company::Column::Name, "company_name")
        .column_as(role::Column::Permissions, "role_permissions")
        .join(JoinType::InnerJoin, access::Relation::Company.def())
        .join(JoinType::LeftJoin, access::Relation::Role.def())
}

async fn rows(db: &impl Connection, select: Select<access::Entity>) -> Result<Vec<Row>, DbErr> {
    all(db, select.build(db.get_database_backend())).await
}

/// The access of a principal in one company.
pub(in crate::platform) async fn of(
    db: &impl Connection,
    principal: PrincipalId,
    company: CompanyId,
) -> Result<Option<Grant>, DbErr> {
    let select = grants()
        .filter(access::Column::PrincipalId.eq(principal.0))
        .filter(access::Column::CompanyId.eq(company.0));
    Ok(only(rows(db, select).await?).map(Grant::from))
}

/// The access of the principal `$1` in all companies.
const EVERYWHERE: &str = r#"SELECT "access"."principal_id", "access"."company_id", "access"."role",
    "access"."permissions", "company"."name" AS "company_name", "role"."permissions" AS "role_permissions"
FROM "access" INNER JOIN "company" ON "company"."id" = "access"."company_id"
LEFT JOIN "role" ON "role"."company_id" = "access"."company_id" AND "role"."name" = "access"."role"
WHERE "access"."principal_id" = $1 ORDER BY "access"."company_id""#;

/// The access of a principal in all companies, by company id.
pub(in crate::platform) async fn everywhere(
    db: &impl Connection,
    principal: PrincipalId,
) -> Result<Vec<Grant>, DbErr> {
    let statement = written(db, EVERYWHERE, [principal.0.into()]);
    let rows: Vec<Row> = all(db, statement).await?;
    Ok(rows.into_iter().map(Grant::from).collect())
}

/// The companies where a principal has access, by id.
pub(in crate::platform) async fn companies_of(
    db: &impl Connection,
    principal: PrincipalId,
) -> Result<Vec<CompanyId>, DbErr> {
    let ids: Vec<i64> = access::Entity::find()
        .select_only()
        .column(access::Column::CompanyId)
        .filter(access::Column::PrincipalId.eq(principal.0))
        .order_by_asc(access::Column::CompanyId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(CompanyId).collect())
}

/// The access of a principal in those of these companies where it has any.
pub(in crate::platform) async fn in_each(
    db: &impl Connection,
    principal: PrincipalId,
    companies: &BTreeSet<CompanyId>,
) -> Result<HashMap<CompanyId, Grant>, DbErr> {
    let ids: Vec<i64> = companies.iter().map(|company| company.0).collect();
    let mut found = HashMap::new();
    for piece in ids.chunks(MOST_ROWS) {
        let select = grants()
            .filter(access::Column::PrincipalId.eq(principal.0))
            .filter(access::Column::CompanyId.is_in(piece.iter().copied()));
        found.extend(rows(db, select).await?.into_iter().map(|row| (CompanyId(row.company_id), row.into())));
    }
    Ok(found)
}

/// The access of each of these principals in all companies, by company id. One statement, so `principals` is a page.
pub(in crate::platform) async fn of_each(
    db: &impl Connection,
    principals: &[PrincipalId],
) -> Result<Vec<(PrincipalId, Grant)>, DbErr> {
    let select = grants()
        .filter(access::Column::PrincipalId.is_in(principals.iter().map(|principal| principal.0)))
        .order_by_asc(access::Column::CompanyId);
    Ok(rows(db, select).await?.into_iter().map(|row| (PrincipalId(row.principal_id), row.into())).collect())
}

/// How many principals have a role of the company.
pub(in crate::platform) async fn holders(
    db: &impl Connection,
    company: CompanyId,
    role: &str,
) -> Result<u64, DbErr> {
    access::Entity::find()
        .filter(access::Column::CompanyId.eq(company.0))
        .filter(access::Column::Role.eq(role))
        .count(db)
        .await
}

/// How many principals have each of these roles of the company; a role without any is missing. One statement, so
/// `roles` is a page.
pub(in crate::platform) async fn holders_of_each(
    db: &impl Connection,
    company: CompanyId,
    roles: &[&str],
) -> Result<HashMap<String, u64>, DbErr> {
    let rows: Vec<(String, i64)> = access::Entity::find()
        .select_only()
        .column(access::Column::Role)
        .column_as(access::Column::PrincipalId.count(), "holders")
        .filter(access::Column::CompanyId.eq(company.0))
        .filter(access::Column::Role.is_in(roles.iter().copied()))
        .group_by(access::Column::Role)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(role, holders)| (role, holders.unsigned_abs())).collect())
}

/// Whether a human belongs to a company that requires a second factor.
pub(in crate::platform) async fn demands_second_factor(
    db: &impl Connection,
    principal: PrincipalId,
) -> Result<bool, DbErr> {
    let demanding = access::Entity::find()
        .join(JoinType::InnerJoin, access::Relation::Company.def())
        .filter(access::Column::PrincipalId.eq(principal.0))
        .filter(company::Column::TwoFactor.eq(true))
        .count(db)
        .await?;
    Ok(demanding > 0)
}

/// The access of the principal `$1` in the company `$2`, in place of any that was there.
const PUT: &str = r#"INSERT INTO "access" ("principal_id", "company_id", "role", "permissions", "external_key")
VALUES ($1, $2, $3, $4, (SELECT "name_key" FROM "principal" WHERE "id" = $1 AND "owner_company_id" <> $2))
ON CONFLICT ("principal_id", "company_id")
DO UPDATE SET "role" = excluded."role", "permissions" = excluded."permissions""#;

/// Writes access, replacing what was there.
pub(in crate::platform) async fn put(
    db: &impl Connection,
    principal: PrincipalId,
    company: CompanyId,
    assignment: &Assignment,
) -> Result<(), DbErr> {
    let (role, permissions) = columns_of(assignment);
    let values = [principal.0.into(), company.0.into(), role.into(), permissions.into()];
    db.execute_raw(written(db, PUT, values)).await.map(drop)
}

/// How an assignment is kept: the role, or the individual list.
fn columns_of(assignment: &Assignment) -> (Option<String>, Option<String>) {
    match assignment {
        Assignment::Role(role) => (Some(role.clone()), None),
        Assignment::Individual(permissions) => (None, Some(to_list(*permissions))),
    }
}

/// Writes the access of an account that was just added and has none yet. `key` is its name key.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    account: PrincipalId,
    owner: CompanyId,
    key: &str,
    given: impl IntoIterator<Item = (CompanyId, &Assignment)>,
) -> Result<(), DbErr> {
    let row = |(company, assignment): (CompanyId, &Assignment)| {
        let (role, permissions) = columns_of(assignment);
        access::ActiveModel {
            principal_id: Set(account.0),
            company_id: Set(company.0),
            role: Set(role),
            permissions: Set(permissions),
            external_key: Set((company != owner).then(|| key.to_owned())),
        }
    };
    insert_all(db, given.into_iter().map(row).collect()).await
}

/// Removes access.
pub(in crate::platform) async fn remove(
    db: &impl Connection,
    principal: PrincipalId,
    company: CompanyId,
) -> Result<(), DbErr> {
    access::Entity::delete_by_id((principal.0, company.0)).exec(db).await.map(drop)
}
