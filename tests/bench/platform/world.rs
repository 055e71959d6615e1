//! The data of a measurement, written by SQL that both databases understand.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use jiff::{SignedDuration, Timestamp};
use sea_orm::ConnectionTrait as _;

use crate::database::Database;

/// The password of everyone.
pub(crate) const PASSWORD: &str = "Sandbox-1234!";
/// An administrator of the first company.
pub(crate) const ADMIN: &str = "admin@acme.example";
/// An administrator of all companies.
pub(crate) const PROVIDER: &str = "provider@acme.example";
/// Accounts of the first company with access in all companies.
pub(crate) const EVERYWHERE: usize = 11;

/// How much there is. The first company owns the first accounts, the second has one external account, and all others
/// own the rest in equal parts.
#[derive(Clone, Copy)]
pub(crate) struct World {
    pub(crate) companies: usize,
    pub(crate) accounts: usize,
    /// How many accounts the first company owns.
    pub(crate) owned: usize,
    /// In how many companies each has access: the owner, and others.
    pub(crate) reach: usize,
    /// Audit records of half a year, half of them of the first company.
    pub(crate) records: usize,
}

/// The age of the oldest record, below that at which records are removed.
const HALF_A_YEAR: SignedDuration = SignedDuration::from_hours(24 * 180);

/// What a record says beside the names.
const DETAIL: &str = r#"{"before":null,"after":{"role":"viewer"}}"#;

/// A database of 100 accounts.
pub(crate) const SMALL: World = World { companies: 12, accounts: 100, owned: 100, reach: 10, records: 0 };

/// The name of an account.
pub(crate) fn account(number: usize) -> String {
    format!("bot-{}", 1_000_000 + number)
}

/// The name of an account with access in all companies.
pub(crate) fn everywhere(number: usize) -> String {
    format!("everywhere-{number}")
}

/// Fills a database in which the tables are.
pub(crate) async fn fill(database: &Database, world: World) {
    let db = sea_orm::Database::connect(&database.url).await.unwrap();
    let tx = sea_orm::TransactionTrait::begin(&db).await.unwrap();
    for statement in statements(world) {
        tx.execute_unprepared(&statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    tx.commit().await.unwrap();
    if database.file().is_none() {
        // What the server does by itself after a while.
        db.execute_unprepared("VACUUM ANALYZE").await.unwrap();
    }
    db.close().await.unwrap();
}

fn statements(world: World) -> Vec<String> {
    let World { companies, accounts, owned, reach, .. } = world;
    let hash = Argon2::default().hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    let others = companies - 2;
    let account =
        "kind, name, name_key, password_hash, created_at, password_changed_at, search_key, owner_company_id";
    let access = "INSERT INTO access (principal_id, company_id, role, external_key)";
    let user = |email: &str| {
        format!(
            "INSERT INTO principal (kind, name, name_key, password_hash, created_at, password_changed_at) \
             VALUES ('user', '{email}', '{email}', '{hash}', 0, 0)"
        )
    };
    vec![
        format!(
            "INSERT INTO company (name, name_key, two_factor) {} \
             SELECT 'Company ' || i, 'company ' || i, FALSE FROM n ORDER BY i",
            count(companies)
        ),
        format!(
            "INSERT INTO principal ({account}) {} \
             SELECT 'service_account', 'bot-' || (1000000 + i), 'bot-' || (1000000 + i), '{hash}', 0, 0, \
             'bot-' || (1000000 + i), CASE WHEN i <= {owned} THEN 1 ELSE 3 + i % {others} END \
             FROM n ORDER BY i",
            count(accounts)
        ),
        // The owner and those that follow it at some distance, each once.
        format!(
            "{access} {} SELECT id, company, CASE WHEN i = 1 THEN 'viewer' ELSE 'operator' END, \
             CASE WHEN company <> owner THEN name_key END FROM (SELECT id, i, name_key, owner_company_id AS owner, \
             CASE WHEN i = 1 THEN owner_company_id ELSE 3 + (id + (i - 1) * 101) % {others} END AS company \
             FROM principal CROSS JOIN n) AS each_one",
            count(reach)
        ),
        format!("{access} SELECT id, 2, 'viewer', name_key FROM principal WHERE id = 1"),
        format!(
            "INSERT INTO principal ({account}) {} \
             SELECT 'service_account', 'everywhere-' || i, 'everywhere-' || i, '{hash}', 0, 0, \
             'everywhere-' || i, 1 FROM n ORDER BY i",
            count(EVERYWHERE)
        ),
        format!(
            "{access} SELECT principal.id, company.id, 'viewer', CASE WHEN company.id <> 1 THEN principal.name_key END \
             FROM principal CROSS JOIN company WHERE principal.name LIKE 'everywhere-%' AND company.id <> 2"
        ),
        user(ADMIN),
        user(PROVIDER),
        format!("{access} SELECT id, 1, 'company-admin', NULL FROM principal WHERE name = '{ADMIN}'"),
        format!(
            "{access} SELECT principal.id, company.id, 'company-admin', NULL \
             FROM principal CROSS JOIN company WHERE principal.name = '{PROVIDER}'"
        ),
        logged(world),
    ]
}

/// The numbers from 1 to `most`, as the table `n`.
fn count(most: usize) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})")
}

/// The audit records, spread evenly over half a year.
fn logged(World { companies, accounts, records, .. }: World) -> String {
    let now = Timestamp::now().as_millisecond();
    let step = HALF_A_YEAR.as_millis() / i128::try_from(records.max(1)).unwrap();
    format!(
        "INSERT INTO audit (at, company_id, action, actor_kind, actor_id, actor_name, account_id, account_name, \
         detail, request_id) {} SELECT {now} - CAST(i AS BIGINT) * {step}, \
         CASE WHEN i % 2 = 0 THEN 1 ELSE 1 + i % {companies} END, \
         CASE WHEN i % 100000 = 0 THEN 'account.deleted' ELSE 'access.set' END, 'user', 1, '{ADMIN}', \
         i % {accounts}, 'bot-' || (1000000 + i % {accounts}), '{DETAIL}', 'request-' || i FROM n \
         WHERE i <= {records}",
        count(records.max(1))
    )
}
