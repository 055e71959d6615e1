//! Requests and connections that cost their sender nothing cost the platform too much.

mod connections;
mod files;
mod memory;

use std::fmt::Write as _;

use sactl::api::path;
use sactl::platform::service::session;
use serde_json::json;

use crate::common::platform::{PASSWORD, Server};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const ACCOUNTS: &str = "/api/companies/1/service-accounts";

/// `count` fields with names of their own.
fn fields(count: usize) -> String {
    let mut text = String::new();
    for index in 0..count {
        write!(text, "f{index}&").unwrap();
    }
    text.trim_end_matches('&').to_owned()
}

/// S3, P13: a form of 65 kB with 17,000 field names blocked a worker for half a second, without a token.
#[test]
fn p13_form_of_many_fields_is_refused() {
    let server = Server::sandbox();
    let post = |body: String| server.send("POST", path::TOKEN, &FORM, body);
    let credentials =
        format!("grant_type=password&username=fleet-automation&password={PASSWORD}&client_id=python");
    assert_eq!(post(format!("{credentials}&{}", fields(28))).status, 200);
    for body in [format!("{credentials}&{}", fields(29)), fields(9_000), "&".repeat(60_000)] {
        let refused = post(body);
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid_request"), "{refused:?}");
        assert!(refused.text.contains("at most 32 fields"), "{refused:?}");
    }
}

/// S3, P13: a query of many names cost as much as such a form.
#[test]
fn p13_query_of_many_fields_is_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let refused = admin.get(&format!("{ACCOUNTS}?{}", fields(33)));
    refused.refused(400, "malformed");
    assert!(refused.text.contains("at most 32 parameters"), "{refused:?}");
    assert!(admin.get(&format!("{ACCOUNTS}?{}", fields(32))).text.contains("a query parameter is unknown"));
}

/// S16: an array of values without names was taken for an object, at the top and inside it.
#[test]
fn array_in_place_of_an_object_is_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    admin.patch(&format!("{ACCOUNTS}/dormant-bot"), &json!(["slipped through"])).refused(400, "malformed");
    let new = |access| json!({ "name": "array-bot", "password": "Quite-Long-9182!", "access": access });
    admin.post(ACCOUNTS, &new(json!([[1, "viewer"]]))).refused(400, "malformed");
    admin.post(ACCOUNTS, &new(json!([{ "company_id": 1, "role": "viewer" }]))).data(201);
}

/// S16: `/api/companies/01` was company 1, so that one company had many paths.
#[test]
fn company_id_in_another_spelling_is_not_found() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    admin.get("/api/companies/1").data(200);
    for id in ["01", "+1", "-1", "0x1", "%31%20", "0"] {
        admin.get(&format!("/api/companies/{id}")).refused(404, "not_found");
    }
}

/// S16: 64 kB of unknown permissions were answered with 1.5 MB.
#[test]
fn unknown_permissions_are_answered_briefly() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let put = |names: Vec<String>| {
        admin.put(&format!("{ACCOUNTS}/dormant-bot/access"), &json!({ "permissions": names }))
    };
    let many = put(vec!["x".to_owned(); 15_000]);
    many.refused(422, "invalid_input");
    assert_eq!(many.rules().len(), 32);
    assert!(many.json()["message"].as_str().unwrap().contains("15000 rules"), "{many:?}");
    let long = put(vec!["\u{1}".repeat(10_000)]);
    long.refused(422, "invalid_input");
    assert!(many.text.len() < 8192 && long.text.len() < 8192, "{} {}", many.text.len(), long.text.len());
}

/// S16: one account had as many tokens as it liked.
#[test]
fn tokens_of_an_account_are_bounded_and_the_oldest_ends() {
    let server = Server::sandbox();
    let first = server.sign_in("fleet-automation");
    server.advance(1);
    let second = server.sign_in("fleet-automation");
    server.advance(1);
    server.block_on(async {
        for _ in 0..999 {
            session::issue(server.platform(), "fleet-automation").await.unwrap();
        }
    });
    first.get(path::ME).refused(401, "unauthenticated");
    second.get(path::ME).data(200);
}
