//! A token that is ended is dead for what is under way, too.

use sactl::api::Code;
use sactl::api::access::AdjustPermissions;
use sactl::api::account::{EditAccount, ResetPassword};
use sactl::api::role::CreateRole;
use sactl::domain::Password;
use sactl::platform::authn::{Caller, authenticate};
use sactl::platform::service::{account, role, session};

use super::story::{list_of, names, new_account};
use super::{ACME, World, code, on_both};
use crate::common::database::Database;

on_both!(
    a_change_does_not_outlive_a_sign_out,
    a_change_does_not_outlive_a_reset,
    a_change_and_the_end_of_its_token_do_not_deadlock,
);

/// Tries every kind of change as a caller who was signed in when the request came.
async fn is_shut_out(world: &World, caller: &Caller) {
    let p = &world.platform;
    let edit = || EditAccount { description: Some("slipped through".into()) };
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    let add = || AdjustPermissions { add: names(&["devices:view"]), remove: Vec::new() };
    let role = CreateRole { name: "late".into(), permissions: names(&["devices:view"]) };
    let name = "dormant-bot";
    let outcomes = [
        code(account::edit(p, caller, ACME, name, edit(), "r").await),
        code(account::reset_password(p, caller, ACME, name, reset, "r").await),
        code(account::set_access(p, caller, ACME, name, list_of(&["devices:view"]), "r").await),
        code(account::adjust_access(p, caller, ACME, name, add(), "r").await),
        code(account::remove_access(p, caller, ACME, name, "r").await),
        code(account::delete(p, caller, ACME, name, "r").await),
        code(account::create(p, caller, ACME, new_account("late"), None, "r").await),
        code(role::create(p, caller, ACME, role, "r").await),
        code(role::adjust(p, caller, ACME, "night", add(), "r").await),
        code(role::delete(p, caller, ACME, "night", "r").await),
    ];
    assert_eq!(outcomes, [Code::Unauthenticated; 10]);
}

/// P17: signing out ends what was begun with the token and not yet decided.
async fn a_change_does_not_outlive_a_sign_out(database: Database) {
    let world = World::sandbox(database).await;
    let grant = session::issue(&world.platform, "admin@acme.example").await.unwrap();
    let caller = authenticate(&world.platform, &grant.access_token).await.unwrap();
    session::revoke(&world.other_node().await, &grant.access_token).await.unwrap();
    is_shut_out(&world, &caller).await;
    assert!(world.records(ACME).await.is_empty());
}

/// P17: so does a reset of the caller's password.
async fn a_change_does_not_outlive_a_reset(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.caller("admin@acme.example").await;
    let powerful = sactl::api::access::SetAccess { role: Some("company-admin".into()), permissions: None };
    account::set_access(&world.platform, &admin, ACME, "fleet-automation", powerful, "r").await.unwrap();
    let fleet = world.caller("fleet-automation").await;
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    let node = world.other_node().await;
    account::reset_password(&node, &admin, ACME, "fleet-automation", reset, "r").await.unwrap();
    is_shut_out(&world, &fleet).await;
}

/// Two who change each other, and each other's passwords, at the same time.
async fn a_change_and_the_end_of_its_token_do_not_deadlock(database: Database) {
    let world = World::sandbox(database).await;
    let (p, other) = (world.platform.clone(), world.other_node().await);
    let admin = world.caller("admin@acme.example").await;
    let reset = || ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    for name in ["robot-one", "robot-two"] {
        account::create(&p, &admin, ACME, new_account(name), None, "r").await.unwrap();
        account::set_access(&p, &admin, ACME, name, list_of(&["service-accounts:edit"]), "r").await.unwrap();
    }
    for _ in 0..5 {
        let (one, two) = (world.caller("robot-one").await, world.caller("robot-two").await);
        let edit = || EditAccount { description: None };
        let (first, second, third, fourth) = tokio::join!(
            account::reset_password(&p, &one, ACME, "robot-two", reset(), "r"),
            account::reset_password(&other, &two, ACME, "robot-one", reset(), "r"),
            account::edit(&other, &one, ACME, "robot-two", edit(), "r"),
            account::edit(&p, &two, ACME, "dormant-bot", edit(), "r"),
        );
        let outcomes = [first.map(drop), second.map(drop), third.map(drop), fourth.map(drop)];
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!(refused.code, Code::Unauthenticated, "{refused:?}");
        }
    }
}
