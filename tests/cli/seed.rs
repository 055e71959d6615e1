//! The published description of service accounts, sentence by sentence, as an admin meets it at the command
//! line. Each test quotes the sentence that it proves.

use serde_json::json;

use super::acting::{ACME_OPERATOR, ACME_VIEWER, CONTOSO_ADMIN, NORTHWIND_ADMIN, World, names, sign_in};
use crate::common::output::SANDBOX_PASSWORD;

/// "Service accounts cannot sign in to the web user interface. They are used exclusively for authenticated API
/// calls and automated scripts."
#[test]
fn no_ui_access() {
    let world = World::start();
    let ask = |name: &str, client: &str| world.token_endpoint(name, SANDBOX_PASSWORD, client);
    for client in ["SWHWebApp", "swagger_ui"] {
        let refusal = ask("fleet-automation", client);
        assert_eq!((refusal.status, refusal.code().as_str()), (400, "unauthorized_client"), "{client}");
        assert_eq!(ask("operator@acme.example", client).status, 200, "{client}");
    }
    assert_eq!(ask("fleet-automation", "python").status, 200);
}

/// "Because service accounts are intended for non-interactive, machine-to-machine communication, they bypass
/// two-factor authentication."
#[test]
fn service_accounts_need_no_code_where_humans_do() {
    let world = World::start();
    let whoami = world.at("contoso-sync", 3).sactl("whoami -o json").ok().json();
    assert_eq!(whoami["kind"], "service_account");

    let human = world.at(CONTOSO_ADMIN, 3).sactl("whoami -o json").error(3, "mfa_required");
    assert!(human["hint"].as_str().unwrap().contains("--otp"), "{human}");
    let stranger = world.stranger();
    sign_in(&stranger, CONTOSO_ADMIN).refused(3, "code");
    let code = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_secret(b"Hello!\xde\xad\xbe\xef".to_vec())
        .build_noncompliant();
    let code = code.generate(jiff::Timestamp::now().as_second().unsigned_abs()).to_string();
    let login = ["login", "--username", CONTOSO_ADMIN, "--password-stdin", "--otp", &code];
    stranger.run_with_input(login, format!("{SANDBOX_PASSWORD}\n")).ok();
    let whoami = stranger.sactl("whoami -o json").ok().json();
    assert_eq!((&whoami["kind"], &whoami["username"]), (&json!("user"), &json!(CONTOSO_ADMIN)));
}

/// "You can assign permissions to them individually or assign them to a role to inherit a predefined set of
/// permissions."
#[test]
fn permissions_one_by_one_or_by_a_role() {
    let world = World::start();
    let admin = world.admin();
    let show = |name: &str| admin.sactl(&format!("show {name} -o json")).ok().json()["access"].clone();
    assert_eq!(show("backup-runner")["role"], json!(null));
    assert_eq!(show("backup-runner")["permissions"], json!(["devices:view"]));
    assert_eq!(show("fleet-automation")["role"], "operator");
    let inherited = show("fleet-automation")["permissions"].as_array().unwrap().len();
    assert!(inherited > 20, "an operator has many permissions: {inherited}");
    admin.sactl("grant dormant-bot --role viewer --permission devices:view -o json").error(2, "usage");
}

/// "Each service account is owned by exactly one company."
#[test]
fn one_owner() {
    let world = World::start();
    for (company, ownership) in [(1, "owned"), (2, "external")] {
        let seen =
            world.acting("admin@acme.example", company).sactl("show fleet-automation -o json").ok().json();
        assert_eq!(seen["ownership"], ownership);
        assert_eq!(seen["owner"], json!({"id": 1, "name": "Acme MSP"}));
    }
}

/// "Only the owner company can: modify the account description; reset or change the password; delete the
/// service account." and "You cannot delete the account or change its credentials unless your company is the
/// owner."
#[test]
fn p21_only_the_owner_edits_resets_and_deletes() {
    let world = World::start();
    let visitor = world.acting(NORTHWIND_ADMIN, 2);
    let owner = world.admin();
    let before = owner.sactl("show fleet-automation -o json").ok().json();
    for line in [
        "edit fleet-automation --description Mine -o json",
        "passwd fleet-automation --generate --yes -o json",
        "delete fleet-automation --yes -o json",
    ] {
        let refusal = visitor.sactl(line).error(4, "not_owner");
        assert_eq!(refusal["status"], 403, "{line}");
        assert!(refusal["request_id"].is_string(), "{line}");
    }
    let after = owner.sactl("show fleet-automation -o json").ok().json();
    assert_eq!(after["description"], before["description"]);
    assert_eq!(after["password_changed_at"], before["password_changed_at"]);
    world.at("fleet-automation", 2).sactl("token").ok();
}

/// "A service account can be granted access to multiple companies. This is useful for managed service
/// providers that use a single automation script to manage routers across several customer environments."
#[test]
fn one_account_works_in_several_companies() {
    let world = World::start();
    for company in [1, 2] {
        let whoami = world.at("fleet-automation", company).sactl("whoami -o json").ok().json();
        assert_eq!(whoami["company"]["id"], company);
        assert!(whoami["permissions"].as_array().unwrap().contains(&json!("devices:edit")));
    }
    let detail = world.admin().sactl("show fleet-automation -o json").ok().json();
    assert_eq!(detail["companies"].as_array().unwrap().len(), 2);
    assert_eq!(detail["company_count"], 2);
}

/// "The Service Accounts page provides a centralized table of all service accounts for the currently active
/// company", and "the interface distinguishes between accounts owned by your company and accounts that only
/// have access to it".
#[test]
fn the_active_company_decides_what_is_owned_and_what_is_external() {
    let world = World::start();
    let list = world.acting(NORTHWIND_ADMIN, 2).sactl("list -o json").ok().json();
    assert_eq!(names(&list["owned"]), ["northwind-telemetry"]);
    assert_eq!(names(&list["external"]), ["fleet-automation"]);
    let lines = world.admin().sactl("list").ok().stdout.clone();
    let first: Vec<_> = lines.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(first, ["owned", "owned", "owned", "external"], "{lines}");
}

/// "External accounts … If your active company is not the owner of a service account, you can: edit
/// permissions: change what the service account is allowed to do within your company; remove access: revoke the
/// account's permissions for your company entirely."
#[test]
fn a_visited_company_manages_its_own_scope() {
    let world = World::start();
    let visited = world.admin();
    let owner = world.acting(NORTHWIND_ADMIN, 2);
    let before = owner.sactl("show northwind-telemetry -o json").ok().json()["access"].clone();
    let granted = visited.sactl("grant northwind-telemetry --permission devices:view,devices:edit -o json");
    assert_eq!(granted.ok().json()["access"]["permissions"], json!(["devices:edit", "devices:view"]));
    let revoked = visited.sactl("revoke northwind-telemetry --yes -o json").ok().json();
    assert_eq!((&revoked["changed"], &revoked["account"]), (&json!(true), &json!(null)));
    let again = visited.sactl("revoke northwind-telemetry --yes -o json").ok().json();
    assert_eq!((&again["changed"], &again["account"]), (&json!(false), &json!(null)), "it is repeatable");
    visited.sactl("revoke northwind-telemetry --dry-run").ok();
    visited.sactl("show northwind-telemetry -o json").error(5, "not_found");
    assert_eq!(names(&visited.sactl("list -o json").ok().json()["external"]), Vec::<&str>::new());
    let after = owner.sactl("show northwind-telemetry -o json").ok().json();
    assert_eq!(after["access"], before, "the owner's own company keeps what it gave");
    assert_eq!(after["company_count"], 1);
}

/// "Set a password that meets the security requirements (at least 8 characters, including one uppercase
/// letter, one number, and one special character)."
#[test]
fn a_password_meets_the_requirements_or_nothing_is_made() {
    let world = World::start();
    let admin = world.admin();
    let create = ["create", "weak-bot", "--password-stdin", "-o", "json"];
    for (password, broken) in
        [("Ab1!xyz", 1), ("alllower1!", 1), ("NoNumber!", 1), ("NoSpecial1", 1), ("abc", 4)]
    {
        let refusal = admin.run_with_input(create, password).error(7, "invalid_input");
        let rules = refusal["errors"].as_array().unwrap();
        assert_eq!(rules.len(), broken, "{password}: {refusal}");
        assert!(rules.iter().all(|rule| rule["code"] == "password_policy" && rule["field"] == "password"));
    }
    admin.sactl("show weak-bot -o json").error(5, "not_found");
    admin.run_with_input(create, "Abcde1!x").ok();
}

/// "Optionally provide a description. Select the companies the service account will belong to. Assign the
/// required permissions."
#[test]
fn description_companies_and_permissions_are_chosen_at_the_start() {
    let world = World::start();
    let admin = world.admin();
    let bare = admin.sactl("create bare-bot --generate -o json").ok().json();
    assert_eq!((&bare["description"], &bare["access"]), (&json!(null), &json!(null)));
    assert_eq!((&bare["companies"], &bare["company_count"]), (&json!([]), &json!(0)));
    let line =
        "create full-bot --description Full --permission devices:view --grant 2=devices:view,alerts:view";
    let full = admin.sactl(&format!("{line} --generate -o json")).ok().json();
    assert_eq!(full["description"], "Full");
    assert_eq!(full["access"]["permissions"], json!(["devices:view"]));
    assert_eq!(full["companies"][1]["permissions"], json!(["alerts:view", "devices:view"]));
}

/// A caller cannot grant a permission that they do not have in that company at that moment, and cannot
/// can change their own permissions.
#[test]
fn nobody_gives_what_they_lack_or_changes_themselves() {
    let world = World::start();
    let operator = world.acting(ACME_OPERATOR, 1);
    for line in [
        "grant dormant-bot --role company-admin -o json",
        "grant dormant-bot --permission billing:manage -o json",
        "create mighty-bot --role company-admin --generate -o json",
    ] {
        operator.sactl(line).error(4, "escalation");
    }
    operator.sactl("show mighty-bot -o json").error(5, "not_found");
    // The admin of company 1 is only an operator of company 2.
    let abroad = world.acting("admin@acme.example", 2);
    abroad.sactl("grant fleet-automation --role company-admin -o json").error(4, "escalation");
    let itself = world.acting("fleet-automation", 1);
    itself.sactl("grant fleet-automation --role viewer -o json").error(4, "self_modification");
    itself.sactl("delete fleet-automation --yes -o json").error(4, "self_modification");
}

/// A viewer can only look.
#[test]
fn a_viewer_can_only_look() {
    let world = World::start();
    let viewer = world.acting(ACME_VIEWER, 1);
    viewer.sactl("list -o json").ok();
    viewer.sactl("show dormant-bot -o json").ok();
    for line in [
        "create new-bot --generate -o json",
        "edit dormant-bot --description Mine -o json",
        "passwd dormant-bot --generate --yes -o json",
        "delete dormant-bot --yes -o json",
        "grant dormant-bot --role viewer -o json",
        "revoke backup-runner --yes -o json",
        "role create mine --permission devices:view -o json",
    ] {
        viewer.sactl(line).error(4, "missing_permission");
    }
}
