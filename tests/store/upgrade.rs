//! Rolling upgrades: nodes of the last release go on while one of this release has brought the database up to date.
//!
//! What is proven: migrations add only what an older node can do without, and every statement that the last release
//! sends still means something to the migrated database. What it answers is not compared: `api::nodes` does that, where
//! the program of the last release is there.

use std::path::{Path, PathBuf};

use sactl::platform::Platform;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};

use super::on_both;
use crate::common::database::Database;
use crate::regression::scale::plans::{Observed, ask_everything};

on_both![
    statements_of_the_last_release_are_good,
    database_of_a_newer_release_is_refused_in_words,
    columns_of_a_newer_release_disturb_no_node_that_runs
];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The migrations by name.
fn migrations() -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder().join("src/platform/store/migrations")).unwrap();
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    let mut all: Vec<_> = files.map(|file| named(file.unwrap().path())).collect();
    all.sort();
    all
}

/// The statements of a migration that take something away, or demand something that an older node does not write.
fn contractions(migration: &str) -> Vec<String> {
    let lines = migration.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ").to_uppercase();
    let statements =
        text.split(';').map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "));
    let expands = |statement: &str| {
        let adds_column = statement.starts_with("ALTER TABLE ") && statement.contains(" ADD COLUMN ");
        let asks = statement.contains("NOT NULL") && !statement.contains("DEFAULT");
        let limits = [" UNIQUE", " CHECK", " DROP ", " RENAME ", " REFERENCES "];
        let begins = ["CREATE TABLE ", "CREATE INDEX ", "UPDATE "].iter().any(|it| statement.starts_with(it));
        let adds = adds_column && !asks && !limits.iter().any(|word| statement.contains(word));
        statement.is_empty() || begins || adds
    };
    statements.filter(|statement| !expands(statement)).collect()
}

/// A migration expands. One that takes away says since which release that is not used: `-- Contracts: …`.
#[test]
fn migrations_expand_first_and_contract_a_release_later() {
    for (name, text) in migrations().into_iter().skip(1) {
        let is_declared = text.lines().any(|line| line.starts_with("-- Contracts: "));
        let found = contractions(&text);
        assert!(is_declared != found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn what_an_older_node_cannot_do_without_is_a_contraction() {
    for statement in [
        "DROP TABLE familiar;",
        "ALTER TABLE principal DROP COLUMN search_key;",
        "ALTER TABLE principal RENAME COLUMN search_key TO key;",
        "ALTER TABLE principal ADD COLUMN shape TEXT NOT NULL;",
        "ALTER TABLE principal ADD COLUMN shape TEXT UNIQUE;",
        "ALTER TABLE principal ALTER COLUMN description SET NOT NULL;",
        "CREATE UNIQUE INDEX one ON principal (description);",
        "DELETE FROM throttle;",
        "CREATE TABLE more (id BIGINT); -- and\nDROP TABLE throttle;",
    ] {
        assert_eq!(contractions(statement).len(), 1, "{statement}");
    }
    for statement in [
        "-- DROP TABLE is only told of.\nCREATE TABLE more (id BIGINT NOT NULL);",
        "ALTER TABLE principal ADD COLUMN shape TEXT;",
        "ALTER TABLE principal ADD COLUMN shape BIGINT NOT NULL DEFAULT 0;",
    ] {
        assert!(contractions(statement).is_empty(), "{statement}");
    }
}

/// Where the statements of the last release are kept, one a line.
fn kept(backend: DbBackend) -> PathBuf {
    let name = if backend == DbBackend::Sqlite { "sqlite" } else { "postgres" };
    folder().join(format!("tests/store/last_release.{name}.sql"))
}

/// Writes the statements of this release, which is the last one from then on.
async fn record(database: &Database, path: &Path) {
    let observed = Observed::open(&database.url).await;
    observed.forget();
    ask_everything(&observed).await;
    let header = format!("-- The statements of a release with {} migrations.\n", migrations().len());
    let texts =
        observed.texts().into_iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    std::fs::write(path, texts.fold(header, |all, text| all + &text + "\n")).unwrap();
}

/// What the database has against a statement, which is not run.
async fn objection(db: &DatabaseConnection, statement: &str) -> Option<String> {
    let asked = match db.get_database_backend() {
        DbBackend::Sqlite => format!("EXPLAIN {statement}"),
        _ => format!("PREPARE older AS {statement}; DEALLOCATE older"),
    };
    db.execute_unprepared(&asked).await.err().map(|error| format!("{statement}: {error}"))
}

async fn objections(db: &DatabaseConnection, statements: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for statement in statements {
        all.extend(objection(db, statement).await);
    }
    all
}

/// A node of the last release that starts again says why it does not.
async fn database_of_a_newer_release_is_refused_in_words(database: Database) {
    drop(Observed::open(&database.url).await);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        SELECT 9999, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    database.connect().await.execute_unprepared(newer).await.unwrap();
    let opened = Platform::open(&database.url).await.map(drop);
    let looked = Platform::look(&database.url).await.map(drop);
    for refused in [opened, looked] {
        let said = format!("{:#}", refused.unwrap_err());
        assert!(said.contains("a newer release of sactl") && !said.contains("resolved"), "{said}");
    }
}

/// A connection has prepared its statements before another node adds the columns.
async fn columns_of_a_newer_release_disturb_no_node_that_runs(database: Database) {
    let node = Observed::open(&database.url).await;
    ask_everything(&node).await;
    let db = database.connect().await;
    for table in
        ["setting", "company", "principal", "role", "access", "token", "audit", "familiar", "guess_budget"]
    {
        db.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN newer TEXT")).await.unwrap();
    }
    // The first round has left an account.
    db.execute_unprepared("DELETE FROM principal WHERE name = 'plain'").await.unwrap();
    ask_everything(&node).await;
}

/// Each statement of the last release can be prepared. `SACTL_TEST_RECORD_STATEMENTS=1` records those of this one.
async fn statements_of_the_last_release_are_good(database: Database) {
    // Brings the database up to date.
    drop(Observed::open(&database.url).await);
    let db = database.connect().await;
    let path = kept(db.get_database_backend());
    if std::env::var_os("SACTL_TEST_RECORD_STATEMENTS").is_some_and(|value| value == "1") {
        record(&database, &path).await;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let statements: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
    assert!(statements.len() > 60, "{} statements", statements.len());
    assert_eq!(objections(&db, &statements).await, Vec::<String>::new());
    // A migration that takes a column away is noticed.
    db.execute_unprepared("ALTER TABLE principal RENAME COLUMN description TO about").await.unwrap();
    assert!(!objections(&db, &statements).await.is_empty());
}
