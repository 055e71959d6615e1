//! What scripts read: with `-o json` every command answers exactly one document of the published shape, and
//! every failure is exactly one error document.

use serde_json::Value;

use super::acting::{ACME_ADMIN, World};
use crate::common::output::assert_snapshot;

const ACCOUNT: &[&str] = &[
    "id",
    "name",
    "description",
    "ownership",
    "owner",
    "access",
    "company_count",
    "created_at",
    "password_changed_at",
    "last_used_at",
    "use_known",
];

fn keys(document: &Value) -> Vec<&str> {
    let object = document.as_object().unwrap_or_else(|| panic!("an object was expected: {document}"));
    object.keys().map(String::as_str).collect()
}

fn account_with(more: &[&'static str]) -> Vec<&'static str> {
    [ACCOUNT, more].concat()
}

/// Absent is `null`, never missing; and nothing is there that was not promised.
#[test]
fn every_account_command_answers_its_shape() {
    let world = World::start();
    let admin = world.admin();
    let answer = |line: &str| admin.sactl(&format!("{line} -o json")).ok().json();

    let list = answer("list");
    assert_eq!(keys(&list), ["company", "owned", "external"]);
    for account in [&list["owned"], &list["external"]].into_iter().flat_map(|list| list.as_array().unwrap()) {
        assert_eq!(keys(account), ACCOUNT);
    }
    assert_eq!(
        keys(&answer("show fleet-automation")),
        account_with(&["companies", "created_by", "password_changed_by"])
    );
    assert_eq!(answer("show northwind-telemetry")["companies"], Value::Null);
    assert_eq!(
        keys(&answer("create a-bot --generate")),
        account_with(&["companies", "created_by", "password_changed_by", "password"])
    );
    assert_eq!(keys(&answer("edit a-bot --description A")), ACCOUNT);
    assert_eq!(keys(&answer("passwd a-bot --generate --yes")), ["account", "password"]);
    let granted = answer("grant a-bot --role viewer");
    assert_eq!(keys(&granted), ["account", "access", "before", "changed"]);
    assert_eq!(keys(&granted["access"]), ["company", "role", "permissions"]);
    assert_eq!(keys(&answer("revoke a-bot --yes")), ["account", "company", "before", "changed"]);
    assert_eq!(keys(&answer("delete a-bot --yes")), ["id", "name", "deleted"]);
}

#[test]
fn every_other_command_answers_its_shape() {
    let world = World::start();
    let admin = world.admin();
    let answer = |line: &str| admin.sactl(&format!("{line} -o json")).ok().json();
    let role = ["name", "default", "permissions", "holders"];

    let whoami = [
        "server",
        "profile",
        "username",
        "kind",
        "company",
        "permissions",
        "companies",
        "credential_source",
        "token_expires_at",
    ];
    assert_eq!(keys(&answer("whoami")), whoami);
    assert_eq!(keys(&answer("role show viewer")), role);
    assert_eq!(keys(&answer("role create mine --permission devices:view")), role);
    assert_eq!(keys(&answer("role edit mine --permission alerts:view")), role);
    let me = answer("api GET /api/users/me");
    assert_eq!(me["data"]["name"], ACME_ADMIN);
    for line in
        ["company list", "company show", "role list", "permission list", "role delete mine --yes", "token"]
    {
        assert!(!answer(line).is_null(), "{line}");
    }
}

/// A document of lines: one account a line, each a whole document.
#[test]
fn json_lines_are_one_account_each() {
    let world = World::start();
    let lines = world.admin().sactl("list -o jsonl").ok().json_lines();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|account| keys(account) == account_with(&["company_id", "company"])));
}

/// Commands about stored things, with a signed-in user.
#[test]
fn profile_commands_answer_documents() {
    let world = World::start();
    let home = world.signed_in(ACME_ADMIN);
    for line in ["profile list", "profile show", "company use 1", "company list", "whoami", "logout"] {
        let outcome = home.sactl(&format!("{line} -o json"));
        outcome.ok().json();
        assert_eq!(outcome.stderr, "", "with a document the conversation is silent: {outcome}");
    }
}

#[test]
fn whole_answers_look_like_this() {
    let world = World::start();
    let admin = world.admin();
    assert_snapshot("list_table", &admin.sactl("list -o table"));
    assert_snapshot("list_tsv", &admin.sactl("list"));
    assert_snapshot("list_json", &admin.sactl("list --external -o json"));
    assert_snapshot("show_table", &admin.sactl("show fleet-automation -o table"));
    assert_snapshot("grant_words", &admin.sactl("grant dormant-bot --role viewer"));
    assert_snapshot("not_found_words", &admin.sactl("show nobody"));
    assert_snapshot("not_found_json", &admin.sactl("show nobody -o json"));
}
