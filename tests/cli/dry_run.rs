//! `--dry-run`: what is printed is what would be sent, what would be refused is foreseen, and nothing changes.

use serde_json::Value;

use super::acting::{ACME_ADMIN, ACME_OPERATOR, ACME_VIEWER, NORTHWIND_ADMIN, World, names};
use crate::common::answers;
use crate::common::env::Env;
use crate::common::http::Request;
use crate::common::proxy::Proxy;
use crate::common::stub::{Answer, Stub};

const PASSWORD: &str = "Canary-Tried-91!";

/// One of every change, each of which works after those before it.
const CHANGES: [&str; 12] = [
    "create tried --password-file password --description Why --role viewer --grant 2=devices:view,alerts:view",
    "edit tried --description Other",
    "passwd tried --password-file password",
    "grant tried --permission devices:view,alerts:view",
    "grant tried --add-permission devices:edit --remove-permission alerts:view",
    "role create tried-role --permission devices:view",
    "role edit tried-role --permission devices:view,devices:edit",
    "role edit tried-role --add-permission alerts:view",
    "role delete tried-role",
    "revoke tried",
    "api PATCH /api/companies/1/service-accounts/tried --data @body",
    "delete tried",
];

/// A place that holds a token, and whose requests go through `proxy`.
fn behind(proxy: &Proxy, world: &World) -> Env {
    let env = world.acting(ACME_ADMIN, 1).with("SACTL_SERVER", proxy.url());
    env.file("password", format!("{PASSWORD}\n"));
    env.file("body", r#"{"description": "By hand"}"#);
    env
}

fn is_write(request: &Request) -> bool {
    request.method != "GET"
}

/// The body as a dry run shows it.
fn masked(request: &Request) -> Value {
    if request.body.is_empty() {
        return Value::Null;
    }
    let mut body: Value = serde_json::from_slice(&request.body).unwrap();
    if let Some(password) = body.get_mut("password") {
        assert_eq!(password, PASSWORD);
        *password = sactl::client::MASK.into();
    }
    body
}

#[test]
fn what_is_printed_is_what_would_be_sent() {
    let world = World::start();
    let proxy = Proxy::counting(&world.url());
    let env = behind(&proxy, &world);
    for change in CHANGES {
        let before = proxy.requests().len();
        let outcome = env.sactl(&format!("{change} --dry-run -o json"));
        let document = outcome.ok().json();
        assert!(!outcome.stdout.contains(PASSWORD), "{outcome}");
        assert_eq!(document["dry_run"], true, "{outcome}");
        let tried = proxy.requests();
        let writes: Vec<_> = tried[before..].iter().filter(|one| is_write(one)).collect();
        let [asked] = writes[..] else { panic!("{change}: {} requests", writes.len()) };
        env.sactl(&format!("{change} --yes")).ok();
        let requests = proxy.requests();
        let sent: Vec<_> = requests[tried.len()..].iter().filter(|one| is_write(one)).collect();
        let [sent] = sent[..] else { panic!("{change}: {} changes", sent.len()) };
        let planned = &document["requests"][0];
        assert_eq!(document["requests"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&planned["method"], &planned["path"]),
            (&sent.method.as_str().into(), &sent.target.as_str().into())
        );
        assert_eq!(planned["body"], masked(sent), "{change}");
        assert_eq!(asked.target, format!("/dry-run{}", sent.target), "{change}");
        assert_eq!((&asked.method, &asked.body), (&sent.method, &sent.body), "{change}");
        assert_eq!(document["checks"][0]["passed"], true, "{document}");
    }
}

/// Who tries what, and with which exit code the server refuses it.
const REFUSED: [(&str, &str, i32); 22] = [
    (ACME_VIEWER, "create refused --password-file password", 4),
    (ACME_VIEWER, "edit backup-runner --description x", 4),
    (ACME_VIEWER, "role create refused --permission devices:view", 4),
    (ACME_ADMIN, "create dormant-bot --password-file password", 6),
    (ACME_ADMIN, "create refused --password-file password --role nonsense", 7),
    (ACME_ADMIN, "create refused --password-file password --permission no:such", 7),
    (ACME_OPERATOR, "create refused --password-file password --role company-admin", 4),
    (ACME_ADMIN, "create refused --password-file weak", 7),
    (ACME_ADMIN, "edit northwind-telemetry --description x", 4),
    (ACME_ADMIN, "edit nobody-here --description x", 5),
    (ACME_ADMIN, "delete northwind-telemetry", 4),
    (ACME_ADMIN, "delete nobody-here", 5),
    (ACME_ADMIN, "passwd northwind-telemetry --password-file password", 4),
    (ACME_ADMIN, "revoke nobody-here", 5),
    (ACME_OPERATOR, "grant backup-runner --permission users:edit", 4),
    (ACME_ADMIN, "grant contoso-sync --role viewer", 5),
    (ACME_ADMIN, "grant fleet-automation --add-permission devices:view", 7),
    (ACME_ADMIN, "grant backup-runner --remove-permission devices:view", 7),
    (ACME_ADMIN, "role edit viewer --permission devices:view", 7),
    (ACME_ADMIN, "role delete nonsense", 5),
    (ACME_ADMIN, "role create viewer --permission devices:view", 6),
    (ACME_ADMIN, "role create refused --permission no:such", 7),
];

#[test]
fn a_refusal_is_foreseen() {
    let world = World::start();
    for (user, line, code) in REFUSED {
        let env = world.acting(user, 1);
        env.file("password", format!("{PASSWORD}\n"));
        env.file("weak", "weak\n");
        let real = env.sactl(&format!("{line} --yes -o json"));
        let error = real.expect(code).stderr.parse::<Value>().unwrap();
        let tried = env.sactl(&format!("{line} --dry-run -o json"));
        let told = |mut error: Value| {
            error["error"].as_object_mut().unwrap().remove("request_id");
            error
        };
        let foreseen = tried.expect(code).stderr.parse::<Value>().unwrap();
        assert_eq!(told(foreseen), told(error), "{user} {line}\n{tried}\n{real}");
        if let Ok(document) = tried.stdout.parse::<Value>() {
            let checks = document["checks"].as_array().unwrap();
            assert_eq!((checks.len(), &checks[0]["passed"]), (1, &Value::Bool(false)), "{tried}");
        }
    }
}

/// Access may be given to an account that only another company sees, where the caller sees it there.
#[test]
fn an_account_seen_elsewhere_can_be_let_in() {
    let world = World::start();
    let env = world.acting(ACME_ADMIN, 2);
    let line = "grant dormant-bot --role viewer";
    let document = env.sactl(&format!("{line} --dry-run -o json")).ok().json();
    let check = &document["checks"][0];
    assert_eq!((&check["check"], &check["passed"]), (&"server".into(), &true.into()), "{document}");
    assert_eq!(check["detail"], "dormant-bot would have viewer in Northwind Logistics (2); now: no access");
    env.sactl(line).ok();
    world.acting(NORTHWIND_ADMIN, 2).sactl("show dormant-bot").ok();
}

/// A body that the user wrote is shown as it would be sent: with fields that are there twice, and every
/// digit.
#[test]
fn a_written_body_is_shown_as_it_is() {
    let world = World::start();
    let env = world.admin();
    let body = r#"{"id":18446744073709551617,"name":"a","name":"b","list":[1e400,0.10]}"#;
    env.file("body", body);
    let line = "api POST /api/x --data @body --dry-run";
    assert!(env.sactl(&format!("{line} -o jsonl")).ok().stdout.contains(body));
    assert!(env.sactl(&format!("{line} -o name")).ok().stdout.contains("POST /api/x"));
    assert!(env.sactl(line).ok().stdout.contains(body));
    for form in [" -o json", " -o table"] {
        let shown = env.sactl(&format!("{line}{form}")).ok().stdout.split_whitespace().collect::<String>();
        assert!(shown.contains(body), "{shown}");
    }
    env.sactl(&format!("{line} -o yaml")).error(2, "usage");
    env.file("body", format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000)));
    env.sactl(&format!("{line} -o json")).error(2, "usage");
}

/// A server that has no dry runs answers 404, which is not that of an account: the request is shown, and the note says
/// that it is unchecked. Nothing was sent to the path of the real request.
#[test]
fn a_server_without_dry_runs_leaves_the_request_unchecked() {
    for refusal in
        [answers::problem(404, "not_found", "there is nothing at this path").to_string(), "<html>".into()]
    {
        let stub = Stub::start(move |request| {
            assert!(request.target.starts_with("/dry-run/"), "{}", request.target);
            Answer::json(404, refusal.clone())
        });
        let env = answers::with_token(&stub.url());
        let outcome = env.sactl("grant robot --role viewer --dry-run -o json");
        let document = outcome.ok().json();
        assert_eq!(document["requests"][0]["path"], "/api/companies/1/service-accounts/robot/access");
        assert_eq!(document["checks"][0]["passed"], Value::Null, "{document}");
        let note = env.sactl("delete robot --dry-run -o table");
        assert!(note.ok().stderr.contains("has no dry runs: the request is shown and unchecked"), "{note}");
    }
}

/// Only an answer that says so is one to a dry run: another one may be the page of a portal, or worse, a change.
#[test]
fn an_answer_that_names_no_dry_run_is_no_success() {
    let stub = Stub::start(|request| {
        let path = request.path().trim_start_matches("/dry-run");
        Answer::json(200, answers::of_platform(&request.method, path).to_string())
    });
    let path = "/dry-run/api/companies/1/service-accounts/robot";
    let env = answers::with_token(&stub.url());
    env.sactl("edit robot --description x --dry-run -o json").error(1, "bad_response");
    assert_eq!(stub.requests().last().unwrap().target, path);
}

#[test]
fn nothing_is_left_behind() {
    let world = World::start();
    let env = world.admin();
    let before = (env.files(), env.sactl("list -o json").ok().json());
    let created = env.sactl("create left --role viewer --generate --password-out out --dry-run -o yaml");
    assert!(created.ok().stdout.contains("'********'") || created.stdout.contains("********"), "{created}");
    env.sactl("passwd backup-runner --generate --dry-run").ok();
    env.sactl("delete dormant-bot --dry-run").ok();
    assert_eq!((env.files(), env.sactl("list -o json").ok().json()), before);
    env.file("out", "");
    env.sactl("create left --generate --password-out out --dry-run").expect(1);
    assert!(!names(&before.1["owned"]).contains(&"left"));
}

/// On a terminal, in a pipe and as a name: the request, with nothing of the password.
#[test]
fn every_form_shows_the_request() {
    let world = World::start();
    let env = world.admin();
    env.file("password", format!("{PASSWORD}\n"));
    let line = "create shown --role viewer --password-file password --dry-run";
    for (form, wanted) in [
        ("", "POST\t/api/companies/1/service-accounts\t{\"name\":\"shown\",\"password\":\"********\""),
        (" -o table", "\"password\": \"********\""),
        (" -o csv", "method,path,body\n"),
        (" -o jsonl", "{\"dry_run\":true,"),
        (" -o name", "POST /api/companies/1/service-accounts\n"),
    ] {
        let outcome = env.sactl(&format!("{line}{form}"));
        assert!(outcome.ok().stdout.contains(wanted), "{outcome}");
        assert!(!outcome.stdout.contains(PASSWORD) && !outcome.stderr.contains(PASSWORD), "{outcome}");
    }
}
