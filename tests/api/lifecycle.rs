//! The life of an account, from its creation with access in two companies to its successor of the same name.

use serde_json::{Value, json};

use crate::common::platform::{Caller, Server};

const ACME: &str = "/api/companies/1/service-accounts";
const COURIER: &str = "/api/companies/1/service-accounts/courier";
const THERE: &str = "/api/companies/2/service-accounts/courier";

fn token<'a>(server: &'a Server, password: &str) -> Caller<'a> {
    let grant = server.token_form("courier", password).json();
    server.bearer(grant["access_token"].as_str().unwrap_or_else(|| panic!("{grant}")))
}

fn companies(caller: &Caller<'_>) -> Vec<Value> {
    let me = caller.get("/api/users/me").data(200);
    me["companies"].as_array().unwrap().iter().map(|access| access["company"]["id"].clone()).collect()
}

/// P17, P24: create, sign in, grant, adjust, revoke, reset, delete; and the next of the name inherits nothing.
#[test]
fn p24_from_creation_to_a_successor() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let request = json!({
        "name": "courier",
        "password": "Courier-Pass-1",
        "access": [{"company_id": 1, "role": "viewer"}, {"company_id": 2, "permissions": ["devices:view"]}],
    });
    let first = admin.post(ACME, &request).data(201);
    let courier = token(&server, "Courier-Pass-1");
    assert_eq!(companies(&courier), [1, 2]);

    let change = admin.put(&format!("{COURIER}/access"), &json!({"role": "operator"})).data(200);
    assert_eq!((&change["changed"], &change["access"]["role"]), (&json!(true), &json!("operator")));
    let again = admin.put(&format!("{COURIER}/access"), &json!({"role": "operator"})).data(200);
    assert_eq!(again["changed"], false);
    courier.patch(&format!("{ACME}/dormant-bot"), &json!({"description": "touched"})).data(200);

    let adjusted = json!({"add": ["devices:edit"], "remove": ["devices:view"]});
    let change = admin.patch(&format!("{THERE}/access"), &adjusted).data(200);
    assert_eq!(change["access"]["permissions"], json!(["devices:edit"]));

    let removed = admin.delete(&format!("{COURIER}/access")).data(200);
    assert_eq!((&removed["changed"], &removed["account"]["access"]), (&json!(true), &Value::Null));
    courier.get(ACME).refused(404, "not_found");
    assert_eq!(companies(&courier), [2], "the same token, less rights, at once");
    assert_eq!(admin.delete(&format!("{COURIER}/access")).data(200)["changed"], false);
    admin.put(&format!("{COURIER}/access"), &json!({"role": "viewer"})).data(201);

    admin.put(&format!("{COURIER}/password"), &json!({"password": "Courier-Pass-2"})).data(200);
    courier.get("/api/users/me").refused(401, "unauthenticated");
    assert_eq!(server.token_form("courier", "Courier-Pass-1").code(), "invalid_grant");
    let courier = token(&server, "Courier-Pass-2");

    let gone = admin.delete(COURIER).data(200);
    assert_eq!(gone, json!({"id": first["id"], "name": "courier", "deleted": true}));
    courier.get("/api/users/me").refused(401, "unauthenticated");
    assert_eq!(server.token_form("courier", "Courier-Pass-2").code(), "invalid_grant");
    admin.get(COURIER).refused(404, "not_found");
    admin.get(THERE).refused(404, "not_found");
    admin.delete(COURIER).refused(404, "not_found");

    let second = admin.post(ACME, &json!({"name": "Courier", "password": "Courier-Pass-3"})).data(201);
    assert_ne!(second["id"], first["id"]);
    assert_eq!((&second["description"], &second["companies"]), (&Value::Null, &json!([])));
    courier.get("/api/users/me").refused(401, "unauthenticated");
    assert_eq!(server.token_form("courier", "Courier-Pass-2").code(), "invalid_grant");
    assert_eq!(companies(&token(&server, "Courier-Pass-3")), Vec::<Value>::new());
    admin.get(THERE).refused(404, "not_found");
}

/// Creation is all or nothing: with one part that cannot be given there is no account at all.
#[test]
fn creation_is_all_or_nothing() {
    let server = Server::sandbox();
    let operator = server.sign_in("operator@acme.example");
    for (access, status) in [
        (json!([{"company_id": 1, "role": "viewer"}, {"company_id": 1, "role": "company-admin"}]), 422),
        (json!([{"company_id": 1, "role": "company-admin"}]), 403),
        (json!([{"company_id": 1, "role": "viewer"}, {"company_id": 2, "role": "viewer"}]), 404),
        (json!([{"company_id": 1, "role": "viewer", "permissions": ["devices:view"]}]), 422),
        (json!([{"company_id": 1}]), 422),
        (json!([{"company_id": 1, "permissions": []}]), 422),
    ] {
        let request = json!({"name": "courier", "password": "Courier-Pass-1", "access": access});
        let reply = operator.post(ACME, &request);
        assert_eq!(reply.status, status, "{access}: {reply:?}");
        operator.get(COURIER).refused(404, "not_found");
        assert_eq!(server.token_form("courier", "Courier-Pass-1").code(), "invalid_grant");
    }
}

/// P7: a creation that is repeated under its key is the same creation; the key belongs to its caller.
#[test]
fn a_repeated_creation_makes_one_account() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let request = json!({"name": "courier", "password": "Courier-Pass-1"});
    let key = [("idempotency-key", "8f14e45f")];
    let first = admin.call_with("POST", ACME, &request, &key).data(201);
    let again = admin.call_with("POST", ACME, &request, &key).data(201);
    assert_eq!(first["id"], again["id"]);
    admin.post(ACME, &request).refused(409, "name_taken");
    let other = server.sign_in("operator@acme.example");
    other.call_with("POST", ACME, &request, &key).refused(409, "name_taken");
    let total = admin.get(&format!("{ACME}?search=courier")).json()["total"].clone();
    assert_eq!(total, 1);
}

/// Ten at once under one key make one account.
#[test]
fn parallel_repetitions_make_one_account() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let request = json!({"name": "courier", "password": "Courier-Pass-1"});
    let ids: Vec<Value> = std::thread::scope(|scope| {
        let create = || {
            let reply = admin.call_with("POST", ACME, &request, &[("idempotency-key", "8f14e45f")]);
            reply.data(201)["id"].clone()
        };
        let running: Vec<_> = (0..10).map(|_| scope.spawn(create)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}
