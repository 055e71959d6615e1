//! Answers that are not what was asked for: refused, never taken for success, and never repeating a secret.

use serde_json::{Value, json};

use crate::cli::acting::{ACME_ADMIN, World, sign_in};
use crate::common::answers::{self, NEW_PASSWORD, PASSWORD, TOKEN, with_password, with_token};
use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};

const FORMS: [&str; 5] = ["", " -o table", " -o json", " -o jsonl", " -o csv"];

fn rows(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| answers::account(name)).collect()
}

/// A platform that lists `pages` of accounts and says that `total` there are: in the first answer, and later.
fn listing(pages: &'static [&'static [&'static str]], total: u64, total_later: u64) -> Stub {
    Stub::start(move |request| {
        let cursor = request.target.split(['?', '&']).find_map(|part| part.strip_prefix("cursor="));
        let at = cursor.map_or(0, |cursor| cursor.parse::<usize>().unwrap());
        let next = (at + 1 < pages.len()).then(|| (at + 1).to_string());
        let mut page = answers::page_before(&rows(pages[at]), next.as_deref());
        let is_again = request.target.contains("page_size=1&") || request.target.ends_with("page_size=1");
        page["total"] = if at > 0 { Value::Null } else { json!(if is_again { total_later } else { total }) };
        Answer::json(200, page.to_string())
    })
}

/// R14: `next: null` after 25 rows of 230 was a shorter list with exit 0.
#[test]
fn list_that_ends_before_its_total_is_a_bad_response() {
    for (total, line) in
        [(230, "list"), (5, "list"), (5, "api GET /api/companies/1/service-accounts --paginate")]
    {
        let stub = listing(&[&["a-bot", "b-bot"], &["c-bot"]], total, total);
        for form in FORMS {
            let refused = with_token(&stub.url()).sactl(&format!("{line}{form}"));
            assert_eq!(refused.code(), Some(1), "{refused}");
            assert!(refused.stderr.contains(&format!("after 3 of {total} rows")), "{refused}");
            assert!(!form.contains("json") || refused.stderr.contains("bad_response"), "{refused}");
        }
    }
}

/// R14: an account that is deleted while the list is read makes the list shorter and not wrong.
#[test]
fn list_that_lost_accounts_while_it_was_read_is_whole() {
    let stub = listing(&[&["a-bot", "b-bot"], &["d-bot"]], 4, 3);
    assert_eq!(with_token(&stub.url()).sactl("list -o name").ok().stdout, "a-bot\nb-bot\nd-bot\n");
    assert_eq!(stub.requests().len(), 3, "the total is asked for once more");
}

/// R14: overlapping pages gave duplicate rows, and rows that go backwards were shown.
#[test]
fn list_with_rows_twice_or_backwards_is_a_bad_response() {
    const WRONG: [&[&[&str]]; 4] = [
        &[&["a-bot", "b-bot"], &["b-bot", "c-bot"]],
        &[&["a-bot", "c-bot"], &["b-bot"]],
        &[&["b-bot", "a-bot"]],
        &[&["a-bot", "A-bot"]],
    ];
    for pages in WRONG {
        let stub = listing(pages, 0, 0);
        with_token(&stub.url()).sactl("list -o json").error(1, "bad_response");
    }
}

/// R14: ever-new cursors without a row ran for minutes.
#[test]
fn list_of_ever_new_cursors_without_progress_ends_soon() {
    for names in [&[][..], &["a-bot"]] {
        let places = std::sync::atomic::AtomicU64::new(0);
        let stub = Stub::start(move |_| {
            let next = places.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
            Answer::json(200, answers::page_before(&rows(names), Some(&next)).to_string())
        });
        with_token(&stub.url()).sactl("list -o json").error(1, "bad_response");
        assert!(stub.requests().len() < 200, "{}", stub.requests().len());
    }
}

/// A platform that answers as `change` makes it of the right answer.
fn straying(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Env {
    let stub = Box::leak(Box::new(Stub::start(move |request| {
        let mut document = answers::of_platform(&request.method, request.path());
        change(&mut document["data"]);
        Answer::json(200, document.to_string())
    })));
    let env = with_token(&stub.url());
    env.file("password", NEW_PASSWORD);
    env
}

/// Commands about an account or a role, and whether they change something.
const ABOUT: [(&str, bool); 13] = [
    ("show robot", false),
    ("create robot --password-file password --role viewer", true),
    ("edit robot --description new", true),
    ("passwd robot --password-file password --yes", true),
    ("delete robot --yes", true),
    ("grant robot --role viewer", true),
    ("grant robot --add-permission devices:view", true),
    ("revoke robot --yes", true),
    ("role show operators", false),
    ("role create operators --permission devices:view", true),
    ("role edit operators --permission devices:view", true),
    ("role edit operators --add-permission devices:view", true),
    ("role delete operators --yes", true),
];

/// R13: an answer about another account or role was taken for success.
#[test]
fn answer_about_another_name_is_a_bad_response() {
    let env = straying(|data| {
        for place in ["/name", "/account/name"] {
            if let Some(name) = data.pointer_mut(place) {
                *name = json!("other");
            }
        }
    });
    for (line, is_write) in ABOUT {
        let refused = env.sactl(&format!("{line} -o json"));
        let error = refused.error(1, "bad_response");
        assert_eq!(
            error["message"].as_str().unwrap().contains("not known what was done"),
            is_write,
            "{refused}"
        );
        let hint = error["hint"].as_str().unwrap_or_default();
        assert!(!is_write || hint.contains("check the current state with: sactl "), "{refused}");
    }
}

/// R13: names are compared without regard to case, as the platform looks them up.
#[test]
fn answer_in_other_letters_is_about_the_same_account() {
    let env = straying(|data| {
        for place in ["/name", "/account/name"] {
            if let Some(name) = data.pointer_mut(place) {
                *name = json!(name.as_str().unwrap().to_uppercase());
            }
        }
    });
    for (line, _) in ABOUT {
        env.sactl(line).ok();
    }
}

/// R13: an answer about another company was taken for success.
#[test]
fn answer_about_another_company_is_a_bad_response() {
    let env = straying(|data| {
        for place in ["/owner", "/account/owner", "/company", "/access/company"] {
            if let Some(company) = data.pointer_mut(place) {
                *company = json!({"id": 9, "name": "Elsewhere"});
            }
        }
        if data.get("id") == Some(&json!(1)) {
            data["id"] = json!(9);
        }
    });
    let of_accounts =
        ABOUT.iter().filter(|(line, _)| !line.starts_with("role") && !line.starts_with("delete"));
    for (line, _) in of_accounts {
        env.sactl(&format!("{line} -o json")).error(1, "bad_response");
    }
    env.sactl("company show 1 -o json").error(1, "bad_response");
}

/// R13: the role in the answer to `grant` was not compared with the one asked for.
#[test]
fn grant_answered_with_another_role_is_a_bad_response() {
    for role in [json!("operator"), json!(null)] {
        let env = straying(move |data| {
            if let Some(answered) = data.pointer_mut("/access/role") {
                *answered = role.clone();
            }
        });
        let refused = env.sactl("grant robot --role viewer -o json");
        let message = refused.error(1, "bad_response")["message"].to_string();
        assert!(message.contains("robot with the role viewer in company 1"), "{refused}");
        env.sactl("grant robot --add-permission devices:view").ok();
    }
}

/// R13: `"deleted": false` was taken for a deletion.
#[test]
fn deletion_that_was_not_done_is_a_bad_response() {
    let env = straying(|data| data["deleted"] = json!(false));
    for line in ["delete robot --yes", "role delete operators --yes"] {
        env.sactl(&format!("{line} -o json")).error(1, "bad_response");
    }
}

/// R13: `logout` took the page of a portal with 200 for a revoked token.
#[test]
fn logout_answered_with_a_page_is_a_bad_response() {
    let stub = Stub::start(|request| match request.path() {
        "/public/auth/connect/token" => Answer::json(200, answers::grant().to_string()),
        "/public/auth/connect/revocation" => Answer::html(200),
        path => Answer::json(200, answers::of_platform(&request.method, path).to_string()),
    });
    let env = Env::new().with("SACTL_SERVER", stub.url()).with("SACTL_CREDENTIAL_STORE", "file");
    sign_in(&env, ACME_ADMIN).ok();
    env.sactl("logout").refused(1, "the token may stay valid");
}

/// A server that refuses everything but a sign-in, in words that repeat all that it was sent, as `spell` spells it.
fn echoing(spell: fn(&str) -> String) -> Stub {
    Stub::start(move |request| {
        let sent = String::from_utf8_lossy(&request.raw).into_owned();
        let message = format!("cannot read {}", spell(&sent));
        let mut problem = answers::problem(422, "invalid_input", &message);
        problem["request_id"] = json!(spell(request.header("authorization").unwrap_or_default()));
        let error = json!({"field": spell(&sent), "code": "x", "message": spell(&sent)});
        problem["errors"] = json!([error, error]);
        Answer::json(422, problem.to_string())
    })
}

/// R5, P33: a server that repeats the body or the Authorization header got the password or the token printed.
#[test]
fn secrets_that_a_server_repeats_are_masked() {
    let quoted: fn(&str) -> String = |sent| serde_json::to_string(sent).unwrap();
    let in_url: fn(&str) -> String = |sent| url::form_urlencoded::byte_serialize(sent.as_bytes()).collect();
    let plain: fn(&str) -> String = str::to_owned;
    for spell in [plain, quoted, in_url] {
        let stub = echoing(spell);
        for env in [with_token(&stub.url()), with_password(&stub.url())] {
            env.file("password", NEW_PASSWORD);
            for line in [
                "passwd robot --password-file password --yes",
                "create robot --password-file password",
                "show robot",
            ] {
                for form in ["", " -o json", " -v"] {
                    let refused = env.sactl(&format!("{line}{form}"));
                    refused.expect(7);
                    for secret in
                        [TOKEN, PASSWORD, NEW_PASSWORD, "Canary-Password", "New-Canary", "canaryToken"]
                    {
                        assert!(!refused.stderr.contains(secret), "{secret}: {refused}");
                    }
                    assert!(refused.stderr.contains("********"), "{refused}");
                }
            }
        }
    }
}

/// R5: masking does not touch the answer that was asked for.
#[test]
fn token_and_generated_password_are_shown_where_they_are_the_answer() {
    let world = World::start();
    let admin = world.admin();
    let token = admin.sactl("token").ok().stdout.clone();
    assert!(token.starts_with("sat_") && !token.contains('*'), "{token}");
    let created = admin.sactl("create shown-bot --generate -o json").ok().json();
    assert!(!created["password"].as_str().unwrap().contains("****"));
}

/// F7: an unknown role in a filter was an empty list with exit 0.
#[test]
fn list_with_an_unknown_role_is_refused() {
    let world = World::start();
    let admin = world.admin();
    for form in FORMS {
        let refused = admin.sactl(&format!("list --role nonexistent{form}"));
        refused.expect(7);
        assert_eq!(refused.stdout, "", "{refused}");
        assert!(refused.stderr.contains("sactl role list --company 1"), "{refused}");
    }
    let error = admin.sactl("list --role opertor -o json").error(7, "invalid_input");
    assert_eq!(error["errors"][0]["code"], "unknown_role");
    assert!(error["hint"].as_str().unwrap().contains("did you mean the role operator?"), "{error}");
    admin.sactl("list --role company-admin -o json").ok();
}

/// F8: one of several near names was suggested, and a number got a name that is spelled like it.
#[test]
fn name_is_suggested_only_where_one_is_near() {
    let world = World::start();
    let admin = world.admin();
    for number in 1..4 {
        admin.sactl(&format!("create msp-bot-00{number} --generate")).ok();
    }
    let id = admin.sactl("show msp-bot-002 -o json").ok().json()["id"].to_string();
    let refused = admin.sactl(&format!("show {id}"));
    refused.refused(5, &format!("pass the name, not the id; {id} is the id of msp-bot-002"));
    for (line, exit) in
        [("show msp-bot-004", 5), ("show 987654", 5), ("grant dormant-bot --permission devices", 7)]
    {
        let refused = admin.sactl(line);
        refused.expect(exit);
        assert!(!refused.stderr.contains("did you mean"), "{refused}");
    }
}

/// F8: `--company Alder` suggested one of eight companies that begin so.
#[test]
fn companies_of_which_several_are_near_are_listed() {
    let companies = (1..=9).map(|id| json!({"id": id, "name": format!("Alder {id}")})).collect::<Value>();
    let stub = Stub::start(move |request| {
        let all: Vec<Value> = companies.as_array().unwrap().clone();
        let named = request.target.contains("name=");
        Answer::json(200, answers::page(if named { &[] } else { &all }).to_string())
    });
    let refused = with_token(&stub.url()).sactl("list --company Alder");
    refused.refused(5, "9 companies have a name like Alder: Alder 1 (1), Alder 2 (2)");
    assert!(refused.stderr.contains("and 1 more") && !refused.stderr.contains("did you mean"), "{refused}");
}

/// S16: `sactl api` dropped what follows a # and resolved `..`, so that another account than the named one was deleted.
#[test]
fn api_path_that_would_lead_elsewhere_is_refused_before_it_is_sent() {
    let stub = Stub::always(Answer::json(200, "{}"));
    let env = with_token(&stub.url());
    for path in ["/api/x/foo#/access", "/api/x/foo/../bar", "/api/x/.", "/api/x/%2E%2e/bar", "/api/x/.%2e"] {
        for method in ["DELETE", "GET"] {
            env.sactl(&format!("api {method} {path} -o json")).error(2, "usage");
        }
    }
    assert_eq!(stub.connections(), 0);
    env.sactl("api GET /api/x?search=..").ok();
}

/// P1: a generated password that may be in force was written to standard error, which the log of a CI job keeps.
#[test]
fn generated_password_of_an_unclear_answer_is_in_a_private_file_and_in_no_output() {
    for (line, status) in [
        ("passwd ci-bot --generate --yes", 500),
        ("passwd ci-bot --generate --yes -o json", 200),
        ("create ci-bot --generate", 502),
        ("create ci-bot --generate -o json", 200),
    ] {
        let stub = Stub::start(move |_| Answer::json(status, "{}"));
        let env = with_token(&stub.url());
        let unclear = env.sactl(line);
        assert_ne!(unclear.code(), Some(0), "{unclear}");
        let folder = env.folder().join("config/sactl/unshown");
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        let [file] = files.as_slice() else { panic!("{files:?} {unclear}") };
        assert!(unclear.stderr.contains(&*file.to_string_lossy()), "{unclear}");
        let password = std::fs::read_to_string(file).unwrap();
        assert!(!unclear.stderr.contains(password.trim_end()), "{unclear}");
        assert!(!unclear.stdout.contains(password.trim_end()), "{unclear}");
    }
}
