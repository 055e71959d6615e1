//! `sactl serve` as a process: its address, its end, its data, its log, TLS.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sactl::platform::DatabaseUrl;
use serde_json::{Value, json};

use crate::api::process::{Running, command};
use crate::common::client::client;
use crate::common::database::Database;
use crate::common::env::Env;
use crate::common::platform::{PASSWORD, SANDBOX};

const DATABASE: &str = "sqlite:platform.db";

/// A platform with the sample data, and its address.
fn serve(env: &Env, more: &[&str]) -> (Running, String) {
    std::fs::write(env.work().join("seed.toml"), SANDBOX).unwrap();
    let arguments =
        [&["serve", "--listen", "127.0.0.1:0", "--database", DATABASE, "--seed", "seed.toml"], more].concat();
    let mut running = Running::start(command(env, &arguments));
    let line = running.line();
    let url = line.strip_prefix("Listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
    (running, url)
}

/// One request over a connection of its own; status and body.
fn request(url: &str, head: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let length = body.len();
    write!(stream, "{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .unwrap();
    read_answer(&mut stream)
}

fn read_answer(stream: &mut TcpStream) -> (u16, Value) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

fn token(url: &str, username: &str) -> String {
    let body = format!("grant_type=password&client_id=python&username={username}&password={PASSWORD}");
    let head = "POST /public/auth/connect/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let (status, grant) = request(url, head, &body);
    assert_eq!(status, 200, "{grant}");
    grant["access_token"].as_str().unwrap().to_owned()
}

fn call(url: &str, token: &str, line: &str) -> (u16, Value) {
    request(url, &format!("{line} HTTP/1.1\r\nAuthorization: Bearer {token}"), "")
}

/// The text of a command line is no secret, and nothing else repeats it.
#[test]
fn a_password_in_the_address_of_the_database_is_warned_of() {
    let env = Env::new();
    let database = format!("postgres:///x?host={}&password=hunter2", env.work().join("nowhere").display());
    let running =
        Running::start(command(&env, &["serve", "--listen", "127.0.0.1:0", "--database", &database]));
    let (status, said, told) = running.end();
    assert_eq!((status.code(), said.as_str()), (Some(1), ""), "{told}");
    assert!(told.contains("PGPASSWORD") && !told.contains("hunter2"), "{told}");
    assert!(told.contains("cannot open the database postgres:///x"), "{told}");
}

/// A start waited for 30 s, and told of a pool in place of the cause.
#[test]
fn database_that_cannot_be_reached_is_told_with_the_cause() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, cause) in [
        (refusing, "Connection refused"),
        (silent.local_addr().unwrap(), "PostgreSQL did not answer within 3 s"),
    ] {
        let database = format!("postgres://sactl@{address}/sactl");
        for line in ["serve --check", "serve --listen 127.0.0.1:0"] {
            let started = Instant::now();
            Env::new().sactl(&format!("{line} --database {database}")).refused(1, cause);
            assert!(started.elapsed() < Duration::from_secs(15), "{line}");
        }
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(database) = runtime.block_on(Database::postgres()) else { return };
    let DatabaseUrl::Postgres(url) = &database.url else { panic!("not PostgreSQL") };
    let (server, query) = url.split_once('?').unwrap();
    let server = server.rsplit_once('/').unwrap().0;
    let missing = format!("{server}/nowhere?{query}");
    Env::new()
        .run(["serve", "--check", "--database", &missing])
        .refused(1, "database \"nowhere\" does not exist");
}

/// The variables of the options without a value were ignored, and the server started.
#[test]
fn variable_of_an_option_without_a_value_counts_as_the_option() {
    let check = Env::new().with("SACTL_SERVE_CHECK", "1");
    let line = format!("serve --database {DATABASE} -o json");
    assert_eq!(check.sactl(&line).ok().json()["database"]["exists"], false);
    assert!(!check.work().join("platform.db").exists());
    let database = check.with("SACTL_SERVE_DATABASE", DATABASE);
    assert_eq!(database.sactl("serve -o json").ok().json()["database"]["url"], DATABASE);
    let typed = database.sactl("serve --vacuum");
    typed.refused(5, "there is no database");
    database.with("SACTL_SERVE_VACUUM", "1").sactl("serve").refused(2, "unset one of them");
}

#[test]
fn it_says_where_it_is_and_stops_cleanly() {
    for signal in [Signal::INT, Signal::TERM] {
        let env = Env::new();
        let (running, url) = serve(&env, &[]);
        assert_eq!(request(&url, "GET /readyz HTTP/1.1", "").0, 200);
        running.signal(signal);
        let (status, said, told) = running.end();
        assert_eq!(status.code(), Some(0), "{told}");
        assert_eq!(said, "", "one line on standard output");
        assert!(told.contains("stopped"), "{told}");
    }
}

#[test]
fn its_address_is_json_where_json_is_asked_for() {
    let env = Env::new();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", DATABASE, "-o", "json"];
    let mut running = Running::start(command(&env, &arguments));
    let document: Value = serde_json::from_str(&running.line()).unwrap();
    assert!(document["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    running.signal(Signal::TERM);
    assert_eq!(running.end().0.code(), Some(0));
}

/// A request that is under way is answered before the end.
#[test]
fn requests_under_way_are_answered_first() {
    let env = Env::new();
    let (running, url) = serve(&env, &[]);
    let token = token(&url, "operator@acme.example");
    let body = json!({"name": "last-one", "password": "Last-One-1"}).to_string();
    let (early, late) = body.split_at(10);
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /api/companies/1/service-accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The interim answer says that the request is under way.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    stream.write_all(early.as_bytes()).unwrap();
    running.signal(Signal::TERM);
    while TcpStream::connect(url.trim_start_matches("http://")).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(late.as_bytes()).unwrap();
    let (status, answer) = read_answer(&mut stream);
    assert_eq!(status, 201, "{answer}");
    assert_eq!(running.end().0.code(), Some(0));
}

/// What was answered is there after a restart; the seed neither repeats nor restores anything.
#[test]
fn data_outlives_a_restart() {
    let env = Env::new();
    let (running, url) = serve(&env, &[]);
    let token = token(&url, "admin@acme.example");
    let path = "/api/companies/1/service-accounts";
    assert_eq!(call(&url, &token, &format!("DELETE {path}/dormant-bot")).0, 200);
    running.signal(Signal::TERM);
    running.end();
    let (_running, url) = serve(&env, &[]);
    let (status, list) = call(&url, &token, &format!("GET {path}"));
    assert_eq!(status, 200, "the token is good on: {list}");
    let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["backup-runner", "fleet-automation", "northwind-telemetry"]);
    assert_eq!(call(&url, &token, "GET /api/companies").1["total"], 2);
}

/// What is no level is refused, and nothing is opened.
#[test]
fn a_level_of_the_log_is_one_of_six_words() {
    for level in ["3", "INFO", "everything"] {
        let env = Env::new().with("SACTL_LOG", level);
        let refused = env.sactl("serve --listen 127.0.0.1:0 --database sqlite:platform.db");
        assert!(
            refused.expect(2).stderr.contains("SACTL_LOG must be off, error, warn"),
            "{level}: {refused}"
        );
        assert!(!env.work().join("platform.db").exists(), "{level}");
    }
}

/// P1: the log tells of requests and holds no secret, however much is asked for.
#[test]
fn the_log_holds_no_secret() {
    let env = Env::new();
    std::fs::write(env.work().join("seed.toml"), SANDBOX).unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", DATABASE, "--seed", "seed.toml"];
    let mut command = command(&env, &arguments);
    command.env("SACTL_LOG", "trace");
    let mut running = Running::start(command);
    let url = running.line().trim_start_matches("Listening on ").to_owned();
    let token = token(&url, "fleet-automation");
    assert_eq!(call(&url, &token, "GET /api/users/me").0, 200);
    let canary = "GET /api/companies/1/service-accounts?search=Canary-Text";
    assert_eq!(call(&url, &token, canary).0, 200);
    running.signal(Signal::TERM);
    let (_, _, told) = running.end();
    assert!(told.contains("/api/users/me") && told.contains("request_id"), "{told}");
    for secret in [PASSWORD, "Sandbox", token.as_str(), &token[4..], "Canary", "argon2id"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

#[test]
fn what_it_cannot_use_is_told_at_once() {
    let env = Env::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let write = |name: &str, text: &str| std::fs::write(env.work().join(name), text).unwrap();
    write("broken.toml", "[[company]]\nname = 'A'\npassword = 'Hunter-2-Secret'\n");
    write("wrong.toml", "[[user]]\nemail = 'a@b.c'\n");
    for (arguments, code, text) in [
        (&["--listen", &taken][..], 1, "cannot listen on 127.0.0.1"),
        (&["--listen", "nowhere"], 2, "--listen"),
        (&["--database", "mysql://x"], 2, "sqlite:PATH"),
        (&["--database", "sqlite:no/such/folder/platform.db"], 1, "cannot open sqlite:no/such"),
        (&["--seed", "missing.toml"], 2, "missing.toml"),
        (&["--seed", "broken.toml"], 2, "line 3"),
        (&["--seed", "wrong.toml"], 2, "seed"),
        (&["--tls-cert", "missing.pem"], 2, "--tls-key"),
        (&["--tls-cert", "missing.pem", "--tls-key", "missing.pem"], 2, "missing.pem"),
        (&["--tls-cert", "broken.toml", "--tls-key", "broken.toml"], 2, "certificate"),
    ] {
        let mut all = vec!["serve"];
        let given = |flag| arguments.contains(&flag);
        all.extend(["--listen", "127.0.0.1:0"].into_iter().filter(|_| !given("--listen")));
        all.extend(["--database", DATABASE].into_iter().filter(|_| !given("--database")));
        all.extend(arguments);
        let output = command(&env, &all).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(text), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty() && !told.contains("Hunter") && !told.contains("panicked"), "{told}");
    }
}

/// Passwords that would cross a network in the clear are warned of.
#[test]
fn open_networks_are_warned_of() {
    let env = Env::new();
    let arguments = ["serve", "--listen", "0.0.0.0:0", "--database", DATABASE];
    let mut running = Running::start(command(&env, &arguments));
    assert!(running.line().starts_with("Listening on http://0.0.0.0:"));
    running.signal(Signal::TERM);
    let (_, _, told) = running.end();
    assert!(told.contains("warning: passwords and tokens will cross the network unencrypted"), "{told}");
}

/// TLS with HTTP/2 and HTTP/1.1; plain HTTP gets no answer on that port.
#[test]
fn it_speaks_tls() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/tls");
    let env = Env::new();
    let (cert, key) = (files.join("cert.pem"), env.work().join("key.pem"));
    std::fs::copy(files.join("key.pem"), &key).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (running, url) =
        serve(&env, &["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()]);
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let trusted = reqwest::Certificate::from_pem(&std::fs::read(&cert).unwrap()).unwrap();
    let trusting = || client([trusted.clone()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (client, version) in [
        (trusting().build().unwrap(), reqwest::Version::HTTP_2),
        (trusting().http1_only().build().unwrap(), reqwest::Version::HTTP_11),
    ] {
        let answer = runtime.block_on(client.get(format!("{url}/readyz")).send()).unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, version));
    }
    let mut plain = TcpStream::connect(url.trim_start_matches("https://")).unwrap();
    plain.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
    running.signal(Signal::TERM);
    assert_eq!(running.end().0.code(), Some(0));
}
