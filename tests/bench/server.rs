//! A fixed server that costs next to nothing: every answer is made before the first question. Over TLS it offers
//! HTTP/2 and HTTP/1.1, as the platform does; without TLS it speaks HTTP/1.1.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::accounts::{COMPANIES, Pages, cursor};

/// The path of a list, without its query.
pub(crate) fn list_path(company: usize) -> String {
    format!("/api/companies/{company}/service-accounts")
}

/// Where the server listens.
pub(crate) struct Server {
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
    /// The certificate of who signed the server's.
    pub(crate) authority: String,
}

/// One answer: the body, and the whole of it as HTTP/1.1 writes it.
#[derive(Clone, Copy)]
struct Answer {
    body: &'static [u8],
    plain: &'static [u8],
}

/// Answers by path and cursor. They live as long as the process.
type Answers = HashMap<(String, String), Answer>;

impl Answer {
    fn new(status: &str, body: &str) -> Self {
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let plain: &'static [u8] = Box::leak([head.as_bytes(), body.as_bytes()].concat().into_boxed_slice());
        Self { body: &plain[head.len()..], plain }
    }
}

fn answers() -> Answers {
    let mut answers = Answers::new();
    let pages = Pages::new();
    for company in COMPANIES {
        for (number, page) in pages.of(company).enumerate() {
            let cursor = if number == 0 { String::new() } else { cursor(number) };
            answers.insert((list_path(company), cursor), Answer::new("200 OK", page));
        }
    }
    let mut other = |path: &str, body: &str| {
        answers.insert((path.to_owned(), String::new()), Answer::new("200 OK", body));
    };
    let company = r#"{"id":100,"name":"Acme MSP"}"#;
    other("/api/companies/100", &format!(r#"{{"success":true,"data":{company}}}"#));
    other("/api/companies", &format!(r#"{{"success":true,"data":[{company}],"next":null,"total":1}}"#));
    let access = format!(r#"{{"company":{company},"role":"company-admin","permissions":["devices:view"]}}"#);
    other(
        "/api/users/me",
        &format!(
            r#"{{"success":true,"data":{{"id":1,"kind":"user","name":"admin@acme.example","companies":[{access}]}}}}"#
        ),
    );
    other(
        "/public/auth/connect/token",
        r#"{"access_token":"sat_0000000000000000","expires_in":7200,"token_type":"Bearer"}"#,
    );
    answers
}

/// The answer to a path with its query.
fn answer(answers: &Answers, target: &str) -> Option<Answer> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor=")).unwrap_or_default();
    answers.get(&(path.to_owned(), cursor.to_owned())).copied()
}

impl Server {
    /// Starts it on a thread of its own, which ends with the process.
    pub(crate) fn start() -> Self {
        let (config, authority) = tls();
        let bind = || {
            let listener = StdListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            listener
        };
        let (plain, secure) = (bind(), bind());
        let started =
            Self { http: plain.local_addr().unwrap(), https: secure.local_addr().unwrap(), authority };
        let answers: &'static Answers = Box::leak(Box::new(answers()));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let acceptor = TlsAcceptor::from(Arc::new(config));
                tokio::join!(
                    accept(TcpListener::from_std(plain).unwrap(), None, answers),
                    accept(TcpListener::from_std(secure).unwrap(), Some(acceptor), answers),
                )
            })
        });
        started
    }
}

fn tls() -> (ServerConfig, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Benchmark Authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (config, authority.pem())
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, answers: &'static Answers) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve(stream, acceptor.clone(), answers));
    }
}

async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, answers: &'static Answers) {
    let Some(acceptor) = acceptor else { return http1(stream, answers).await };
    let Ok(stream) = acceptor.accept(stream).await else { return };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        http2(stream, answers).await;
    } else {
        http1(stream, answers).await;
    }
}

/// Requests one after the other. A body is short here, and comes with its head.
async fn http1(mut stream: impl AsyncRead + AsyncWrite + Unpin, answers: &'static Answers) {
    let mut read = Vec::with_capacity(4096);
    loop {
        read.clear();
        while !is_whole(&read) {
            if !matches!(stream.read_buf(&mut read).await, Ok(1..)) {
                return;
            }
        }
        let text = String::from_utf8_lossy(&read);
        let target = text.split(' ').nth(1).unwrap_or_default();
        let found = answer(answers, target);
        let missing = || Answer::new("404 Not Found", "{}");
        if stream.write_all(found.unwrap_or_else(missing).plain).await.is_err() {
            return;
        }
    }
}

/// Whether a request is there to its end.
fn is_whole(read: &[u8]) -> bool {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    read.len() >= end + 4 + length
}

async fn http2(stream: impl AsyncRead + AsyncWrite + Unpin, answers: &'static Answers) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let found = answer(answers, target);
        let head = http::Response::builder()
            .status(if found.is_some() { 200 } else { 404 })
            .header("content-type", "application/json");
        let body: &'static [u8] = found.map_or(b"{}", |found| found.body);
        let Ok(mut answer) = respond.send_response(head.body(()).unwrap(), false) else { return };
        let _ = answer.send_data(body.into(), true);
    }
}
