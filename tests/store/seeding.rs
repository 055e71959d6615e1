//! Seeds add what never existed and nothing else.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sactl::api::access::SetAccess;
use sactl::domain::CompanyId;
use sactl::platform::Platform;
use sactl::platform::service::seed::{Seed, apply};
use sactl::platform::service::{account, role};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use super::{ACME, SANDBOX, World, on_both, sign};
use crate::common::database::Database;

on_both!(
    a_seed_is_applied_once,
    what_was_removed_stays_removed,
    a_wrong_seed_adds_nothing,
    racing_seeds_add_once,
);

const COUNTS: [&str; 5] = ["company", "principal", "access", "role", "seeded"];

async fn counts(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in COUNTS {
        counts.push(world.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts
}

fn seed(text: &str) -> Seed {
    toml::from_str(text).unwrap()
}

async fn a_seed_is_applied_once(database: Database) {
    let world = World::sandbox(database).await;
    let before = counts(&world).await;
    assert_eq!(before[..2], [4, 10]);
    let again = apply(&world.platform, &seed(SANDBOX)).await.unwrap();
    assert_eq!(again.added, 0);
    assert_eq!(again.companies, [1, 2, 3, 4].map(CompanyId));
    assert_eq!(counts(&world).await, before);
    // More of everything: companies, roles and users are added, service accounts are not.
    let more = format!(
        "{SANDBOX}\n[[company]]\nname = 'Contoso Retail'\n[[role]]\ncompany = 1\nname = 'watcher'\n\
         permissions = ['devices:view']\n[[user]]\nemail = 'new@acme.example'\n\
         password_hash = '{}'\naccess = [{{ company = 1, role = 'watcher' }}, {{ company = 5, role = 'viewer' }}]\n\
         [[service_account]]\nname = 'late'\nowner = 1\npassword_hash = 'x'\n",
        seed(SANDBOX).users[0].password_hash.clone().unwrap()
    );
    let more = apply(&world.platform, &seed(&more)).await.unwrap();
    assert_eq!((more.added, more.companies.last()), (3, Some(&CompanyId(5))));
    assert!(sign(&world.platform, "new@acme.example", super::PASSWORD).await.is_ok());
    assert_eq!(world.number("SELECT COUNT(*) FROM principal WHERE name = 'late'").await, 0);
}

async fn what_was_removed_stays_removed(database: Database) {
    let text =
        format!("{SANDBOX}\n[[role]]\ncompany = 1\nname = 'watcher'\npermissions = ['devices:view']\n");
    let world = World::seeded(database, &text).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    role::delete(&admin, "watcher").await.unwrap();
    account::delete(&admin, "dormant-bot").await.unwrap();
    let viewer = SetAccess { role: Some("viewer".into()), permissions: None };
    account::set_access(&admin, "fleet-automation", viewer).await.unwrap();
    let before = counts(&world).await;
    assert_eq!(apply(&world.platform, &seed(&text)).await.unwrap().added, 0);
    assert_eq!(counts(&world).await, before);
    let fleet = account::show(&admin, "fleet-automation").await.unwrap();
    assert_eq!(fleet.account.access.unwrap().role.as_deref(), Some("viewer"));
}

async fn a_wrong_seed_adds_nothing(database: Database) {
    let world = World::seeded(database, "").await;
    let company = "[[company]]\nname = 'A'\n";
    for (wrong, said) in [
        ("[[role]]\ncompany = 2\nname = 'watcher'\npermissions = ['devices:view']", "number 2"),
        ("[[role]]\ncompany = 1\nname = 'viewer'\npermissions = ['devices:view']", "default role"),
        ("[[role]]\ncompany = 1\nname = 'watcher'\npermissions = ['devices:fly']", "devices:fly"),
        ("[[user]]\nemail = 'a@b'", "exactly one of"),
        ("[[user]]\nemail = 'a@b'\npassword_hash = 'plain'", "password_hash"),
        ("[[user]]\nemail = 'nobody'\npassword_hash = 'plain'", "e-mail"),
        ("[[user]]\nemail = 'a@b'\npassword_env = 'SACTL_TEST_IS_NOT_SET'", "SACTL_TEST_IS_NOT_SET"),
        ("[[service_account]]\nname = 'a b'\nowner = 1\npassword_hash = 'x'", "name"),
    ] {
        let refused = apply(&world.platform, &seed(&format!("{company}{wrong}"))).await.unwrap_err();
        assert!(format!("{refused:#}").contains(said), "{refused:#}");
        assert_eq!(counts(&world).await, [0; 5]);
    }
}

async fn racing_seeds_add_once(database: Database) {
    let world = World::seeded(database, "").await;
    let (other, text) = (world.other_node().await, seed(SANDBOX));
    let (one, two) = tokio::join!(apply(&world.platform, &text), apply(&other, &text));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.companies, two.companies);
    assert!(one.added == 0 || two.added == 0);
    assert_eq!(counts(&world).await[..2], [4, 10]);
}

/// A node that adds a long seed holds the lock for longer than any statement may take: the other node asks again and
/// again, and does not take the database for dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_waits_for_another_one_that_adds_its_seed() {
    let Some(database) = Database::postgres().await else { return };
    let world = World::seeded(database, "").await;
    let first = world.database.connect().await.begin().await.unwrap();
    first.execute_unprepared("SELECT 1 FROM setting WHERE name = 'cursor_key' FOR UPDATE").await.unwrap();
    let (answered, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let observer = move |statement: &sea_orm::Statement| {
        if statement.sql.contains("FOR UPDATE") {
            let _ = answered.send(());
        }
    };
    let url = &world.database.url;
    let second = Platform::open_observed(url, Arc::new(Timestamp::now), Some(Arc::new(observer)));
    let second = second.await.unwrap();
    let waiting = tokio::spawn(async move { apply(&second, &seed(SANDBOX)).await });
    for _ in 0..3 {
        let asked = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await;
        asked.expect("one statement waits, and is given up after a while");
    }
    first.rollback().await.unwrap();
    assert!(waiting.await.unwrap().unwrap().added > 0);
}
