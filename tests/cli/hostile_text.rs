//! P5: no byte that a server sent reaches a terminal as a control sequence, in whatever field, whatever form
//! of answer, whatever command, on a terminal and in a pipe.

use serde_json::{Value, json};

use crate::common::answers::{self, NEW_PASSWORD, with_password, with_token};
use crate::common::env::Env;
use crate::common::lane::takes;
use crate::common::stub::{Answer, Stub};
use crate::common::terminal::Terminal;

/// What an attacker would send to control a terminal: colours, the title, the clipboard, a link, moves,
/// C1 forms of the same, backspaces, bidirectional marks, line ends, a null, and a look-alike of an error.
const HOSTILE: &str = "h\u{1b}[31m\u{1b}]0;title\u{7}\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]8;;http://evil.example\u{1b}\\x\
    \u{1b}[2J\u{1b}[1;1H\u{9b}31m\u{9d}0;title\u{9c}\u{8}\u{8}\u{7f}\u{85}\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\
    \r\nerror: signed out\r\n\u{0}\u{b}\u{c}\tt";

/// The document with every text in it made hostile, but for what a program must be able to parse.
fn poisoned(document: &Value) -> Value {
    match document {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), poisoned_at(name, value))).collect()
        }
        Value::Array(items) => items.iter().map(poisoned).collect(),
        Value::String(text) => json!(format!("{text}{HOSTILE}")),
        other => other.clone(),
    }
}

fn poisoned_at(name: &str, value: &Value) -> Value {
    let parsed =
        ["ownership", "kind", "created_at", "password_changed_at", "last_used_at", "token_type", "code"];
    let secret = ["access_token", "next"];
    if parsed.contains(&name) || secret.contains(&name) { value.clone() } else { poisoned(value) }
}

/// What the platform answers with every text made hostile, but for the name and role that were asked for: an answer
/// about another one is no answer.
fn hostile_answer(method: &str, path: &str) -> Value {
    let clean = answers::of_platform(method, path);
    let mut document = poisoned(&clean);
    for place in ["/data/name", "/data/account/name", "/data/access/role"] {
        let known = [json!("robot"), json!("operators"), json!("viewer")];
        let asked = clean.pointer(place).filter(|name| known.contains(name));
        if let (Some(name), Some(hostile)) = (asked, document.pointer_mut(place)) {
            *hostile = name.clone();
        }
    }
    document
}

/// A platform whose every text is hostile.
fn platform() -> Stub {
    Stub::start(|request| {
        let mut document = hostile_answer(&request.method, request.path());
        if request.path() == "/public/auth/connect/token" {
            document = answers::grant();
        }
        Answer::Whole(200, headers("application/json"), document.to_string().into_bytes())
    })
}

/// The same with a second company to choose. Its caller may edit: who may not is asked nothing.
fn of_two_companies() -> Stub {
    Stub::start(|request| {
        let other = json!({"id": 2, "name": "Other"});
        let mut document = match (request.method.as_str(), request.path()) {
            ("GET", "/api/companies") => poisoned(&answers::page(&[answers::company(), other])),
            (method, path) => hostile_answer(method, path),
        };
        if request.path() == "/api/users/me" {
            let held = document.pointer_mut("/data/companies/0/permissions").unwrap();
            held.as_array_mut().unwrap().extend([json!("service-accounts:edit"), json!("devices:view")]);
        }
        Answer::json(200, document.to_string())
    })
}

/// Headers with what a header can carry of it: no C0, but C1 and marks as UTF-8.
fn headers(kind: &str) -> Vec<(&'static str, String)> {
    let id = "r\u{9b}31m\u{9d}0;t\u{9c}\u{202e}\u{2066}d".to_owned();
    vec![("content-type", kind.to_owned()), ("x-request-id", id)]
}

/// A server that refuses everything with hostile words.
fn refusing(status: u16, code: &str) -> Stub {
    let mut document = poisoned(&answers::problem(status, code, "no"));
    document["errors"] = json!([
        {"field": HOSTILE, "code": HOSTILE, "message": HOSTILE},
        {"field": HOSTILE, "code": HOSTILE, "message": HOSTILE},
    ]);
    Stub::start(move |_| {
        Answer::Whole(status, headers("application/problem+json"), document.to_string().into_bytes())
    })
}

/// Insists that nothing in it commands a terminal. Of our own, colours may be there when they were asked for.
#[track_caller]
fn assert_tame(what: &str, text: &str, coloured: bool) {
    let mut plain = text.to_owned();
    if coloured {
        for code in ["0", "1", "2", "22", "33", "38;5;3", "38;5;11", "39", "1;31", "1;32", "1;33", "1;36"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
    }
    let tame = |one: char| one == '\n' || one == '\t' || !sactl::text::sanitize::is_hidden(one);
    let wild: Vec<char> = plain.chars().filter(|one| !tame(*one)).collect();
    assert!(wild.is_empty(), "{what}: {wild:?} in\n{plain:?}");
    let forged = plain.lines().any(|line| line.starts_with("error: signed out"));
    assert!(!forged, "{what}: a forged line in\n{plain:?}");
}

/// The command on a terminal that is wide enough for all that it says.
fn terminal(env: &Env, line: &str) -> Terminal {
    env.file("password", NEW_PASSWORD);
    let mut command = env.command();
    Terminal::of_columns(200, command.args(line.split(' ')))
}

/// All that reaches the terminal, and the exit code. The sign of life of a long request is left out: it is one
/// line that is drawn over itself and then erased.
fn on_terminal(env: &Env, line: &str) -> (String, i32) {
    let (text, code) = terminal(env, line).finish_raw();
    let mut left = text.split("\u{1b}[K").map(str::to_owned).collect::<Vec<_>>();
    let last = left.pop().unwrap_or_default();
    for piece in &mut left {
        let drawn = piece.split_off(piece.rfind('\r').expect("what is erased begins at the edge"));
        let waits = |rest: &str| rest.starts_with("Waiting for 127.0.0.1…") || rest.ends_with("accounts…");
        let text = drawn.trim_start_matches('\r');
        assert!(text.is_empty() || text.split_once(' ').is_some_and(|(_, rest)| waits(rest)), "{drawn:?}");
    }
    (left.concat() + &last, code)
}

const FORMS: [&str; 8] = ["", " -o table", " -o json", " -o jsonl", " -o csv", " -o yaml", " -o name", " -v"];

/// The forms in which the command in this row of a sweep is run: all of them, or some in the fast lane.
fn some_forms(row: usize) -> impl Iterator<Item = &'static str> {
    FORMS.into_iter().enumerate().filter(move |(column, _)| takes(row + column, 4)).map(|(_, form)| form)
}

/// P5: answers of every command in every form, on a terminal.
#[test]
fn p5_answers_cannot_command_a_terminal() {
    let stub = platform();
    for (row, command) in answers::COMMANDS.into_iter().enumerate() {
        for form in some_forms(row) {
            let line = format!("{command}{form} --color never");
            let (shown, code) = on_terminal(&with_token(&stub.url()), &line);
            assert_tame(&line, &shown, false);
            assert_eq!(code, 0, "{line}\n{shown}");
        }
        if !takes(row, 3) {
            continue;
        }
        let line = format!("{command} --color always -v");
        assert_tame(&line, &on_terminal(&with_token(&stub.url()), &line).0, true);
    }
}

/// P5: the same in a pipe, which a user may read with `less -R` or keep in a log.
#[test]
fn p5_answers_cannot_command_what_reads_a_pipe() {
    let stub = platform();
    // `api` hands on what the server said, byte for byte, where a program reads.
    let commands = answers::COMMANDS.into_iter().filter(|command| !command.starts_with("api "));
    for (row, command) in commands.enumerate() {
        for form in some_forms(row + 1) {
            let line = format!("{command}{form}");
            let env = if form.is_empty() { with_password(&stub.url()) } else { with_token(&stub.url()) };
            env.file("password", NEW_PASSWORD);
            let outcome = env.sactl(&line);
            outcome.ok();
            assert_tame(&line, &outcome.stdout, false);
            assert_tame(&line, &outcome.stderr, false);
        }
    }
}

/// A document says the same with and without the danger: what is parsed is what the server said.
#[test]
fn documents_stay_true() {
    let stub = platform();
    let list = with_token(&stub.url()).sactl("list -o json").ok().json();
    assert_eq!(list["owned"][0]["name"], format!("robot{HOSTILE}"));
    assert_eq!(list["company"]["name"], format!("Acme MSP{HOSTILE}"));
    let lines = with_token(&stub.url()).sactl("list -o jsonl").ok().json_lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["description"], format!("sends telemetry{HOSTILE}"));
}

/// A row stays a row: no text makes two of one, or more columns.
#[test]
fn rows_keep_their_shape() {
    let stub = platform();
    let rows = with_token(&stub.url()).sactl("list");
    assert_eq!(rows.ok().stdout.lines().count(), 1, "{rows:?}");
    assert!(rows.stdout.starts_with("owned\t"), "{rows:?}");
    let clean = Stub::always(Answer::json(200, answers::page(&[answers::account("robot")]).to_string()));
    let expected = with_token(&clean.url()).sactl("list");
    let columns = |text: &str| text.matches('\t').count();
    assert_eq!(columns(&rows.stdout), columns(&expected.ok().stdout));
    assert_eq!(with_token(&stub.url()).sactl("list -o name").ok().stdout.lines().count(), 1);
}

/// P5: refusals: message, broken rules, request id.
#[test]
fn p5_refusals_cannot_command_a_terminal() {
    let stub = refusing(422, "invalid_input");
    for (row, command) in answers::COMMANDS.into_iter().enumerate() {
        let forms = ["", " -o json", " -v", " --color always"].into_iter().enumerate();
        for (_, form) in forms.filter(|(column, _)| takes(row + column, 4)) {
            assert_tame_refusal(&stub, &format!("{command}{form}"));
        }
    }
    for (status, code) in [(403, "not_owner"), (401, "unauthenticated"), (500, "internal")] {
        let stub = refusing(status, code);
        for line in
            ["list", "edit robot --description x", "passwd robot --generate --yes -o yaml", "whoami -v"]
        {
            assert_tame_refusal(&stub, line);
        }
    }
}

fn assert_tame_refusal(stub: &Stub, line: &str) {
    let env = with_token(&stub.url()).with("NO_COLOR", "1");
    let (shown, code) = on_terminal(&env, line);
    assert_tame(line, &shown, line.contains("always"));
    assert!(code > 0, "{line}\n{shown}");
}

/// P5: a refused sign-in, by RFC 6749.
#[test]
fn p5_refused_sign_ins_cannot_command_a_terminal() {
    for error in ["invalid_grant".to_owned(), HOSTILE.to_owned()] {
        let body = json!({"error": error, "error_description": HOSTILE}).to_string();
        let stub =
            Stub::start(move |_| Answer::Whole(400, headers("application/json"), body.clone().into_bytes()));
        for line in ["list --color never", "list -o json", "whoami -v --color never"] {
            assert_tame(line, &on_terminal(&with_password(&stub.url()), line).0, false);
        }
    }
}

/// P5: what only headers carry: where a redirect leads, the type of an answer, the words behind a status.
#[test]
fn p5_headers_cannot_command_a_terminal() {
    let wild = "\u{9b}31m\u{9d}0;t\u{9c}\u{202e}";
    let head = |status: &str, more: &str| {
        let head =
            format!("HTTP/1.1 {status}\r\n{more}\r\nx-request-id: {wild}\r\ncontent-length: 2\r\n\r\n{{}}");
        Answer::Raw(head.into_bytes())
    };
    let mut cases = Vec::new();
    for answer in [
        head("302 Found", &format!("location: http://evil.example/{wild}")),
        head("200 OK", &format!("content-type: text/{wild}")),
        head(&format!("403 {wild}"), "content-type: application/json"),
        head(&format!("200 {wild}"), "content-type: application/json"),
        head("503 Busy", &format!("retry-after: 9999\r\nx-a: {wild}")),
        Answer::Raw(format!("HTTP/1.1 200 OK\r\nx-bad: {HOSTILE}\r\n\r\n").into_bytes()),
        Answer::Raw(format!("{HOSTILE}\r\n\r\n").into_bytes()),
    ] {
        for line in ["list -v", "list -o json", "edit robot --description x -v", "list -v -o json"] {
            cases.push((answer.clone(), line));
        }
    }
    // Most of the time goes into waiting before the next attempt: all cases wait together.
    std::thread::scope(|scope| {
        for (answer, line) in cases {
            scope.spawn(move || {
                let stub = Stub::always(answer);
                let env = with_token(&stub.url()).with("NO_COLOR", "1").with("SACTL_TIMEOUT", "3");
                let (shown, code) = on_terminal(&env, line);
                assert_tame(line, &shown, false);
                assert_ne!(code, 0, "{line}");
            });
        }
    });
}

/// P5: what is asked for on a terminal: the companies to choose from, the name of what would be deleted.
#[test]
fn p5_prompts_cannot_command_a_terminal() {
    let stub = of_two_companies();
    for (line, input) in [
        ("list", "1\n"),
        ("list", "9\n9\n9\n"),
        ("delete robot", "robot\n"),
        ("delete robot", "no\n"),
        ("revoke robot", "n\n"),
        ("passwd robot --generate", "n\n"),
        ("role delete operators", "n\n"),
    ] {
        let mut env = with_token(&stub.url()).with("NO_COLOR", "1").with("SACTL_ACCESSIBLE", "1");
        env.unset("SACTL_COMPANY");
        if line != "list" {
            env.set("SACTL_COMPANY", "1");
        }
        let mut terminal = terminal(&env, line);
        terminal.wait_for(": ").press(input);
        let (text, _) = terminal.finish_raw();
        assert_tame(line, &text, false);
    }
}

/// P5: lists that are drawn: of the moves and switches in them, all are our own.
#[test]
fn p5_drawn_questions_cannot_command_a_terminal() {
    let stub = of_two_companies();
    for (line, company) in [("list", None), ("grant", Some("1")), ("grant robot", Some("1"))] {
        let mut env = with_token(&stub.url()).with("NO_COLOR", "1");
        env.unset("SACTL_COMPANY");
        if let Some(company) = company {
            env.set("SACTL_COMPANY", company);
        }
        let mut terminal = terminal(&env, line);
        terminal.wait_for_list("Return to choose").interrupt();
        let (mut text, code) = terminal.finish_raw();
        for switch in ["?25l", "?25h", "?2004h", "?2004l", "J", "K", "2K"] {
            text = text.replace(&format!("\u{1b}[{switch}"), "");
        }
        for letter in ["A", "B", "C", "D", "G"] {
            // A move by one may leave its count out.
            text = text.replace(&format!("\u{1b}[{letter}"), "");
            for count in 1..250 {
                text = text.replace(&format!("\u{1b}[{count}{letter}"), "");
            }
        }
        assert_tame(line, &text.replace("\r\n", "\n").replace('\r', ""), false);
        assert_eq!(code, 130, "{line}: {text:?}");
    }
}

/// P5: files: what a configuration file names reaches no terminal as it stands, when it is fine and when it is
/// not.
#[test]
fn p5_files_cannot_command_a_terminal() {
    let quoted: String = HOSTILE
        .chars()
        .map(|one| {
            if one.is_control() || !one.is_ascii() {
                format!("\\u{:04x}", u32::from(one))
            } else {
                one.into()
            }
        })
        .collect();
    let quoted = quoted.replace('"', "\\\"").replace("\\x", "\\\\x");
    for (row, content) in [
        format!("current = \"{quoted}\"\n"),
        format!(
            "current = \"a\"\n[profiles.\"{quoted}\"]\nserver = \"https://gateway.example\"\nusername = \"{quoted}\"\n"
        ),
        format!("[profiles.a]\nserver = \"{quoted}\"\n"),
        format!("{HOSTILE} = 1\n"),
        format!("\"{quoted}\" = 1\n"),
        "\u{1b}]0;title\u{7}".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        let lines =
            ["profile list", "whoami", "profile show", "company list", "profile list -o json", "list -v"];
        for (_, line) in lines.into_iter().enumerate().filter(|(column, _)| takes(row + column, 3)) {
            let env = Env::new().with("NO_COLOR", "1");
            std::fs::create_dir_all(env.config()).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode;
            std::fs::set_permissions(env.config(), mode(0o700)).unwrap();
            let file = env.config().join("config.toml");
            std::fs::write(&file, &content).unwrap();
            std::fs::set_permissions(&file, mode(0o600)).unwrap();
            let (shown, _) = on_terminal(&env, line);
            assert_tame(&format!("{line} with {content:?}"), &shown, false);
            let piped = env.sactl(line);
            assert_tame(line, &piped.stderr, false);
            assert_tame(line, &piped.stdout, false);
        }
    }
}
