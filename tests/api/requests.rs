//! Requests that are not of the contract, and what their refusals say and do not say.

use serde_json::{Value, json};

use crate::common::client::client;
use crate::common::platform::Server;
use crate::common::reply::Reply;

const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const FLEET: &str = "/api/companies/1/service-accounts/fleet-automation";

fn send(server: &Server, method: &str, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Reply {
    let admin = server.sign_in("admin@acme.example");
    let bearer = format!("Bearer {}", admin.token());
    server.send(method, path, &[("authorization", &bearer), ("content-type", kind)], body)
}

#[test]
fn unknown_paths_and_methods() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    for path in ["/", "/api", "/api/nothing", "/healthz/", "/api/companies/1/service-accounts/x/y/z", "/%ff"]
    {
        admin.get(path).refused(404, "not_found");
    }
    for (method, path, allow) in [
        ("DELETE", "/healthz", "GET,HEAD"),
        ("PUT", ACCOUNTS, "GET,HEAD,POST"),
        ("OPTIONS", FLEET, "GET,HEAD,PATCH,DELETE"),
        ("PATCH", "/api/users/me", "GET,HEAD"),
    ] {
        let reply = admin.call(method, path, &Value::Null);
        reply.refused(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), allow, "{path}");
    }
}

#[test]
fn ids_in_paths_are_digits() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    for id in ["0", "-1", "+1", "1x", "x", "1.0", "%31%20", "99999999999999999999", "%ff"] {
        for below in
            ["", "/roles", "/service-accounts", "/service-accounts/fleet-automation", "/roles/viewer"]
        {
            admin.get(&format!("/api/companies/{id}{below}")).refused(404, "not_found");
        }
    }
    for name in ["%ff", "%00", "..%2f", "a%2fb", "%F0%9F%92%A9", &"x".repeat(5000)] {
        admin.get(&format!("{ACCOUNTS}/{name}")).refused(404, "not_found");
    }
    admin.get(&format!("{ACCOUNTS}/FLEET%2DAutomation")).data(200);
}

/// P13: bodies are bounded and strict, and nothing is done.
#[test]
fn p13_bodies_are_taken_strictly() {
    let server = Server::sandbox();
    let good = r#"{"name": "made-here", "password": "Made-Here-1"}"#;
    let large = format!(r#"{{"name": "made-here", "password": "Made-Here-1"{}}}"#, " ".repeat(65_536));
    let deep = format!(r#"{{"name": {}"#, "[".repeat(20_000));
    for (kind, body, status) in [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", "[]", 400),
        ("application/json", "null", 400),
        ("application/json", "{} {}", 400),
        ("application/json", deep.as_str(), 400),
        ("application/json", r#"{"name": "made-here"}"#, 400),
        ("application/json", r#"{"name": 7, "password": "Made-Here-1"}"#, 400),
        ("application/json", r#"{"name": "made-here", "password": "Made-Here-1", "owner": 2}"#, 400),
        ("application/json", r#"{"name": "made-here", "name": "made-here", "password": "Made-Here-1"}"#, 400),
        (
            "application/json",
            r#"{"name": "made-here", "password": "Made-Here-1", "access": [{"company_id": 1, "all": true}]}"#,
            400,
        ),
        ("application/json", large.as_str(), 413),
        ("text/plain", good, 415),
        ("application/x-www-form-urlencoded", good, 415),
        ("", good, 415),
    ] {
        send(&server, "POST", ACCOUNTS, kind, body.to_owned()).refused(status, "malformed");
    }
    let cut = [good.as_bytes(), b"\xff"].concat();
    send(&server, "POST", ACCOUNTS, "application/json", cut).refused(400, "malformed");
    let admin = server.sign_in("admin@acme.example");
    admin.get(&format!("{ACCOUNTS}/made-here")).refused(404, "not_found");
    assert_eq!(send(&server, "POST", ACCOUNTS, "Application/JSON; charset=utf-8", good).status, 201);
}

/// P13: a body without an announced length is cut off at the same limit.
#[test]
fn p13_a_body_of_unknown_length_is_bounded() {
    let server = Server::sandbox();
    let token = server.sign_in("admin@acme.example").token().to_owned();
    let head = format!(
        "POST {ACCOUNTS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = format!("400\r\n{}\r\n", " ".repeat(1024));
    let answer = server.raw(&[head, chunk.repeat(100), "0\r\n\r\n".into()].concat());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains(r#""code":"malformed""#), "{answer}");
}

/// P13: the head of a request is bounded in size and in lines.
#[test]
fn p13_the_head_of_a_request_is_bounded() {
    let server = Server::sandbox();
    let with = |headers: String| {
        server.raw(&format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"))
    };
    assert!(with(String::new()).starts_with("HTTP/1.1 200 "));
    let many = "x-more: 1\r\n".repeat(100);
    assert!(with(many).starts_with("HTTP/1.1 431 "));
    let long = format!("x-more: {}\r\n", "x".repeat(100_000));
    assert!(with(long).starts_with("HTTP/1.1 431 "));
    assert!(server.raw("NONSENSE\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

#[test]
fn unknown_and_repeated_query_parameters() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    for path in [
        "/api/users/me?x=1",
        "/api/companies?page_size=1&page_size=2",
        "/api/companies?company=1",
        "/api/companies?page_size=0",
        "/api/companies?page_size=1001",
        "/api/companies?page_size=-1",
        "/api/companies?page_size=ten",
        "/api/companies/1?verbose",
        "/api/companies/1/service-accounts?ownership=mine",
        "/api/companies/1/service-accounts?owner=1",
        "/api/companies/1/service-accounts?search=a&%73earch=b",
        "/api/companies/1/service-accounts?search=%FF",
        "/api/companies/1/service-accounts/fleet-automation?access_token=x",
        "/api/permissions?category=users",
    ] {
        admin.get(path).refused(400, "malformed");
    }
    admin.call("DELETE", &format!("{FLEET}?dry_run=true"), &Value::Null).refused(400, "malformed");
    admin.get(FLEET).data(200);
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let server = Server::sandbox();
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/healthz", "/readyz", "/openapi.json", "/nothing", "/api/users/me"] {
        let reply = server.anonymous().call_with("GET", path, &Value::Null, &[("x-request-id", "mine")]);
        let id = reply.header("x-request-id").to_owned();
        assert_eq!(id.parse::<uuid::Uuid>().unwrap().get_version_num(), 7, "{id}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(ids.insert(id));
    }
}

#[test]
fn alive_and_ready() {
    let server = Server::sandbox();
    assert_eq!(server.anonymous().get("/healthz").data(200)["state"], "alive");
    assert_eq!(server.anonymous().get("/readyz").data(200)["state"], "ready");
}

/// HTTP/2 without TLS, for a client that begins with it.
#[test]
fn http_2_is_spoken_to_who_begins_with_it() {
    let server = Server::sandbox();
    let client = client([]).http2_prior_knowledge().build().unwrap();
    let answer = server.block_on(client.get(format!("{}/readyz", server.url())).send()).unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_2));
}

#[test]
fn the_token_comes_from_the_header_alone() {
    let server = Server::sandbox();
    let token = server.sign_in("admin@acme.example").token().to_owned();
    let me = "/api/users/me";
    let with = |headers: &[(&str, &str)]| server.send("GET", me, headers, "");
    assert_eq!(with(&[("authorization", &format!("bearer {token}"))]).status, 200, "the scheme has no case");
    for value in [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer{token}"),
        "Bearer ".into(),
        format!("Bearer {token} x"),
    ] {
        with(&[("authorization", &value)]).refused(401, "unauthenticated");
    }
    let bearer = format!("Bearer {token}");
    with(&[("authorization", &bearer), ("authorization", &bearer)]).refused(401, "unauthenticated");
    with(&[("cookie", &format!("access_token={token}"))]).refused(401, "unauthenticated");
    server.send("GET", &format!("{me}?access_token={token}"), &[], "").refused(401, "unauthenticated");
}

#[test]
fn an_idempotency_key_is_bounded() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let body = json!({"name": "made-once", "password": "Made-Once-1"});
    let create = |keys: &[(&str, &str)]| admin.call_with("POST", ACCOUNTS, &body, keys);
    let long = "k".repeat(129);
    for keys in [
        &[("idempotency-key", "")][..],
        &[("idempotency-key", "a b")],
        &[("idempotency-key", &long)],
        &[("idempotency-key", "a"), ("idempotency-key", "b")],
    ] {
        create(keys).refused(400, "malformed");
    }
    create(&[("idempotency-key", &long[..128])]).data(201);
}

/// P12: no refusal holds SQL, a path, a secret, or what was sent as a password.
#[test]
fn p12_refusals_tell_no_secrets() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let canary = "Canary-0f3a";
    let mut replies = vec![
        server.token_form("fleet-automation", canary),
        server.token_form(canary, canary),
        server.bearer(canary).get("/api/users/me"),
        admin.post(ACCOUNTS, &json!({"name": "made-here", "password": [canary]})),
        admin.post(ACCOUNTS, &json!({"name": "made-here", "password": {canary: 1}})),
        admin.post(ACCOUNTS, &json!({"name": canary, "password": "x", "description": "\u{7}"})),
        admin.post(ACCOUNTS, &json!({"name": "fleet-automation", "password": format!("{canary}!")})),
        admin.put(&format!("{FLEET}/password"), &json!({"password": canary.to_lowercase()})),
        admin.put(&format!("{FLEET}/password"), &json!({"password": "x", "current_password": canary})),
        admin.put(&format!("{FLEET}/password"), &json!({"password": "x", canary: "x"})),
        admin.put(&format!("{FLEET}/access"), &json!({"permissions": ["'; DROP TABLE access; --"]})),
        admin.get(&format!("{ACCOUNTS}?cursor={canary}")),
        admin.get(&format!("{ACCOUNTS}?page_size={canary}")),
        admin.get(&format!("{ACCOUNTS}/'%20OR%201=1")),
    ];
    replies.push(send(
        &server,
        "POST",
        ACCOUNTS,
        "application/json",
        format!("{{\"password\": \"{canary}\", x"),
    ));
    for reply in replies {
        assert!((400..500).contains(&reply.status), "{reply:?}");
        let text = reply.text.to_lowercase();
        assert!(!text.contains(&canary.to_lowercase()), "{reply:?}");
        let database = server.database().url.to_string();
        for forbidden in [
            "select ", "insert ", "sqlite", "sqlx", "sea_orm", "argon2", "panicked", ".rs:", &database,
            "sat_",
        ] {
            assert!(!text.contains(&forbidden.to_lowercase()), "{forbidden}: {reply:?}");
        }
    }
}
