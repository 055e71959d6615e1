//! A creation that is repeated, also while the first one is under way.

use sactl::platform::service::account;

use super::story::new_account;
use super::{ACME, World, on_both};
use crate::common::database::Database;

on_both!(whoever_comes_second_gets_the_account_and_no_conflict);

/// So many that some look for the key before the account is there, and for its name afterwards.
async fn whoever_comes_second_gets_the_account_and_no_conflict(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.caller("admin@acme.example").await;
    let nodes = [world.platform.clone(), world.other_node().await];
    for round in 0..4 {
        let creates: Vec<_> = (0..24)
            .map(|index| {
                let (platform, admin) = (nodes[index % 2].clone(), admin.clone());
                let (account, key) = (new_account(&format!("once-{round}")), format!("key-{round}"));
                tokio::spawn(async move {
                    account::create(&platform, &admin, ACME, account, Some(&key), "r").await.unwrap()
                })
            })
            .collect();
        let mut ids = Vec::new();
        for create in creates {
            ids.push(create.await.unwrap().account.id);
        }
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_eq!(world.records(ACME).await.len(), 4);
}
