//! The tables of a busy year stay bounded.

use sactl::api::account::CreateAccount;
use sactl::domain::Password;
use sactl::platform::housekeeping::{AUDIT_RETENTION, tidy};
use sactl::platform::service::account;
use sactl::platform::service::session::sign_in;
use sea_orm::ConnectionTrait as _;

use super::{ACME, PASSWORD, World, attempt, on_both};
use crate::common::database::Database;

on_both!(
    a_busy_year_leaves_bounded_tables,
    only_one_node_at_a_time_tidies,
    clock_that_was_wrong_keeps_no_old_record
);

const DAY: i64 = 24 * 60 * 60;

/// What grows with time: tokens, spent budgets, known addresses, counted refusals, audit records, idempotency keys.
const GROWING: [&str; 6] = [
    "SELECT COUNT(*) FROM token",
    "SELECT COUNT(*) FROM guess_budget",
    "SELECT COUNT(*) FROM familiar",
    "SELECT COUNT(*) FROM refused_sign_in",
    "SELECT COUNT(*) FROM audit",
    "SELECT COUNT(*) FROM principal WHERE idempotency_key IS NOT NULL",
];

impl World {
    async fn sizes(&self) -> [i64; 6] {
        let mut sizes = [0; 6];
        for (size, query) in sizes.iter_mut().zip(GROWING) {
            *size = self.number(query).await;
        }
        sizes
    }

    /// A month of sign-ins from changing addresses, right and wrong, and of new accounts.
    async fn month(&self, month: u8) {
        let admin = self.acting("admin@acme.example", ACME).await;
        let request = CreateAccount {
            name: format!("made-{month}"),
            password: Password::new("Courier-Pass-1"),
            description: None,
            access: Vec::new(),
        };
        let key = format!("key-{month}");
        account::create(&admin, request, Some(&key)).await.unwrap();
        for day in 0..3 {
            for (name, password) in
                [("backup-runner", PASSWORD), ("dormant-bot", "wrong"), ("unknown", "wrong")]
            {
                let from = [198, 51, month, day].into();
                let request = sactl::platform::service::session::SignIn {
                    address: Some(from),
                    ..attempt(name, password)
                };
                assert_eq!(sign_in(&self.platform, request).await.is_ok(), password == PASSWORD);
            }
            self.advance(10 * DAY);
        }
    }
}

/// S15: expired tokens, known addresses, counters, idempotency keys and audit records were never removed.
async fn a_busy_year_leaves_bounded_tables(database: Database) {
    let world = World::sandbox(database).await;
    let mut sizes = Vec::new();
    for month in 0..16 {
        world.month(month).await;
        let removed = tidy(&world.platform, AUDIT_RETENTION).await.unwrap().unwrap();
        assert!(month == 0 || removed > 0, "month {month}");
        sizes.push(world.sizes().await);
    }
    // After seven months as much is removed as is added.
    assert_eq!(sizes[15], sizes[11], "{sizes:?}");
    let [tokens, budgets, _, _, records, keys] = sizes[15];
    assert_eq!((tokens, budgets, keys), (0, 0, 0), "{sizes:?}");
    assert!(records > 0 && sizes[15][4] < 2 * sizes[5][4], "{sizes:?}");
    // What is left is what is not old.
    let now = world.platform.now().as_millisecond();
    let oldest = world.number("SELECT MIN(at) FROM audit").await;
    assert!(now - oldest <= 1000 * 184 * DAY, "{} days", (now - oldest) / 1000 / DAY);
}

/// Each node would read and remove the same rows.
async fn only_one_node_at_a_time_tidies(database: Database) {
    let world = World::sandbox(database).await;
    let other = world.other_node().await;
    assert!(tidy(&world.platform, AUDIT_RETENTION).await.unwrap().is_some());
    assert_eq!(tidy(&other, AUDIT_RETENTION).await.unwrap(), None);
    world.advance(60);
    assert!(tidy(&other, AUDIT_RETENTION).await.unwrap().is_some());
    assert_eq!(tidy(&world.platform, AUDIT_RETENTION).await.unwrap(), None);
}

/// While the clock of the machine was a century ahead, housekeeping took its turn, and 600 records were written.
async fn clock_that_was_wrong_keeps_no_old_record(database: Database) {
    let world = World::sandbox(database).await;
    world.advance(100 * 365 * DAY);
    tidy(&world.platform, AUDIT_RETENTION).await.unwrap();
    let db = world.database.connect().await;
    let ahead = world.platform.now().as_millisecond();
    let row = format!("({ahead}, 1, 'access.set', 'user', 1, 'admin', '{{}}', 'request')");
    let rows = vec![row; 600].join(", ");
    let columns = "at, company_id, action, actor_kind, actor_id, actor_name, detail, request_id";
    db.execute_unprepared(&format!("INSERT INTO audit ({columns}) VALUES {rows}")).await.unwrap();
    world.advance(-100 * 365 * DAY);
    world.month(0).await;
    let kept = world.number("SELECT COUNT(*) FROM audit").await;
    assert!(kept > 600, "{kept}");
    world.advance(365 * DAY);
    assert!(
        tidy(&world.platform, AUDIT_RETENTION).await.unwrap().is_some(),
        "it waits for the wrong turn to end"
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 600);
}
