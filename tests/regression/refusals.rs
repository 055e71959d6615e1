//! Refusals that did not say which account, role, company or server they are about.

use serde_json::Value;

use crate::cli::acting::{ACME_VIEWER, World};
use crate::common::env::Env;

/// F12: "the service account does not exist in this company", "this name is taken", "the company has no such
/// role": in a log of many commands they could not be told apart.
#[test]
fn refusal_names_account_role_company_and_server() {
    let world = World::start();
    let (admin, url) = (world.admin(), world.url());
    admin.sactl("role create place-role --permission devices:view").ok();
    let (acme, northwind) = ("Acme MSP (1)", "Northwind Logistics (2)");
    for (line, exit, code, parts) in [
        ("show nope", 5, "not_found", &["nope", acme, &url][..]),
        ("show nope --company 99", 5, "not_found", &["company 99", &url]),
        ("grant nope --role viewer", 5, "not_found", &["nope", acme, &url]),
        ("delete nope --yes --dry-run", 5, "not_found", &["nope", acme, &url]),
        ("create dormant-bot --generate", 6, "name_taken", &["dormant-bot", &url]),
        ("create dormant-bot --generate --dry-run", 6, "name_taken", &["dormant-bot", &url]),
        ("grant dormant-bot --role ghost", 7, "invalid_input", &["ghost", acme]),
        ("grant dormant-bot --role ghost --dry-run", 7, "invalid_input", &["ghost", acme]),
        ("create new-bot --generate --grant 2=ghost", 7, "invalid_input", &["ghost", northwind]),
        ("list --role ghost", 7, "invalid_input", &["ghost", acme]),
        ("role show ghost", 5, "not_found", &["ghost", acme, &url]),
        ("role delete ghost --yes", 5, "not_found", &["ghost", acme, &url]),
        ("role create place-role --permission devices:view", 6, "name_taken", &["place-role", acme]),
        ("list --company Ghosts", 5, "not_found", &["Ghosts", &url]),
        ("edit northwind-telemetry --description x", 4, "not_owner", &["northwind-telemetry", northwind]),
    ] {
        let refused = admin.sactl(&format!("{line} -o json"));
        // A dry run has an answer as well, so the document is read from standard error alone.
        let document: Value = serde_json::from_str(&refused.expect(exit).stderr).unwrap();
        assert_eq!(document["error"]["code"], code, "{refused}");
        let message = document["error"]["message"].as_str().unwrap();
        for part in parts {
            assert!(message.contains(part), "{line}: {part}: {refused}");
        }
    }
}

/// F12: of a missing permission the message said "in the company".
#[test]
fn missing_permission_names_the_company() {
    let world = World::start();
    let viewer = world.acting(ACME_VIEWER, 1);
    let error = viewer.sactl("delete dormant-bot --yes -o json").error(4, "missing_permission");
    assert!(
        error["message"].as_str().unwrap().contains("service-accounts:delete in Acme MSP (1)"),
        "{error}"
    );
}

/// F12: "cannot connect to the server: error sending request: client error (Connect): tcp connect error: …" named no
/// server, and its causes said one thing three times.
#[test]
fn server_that_is_not_there_is_named_with_one_cause() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let env = Env::new().with("SACTL_TOKEN", "sat_x").with("SACTL_SERVER", format!("http://{free}"));
    let error = env.sactl("list --company 1 --timeout 20 -o json").error(8, "unreachable");
    let expected = format!("cannot connect to the server http://{free}: Connection refused (os error 111)");
    assert_eq!(error["message"], expected);
}
