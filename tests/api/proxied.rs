//! Behind a proxy that speaks the PROXY protocol: which client address counts, and how a hostile peer is answered.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use sactl::platform::app::{Limits, Listener, Peer, Tls};
use tokio::runtime::Runtime;

use crate::common::env::Env;

const HEADER: &str = "PROXY TCP4 192.0.2.7 198.51.100.1 4660 80\r\n";
const REQUEST: &str =
    "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.5\r\nConnection: close\r\n\r\n";

/// A listener whose only route says where the request comes from.
struct Echo {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Echo {
    /// One that expects headers of `proxy`.
    fn behind(proxy: &str, tls: Option<Tls>, limits: Limits) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let router = Router::new().route("/", get(async |Extension(Peer(client))| format!("{client}")));
        let url = runtime.block_on(async {
            let listener = Listener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), tls).unwrap();
            let listener = listener.limited(limits).trusting(vec![proxy.parse().unwrap()]).expecting_header();
            let url = listener.url().unwrap();
            tokio::spawn(listener.serve(router, std::future::pending()));
            url
        });
        let address = url.split_once("://").unwrap().1.parse().unwrap();
        Self { address, _runtime: runtime }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).unwrap()
    }

    /// What is answered to these bytes.
    fn ask(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let mut answer = Vec::new();
        // A peer that refuses may have closed already.
        let _ = stream.write_all(bytes);
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The address that a request with this header comes from; the answer where there is none.
    fn client(&self, header: &[u8]) -> String {
        let answer = self.ask(&[header, REQUEST.as_bytes()].concat());
        match answer.split_once("\r\n\r\n") {
            Some((status, client)) if status.starts_with("HTTP/1.1 200") => client.to_owned(),
            _ => answer,
        }
    }
}

const PROXY: &str = "127.0.0.0/8";

#[test]
fn client_is_whom_the_header_names() {
    let echo = Echo::behind(PROXY, None, Limits::default());
    let binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x08\xc6\x33\x64\x01\x12\x34\0\x50";
    assert_eq!(echo.client(HEADER.as_bytes()), "192.0.2.7", "its own X-Forwarded-For is not believed");
    assert_eq!(echo.client(binary), "192.0.2.8");
    assert_eq!(echo.client(b"PROXY TCP6 ::ffff:192.0.2.9 ::1 1 2\r\n"), "192.0.2.9");
    let inside = echo.client(b"PROXY TCP4 127.0.0.9 127.0.0.1 1 2\r\n");
    assert_eq!(inside, "127.0.0.9", "an address among those of proxies is a client too");
    for own in [&b"PROXY UNKNOWN\r\n"[..], b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"] {
        assert_eq!(echo.client(own), "127.0.0.1", "the head names no client, and no header does");
    }
    // One byte at a time.
    let mut stream = echo.connect();
    stream.set_nodelay(true).unwrap();
    for byte in [HEADER, REQUEST].concat().bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\n192.0.2.7"), "{answer}");
}

#[test]
fn connection_of_a_proxy_without_a_header_is_closed() {
    let echo = Echo::behind(PROXY, None, Limits::default());
    let long = format!("PROXY TCP4 {}", "1".repeat(4096));
    for header in ["", "PROXY TCP4 192.0.2.7\r\n", "PROXY tcp4 192.0.2.7 198.51.100.1 1 2\r\n", &long] {
        assert_eq!(echo.client(header.as_bytes()), "", "{header}");
    }
    assert_eq!(echo.client(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"), "", "a header of 64 KiB");
    // A second header is no request.
    assert!(echo.client([HEADER, HEADER].concat().as_bytes()).starts_with("HTTP/1.1 400"));
}

/// A header from any other address is not a PROXY protocol header.
#[test]
fn header_of_a_stranger_is_not_believed() {
    let echo = Echo::behind("192.0.2.1", None, Limits::default());
    assert!(echo.client(HEADER.as_bytes()).starts_with("HTTP/1.1 400"));
    assert_eq!(echo.client(b""), "127.0.0.1", "without one it is a client like any other");
}

/// P30: behind the proxy too, one address has a share of the connections, and silent ones do not stand in the way.
#[test]
fn one_client_behind_the_proxy_has_its_share_only() {
    let limits = Limits { connections: 8, per_address: 2, ..Limits::default() };
    let echo = Echo::behind(PROXY, None, limits);
    let mut honest = echo.connect();
    honest.write_all(HEADER.as_bytes()).unwrap();
    // The answer of the first shows that it has its slot.
    honest.write_all(REQUEST.replace("Connection: close\r\n", "").as_bytes()).unwrap();
    let mut begin = [0; 12];
    honest.read_exact(&mut begin).unwrap();
    // Also one with an address among those of proxies has its share only.
    let greedy = HEADER.replace("192.0.2.7", "127.0.0.9");
    let mut hostile = Vec::new();
    for _ in 0..3 {
        let mut stream = echo.connect();
        stream.write_all(greedy.as_bytes()).unwrap();
        stream.write_all(REQUEST.replace("Connection: close\r\n", "").as_bytes()).unwrap();
        stream.read_exact(&mut begin).unwrap();
        hostile.push(stream);
    }
    let mut rest = Vec::new();
    // It is closed at once, and not only when it was idle for long.
    hostile[0].set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    hostile[0].read_to_end(&mut rest).unwrap();
    honest.write_all(REQUEST.as_bytes()).unwrap();
    let mut answer = String::new();
    honest.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\n192.0.2.7"), "{answer}");
}

/// The header comes before TLS.
#[test]
fn header_comes_before_tls() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/tls");
    let env = Env::new();
    let (certificate, key) = (files.join("cert.pem"), env.work().join("key.pem"));
    std::fs::copy(files.join("key.pem"), &key).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let echo = Echo::behind(PROXY, Some(Tls::from_files(&certificate, &key).unwrap()), Limits::default());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&certificate).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = echo.connect();
    socket.write_all(HEADER.as_bytes()).unwrap();
    let mut stream = rustls::StreamOwned::new(session, socket);
    stream.write_all(REQUEST.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\n192.0.2.7"), "{answer}");
}

#[test]
fn proxy_protocol_needs_a_trusted_proxy() {
    let env = Env::new().with("SACTL_SERVE_PROXY_PROTOCOL", "1");
    let line = "serve --check --database sqlite:platform.db";
    env.sactl(line).refused(2, "--trusted-proxy");
    env.sactl(&format!("{line} --trusted-proxy 192.0.2.1")).ok();
    Env::new().sactl(&format!("{line} --proxy-protocol")).refused(2, "--trusted-proxy");
}
