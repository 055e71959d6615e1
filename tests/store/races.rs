//! What happens at the same time comes out as if it had happened one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sactl::api::Code;
use sactl::api::access::AdjustPermissions;
use sactl::api::account::{EditAccount, ResetPassword};
use sactl::api::role::CreateRole;
use sactl::domain::{Password, Token};
use sactl::platform::Platform;
use sactl::platform::authn::authenticate;
use sactl::platform::service::{account, role};
use sea_orm::{
    ConnectionTrait as _, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};

use super::story::{list_of, names, new_account, role_of};
use super::{ACME, NORTHWIND, PASSWORD, World, code, on, on_both, sign};
use crate::common::database::Database;

on_both!(
    eight_writers_do_not_meet_an_error,
    racing_starts_all_succeed,
    p22_a_right_that_is_taken_is_not_given_on,
    a_role_in_use_is_not_deleted,
    one_key_creates_one_account,
    one_name_goes_to_one_account,
    p17_no_sign_in_slips_past_a_reset,
    crossing_changes_do_not_deadlock,
    two_accounts_that_take_access_from_each_other_take_turns,
    a_role_is_changed_between_grants,
    a_stranger_waits_for_no_lock,
);

async fn eight_writers_do_not_meet_an_error(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let writers = (0..8).map(|writer| {
        let admin = admin.clone();
        tokio::spawn(async move {
            for round in 0..10 {
                let (name, permissions) = if (writer + round) % 2 == 0 {
                    ("dormant-bot", ["devices:view"])
                } else {
                    ("backup-runner", ["alerts:view"])
                };
                account::set_access(&admin, name, list_of(&permissions)).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

async fn racing_starts_all_succeed(database: Database) {
    let database = database.without_tables();
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { Platform::open(&url).await.unwrap() })
        })
        .collect();
    for start in starts {
        start.await.unwrap().ready().await.unwrap();
    }
}

/// A caller with a custom role grants a permission while it is removed from that role.
const GIVER: &str = r#"
[[company]]
name = "Acme MSP"
[[role]]
company = 1
name = "giver"
permissions = ["service-accounts:view", "service-accounts:edit", "devices:delete"]
[[user]]
email = "admin@acme.example"
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
access = [{ company = 1, role = "company-admin" }]
[[user]]
email = "giver@acme.example"
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
access = [{ company = 1, role = "giver" }]
[[service_account]]
name = "robot"
owner = 1
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"#;

/// P22: whatever was given had not been taken yet; the order of the records is the order of the changes.
async fn p22_a_right_that_is_taken_is_not_given_on(database: Database) {
    let world = World::seeded(database, GIVER).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let giver = on(&world.other_node().await, &world.acting("giver@acme.example", ACME).await);
    for _ in 0..15 {
        let take = AdjustPermissions { add: Vec::new(), remove: names(&["devices:delete"]) };
        let (grant, narrowed) = tokio::join!(
            account::set_access(&giver, "robot", list_of(&["devices:delete"])),
            role::adjust(&admin, "giver", take),
        );
        narrowed.unwrap();
        let records = world.records(ACME).await;
        let actions: Vec<_> = records.iter().map(|(action, ..)| action.as_str()).collect();
        match grant {
            Ok(_) => assert_eq!(actions[actions.len() - 2..], ["access.set", "role.edited"]),
            Err(refused) => assert_eq!(refused.code, Code::Escalation),
        }
        account::remove_access(&admin, "robot").await.unwrap();
        let back = AdjustPermissions { add: names(&["devices:delete"]), remove: Vec::new() };
        role::adjust(&admin, "giver", back).await.unwrap();
    }
}

async fn a_role_in_use_is_not_deleted(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let elsewhere = on(&world.other_node().await, &admin);
    for _ in 0..15 {
        let create = CreateRole { name: "brief".into(), permissions: names(&["devices:view"]) };
        role::create(&admin, create).await.unwrap();
        let (given, deleted) = tokio::join!(
            account::set_access(&elsewhere, "dormant-bot", role_of("brief")),
            role::delete(&admin, "brief"),
        );
        match (given, deleted) {
            (Ok(_), Err(refused)) => {
                assert_eq!(refused.code, Code::RoleInUse);
                account::remove_access(&admin, "dormant-bot").await.unwrap();
                role::delete(&admin, "brief").await.unwrap();
            }
            (Err(refused), Ok(_)) => assert_eq!(refused.code, Code::InvalidInput),
            (given, deleted) => panic!("{given:?} and {deleted:?}"),
        }
    }
}

async fn one_key_creates_one_account(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let nodes = [world.platform.clone(), world.other_node().await];
    let creates: Vec<_> = (0..8)
        .map(|index| {
            let admin = on(&nodes[index % 2], &admin);
            tokio::spawn(
                async move { account::create(&admin, new_account("once"), Some("key")).await.unwrap() },
            )
        })
        .collect();
    let mut ids = Vec::new();
    for create in creates {
        ids.push(create.await.unwrap().account.id);
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(world.records(ACME).await.len(), 1);
}

async fn one_name_goes_to_one_account(database: Database) {
    let world = World::sandbox(database).await;
    let callers = [
        world.acting("admin@acme.example", ACME).await,
        on(&world.other_node().await, &world.acting("admin@northwind.example", NORTHWIND).await),
    ];
    let creates: Vec<_> = (0..6)
        .map(|index| {
            let caller = callers[index % 2].clone();
            tokio::spawn(async move { account::create(&caller, new_account("coveted"), None).await })
        })
        .collect();
    let mut made = 0;
    for create in creates {
        match create.await.unwrap() {
            Ok(_) => made += 1,
            Err(refused) => assert_eq!(refused.code, Code::NameTaken),
        }
    }
    assert_eq!(made, 1);
}

/// P17: a sign-in that is under way while the password is reset gets nothing that outlives the reset.
async fn p17_no_sign_in_slips_past_a_reset(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let (p, other) = (&world.platform, world.other_node().await);
    let mut old = PASSWORD.to_owned();
    for round in 0..10 {
        let new = format!("Round-{round}-1234!");
        let reset = ResetPassword { password: Password::new(new.as_str()), current_password: None };
        let (one, two, three, done) = tokio::join!(
            sign(&other, "backup-runner", &old),
            sign(p, "backup-runner", &old),
            sign(&other, "backup-runner", &old),
            account::reset_password(&admin, "backup-runner", reset),
        );
        done.unwrap();
        for signed_in in [one, two, three] {
            match signed_in {
                Ok(grant) => is_dead(p, &grant.access_token).await,
                Err(refused) => assert_eq!(refused.code, Code::InvalidGrant),
            }
        }
        // The guesses of this round come back.
        world.advance(60);
        let grant = sign(p, "backup-runner", &new).await.unwrap();
        assert!(authenticate(&other, &grant.access_token).await.is_ok());
        old = new;
    }
}

async fn is_dead(platform: &Platform, token: &Token) {
    assert_eq!(code(authenticate(platform, token).await), Code::Unauthenticated);
}

/// Everything that locks several rows, at the same time and criss-cross.
async fn crossing_changes_do_not_deadlock(database: Database) {
    let world = World::sandbox(database).await;
    let acme = world.acting("admin@acme.example", ACME).await;
    let northwind = world.acting("admin@northwind.example", NORTHWIND).await;
    let other = world.other_node().await;
    let (acme_there, northwind_there) = (on(&other, &acme), on(&other, &northwind));
    let reset = |password: &str| ResetPassword { password: Password::new(password), current_password: None };
    for _ in 0..5 {
        let (first, lowered, lent, second, raised) = tokio::join!(
            account::reset_password(&acme, "fleet-automation", reset("Other-1234!")),
            account::set_access(&northwind_there, "fleet-automation", role_of("viewer")),
            account::set_access(&acme_there, "northwind-telemetry", role_of("operator")),
            account::reset_password(&northwind_there, "northwind-telemetry", reset("Other-1!x")),
            account::set_access(&northwind, "fleet-automation", role_of("operator")),
        );
        first.unwrap();
        second.unwrap();
        for change in [lowered, lent, raised] {
            change.unwrap();
        }
    }
}

/// A company with a user and two accounts that may edit access, and eight more accounts.
fn crowded() -> String {
    let hash = crate::common::seed::PASSWORD_HASH;
    let account = |name: &str, role: &str| {
        format!(
            "[[service_account]]\nname = '{name}'\nowner = 1\npassword_hash = '{hash}'\n\
             access = [{{ company = 1, role = '{role}' }}]\n"
        )
    };
    let mut seed = format!(
        "[[company]]\nname = 'Acme MSP'\n[[role]]\ncompany = 1\nname = 'plan'\npermissions = ['devices:view']\n\
         [[user]]\nemail = 'admin@acme.example'\npassword_hash = '{hash}'\n\
         access = [{{ company = 1, role = 'company-admin' }}]\n"
    );
    seed += &account("left", "company-admin");
    seed += &account("right", "company-admin");
    (0..8).for_each(|number| seed += &account(&format!("bot-{number}"), "viewer"));
    seed
}

/// P22: of two accounts that take each other's access only one succeeds: it had the right when it took it.
async fn two_accounts_that_take_access_from_each_other_take_turns(database: Database) {
    let world = World::seeded(database, &crowded()).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let other = world.other_node().await;
    let (left, right) = (world.acting("left", ACME).await, on(&other, &world.acting("right", ACME).await));
    for _ in 0..10 {
        let (one, two) =
            tokio::join!(account::remove_access(&left, "right"), account::remove_access(&right, "left"));
        let (taken, refused) = match (one, two) {
            (Ok(_), Err(refused)) => ("right", refused),
            (Err(refused), Ok(_)) => ("left", refused),
            (one, two) => panic!("{one:?} and {two:?}"),
        };
        assert_eq!(refused.code, Code::NotFound);
        account::set_access(&admin, taken, role_of("company-admin")).await.unwrap();
    }
}

/// However many grants come one after the other, a change of a role has its turn among them.
async fn a_role_is_changed_between_grants(database: Database) {
    let world = World::seeded(database, &crowded()).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let stop = Arc::new(AtomicBool::new(false));
    let grants: Vec<_> = (0..8)
        .map(|number| {
            let (admin, stop) = (admin.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut round = 0;
                while !stop.load(Ordering::Relaxed) {
                    let role = if round % 2 == 0 { "operator" } else { "plan" };
                    account::set_access(&admin, &format!("bot-{number}"), role_of(role)).await.unwrap();
                    round += 1;
                }
            })
        })
        .collect();
    for round in 0..10 {
        let (on, off) = (names(&["alerts:view"]), Vec::new());
        let (add, remove) = if round % 2 == 0 { (on, off) } else { (off, on) };
        let change = role::adjust(&admin, "plan", AdjustPermissions { add, remove });
        tokio::time::timeout(Duration::from_mins(1), change).await.expect("it had no turn").unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for grant in grants {
        grant.await.unwrap();
    }
}

/// A caller who may not change an account keeps no other waiting for it, and waits for none.
async fn a_stranger_waits_for_no_lock(database: Database) {
    let world = World::sandbox(database).await;
    let stranger = world.acting("admin@northwind.example", NORTHWIND).await;
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let holder = world.database.connect().await.begin_with_options(options).await.unwrap();
    if holder.get_database_backend() == DbBackend::Postgres {
        holder
            .execute_unprepared("SELECT id FROM principal WHERE name = 'contoso-sync' FOR UPDATE")
            .await
            .unwrap();
    }
    let refused = tokio::time::timeout(Duration::from_secs(10), async {
        let described = EditAccount { description: None };
        [
            code(account::reset_password(&stranger, "contoso-sync", reset).await),
            code(account::delete(&stranger, "contoso-sync").await),
            code(account::edit(&stranger, "contoso-sync", described).await),
        ]
    });
    assert_eq!(refused.await.expect("it waited"), [Code::NotFound; 3]);
    holder.rollback().await.unwrap();
}
