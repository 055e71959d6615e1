//! A creation that is repeated, also while the first one is under way.

use sactl::api::account::AccountQuery;
use sactl::platform::service::account;

use super::story::new_account;
use super::{ACME, World, on, on_both};
use crate::common::database::Database;
use crate::common::lane::lane;

on_both!(whoever_comes_second_gets_the_account_and_no_conflict);

/// Repetitions come one after the other until the first request is answered, so that some look for the key
/// before the account is there, and for its name when it is.
async fn whoever_comes_second_gets_the_account_and_no_conflict(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let node = world.other_node().await;
    let rounds = lane(2, 6);
    for round in 0..rounds {
        let create = |platform: &sactl::platform::Platform| {
            let admin = on(platform, &admin);
            let (account, key) = (new_account(&format!("once-{round}")), format!("key-{round}"));
            tokio::spawn(
                async move { account::create(&admin, account, Some(&key)).await.unwrap().account.id },
            )
        };
        let first = create(&world.platform);
        let mut repeated = Vec::new();
        while !first.is_finished() && repeated.len() < lane(20, 60) {
            repeated.push(create(&node));
            account::list(&admin, &AccountQuery::default()).await.unwrap();
        }
        let made = first.await.unwrap();
        for id in repeated {
            assert_eq!(id.await.unwrap(), made);
        }
    }
    assert_eq!(world.records(ACME).await.len(), rounds);
}
