//! Bad input of every kind ends in one clear message and the right code, before any request, with nothing
//! changed.

use std::io::Read;
use std::process::Stdio;

use crate::common::env::Env;
use crate::common::output::Outcome;
use crate::common::stub::{Answer, Stub};

/// A place signed in at a server that must not be asked anything.
fn place(stub: &Stub) -> Env {
    let env = Env::new().with("SACTL_SERVER", stub.url()).with("SACTL_TOKEN", "sat_0123456789");
    env.with("SACTL_COMPANY", "1")
}

fn untouched() -> Stub {
    Stub::always(Answer::json(200, r#"{"success": true, "data": []}"#))
}

#[track_caller]
fn one_clear_message(outcome: &Outcome) {
    assert_eq!(outcome.stdout, "", "{outcome}");
    let lines = outcome.stderr.lines().count();
    assert!((1..=12).contains(&lines), "one clear message: {outcome}");
}

/// A weak password is refused before any request is sent, and every broken rule is listed at once.
#[test]
fn a_weak_password_is_refused_before_any_request() {
    let stub = untouched();
    let env = place(&stub);
    let words = env.run_with_input(["create", "weak-bot", "--password-stdin"], "abc\n");
    words.refused(7, "8 characters").refused(7, "uppercase").refused(7, "number").refused(7, "special");
    for line in ["create weak-bot --password-stdin -o json", "passwd weak-bot --password-stdin --yes -o json"]
    {
        let refusal = env.run_with_input(line.split(' '), "abc\n").error(7, "invalid_input");
        assert_eq!(refusal["errors"].as_array().unwrap().len(), 4, "{refusal}");
    }
    assert_eq!(stub.connections(), 0, "the server heard of it: {:?}", stub.requests());
}

#[test]
fn usage_errors_send_nothing() {
    let stub = untouched();
    let env = place(&stub);
    for line in [
        "list --no-such-flag",
        "no-such-command",
        "show",
        "create",
        "create x-bot --role viewer --permission devices:view --generate",
        "create x-bot --password-stdin --generate",
        "grant x-bot",
        "grant x-bot --role viewer --add-permission devices:view",
        "edit x-bot",
        "list -o xml",
        "list --limit many",
        "list --timeout soon",
        "list --server ftp://gateway.invalid",
        "list --color sometimes",
        "create x-bot --generate --grant 2",
        "create x-bot --generate --password mine",
    ] {
        let outcome = env.sactl(line);
        outcome.expect(2);
        one_clear_message(&outcome);
        let before = env.sactl(&format!("-o json {line}"));
        if !line.contains("-o xml") {
            before.error(2, "usage");
        }
    }
    assert_eq!(stub.connections(), 0);
}

#[test]
fn an_empty_name_is_nobody() {
    let stub = untouched();
    let env = place(&stub);
    for verb in ["show", "delete", "revoke", "edit", "grant"] {
        let more: &[&str] = match verb {
            "edit" => &["--description", "x"],
            "grant" => &["--role", "viewer"],
            _ => &["--yes"],
        };
        let outcome = env.run([&[verb, ""], more].concat());
        outcome.expect(5);
        one_clear_message(&outcome);
    }
    assert!(stub.requests().iter().all(|request| request.method == "GET"), "nothing is changed");
    let asked = stub.connections();
    for name in ["", " ", "a", "-x", "a/b", "..", "näme", "a\u{7}b", &"n".repeat(65)] {
        let outcome = env.run(["create", "--generate", "-o", "json", "--", name]);
        let refusal = outcome.error(7, "invalid_input");
        assert_eq!(refusal["errors"][0]["code"], "invalid_name", "{name:?}: {refusal}");
    }
    assert_eq!(stub.connections(), asked, "a name that cannot be is not sent");
}

/// Names that a URL would fold away or cut stay one segment of the path, or are not sent at all.
#[test]
fn a_strange_name_never_reaches_another_path() {
    let stub = Stub::always(Answer::json(404, r#"{"success": false, "code": "not_found", "message": "no"}"#));
    let env = place(&stub);
    for name in ["..", ".", "../roles", "a/b", "a?b=c", "a#b", "a%2fb", "a b", "ä\u{202e}"] {
        env.run(["edit", "--description", "d", "-o", "json", "--", name]).error(5, "not_found");
    }
    // Who one is, and which accounts there are: for a near match.
    let looked_up = [sactl::api::path::ME, "/api/companies/1/service-accounts"];
    for request in stub.requests().iter().filter(|request| !looked_up.contains(&request.path())) {
        let name = request.target.strip_prefix("/api/companies/1/service-accounts/");
        let name = name.unwrap_or_else(|| panic!("another path: {}", request.target));
        assert!(!name.is_empty() && !name.contains(['/', '?', '#', ' ']), "{}", request.target);
    }
}

#[test]
fn a_description_of_ten_megabytes_is_refused() {
    let stub = untouched();
    let env = place(&stub);
    // No single argument may be so long on this system, so it comes as the system sees it: refused there.
    let long = "d".repeat(100_000);
    let refusal = env.run(["edit", "x-bot", "-o", "json", "--description", &long]).error(7, "invalid_input");
    assert_eq!(refusal["errors"][0]["code"], "invalid_description");
    let controls = env.run(["edit", "x-bot", "-o", "json", "--description", "a\u{1b}[31mb"]);
    controls.error(7, "invalid_input");
    let file = env.file("body.json", format!(r#"{{"description": "{}"}}"#, "d".repeat(10_000_000)));
    let refused =
        Stub::always(Answer::json(413, r#"{"success": false, "message": "too large", "code": "malformed"}"#));
    let env = env.with("SACTL_SERVER", refused.url());
    let line = format!("api PATCH /api/companies/1/service-accounts/x-bot --data @{file} -o json");
    assert_ne!(env.sactl(&line).code(), Some(0));
    assert_eq!(stub.connections(), 0);
}

#[test]
fn a_binary_password_file_is_refused() {
    let stub = untouched();
    let env = place(&stub);
    let endless = vec![b'A'; 1 << 20];
    for content in [&[0xff, 0xfe, 0x00, 0x41][..], b"", b"Null-\x001234A", &endless] {
        let file = env.file("password", content);
        let outcome = env.run(["create", "x-bot", "--password-file", &file]);
        assert!([1, 2, 7].contains(&outcome.code().unwrap()), "{outcome}");
        one_clear_message(&outcome);
    }
    let folder = env.work().display().to_string();
    one_clear_message(&env.run(["create", "x-bot", "--password-file", &folder]));
    let endless = env.run(["create", "x-bot", "--password-file", "/dev/zero"]);
    assert_ne!(endless.code(), Some(0), "{endless}");
    assert_eq!(stub.connections(), 0);
}

/// A file that cannot be read is named, with where such a file comes from.
#[test]
fn a_missing_file_is_named_with_where_it_comes_from() {
    let stub = untouched();
    let env = place(&stub);
    for (line, source) in [
        ("apply -f FILE", "sactl export"),
        ("diff -f FILE", "sactl export"),
        ("apply --plan FILE", "sactl diff -f FILE --out"),
        ("matrix --diff FILE", "sactl matrix -o json"),
        ("review apply FILE --yes", "sactl review export"),
        ("matrix --companies @FILE", "sactl company list"),
        ("create x-bot --password-file FILE", "the password alone"),
        ("api POST /api/companies/1/service-accounts --data @FILE", "standard input"),
        ("list --cacert FILE", "--cacert"),
        ("list --client-cert FILE --client-key FILE", "--client-cert"),
    ] {
        for file in ["./missing", "./"] {
            let line = line.replace("FILE", file);
            let refusal = env.sactl(&format!("{line} -o json")).error(1, "io");
            assert!(refusal["hint"].as_str().is_some_and(|hint| hint.contains(source)), "{line}: {refusal}");
            assert!(refusal["message"].as_str().unwrap().contains(file), "{line}: {refusal}");
        }
    }
    assert!(stub.requests().iter().all(|request| request.method == "GET"), "nothing is changed");
}

#[test]
fn a_garbage_configuration_file_is_named_and_left_alone() {
    let stub = untouched();
    for garbage in [&b"\x00\xff\xfe garbage"[..], b"[[[", b"profile = 3", b"no_such_key = true"] {
        let env = place(&stub);
        std::fs::create_dir_all(env.config()).unwrap();
        let file = env.config().join("config.toml");
        std::fs::write(&file, garbage).unwrap();
        let before = env.files();
        let refusal = env.sactl("list --profile acme -o json").error(2, "config");
        assert!(refusal["message"].as_str().unwrap().contains("config.toml"), "{refusal}");
        assert_eq!(env.files(), before);
    }
    assert_eq!(stub.connections(), 0);
}

/// A reader that closes the pipe causes no error and no panic.
#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let stub = untouched();
    for line in ["list -o json", "--help", "permission list -o json"] {
        let env = place(&stub);
        let mut command = env.command();
        command.args(line.split(' ')).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        child.wait().unwrap();
        assert_eq!(stderr, "", "{line}");
    }
}

/// P8: without a terminal nothing waits for a key, whatever is missing.
#[test]
fn nothing_is_asked_without_a_terminal() {
    let stub = untouched();
    let nobody = Env::new().with("SACTL_CREDENTIAL_STORE", "file");
    nobody.sactl("login -o json").error(2, "usage");
    let env = place(&stub);
    let create = env.sactl("create x-bot -o json");
    assert_eq!(create.error(2, "usage")["exit_code"], 2);
    assert!(create.stderr.contains("--generate"), "it says how: {create}");
    assert_eq!(stub.connections(), 0);
}

/// What needs an explicit server is not sent anywhere else (P3).
#[test]
fn a_token_of_the_environment_needs_an_explicit_server() {
    let env = Env::new().with("SACTL_TOKEN", "sat_0123456789").with("SACTL_COMPANY", "1");
    let outcome = env.sactl("list -o json");
    let code = outcome.code().unwrap();
    assert!([2, 3].contains(&code), "{outcome}");
    assert!(outcome.stderr.contains("SACTL_SERVER"), "{outcome}");
}

/// P10: plain http only to the loopback interface, or when it was asked for.
#[test]
fn plain_http_to_another_machine_is_refused() {
    let env = Env::new().with("SACTL_TOKEN", "sat_0123456789").with("SACTL_COMPANY", "1");
    let env = env.with("SACTL_SERVER", "http://gateway.invalid");
    env.sactl("list").refused(2, "--allow-http");
    let with_certificates = env.with("SSL_CERT_DIR", "/etc/ssl/certs").sactl("list");
    with_certificates.refused(2, "--allow-http");
    assert!(!with_certificates.stderr.contains("SSL_CERT"), "http has no certificates: {with_certificates}");
}

/// The words of the parsers of the standard library say nothing to a user.
#[test]
fn values_of_the_wrong_kind_are_refused_with_what_is_accepted() {
    let env = Env::new();
    let (number, seconds) = ("it must be a whole number of at least 1", "it must be a number of seconds");
    let mut cases = vec![
        ("list --timeout abc", seconds),
        ("audit --limit 0", number),
        ("audit --limit x", number),
        ("list --limit 1.5", number),
        ("grant a b --role viewer --max-failures 0", number),
        ("grant a b --role viewer --max-failures x", number),
        ("grant a b --role viewer --concurrency x", "it must be a number from 1 to 64"),
    ];
    if cfg!(feature = "platform") {
        cases.extend([
            ("serve --drain-delay x", "it must be a whole number of seconds"),
            ("serve --drain-delay 70000", "it must be a whole number of seconds"),
            ("serve --listen localhost:80", "it must be an IP address with a port"),
            ("serve --metrics 9100", "it must be an IP address with a port"),
            (
                "serve admin user create a@b.example --in-company Acme --role viewer",
                "it must be the id of a company",
            ),
        ]);
    }
    for (line, told) in cases {
        env.sactl(line).refused(2, told);
    }
    let env = env.with("SACTL_SERVE_LISTEN", "8080").with("SACTL_TIMEOUT", "abc");
    env.sactl("company list").refused(2, seconds);
    if cfg!(feature = "platform") {
        env.sactl("serve").refused(2, "SACTL_SERVE_LISTEN: it must be an IP address");
    }
}
