//! A proxy in front of a real server: it counts the requests and breaks off where it is told to, so that a
//! test sees what a client makes of a lost connection while the server has, or has not, done its work.

use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::http::Request;
use super::stub::Acceptor;

/// Where a connection breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before the server hears anything.
    BeforeTheRequest,
    /// When the server has heard half of it.
    WithinTheRequest,
    /// When the server has answered, and before the client hears anything.
    BeforeTheAnswer,
    /// When the client has heard half of the answer.
    WithinTheAnswer,
    /// The server hears nothing, and the client hears that it shall come back in a second.
    Busy,
}

/// The answer to a request that comes too early.
const BUSY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The proxy.
pub(crate) struct Proxy {
    acceptor: Acceptor,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    /// Hands everything on to the server at `url`.
    pub(crate) fn counting(url: &str) -> Self {
        Self::start(url, |_, _| None)
    }

    /// Breaks off as `cut` says, at each of the first `times` requests that `wanted` chooses.
    pub(crate) fn cutting(url: &str, cut: Cut, times: usize, wanted: fn(&Request) -> bool) -> Self {
        let left = AtomicUsize::new(times);
        Self::start(url, move |request, _| {
            let less = |left: usize| left.checked_sub(1);
            let hit = wanted(request) && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
            hit.then_some(cut)
        })
    }

    /// Breaks off, or hands on, as `plan` says of each request and its number, from 1.
    pub(crate) fn start(
        url: &str,
        plan: impl Fn(&Request, usize) -> Option<Cut> + Send + Sync + 'static,
    ) -> Self {
        let upstream = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen: Arc<Mutex<Vec<Request>>> = requests.clone();
        let acceptor = Acceptor::start(move |stream| {
            let mut client = stream.try_clone().unwrap();
            let mut reader = BufReader::new(stream);
            while let Some(request) = Request::read(&mut reader) {
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request.clone());
                    seen.len()
                };
                if hand_on(&request, &upstream, &mut client, plan(&request, number)).is_err() {
                    break;
                }
            }
            let _ = client.shutdown(Shutdown::Both);
        });
        Self { acceptor, requests }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.acceptor.url()
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Method and path of the requests so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(|request| format!("{} {}", request.method, request.path())).collect()
    }
}

/// Each request goes over a connection of its own, which the server ends: so the end of the answer is known
/// without understanding it.
fn hand_on(
    request: &Request,
    upstream: &str,
    client: &mut TcpStream,
    cut: Option<Cut>,
) -> std::io::Result<()> {
    let broken = || Err(std::io::ErrorKind::ConnectionAborted.into());
    if cut == Some(Cut::BeforeTheRequest) {
        return broken();
    }
    if cut == Some(Cut::Busy) {
        client.write_all(BUSY)?;
        return broken();
    }
    let mut server = TcpStream::connect(upstream)?;
    let bytes = with_one_connection(&request.raw);
    if cut == Some(Cut::WithinTheRequest) {
        server.write_all(&bytes[..bytes.len() - request.body.len() / 2 - 1])?;
        server.shutdown(Shutdown::Both)?;
        return broken();
    }
    server.write_all(&bytes)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    match cut {
        Some(Cut::BeforeTheAnswer) => return broken(),
        Some(Cut::WithinTheAnswer) => client.write_all(&answer[..answer.len() / 2])?,
        _ => client.write_all(&answer)?,
    }
    // The answer says that the connection ends, and so it does.
    broken()
}

fn with_one_connection(raw: &[u8]) -> Vec<u8> {
    let end = raw.windows(2).position(|pair| pair == b"\r\n").unwrap_or_default();
    let mut bytes = raw[..end].to_vec();
    bytes.extend_from_slice(b"\r\nconnection: close");
    bytes.extend_from_slice(&raw[end..]);
    bytes
}
