//! `sactl show`: all about one account, as far as it concerns the company.

use serde_json::{Value, json};

use super::acting::{World, account};

#[test]
fn show_of_an_external_account_hides_what_concerns_its_owner() {
    let world = World::start();
    let admin = world.admin();
    let owned = account(&admin, "fleet-automation");
    assert_eq!((&owned["ownership"], &owned["company_count"]), (&json!("owned"), &json!(2)));
    assert_eq!(owned["companies"].as_array().unwrap().len(), 2);
    let external = account(&admin, "northwind-telemetry");
    assert_eq!(external["owner"], json!({"id": 2, "name": "Northwind Logistics"}));
    assert_eq!((&external["companies"], &external["company_count"]), (&Value::Null, &Value::Null));
    admin.sactl("show nobody-here -o json").error(5, "not_found");
}
