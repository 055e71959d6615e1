//! Signing in and out: the forms and refusals of OAuth, second factors, and who may come in at all.

use sactl::api::path::{REVOCATION, TOKEN};
use totp_rs::{Algorithm, Builder};

use crate::common::platform::{PASSWORD, Server};
use crate::common::reply::Reply;

const HUMAN: &str = "admin@contoso.example";
const TOTP_SECRET: &[u8] = b"Hello!\xde\xad\xbe\xef";

const FORM: [(&str, &str); 4] = [
    ("grant_type", "password"),
    ("username", "fleet-automation"),
    ("password", PASSWORD),
    ("client_id", "python"),
];

/// The documented form with some fields changed; an empty value drops the field.
fn form_with(server: &Server, changes: &[(&str, &str)]) -> Reply {
    let replaced = |name: &str| changes.iter().find(|(other, _)| *other == name);
    let mut fields: Vec<_> = FORM.iter().map(|field| *replaced(field.0).unwrap_or(field)).collect();
    fields.extend(changes.iter().filter(|(name, _)| FORM.iter().all(|(other, _)| name != other)));
    fields.retain(|(_, value)| !value.is_empty());
    server.form(TOKEN, &fields)
}

#[track_caller]
fn refused(reply: &Reply, error: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (400, error), "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/json", "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store", "{reply:?}");
    assert!(reply.json()["error_description"].is_string(), "{reply:?}");
}

/// The code that an authenticator app shows now, `steps` of 30 seconds later.
pub(crate) fn code(steps: u64) -> String {
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    let totp =
        Builder::new().with_algorithm(Algorithm::SHA1).with_secret(TOTP_SECRET.to_vec()).build_noncompliant();
    totp.generate(now + 30 * steps).to_string()
}

/// The documented form is answered with a token that works.
#[test]
fn the_documented_form_gives_a_token() {
    let server = Server::sandbox();
    let reply = server.token_form("fleet-automation", PASSWORD);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
    let grant = reply.json();
    assert_eq!((&grant["token_type"], &grant["expires_in"]), (&"Bearer".into(), &7200.into()));
    let token = grant["access_token"].as_str().unwrap();
    assert!(token.starts_with("sat_") && token.len() >= 4 + 43, "256 bits: {} characters", token.len());
    let me = server.bearer(token).get("/api/users/me").data(200);
    assert_eq!((&me["name"], &me["kind"]), (&"fleet-automation".into(), &"service_account".into()));
    server.advance(7199);
    server.bearer(token).get("/api/users/me").data(200);
    server.advance(2);
    server.bearer(token).get("/api/users/me").refused(401, "unauthenticated");
}

/// P11: form POST only; what is missing, repeated, elsewhere or not a form is `invalid_request`.
#[test]
fn p11_the_form_is_taken_strictly() {
    let server = Server::sandbox();
    for name in ["grant_type", "username", "password", "client_id"] {
        refused(&form_with(&server, &[(name, "")]), "invalid_request");
        let mut twice = FORM.to_vec();
        twice.push((name, "again"));
        refused(&server.form(TOKEN, &twice), "invalid_request");
    }
    let twice = [FORM.as_slice(), &[("scope", "a"), ("scope", "b")]].concat();
    refused(&server.form(TOKEN, &twice), "invalid_request");
    refused(&form_with(&server, &[("grant_type", "client_credentials")]), "unsupported_grant_type");
    refused(&form_with(&server, &[("client_id", "stranger")]), "invalid_client");
    let json = format!(
        r#"{{"grant_type":"password","username":"a1","password":"{PASSWORD}","client_id":"python"}}"#
    );
    refused(&server.send("POST", TOKEN, &[("content-type", "application/json")], json), "invalid_request");
    refused(&server.send("POST", TOKEN, &[], "grant_type=password"), "invalid_request");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    refused(&server.send("POST", TOKEN, &form, "grant_type=%ff"), "invalid_request");
    let in_the_url = format!("{TOKEN}?grant_type=password&username=a1&password=x&client_id=python");
    refused(&server.send("POST", &in_the_url, &form, ""), "invalid_request");
    server.send("GET", &in_the_url, &[], "").refused(405, "method_not_allowed");
    assert_eq!(server.send("GET", TOKEN, &[], "").header("allow"), "POST");
    let fields = [FORM.as_slice(), &[("scope", "everything")]].concat();
    assert_eq!(server.form(TOKEN, &fields).status, 200, "fields that are not known are ignored");
}

/// P11: unknown, wrong, deleted and too long are the same answer, byte for byte.
#[test]
fn p11_refusals_do_not_tell_why() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    admin.delete("/api/companies/1/service-accounts/dormant-bot").data(200);
    let wrong = server.token_form("fleet-automation", "Wrong-Pass-1");
    refused(&wrong, "invalid_grant");
    let long = format!("{PASSWORD}{}", "x".repeat(257 - PASSWORD.len()));
    for (username, password) in [
        ("nobody-here", PASSWORD),
        ("nobody@acme.example", PASSWORD),
        ("dormant-bot", PASSWORD),
        ("admin@acme.example", "Wrong-Pass-1"),
        (HUMAN, "Wrong-Pass-1"),
        ("fleet-automation", &long),
        ("fleet-automation ", "Sandbox-1234"),
        ("fleet-automation", "sandbox-1234!"),
        ("fleet-automation", " Sandbox-1234!"),
        ("fleet-automation", "Sandbox-1234!\n"),
    ] {
        let reply = server.token_form(username, password);
        assert_eq!(reply.status, wrong.status);
        assert_eq!(reply.text, wrong.text, "{username}");
        let names = |reply: &Reply| reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&reply), names(&wrong), "{username}");
    }
}

/// P11: each refusal costs exactly one password hash, for any name.
#[test]
fn p11_every_guess_costs_one_hash() {
    let server = Server::sandbox();
    for username in ["fleet-automation", "nobody-here", HUMAN, "nobody@acme.example"] {
        let computed = || server.hashes_computed().iter().sum::<u64>();
        let before = computed();
        refused(&server.token_form(username, "Wrong-Pass-1"), "invalid_grant");
        assert_eq!(computed() - before, 1, "{username}");
    }
}

/// Names are looked up without regard to case.
#[test]
fn names_are_known_in_any_case() {
    let server = Server::sandbox();
    assert_eq!(server.token_form("FLEET-Automation", PASSWORD).status, 200);
    assert_eq!(server.token_form("Admin@Acme.Example", PASSWORD).status, 200);
}

/// P15, P16: a human with a second factor needs a code, and a code opens one session.
#[test]
fn p15_a_code_is_needed_and_good_once() {
    let server = Server::sandbox();
    let sign_in = |otp: &str| form_with(&server, &[("username", HUMAN), ("otp", otp)]);
    refused(&sign_in(""), "mfa_required");
    refused(&form_with(&server, &[("username", HUMAN), ("password", "Wrong-Pass-1")]), "invalid_grant");
    let (now, next) = (code(0), code(1));
    let wrong = if [&now, &next].contains(&&"000000".to_owned()) { "111111" } else { "000000" };
    assert_eq!(sign_in(wrong).status, 400);
    assert_eq!(sign_in(&now).status, 200);
    for replay in [now.clone(), format!("{} {}", &now[..3], &now[3..]), format!(" {now}")] {
        assert_eq!(sign_in(&replay).status, 400, "a code is good once");
    }
    assert_eq!(sign_in(&next).status, 200, "one step of drift");
    assert_eq!(sign_in(&now).status, 400, "an older one does not come back");
}

/// P16: the code alone opens nothing, and a human without second factor is not asked.
#[test]
fn p16_a_code_is_asked_for_only_after_the_password() {
    let server = Server::sandbox();
    let reply = form_with(&server, &[("username", HUMAN), ("password", "Wrong-Pass-1"), ("otp", &code(0))]);
    refused(&reply, "invalid_grant");
    assert_eq!(server.token_form("viewer@acme.example", PASSWORD).status, 200);
}

/// P16: a service account is never asked for a code, in a company that requires one of humans either, and no
/// client that it names changes that.
#[test]
fn p16_service_accounts_are_never_asked_for_a_code() {
    let server = Server::sandbox();
    for client in ["python", "grafana"] {
        for name in ["contoso-sync", "fleet-automation"] {
            assert_eq!(form_with(&server, &[("username", name), ("client_id", client)]).status, 200);
        }
    }
}

/// P16: user interfaces admit humans and never service accounts; that is told only to who knows the password.
#[test]
fn p16_user_interfaces_refuse_service_accounts() {
    let server = Server::sandbox();
    for client in ["SWHWebApp", "swagger_ui"] {
        let with = |username, password| {
            form_with(&server, &[("client_id", client), ("username", username), ("password", password)])
        };
        refused(&with("fleet-automation", PASSWORD), "unauthorized_client");
        refused(&with("fleet-automation", "Wrong-Pass-1"), "invalid_grant");
        refused(&with("nobody-here", PASSWORD), "invalid_grant");
        assert_eq!(with("admin@acme.example", PASSWORD).status, 200);
    }
}

/// RFC 7009: revocation ends one token, and an unknown one is fine.
#[test]
fn revocation_ends_one_token() {
    let server = Server::sandbox();
    let (one, two) = (server.sign_in("admin@acme.example"), server.sign_in("admin@acme.example"));
    for _ in 0..2 {
        let reply = server.form(REVOCATION, &[("token", one.token()), ("token_type_hint", "access_token")]);
        assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    }
    one.get("/api/users/me").refused(401, "unauthenticated");
    two.get("/api/users/me").data(200);
    assert_eq!(server.form(REVOCATION, &[("token", "never-was")]).status, 200);
    refused(&server.form(REVOCATION, &[]), "invalid_request");
    refused(&server.form(REVOCATION, &[("token", "a"), ("token", "b")]), "invalid_request");
    server.send("GET", REVOCATION, &[], "").refused(405, "method_not_allowed");
}

/// P14: guesses are slowed down, case and spaces do not help, and waiting opens the door again.
#[test]
fn p14_guesses_are_slowed_down() {
    let server = Server::sandbox();
    server.stop_clock();
    let guess = |name: &str| server.token_form(name, "Wrong-Pass-1");
    let limited = (0..40).map(|_| guess("backup-runner")).find(|reply| reply.status != 400).unwrap();
    limited.refused(429, "rate_limited");
    let wait: i64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(limited.header("cache-control"), "no-store");
    for name in ["BACKUP-RUNNER", "Backup-Runner"] {
        guess(name).refused(429, "rate_limited");
    }
    server.token_form("backup-runner", PASSWORD).refused(429, "rate_limited");
    assert_eq!(server.token_form("fleet-automation", PASSWORD).status, 200, "others are not in the way");
    server.advance(wait + 1);
    assert_eq!(server.token_form("backup-runner", PASSWORD).status, 200);
}

/// P18: a password is used byte for byte: not trimmed, folded, normalised or cut. A longer one is refused.
#[test]
fn p18_a_password_is_used_byte_for_byte() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let set = |password: &str| {
        let path = "/api/companies/1/service-accounts/dormant-bot/password";
        admin.put(path, &serde_json::json!({"password": password}))
    };
    let longest = format!("Aa1!{}", "\u{e9}".repeat(252));
    for password in [
        "  Spaces-Around-1!  ",
        "Caf\u{e9}-And-Cafe\u{301}-1!",
        "No-Break-1!\u{a0}",
        "Plus+And%20And&=1!",
        "STRASSE-stra\u{df}e-1!",
        &longest,
    ] {
        set(password).data(200);
        assert_eq!(server.token_form("dormant-bot", password).status, 200, "{password:?}");
        let others = [
            password.trim().to_owned(),
            password.to_uppercase(),
            password.replace("e\u{301}", "\u{e9}"),
            password.chars().take(255).collect(),
        ];
        for other in others.iter().filter(|other| *other != password) {
            refused(&server.token_form("dormant-bot", other), "invalid_grant");
        }
        // The guesses come back.
        server.advance(900);
    }
    assert_eq!(set(&format!("{longest}x")).rules(), ["password_policy"]);
    refused(&server.token_form("dormant-bot", &format!("{longest}x")), "invalid_grant");
    assert_eq!(server.token_form("dormant-bot", &longest).status, 200, "nothing was cut");
}
