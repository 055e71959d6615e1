//! Proxies: used for https as the environment says, never for this machine; and plain http, which needs to be
//! allowed.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common::answers::{self, TOKEN, with_token};
use crate::common::env::Env;
use crate::common::stub::{Acceptor, Answer, Stub};
use crate::common::tls::{Authority, TlsServer, Validity};

/// A proxy for https: whatever host is asked for, it connects to `upstream`.
struct Tunnel {
    acceptor: Acceptor,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    fn to(port: u16) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen: Arc<Mutex<Vec<String>>> = heads.clone();
        let acceptor = Acceptor::start(move |client| {
            let mut reader = BufReader::new(client.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap_or(0) > 0 {}
            seen.lock().unwrap().push(head);
            assert!(reader.buffer().is_empty(), "the client waits for the tunnel");
            let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            (&client).write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
            join(&client, &server);
        });
        Self { acceptor, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn join(one: &TcpStream, other: &TcpStream) {
    let copy = |mut from: &TcpStream, mut to: &TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    };
    thread::scope(|scope| {
        scope.spawn(|| copy(one, other));
        copy(other, one);
    });
}

fn platform() -> Stub {
    Stub::start(|request| {
        Answer::json(200, answers::of_platform(&request.method, request.path()).to_string())
    })
}

/// A user of `https://gateway.test`, which exists behind the tunnel only.
fn behind(tunnel: &Tunnel, authority: &Authority) -> Env {
    let env = with_token("https://gateway.test").with("HTTPS_PROXY", tunnel.acceptor.url());
    let file = env.file("authority.pem", authority.pem());
    env.with("SACTL_CACERT", file)
}

/// `HTTPS_PROXY` is used, and learns the host and nothing else: token and path are encrypted.
#[test]
fn a_proxy_sees_the_host_alone() {
    let (authority, plain) = (Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&["gateway.test"], Validity::Long));
    let tunnel = Tunnel::to(server.port());
    behind(&tunnel, &authority).sactl("list").ok();
    assert_eq!(plain.requests().len(), 1);
    assert_eq!(plain.requests()[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    let heads = tunnel.heads();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with("CONNECT gateway.test:443 "), "{heads:?}");
    assert!(!heads[0].contains(TOKEN) && !heads[0].contains("/api"), "{heads:?}");
}

/// What the proxy shows instead of the server's own certificate does not pass.
#[test]
fn a_proxy_that_listens_in_is_refused() {
    let (authority, plain) = (Authority::new(), platform());
    let stranger = Authority::new().server(&["gateway.test"], Validity::Long);
    let server = TlsServer::before(&plain.url(), &stranger);
    let tunnel = Tunnel::to(server.port());
    behind(&tunnel, &authority).sactl("list -o json").error(8, "unreachable");
    assert_eq!(plain.requests().len(), 0);
}

/// `NO_PROXY` names what is reached directly: an address, a name, everything.
#[test]
fn no_proxy_is_honoured() {
    let (authority, plain) = (Authority::new(), platform());
    let server = TlsServer::before(&plain.url(), &authority.server(&["0.0.0.0"], Validity::Long));
    let tunnel = Tunnel::to(server.port());
    // On Linux this address is this machine, and yet no loopback address.
    let env =
        || behind(&tunnel, &authority).with("SACTL_SERVER", format!("https://0.0.0.0:{}", server.port()));
    env().sactl("list").ok();
    assert_eq!(tunnel.heads().len(), 1, "without NO_PROXY the proxy is asked");
    for direct in ["0.0.0.0", "example.org,0.0.0.0", "0.0.0.0/8"] {
        env().with("NO_PROXY", direct).sactl("list").ok();
        assert_eq!(tunnel.heads().len(), 1, "{direct}");
    }
    env().with("NO_PROXY", "example.org").sactl("list").ok();
    assert_eq!(tunnel.heads().len(), 2);
}

/// A proxy that refuses is told apart from the platform: exit 8, not a refusal of the platform.
#[test]
fn a_refusing_proxy_is_no_platform() {
    let proxy = Stub::always(Answer::Whole(407, Vec::new(), Vec::new()));
    let env = with_token("https://gateway.test").with("HTTPS_PROXY", proxy.url());
    env.sactl("list -o json").error(8, "unreachable");
    let nothing = with_token("https://gateway.test").with("HTTPS_PROXY", "http://127.0.0.1:1");
    nothing.sactl("list -o json").error(8, "unreachable");
}

/// P10: what goes to this machine goes there directly, whatever the environment says.
#[test]
fn loopback_is_never_reached_through_a_proxy() {
    let (authority, plain, proxy) = (Authority::new(), platform(), Stub::always(Answer::HangUp));
    let names = ["127.0.0.1", "localhost"];
    let server = TlsServer::before(&plain.url(), &authority.server(&names, Validity::Long));
    let port = plain.url().rsplit(':').next().unwrap().to_owned();
    for url in [plain.url(), server.url(), format!("http://localhost:{port}")] {
        let mut env = with_token(&url);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            env.set(name, proxy.url());
        }
        let file = env.file("authority.pem", authority.pem());
        env.with("SACTL_CACERT", file).sactl("list").ok();
    }
    assert_eq!(plain.requests().len(), 3);
    assert_eq!(proxy.connections(), 0, "the proxy was asked");
}

/// S16: over plain http a proxy would read the password, so none is used, whatever the environment says.
#[test]
fn plain_http_to_another_machine_uses_no_proxy() {
    let (plain, proxy) = (platform(), Stub::always(Answer::HangUp));
    let mut env = with_token(&plain.url().replace("127.0.0.1", "0.0.0.0"));
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        env.set(name, proxy.url());
    }
    env.sactl("list --allow-http").ok();
    assert_eq!((plain.requests().len(), proxy.connections()), (1, 0));
}

/// P10: plain http to another machine is refused before a connection is made, unless it is allowed.
#[test]
fn p10_plain_http_needs_loopback_or_consent() {
    let plain = platform();
    // On Linux this address is this machine, and yet no loopback address.
    let url = plain.url().replace("127.0.0.1", "0.0.0.0");
    for command in ["list", "api GET /api/users/me", "whoami", "create robot --generate"] {
        let error = with_token(&url).run([vec!["-o", "json"], command.split(' ').collect()].concat());
        let error = error.error(2, "usage");
        assert!(error["hint"].as_str().unwrap().contains("--allow-http"), "{error}");
    }
    let login = Env::new();
    let arguments = ["login", "--server", &url, "--username", "canary", "--password-stdin"];
    login.run_with_input(arguments, answers::PASSWORD).refused(2, "--allow-http");
    assert_eq!(plain.connections(), 0);
    with_token(&url).sactl("list --allow-http").ok();
    assert_eq!(plain.requests().len(), 1);
}
