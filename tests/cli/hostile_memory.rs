//! P9: bounded memory. Where nothing must be kept, 64 MiB are enough, whatever a server sends: the system
//! itself refuses more to the program under test.

use std::io::Write;
use std::time::Duration;

use flate2::{Compression, FlushCompress, GzBuilder};
use serde_json::{Value, json};

use crate::common::answers::{self, NEW_PASSWORD, with_password, with_token};
use crate::common::env::Env;
use crate::common::lane::{lane, takes};
use crate::common::measure::{Measured, measure};
use crate::common::stub::{Answer, Stub};

const LIMIT_MIB: u64 = 64;

/// Most resident data, which leaves room for the code of the program below the limit.
const DATA_MIB: u64 = 40;

/// The formats of a list that need only one row at a time.
const STREAMED: [&str; 4] = [" -o jsonl", " -o csv", " -o name", ""];

fn run(env: &Env, line: &str) -> Measured {
    env.file("password", NEW_PASSWORD);
    let mut command = env.command();
    command.args(line.split(' '));
    let measured = measure(&command, LIMIT_MIB);
    assert!(!measured.stderr.contains("panicked"), "{line}: {measured:?}");
    assert!(measured.code.is_some(), "{line}: {measured:?}");
    measured
}

/// Every command, and a sign-in, against a server that answers everything alike: each ends with an error
/// within the limit. In the fast lane, the answer with this number meets some of the commands.
fn assert_bounded(number: usize, answer: &Answer) {
    let stub = Stub::always(answer.clone());
    let commands = answers::COMMANDS.into_iter().enumerate();
    for (_, command) in commands.filter(|(place, _)| takes(number + place, 3)) {
        let env = with_token(&stub.url()).with("SACTL_TIMEOUT", "20");
        let measured = run(&env, &format!("{command} -o json"));
        assert_bounded_failure(command, &measured);
    }
    let env = with_password(&stub.url()).with("SACTL_TIMEOUT", "20");
    assert_bounded_failure("sign in", &run(&env, "list -o json"));
}

fn assert_bounded_failure(command: &str, measured: &Measured) {
    assert!(matches!(measured.code, Some(1..=8)), "{command}: {measured:?}");
    assert!(measured.data_mib <= DATA_MIB, "{command}: {} MiB", measured.data_mib);
    assert!(measured.elapsed < Duration::from_mins(1), "{command}: {:?}", measured.elapsed);
    assert_eq!(measured.stdout_bytes, 0, "{command}");
    let document: serde_json::Value = serde_json::from_str(&measured.stderr).unwrap();
    assert!(document["error"]["code"].is_string(), "{command}: {measured:?}");
}

#[test]
fn p9_an_endless_body_is_left() {
    let start = br#"{"success": true, "data": ["#.to_vec();
    let bodies = [vec![b' '; 1 << 16], [start, vec![b'1'; 1 << 16]].concat(), vec![b'['; 1 << 16]];
    for (number, bytes) in bodies.into_iter().enumerate() {
        assert_bounded(number, &Answer::Endless("application/json", bytes));
    }
}

#[test]
fn p9_an_endless_refusal_is_left() {
    // The head of a refusal, and then a body without end: what is enough to see is read.
    let stub = Stub::always(Answer::Raw(
        [b"HTTP/1.1 403 No\r\ncontent-type: application/json\r\n\r\n".to_vec(), vec![b' '; 64 << 20]]
            .concat(),
    ));
    let measured = run(&with_token(&stub.url()), "list -o json");
    assert_eq!(measured.code, Some(4), "{measured:?}");
    assert!(measured.data_mib <= DATA_MIB, "{measured:?}");
}

/// A gibibyte in about a mebibyte: the same deflate block over and over.
fn bomb() -> Vec<u8> {
    let mut head = Vec::new();
    GzBuilder::new().write(&mut head, Compression::best()).flush().unwrap();
    let head = head[..10].to_vec();
    let mut block = Vec::with_capacity(1 << 16);
    let mut deflate = flate2::Compress::new(Compression::best(), false);
    deflate.compress_vec(&vec![b' '; 1 << 20], &mut block, FlushCompress::Full).unwrap();
    assert_eq!(deflate.total_in(), 1 << 20);
    [head, block.repeat(1024)].concat()
}

#[test]
fn p9_a_gzip_bomb_is_left() {
    let bomb = bomb();
    assert!(bomb.len() < 8 << 20, "{}", bomb.len());
    for (number, status) in [200, 403].into_iter().enumerate() {
        let headers =
            vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())];
        assert_bounded(number, &Answer::Whole(status, headers, bomb.clone()));
    }
}

/// A page that is small on the wire and large when it is understood: empty texts, empty rows, deep nesting.
#[test]
fn p9_a_page_that_swells_is_bounded() {
    let swelling = |field: &str, item: &str| {
        let mut account = answers::account("robot");
        account["access"]["permissions"] = json!([]);
        let page = answers::page(&[account]).to_string();
        let many = vec![item; (7 << 20) / (item.len() + 1)].join(",");
        let place = format!("\"{field}\":[");
        assert!(page.contains(&place), "{field} in {page}");
        page.replacen(&place, &format!("{place}{many}"), 1).replace(",]", "]")
    };
    let rows = vec![answers::account("robot"); 22_000];
    for (number, body) in [
        swelling("permissions", "\"\""),
        swelling("permissions", "\"devices:view\""),
        answers::page(&rows).to_string(),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(body.len() > 7 << 20, "{}", body.len());
        let stub = Stub::always(Answer::json(200, body));
        for (_, form) in STREAMED.into_iter().enumerate().filter(|(place, _)| takes(number + place, 4)) {
            let measured = run(&with_token(&stub.url()), &format!("list{form}"));
            assert!(measured.data_mib <= DATA_MIB, "{form}: {measured:?}");
        }
    }
}

/// Lists as long as one may be, of short, unknown, different names, in every row
/// others: and another page like that behind the first.
#[test]
fn p9_made_up_permissions_are_bounded() {
    let names = |row: usize| (0..1000).map(move |at| json!(format!("{:04x}", (row * 1000 + at) % 0x1_0000)));
    let page = |template: &Value, place: &str, next: Option<&str>| {
        let row = |number: usize| {
            let mut row = template.clone();
            *row.pointer_mut(place).unwrap() = names(number).collect();
            row["name"] = json!(format!("robot-{}-{number:04}", u8::from(next.is_none())));
            row
        };
        let body = answers::page_before(&(0..1100).map(row).collect::<Vec<_>>(), next).to_string();
        assert!(body.len() > 7 << 20 && body.len() < 8 << 20, "{}", body.len());
        body
    };
    let accounts = |next| page(&answers::account("robot"), "/access/permissions", next);
    let (first, last) = (accounts(Some("x")), accounts(None));
    let stub = Stub::start(move |request| {
        Answer::json(200, if request.target.contains("cursor=") { last.clone() } else { first.clone() })
    });
    for form in lane(&STREAMED[3..], &STREAMED[..]) {
        let measured = run(&with_token(&stub.url()), &format!("list{form}"));
        assert_eq!(measured.code, Some(0), "{form}: {measured:?}");
        assert!(measured.data_mib <= DATA_MIB, "{form}: {measured:?}");
    }
    let role = json!({"name": "robot", "default": false, "permissions": [], "holders": null});
    let stub = Stub::always(Answer::json(200, page(&role, "/permissions", None)));
    let measured = run(&with_token(&stub.url()), "role list -o name");
    assert_eq!(measured.code, Some(0), "{measured:?}");
    assert!(measured.data_mib <= DATA_MIB, "{measured:?}");
}

/// Every place in a document, as a pointer to it.
fn places(document: &Value, at: &str, found: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match document {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().take(1).map(|item| ("0".to_owned(), item)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in inner {
        let place = format!("{at}/{name}");
        places(value, &place, found);
        found.push(place);
    }
}

/// A string as long as a page may be, wherever one may stand: shown, and called wrong, it would take six times its
/// space. What is said of it is short.
#[test]
fn p9_endless_strings_are_bounded() {
    let mut account = answers::account("robot");
    account["last_used_at"] = account["created_at"].clone();
    let page = answers::page_before(&[account], Some("x"));
    let mut all = Vec::new();
    places(&page, "", &mut all);
    assert!(all.len() > 15, "{all:?}");
    let endless = json!("2026-11-22T12:00:00Z".to_owned() + &"\u{7f}".repeat(7 << 20));
    for (number, place) in all.iter().enumerate().filter(|(number, _)| takes(*number, 4)) {
        let mut body = page.clone();
        *body.pointer_mut(place).unwrap() = endless.clone();
        let stub = Stub::always(Answer::json(200, body.to_string()));
        let line = format!("list{}", STREAMED[number % STREAMED.len()]);
        assert_called_too_long(&run(&with_token(&stub.url()), &line), place);
    }
    let stub =
        Stub::always(Answer::json(200, json!({"success": true, "data": [], "next": endless}).to_string()));
    for line in ["api GET /api/companies/1/service-accounts --paginate", "company list -o name", "whoami"] {
        assert_called_too_long(&run(&with_token(&stub.url()), line), line);
    }
}

fn assert_called_too_long(measured: &Measured, what: &str) {
    assert_eq!((measured.code, measured.stdout_bytes), (Some(1), 0), "{what}: {measured:?}");
    assert!(measured.stderr.contains("longer than 64 KiB"), "{what}: {measured:?}");
    assert!(measured.stderr.len() < 16_000, "{what}: {measured:?}");
    assert!(measured.data_mib <= DATA_MIB, "{what}: {measured:?}");
}

/// Rows as short as they can be written, two pages of them.
#[test]
fn p9_pages_of_the_shortest_rows_are_bounded() {
    let time = "\"2026-11-22T12:00:00Z\"";
    let account = format!(r#"[1,"",null,"owned",[1,""],[[1,""],null,[]],null,{time},{time},null]"#);
    let all = [
        (account.as_str(), "list"),
        (account.as_str(), "list -o name"),
        ("[1,\"\"]", "company list -o name"),
        ("[\"\",\"\",\"\"]", "permission list -o name"),
        ("[\"\",true,[],null]", "role list -o name"),
    ];
    for (row, line) in lane(&all[..1], &all[..]) {
        let rows = vec![*row; (7 << 20) / (row.len() + 1)].join(",");
        let page = |next: &str| format!(r#"{{"success":true,"data":[{rows}],"next":{next}}}"#);
        let (first, last) = (page("\"x\""), page("null"));
        let stub = Stub::start(move |request| {
            Answer::json(200, if request.target.contains("cursor=") { last.clone() } else { first.clone() })
        });
        let measured = run(&with_token(&stub.url()), line);
        assert_eq!((measured.code, measured.stdout_bytes), (Some(1), 0), "{line}: {measured:?}");
        assert!(measured.stderr.contains("at most 10000 rows"), "{line}: {measured:?}");
        assert!(measured.data_mib <= DATA_MIB, "{line}: {measured:?}");
    }
}

/// Rows of anything, which take most when they are understood.
#[test]
fn p9_pages_of_anything_are_bounded() {
    let page = |length: usize| {
        let row = format!("[0{}]", ",0".repeat(length / 2));
        let rows = vec![row; (7 << 20) / length].join(",");
        Answer::json(200, format!(r#"{{"success":true,"data":[{rows}],"next":null}}"#))
    };
    let all = [(1000, 0), (100_000, 0), (1 << 20, 1)];
    for (length, code) in lane(&all[1..], &all[..]).iter().copied() {
        let stub = Stub::always(page(length));
        let measured = run(&with_token(&stub.url()), "api GET /api/x --paginate");
        assert_eq!(measured.code, Some(code), "{length}: {measured:?}");
        assert!(measured.data_mib <= DATA_MIB, "{length}: {measured:?}");
    }
}

/// A table of routes renames members: an answer that is small on the wire and large as a tree of values.
#[test]
fn p9_members_with_other_names_are_bounded() {
    let list = "path = \"/api/companies/{company}/service-accounts\"\n";
    let table = include_str!("../../src/api/routes.toml");
    let table = table.replacen(list, &format!("{list}response = {{ name = \"login\" }}\n"), 1);
    let members = (0..700_000).map(|number| format!("\"{number:x}\":0")).collect::<Vec<_>>().join(",");
    let long = |item: &str| vec![item; (7 << 20) / (item.len() + 1)].join(",");
    let account = |number: usize| {
        let account = answers::account(&format!("robot-{number:04}")).to_string();
        account.replacen("\"name\"", "\"login\"", 1)
    };
    let all = [
        ((0..9_000).map(account).collect::<Vec<_>>().join(","), 0),
        (long("{\"\":0}"), 1),
        (long("[0,0]"), 1),
        (format!("{{{members}}}"), 1),
        (format!("{{\"login\":[{}]}}", long("0")), 1),
    ];
    for (data, code) in lane(&all[..2], &all[..]) {
        let stub = Stub::always(Answer::json(200, format!(r#"{{"success":true,"data":[{data}]}}"#)));
        let env = with_token(&stub.url());
        env.file("routes.toml", &table);
        let measured = run(&env.with("SACTL_ROUTES", "routes.toml"), "list -o name");
        assert_eq!(measured.code, Some(*code), "{data:.40}: {measured:?}");
        assert!(measured.data_mib <= DATA_MIB, "{data:.40}: {measured:?}");
    }
}

/// A platform with `rows` accounts, a thousand on a page.
fn crowd(rows: usize) -> Stub {
    let template = answers::account("robot-NUMBER").to_string();
    let rows_of = move |page: usize| {
        let row = |number: usize| template.replace("NUMBER", &format!("{number:08}"));
        (page * 1000..((page + 1) * 1000).min(rows)).map(row).collect::<Vec<_>>().join(",")
    };
    Stub::start(move |request| {
        let cursor = request.target.split(['?', '&']).find_map(|part| part.strip_prefix("cursor="));
        let page: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let next = if (page + 1) * 1000 < rows { format!("\"{}\"", page + 1) } else { "null".to_owned() };
        let company = answers::company();
        let data = rows_of(page);
        let body =
            format!(r#"{{"success":true,"data":[{data}],"next":{next},"total":{rows},"company":{company}}}"#);
        Answer::json(200, body)
    })
}

fn assert_streamed(rows: usize, form: &str) -> u64 {
    let stub = crowd(rows);
    let measured = run(&with_token(&stub.url()).with("SACTL_TIMEOUT", "600"), &format!("list{form}"));
    assert_eq!(measured.code, Some(0), "{form}: {measured:?}");
    let header = u64::from(form.contains("csv"));
    assert_eq!(measured.stdout_lines, rows as u64 + header, "{form}: {measured:?}");
    assert!(measured.data_mib <= DATA_MIB, "{form}: {measured:?}");
    measured.data_mib
}

/// Ten times the rows take no more memory, in every format that needs only one row at a time.
#[test]
fn p9_rows_are_streamed() {
    for form in lane(&STREAMED[..1], &STREAMED[..]) {
        let few = assert_streamed(lane(2_000, 3_000), form);
        let many = assert_streamed(lane(12_000, 30_000), form);
        assert!(many <= few + 4, "{form}: {few} MiB, and {many} MiB for ten times the rows");
    }
}

/// The whole promise. Minutes without optimisation: `cargo test --release -- --ignored ten_million`.
#[test]
#[ignore = "ten million rows take minutes in an unoptimised build"]
fn p9_ten_million_rows_are_streamed() {
    assert_streamed(10_000_000, " -o jsonl");
}

/// A reader who has seen enough ends a list of any length, at once and without an error.
#[test]
fn a_closed_pipe_ends_a_long_list() {
    let stub = crowd(1_000_000);
    let env = with_token(&stub.url());
    let mut command = env.command();
    command.args(["list", "-o", "jsonl"]).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut reader = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut reader, &mut String::new()).unwrap();
    drop(reader);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(stub.requests().len() < 20, "{} pages", stub.requests().len());
}
