//! Connections that hold a slot or memory without asking or reading.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use axum::body::Bytes;
use sactl::platform::app::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::common::platform::{SANDBOX, Server};

/// Far longer than a test takes; without a bound, the test waits this long and fails.
const FOR_EVER: Duration = Duration::from_secs(30);
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const LARGE: &str = "/openapi.json";

/// A server that closes idle connections soon.
fn impatient() -> Server {
    Server::limited(SANDBOX, Limits { idle: Duration::from_millis(300), ..Limits::default() })
}

fn address(server: &Server) -> SocketAddr {
    server.url().trim_start_matches("http://").parse().unwrap()
}

/// S6, P30: a peer that asks and never reads held a slot for ever.
#[test]
fn silent_reader_is_closed() {
    let server = impatient();
    let mut stream = TcpStream::connect(address(&server)).unwrap();
    stream.set_write_timeout(Some(FOR_EVER)).unwrap();
    let question = format!("GET {LARGE} HTTP/1.1\r\nHost: x\r\n\r\n").repeat(1000);
    let ended = loop {
        if let Err(error) = stream.write_all(question.as_bytes()) {
            break error.kind();
        }
    };
    assert!(matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{ended:?}");
}

/// S6, P30: a connection that asked once was kept as long as its peer liked.
#[test]
fn idle_connection_is_closed() {
    let server = impatient();
    let mut stream = TcpStream::connect(address(&server)).unwrap();
    stream.set_read_timeout(Some(FOR_EVER)).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// S5, S6, P30: an HTTP/2 connection that only answers pings never ended, nor one with closed windows.
#[test]
fn http2_connection_that_only_pings_is_closed() {
    let server = impatient();
    for questions in [0, 10] {
        server.block_on(async {
            let stream = tokio::net::TcpStream::connect(address(&server)).await.unwrap();
            let mut builder = h2::client::Builder::new();
            builder.initial_window_size(0);
            let (asking, mut connection) = builder.handshake::<_, Bytes>(stream).await.unwrap();
            let mut pings = connection.ping_pong().unwrap();
            let asked = tokio::spawn(async move {
                let mut unread = Vec::new();
                for _ in 0..questions {
                    let request = http::Request::get(format!("http://x{LARGE}")).body(()).unwrap();
                    let Ok(mut ready) = asking.clone().ready().await else { break };
                    let Ok((answer, _)) = ready.send_request(request, true) else { break };
                    unread.push(answer);
                }
                while pings.ping(h2::Ping::opaque()).await.is_ok() {}
                drop((asking, unread));
            });
            tokio::time::timeout(FOR_EVER, connection).await.expect("the connection lives").ok();
            tokio::time::timeout(FOR_EVER, asked).await.unwrap().unwrap();
        });
    }
}

/// S5, P30: one HTTP/2 connection had 128 requests under way.
#[test]
fn http2_has_few_streams() {
    let server = Server::sandbox();
    server.block_on(async {
        let stream = tokio::net::TcpStream::connect(address(&server)).await.unwrap();
        let (asking, connection) = h2::client::handshake(stream).await.unwrap();
        let driven = tokio::spawn(connection);
        let mut asking = asking.ready().await.unwrap();
        let request = http::Request::get("http://x/healthz").body(()).unwrap();
        asking.send_request(request, true).unwrap().0.await.unwrap();
        assert_eq!(asking.current_max_send_streams(), 16);
        driven.abort();
    });
}

/// S6, P30: connections without a request took every slot, and a new one waited for ever.
#[test]
fn new_connection_finds_a_slot_whatever_others_hold() {
    let limits = Limits { connections: 16, per_address: 8, ..Limits::default() };
    let server = Server::limited(SANDBOX, limits);
    let connect = async |from: u8| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, from), 0))).unwrap();
        socket.connect(address(&server)).await.unwrap()
    };
    server.block_on(async {
        let mut hostile = Vec::new();
        for _ in 0..100 {
            hostile.push(connect(1).await);
        }
        for from in [1, 2, 3, 4] {
            let mut honest = connect(from).await;
            honest.write_all(HEALTH).await.unwrap();
            let mut answer = String::new();
            tokio::time::timeout(FOR_EVER, honest.read_to_string(&mut answer)).await.unwrap().unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{from}: {answer}");
        }
        for closed in hostile.iter_mut().take(92) {
            let read = tokio::time::timeout(FOR_EVER, closed.read(&mut [0])).await.expect("the slot is held");
            assert_eq!(read.unwrap_or(0), 0);
        }
    });
}
