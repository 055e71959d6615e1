//! Certificates are always verified, and what is needed for private ones can be given.

use std::io::Write;

use serde_json::Value;

use crate::common::answers::{self, with_token};
use crate::common::env::Env;
use crate::common::stub::{Acceptor, Answer, Stub};
use crate::common::tls::{Authority, Certified, TlsServer, Validity};

const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

fn platform() -> Stub {
    Stub::start(|request| {
        Answer::json(200, answers::of_platform(&request.method, request.path()).to_string())
    })
}

/// A user of the server who trusts `authority` too.
fn trusting(authority: &Authority, url: &str) -> Env {
    let env = with_token(url);
    let file = env.file("authority.pem", authority.pem());
    env.with("SACTL_CACERT", file)
}

/// Refused before a byte of the request was sent: exit 8, and what to do.
#[track_caller]
fn assert_refused(env: &Env, plain: &Stub, arguments: &str) -> Value {
    let words: Vec<&str> = arguments.split(' ').collect();
    let error = env.run([&["-o", "json"], words.as_slice()].concat()).error(8, "unreachable");
    assert_eq!(plain.requests().len(), 0, "something was sent");
    error
}

/// A certificate that the system does not know is refused; `--cacert` makes it known, by flag and variable.
#[test]
fn a_private_authority_is_trusted_only_when_named() {
    let (authority, plain) = (Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&NAMES, Validity::Long));
    let env = with_token(&server.url());
    let error = assert_refused(&env, &plain, "list");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("certificate") && message.contains("UnknownIssuer"), "{message}");
    assert!(error["hint"].as_str().unwrap().contains("--cacert"), "{error}");
    assert_eq!(server.handshakes(), 0);

    let file = env.file("authority.pem", authority.pem());
    env.run(["list", "--cacert", &file]).ok();
    trusting(&authority, &server.url()).sactl("list").ok();
    trusting(&authority, &format!("https://localhost:{}", server.port())).sactl("list").ok();
    assert_eq!(server.handshakes(), 3);
}

/// P10: a trusted authority does not excuse a wrong name or a certificate that is over. No flag does.
#[test]
fn p10_wrong_names_and_expired_certificates_are_refused_and_said() {
    let (authority, plain) = (Authority::new(), platform());
    for (names, validity, said) in [
        (["gateway.example", "10.1.2.3"], Validity::Long, ["name", "--server"]),
        (NAMES, Validity::Over, ["expired", "clock"]),
    ] {
        let server = TlsServer::before(&plain.url(), &authority.server(&names, validity));
        let env = trusting(&authority, &server.url());
        for command in ["list", "create robot --generate", "list --allow-http", "list --yes --no-input"] {
            let error = assert_refused(&env, &plain, command);
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(said[0]), "{command}: {message}");
            assert!(error["hint"].as_str().unwrap().contains(said[1]), "{command}: {error}");
        }
        // The same words from an authority of the system, whatever else is named.
        let env = trusting(&Authority::new(), &server.url());
        let store = env.file("store.pem", authority.pem());
        let error = assert_refused(&env.with("SSL_CERT_FILE", store), &plain, "list");
        assert!(error["message"].as_str().unwrap().contains(said[0]), "{error}");
        assert_eq!(server.handshakes(), 0, "{names:?} {validity:?}");
    }
    let other = Authority::new();
    let server = TlsServer::before(&plain.url(), &other.server(&NAMES, Validity::Long));
    assert_refused(&trusting(&authority, &server.url()), &plain, "list");
}

/// A handshake that fails is not tried again: it would fail again.
#[test]
fn an_untrusted_server_is_asked_once() {
    let (authority, plain) = (Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&NAMES, Validity::Long));
    assert_refused(&with_token(&server.url()), &plain, "list");
    assert_eq!(server.connections(), 1);
}

fn with_certificate(env: &Env, client: &Certified) -> [String; 4] {
    let chain = env.file("client.pem", client.certificate_pem());
    let key = env.file("client.key", client.key_pem());
    ["--client-cert".into(), chain, "--client-key".into(), key]
}

/// A server that asks for a client certificate is shown it; without one, or with one that it does not know,
/// the command fails and says so.
#[test]
fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let (authority, clients, plain) = (Authority::new(), Authority::new(), platform());
    let certified = authority.server(&NAMES, Validity::Long);
    let server = TlsServer::for_clients_of(&clients, &plain.url(), &certified);
    let env = trusting(&authority, &server.url());

    env.run([vec!["list".to_owned()], with_certificate(&env, &clients.client()).into()].concat()).ok();
    assert_eq!(server.handshakes(), 1);

    let error = env.sactl("list -o json").error(8, "unreachable");
    assert!(error["hint"].as_str().unwrap().contains("--client-cert"), "{error}");
    // A write that the server did not read has a known outcome.
    env.sactl("edit robot --description x -o json").error(8, "unreachable");
    assert_eq!(plain.requests().len(), 1);
    let stranger = with_certificate(&env, &Authority::new().client());
    let words = ["list".to_owned(), "-o".to_owned(), "json".to_owned()];
    env.run([words.to_vec(), stranger.into()].concat()).error(8, "unreachable");
    assert_eq!(server.handshakes(), 1);
}

/// Files that hold no certificate or no key are refused before anything is sent, with their flag named.
#[test]
fn unusable_certificate_files_are_refused() {
    let plain = platform();
    let authority = Authority::new();
    let server = TlsServer::before(&plain.url(), &authority.server(&NAMES, Validity::Long));
    let env = with_token(&server.url());
    let garbage = env.file("garbage.pem", b"\x00\xff not a certificate \x1b[31m");
    let chain = env.file("client.pem", authority.client().certificate_pem());
    let key = env.file("client.key", authority.client().key_pem());
    for (arguments, code, said) in [
        (vec!["--cacert", &garbage], "config", "--cacert"),
        (vec!["--cacert", "/nowhere/at/all.pem"], "io", "all.pem"),
        (vec!["--client-cert", &garbage, "--client-key", &key], "config", "client certificate"),
        (vec!["--client-cert", &chain, "--client-key", &garbage], "config", "client certificate"),
        (vec!["--client-cert", &chain], "usage", "--client-key"),
        (vec!["--client-key", &key], "usage", "--client-cert"),
    ] {
        let outcome = env.run([vec!["list", "-o", "json"], arguments.clone()].concat());
        let exit = if code == "io" { 1 } else { 2 };
        let error = outcome.error(exit, code);
        assert!(error["message"].as_str().unwrap().contains(said), "{arguments:?}: {error}");
    }
    assert_eq!(server.connections(), 0);
}

/// HTTP/2 is spoken where the server offers it.
#[test]
fn http2_is_spoken_where_it_is_offered() {
    let authority = Authority::new();
    let document = r#"{"success": true, "data": [], "next": null, "total": 0, "company": {"id": 1, "name": "Acme MSP"}}"#;
    let server = TlsServer::http2(&authority.server(&NAMES, Validity::Long), document);
    trusting(&authority, &server.url()).sactl("list").ok();
    assert_eq!(server.requests(), ["GET /api/companies/1/service-accounts HTTP/2.0"]);
}

/// What speaks no TLS where https is expected is told from a server that cannot be trusted.
#[test]
fn a_plain_server_behind_https_is_refused() {
    let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let plain = Acceptor::start(move |mut stream| {
        let _ = stream.write_all(answer).and_then(|()| std::io::copy(&mut stream, &mut std::io::sink()));
    });
    let url = plain.url().replace("http://", "https://");
    let error = with_token(&url).sactl("list -o json").error(8, "unreachable");
    assert!(error["message"].as_str().unwrap().contains("does not speak TLS"), "{error}");
}

/// The system's trust store is what https trusts, without a word on the command line.
#[test]
fn the_systems_trust_store_is_trusted() {
    let (authority, plain) = (Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&NAMES, Validity::Long));
    let env = with_token(&server.url());
    let store = env.file("store.pem", authority.pem());
    env.with("SSL_CERT_FILE", store).sactl("list").ok();
    // What --cacert names is trusted besides it, not instead.
    let env = trusting(&Authority::new(), &server.url());
    let store = env.file("store.pem", authority.pem());
    env.with("SSL_CERT_FILE", store).sactl("list").ok();
}

/// What the variables of OpenSSL name is trusted, all of it: files that hold something else besides, folders, and
/// both together. An empty one names no authority.
#[test]
fn what_the_variables_name_is_trusted_and_nobody_else() {
    let (authority, other, plain) = (Authority::new(), Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&NAMES, Validity::Long));
    let env = with_token(&server.url());
    let folder = env.work().join("folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("any.name"), authority.pem()).unwrap();
    let folder = folder.display().to_string();
    let broken = "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n";
    let mixed = env.file("mixed.pem", format!("{broken}{}{}", other.pem(), authority.pem()));
    let others = env.file("others.pem", other.pem());
    for (file, folders, exit) in [
        (Some(mixed.as_str()), None, 0),
        (None, Some(format!("/nowhere:{folder}")), 0),
        (Some(&others), Some(folder.clone()), 0),
        (Some("/nowhere.pem"), Some(folder.clone()), 0),
        (Some(&others), None, 8),
        (Some(&others), Some("/nowhere".to_owned()), 8),
        // A slip: a folder is no file.
        (Some(&folder), None, 2),
        (Some(""), None, 2),
        (Some("/nowhere.pem"), None, 2),
    ] {
        let mut env = with_token(&server.url());
        for (name, value) in [("SSL_CERT_FILE", file), ("SSL_CERT_DIR", folders.as_deref())] {
            if let Some(value) = value {
                env.set(name, value);
            }
        }
        assert_eq!(env.sactl("list").code(), Some(exit), "{file:?} {folders:?}");
    }
}

/// Plain http to this machine does not cost a look into the trust store: one that would block its reader
/// is not noticed.
#[test]
fn plain_http_opens_no_trust_store() {
    let plain = platform();
    let env = with_token(&plain.url());
    let store = env.work().join("store.pem");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &store, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    env.with("SSL_CERT_FILE", store.display().to_string()).sactl("list").ok();
}

/// A machine without any trust store, as small containers are: `--cacert` is enough, and without it the message
/// says so.
#[test]
fn a_machine_without_trust_store_can_name_its_own() {
    let (authority, plain) = (Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&NAMES, Validity::Long));
    let bare = |env: Env| env.with("SSL_CERT_FILE", "/nowhere.pem").with("SSL_CERT_DIR", "/nowhere");
    bare(trusting(&authority, &server.url())).sactl("list").ok();
    let error = bare(with_token(&server.url())).sactl("list -o json");
    let error = error.error(2, "config");
    assert!(error["hint"].as_str().unwrap().contains("--cacert"), "{error}");
}
