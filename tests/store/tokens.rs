//! A token that is ended is dead for what is under way, too.

use sactl::api::Code;
use sactl::api::access::AdjustPermissions;
use sactl::api::account::{EditAccount, ResetPassword};
use sactl::api::role::CreateRole;
use sactl::domain::Password;
use sactl::platform::authn::authenticate;
use sactl::platform::context::RequestContext;
use sactl::platform::service::{account, role, session};

use super::story::{list_of, names, new_account};
use super::{ACME, World, code, on, on_both};
use crate::common::context::acting;
use crate::common::database::Database;

on_both!(
    p17_a_change_does_not_outlive_a_sign_out,
    p17_a_change_does_not_outlive_a_reset,
    a_change_and_the_end_of_its_token_do_not_deadlock,
);

/// Tries every kind of change as a caller who was signed in when the request came.
async fn is_shut_out(caller: &RequestContext) {
    let edit = || EditAccount { description: Some("slipped through".into()) };
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    let add = || AdjustPermissions { add: names(&["devices:view"]), remove: Vec::new() };
    let role = CreateRole { name: "late".into(), permissions: names(&["devices:view"]) };
    let name = "dormant-bot";
    let outcomes = [
        code(account::edit(caller, name, edit()).await),
        code(account::reset_password(caller, name, reset).await),
        code(account::set_access(caller, name, list_of(&["devices:view"])).await),
        code(account::adjust_access(caller, name, add()).await),
        code(account::remove_access(caller, name).await),
        code(account::delete(caller, name).await),
        code(account::create(caller, new_account("late"), None).await),
        code(role::create(caller, role).await),
        code(role::adjust(caller, "night", add()).await),
        code(role::delete(caller, "night").await),
    ];
    assert_eq!(outcomes, [Code::Unauthenticated; 10]);
}

/// P17: signing out ends what was begun with the token and not yet decided.
async fn p17_a_change_does_not_outlive_a_sign_out(database: Database) {
    let world = World::sandbox(database).await;
    let grant = session::issue(&world.platform, "admin@acme.example").await.unwrap();
    let caller = authenticate(&world.platform, &grant.access_token).await.unwrap();
    session::revoke(&world.other_node().await, &grant.access_token).await.unwrap();
    is_shut_out(&acting(&world.platform, &caller, ACME)).await;
    assert!(world.records(ACME).await.is_empty());
}

/// P17: so does a reset of the caller's password.
async fn p17_a_change_does_not_outlive_a_reset(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let powerful = sactl::api::access::SetAccess { role: Some("company-admin".into()), permissions: None };
    account::set_access(&admin, "fleet-automation", powerful).await.unwrap();
    let fleet = world.acting("fleet-automation", ACME).await;
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    let node = world.other_node().await;
    account::reset_password(&on(&node, &admin), "fleet-automation", reset).await.unwrap();
    is_shut_out(&fleet).await;
}

/// Two who change each other, and each other's passwords, at the same time.
async fn a_change_and_the_end_of_its_token_do_not_deadlock(database: Database) {
    let world = World::sandbox(database).await;
    let other = world.other_node().await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let reset = || ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    for name in ["robot-one", "robot-two"] {
        account::create(&admin, new_account(name), None).await.unwrap();
        account::set_access(&admin, name, list_of(&["service-accounts:edit"])).await.unwrap();
    }
    for _ in 0..5 {
        let (one, two) = (world.acting("robot-one", ACME).await, world.acting("robot-two", ACME).await);
        let (one_there, two_there) = (on(&other, &one), on(&other, &two));
        let edit = || EditAccount { description: None };
        let (first, second, third, fourth) = tokio::join!(
            account::reset_password(&one, "robot-two", reset()),
            account::reset_password(&two_there, "robot-one", reset()),
            account::edit(&one_there, "robot-two", edit()),
            account::edit(&two, "dormant-bot", edit()),
        );
        let outcomes = [first.map(drop), second.map(drop), third.map(drop), fourth.map(drop)];
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!(refused.code, Code::Unauthenticated, "{refused:?}");
        }
    }
}
