//! The life of a service account, told once and run on both databases.

use sactl::api::Code;
use sactl::api::access::{AdjustPermissions, InitialAccess, SetAccess};
use sactl::api::account::{Before, CreateAccount, EditAccount, ResetPassword};
use sactl::api::role::{CreateRole, SetRole};
use sactl::domain::{CompanyId, Ownership, Password};
use sactl::platform::authn::authenticate;
use sactl::platform::service::{account, role, session};

use super::{ACME, NORTHWIND, PASSWORD, World, code, on_both, rules, sign};
use crate::common::database::Database;

on_both!(
    an_account_lives_and_dies,
    a_create_is_all_or_nothing,
    a_repeated_create_creates_once,
    a_role_affects_its_holders_at_once,
    a_reset_takes_over_nothing,
    tokens_end,
);

pub(super) fn new_account(name: &str) -> CreateAccount {
    CreateAccount {
        name: name.to_owned(),
        password: Password::new(PASSWORD),
        description: None,
        access: Vec::new(),
    }
}

pub(super) fn role_of(role: &str) -> SetAccess {
    SetAccess { role: Some(role.to_owned()), permissions: None }
}

pub(super) fn list_of(permissions: &[&str]) -> SetAccess {
    SetAccess { role: None, permissions: Some(names(permissions)) }
}

pub(super) fn names(permissions: &[&str]) -> Vec<String> {
    permissions.iter().map(|name| (*name).to_owned()).collect()
}

fn initial(company: CompanyId, role: &str) -> InitialAccess {
    InitialAccess { company_id: company, role: Some(role.to_owned()), permissions: None }
}

async fn an_account_lives_and_dies(database: Database) {
    let world = World::sandbox(database).await;
    let (p, admin) = (&world.platform, world.acting("admin@acme.example", ACME).await);
    let access = vec![initial(ACME, "viewer"), initial(NORTHWIND, "viewer")];
    let request = CreateAccount { access, description: Some("new".into()), ..new_account("Reporter") };
    let made = account::create(&admin, request, None).await.unwrap();
    assert_eq!(made.account.ownership, Ownership::Owned);
    assert_eq!(made.account.company_count, Some(2));
    assert_eq!(made.companies.unwrap().len(), 2);

    let token = sign(p, "REPORTER", PASSWORD).await.unwrap().access_token;
    assert_eq!(authenticate(p, &token).await.unwrap().name, "Reporter");

    let nora = world.acting("admin@northwind.example", NORTHWIND).await;
    let seen = account::show(&nora, "reporter").await.unwrap();
    assert_eq!((seen.account.ownership, seen.account.company_count), (Ownership::External, None));
    assert_eq!((seen.companies, seen.account.last_used_at), (None, None));
    let edit = EditAccount { description: Some("mine".into()) };
    assert_eq!(code(account::edit(&nora, "reporter", edit).await), Code::NotOwner);
    let change = account::set_access(&nora, "reporter", list_of(&["devices:view"])).await.unwrap();
    assert!(matches!(change.before, Before::Known(Some(_))), "{change:?}");
    assert_eq!((change.changed, change.access.role), (true, None));
    let adjust = AdjustPermissions { add: names(&["alerts:view"]), remove: names(&["devices:view"]) };
    let change = account::adjust_access(&nora, "reporter", adjust).await.unwrap();
    assert_eq!(change.access.permissions.joined(), "alerts:view");
    let removed = account::remove_access(&nora, "reporter").await.unwrap();
    assert_eq!((removed.changed, removed.account), (true, None));
    assert_eq!(code(account::show(&nora, "reporter").await), Code::NotFound);

    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    account::reset_password(&admin, "reporter", reset).await.unwrap();
    assert_eq!(code(authenticate(p, &token).await), Code::Unauthenticated);
    assert_eq!(code(sign(p, "reporter", PASSWORD).await), Code::InvalidGrant);
    let token = sign(p, "reporter", "Other-1234!").await.unwrap().access_token;

    let deleted = account::delete(&admin, "reporter").await.unwrap();
    assert_eq!(deleted.id, made.account.id);
    assert_eq!(code(authenticate(p, &token).await), Code::Unauthenticated);
    let again = account::create(&admin, new_account("reporter"), None).await.unwrap();
    assert!(again.account.id > made.account.id, "P24: a number is never used again");
    assert_eq!((again.account.access, again.account.company_count), (None, Some(0)));
    records_tell_the_story(&world).await;
}

/// P27: one record in each company concerned; a caller from another company appears as their company, unless
/// they belong to this one too.
async fn records_tell_the_story(world: &World) {
    let told = |records: Vec<(String, String, Option<String>)>| -> Vec<String> {
        records
            .into_iter()
            .map(|(action, actor, account)| format!("{action} {actor} {}", account.unwrap_or_default()))
            .collect()
    };
    assert_eq!(
        told(world.records(ACME).await),
        [
            "account.created admin@acme.example Reporter",
            "account.password_reset admin@acme.example Reporter",
            "account.deleted admin@acme.example Reporter",
            "account.created admin@acme.example reporter",
        ]
    );
    assert_eq!(
        told(world.records(NORTHWIND).await),
        [
            "account.created admin@acme.example Reporter",
            "access.set admin@northwind.example Reporter",
            "access.adjusted admin@northwind.example Reporter",
            "access.removed admin@northwind.example Reporter",
        ]
    );
    let refused = "SELECT times FROM refused_sign_in WHERE name = 'Reporter' AND reason = 'invalid_grant'";
    assert_eq!(world.number(refused).await, 1);
    let secrets = "SELECT COUNT(*) FROM audit WHERE detail LIKE '%1234%' OR detail LIKE '%argon2%'";
    assert_eq!(world.number(secrets).await, 0);
}

async fn a_create_is_all_or_nothing(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let before = world.number("SELECT COUNT(*) FROM principal").await;
    let create = async |access: Vec<InitialAccess>| {
        let request = CreateAccount { access, ..new_account("partly") };
        account::create(&admin, request, None).await
    };
    // An operator of Northwind cannot give an admin's rights there.
    let escalating = vec![initial(ACME, "viewer"), initial(NORTHWIND, "company-admin")];
    assert_eq!(code(create(escalating).await), Code::Escalation);
    let foreign = vec![initial(ACME, "viewer"), initial(CompanyId(3), "viewer")];
    assert_eq!(code(create(foreign).await), Code::NotFound);
    let twice = vec![initial(ACME, "viewer"), initial(ACME, "nobody"), initial(NORTHWIND, "nobody")];
    assert_eq!(rules(create(twice).await), ["duplicate_company", "unknown_role"]);
    let taken = account::create(&admin, new_account("BACKUP-runner"), None).await;
    assert_eq!(code(taken), Code::NameTaken);
    assert_eq!(world.number("SELECT COUNT(*) FROM principal").await, before);
    assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 0);
}

async fn a_repeated_create_creates_once(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let create = async |name: &str, key: &str| account::create(&admin, new_account(name), Some(key)).await;
    let first = create("once", "key").await.unwrap();
    assert_eq!(create("once", "key").await.unwrap(), first);
    assert_eq!(rules(create("twice", "key").await), ["idempotency_key"]);
    assert_eq!(code(create("once", "other").await), Code::NameTaken);
    let operator = world.acting("operator@acme.example", ACME).await;
    let other = account::create(&operator, new_account("twice"), Some("key")).await.unwrap();
    assert_ne!(other.account.id, first.account.id, "a key belongs to its caller");
    account::delete(&admin, "once").await.unwrap();
    assert_ne!(create("once", "key").await.unwrap().account.id, first.account.id);
}

async fn a_role_affects_its_holders_at_once(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let create = CreateRole { name: "watcher".into(), permissions: names(&["devices:view"]) };
    role::create(&admin, create).await.unwrap();
    account::set_access(&admin, "dormant-bot", role_of("watcher")).await.unwrap();
    let wider = SetRole { permissions: names(&["devices:view", "alerts:view"]) };
    assert_eq!(role::set(&admin, "watcher", wider).await.unwrap().holders, Some(1));
    let seen = account::show(&admin, "dormant-bot").await.unwrap();
    assert_eq!(seen.account.access.unwrap().permissions.joined(), "alerts:view,devices:view");
    assert_eq!(code(role::delete(&admin, "watcher").await), Code::RoleInUse);
    let adjust = AdjustPermissions { add: names(&["users:view"]), remove: Vec::new() };
    let adjusted = account::adjust_access(&admin, "dormant-bot", adjust).await;
    assert_eq!(rules(adjusted), ["not_individual"]);
    account::remove_access(&admin, "dormant-bot").await.unwrap();
    assert!(role::delete(&admin, "watcher").await.unwrap().deleted);
    assert_eq!(code(role::show(&admin, "watcher").await), Code::NotFound);
    let default = role::delete(&admin, "viewer").await;
    assert_eq!(rules(default), ["default_role"]);
}

/// A caller who sets a password can sign in with it, so the caller must have everything that the account has
/// anywhere.
async fn a_reset_takes_over_nothing(database: Database) {
    let world = World::sandbox(database).await;
    let p = &world.platform;
    let operator = world.acting("operator@acme.example", ACME).await;
    let reset = || ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    // fleet-automation is an operator of Northwind too, where the operator of Acme has no access.
    let refused = account::reset_password(&operator, "fleet-automation", reset()).await;
    assert_eq!(code(refused), Code::Escalation);
    account::reset_password(&operator, "backup-runner", reset()).await.unwrap();
    let admin = world.acting("admin@acme.example", ACME).await;
    account::reset_password(&admin, "fleet-automation", reset()).await.unwrap();

    let fleet = world.acting("fleet-automation", ACME).await;
    let own = async |current: Option<&str>| {
        let request =
            ResetPassword { password: Password::new(PASSWORD), current_password: current.map(Password::new) };
        account::reset_password(&fleet, "fleet-automation", request).await
    };
    assert_eq!(rules(own(None).await), ["current_password"]);
    assert_eq!(rules(own(Some(PASSWORD)).await), ["current_password"]);
    assert!(own(Some("Other-1234!")).await.is_ok());
    assert!(sign(p, "fleet-automation", PASSWORD).await.is_ok());
}

async fn tokens_end(database: Database) {
    let world = World::sandbox(database).await;
    let p = &world.platform;
    let (one, two) = (
        sign(p, "fleet-automation", PASSWORD).await.unwrap().access_token,
        sign(p, "fleet-automation", PASSWORD).await.unwrap().access_token,
    );
    session::revoke(p, &one).await.unwrap();
    session::revoke(p, &one).await.unwrap();
    assert_eq!(code(authenticate(&world.other_node().await, &one).await), Code::Unauthenticated);
    assert!(authenticate(p, &two).await.is_ok());
    world.advance(7199);
    assert!(authenticate(p, &two).await.is_ok());
    world.advance(1);
    assert_eq!(code(authenticate(p, &two).await), Code::Unauthenticated);
}
