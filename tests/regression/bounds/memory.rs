//! The memory of the running platform under hostile connections.

#![cfg(target_os = "linux")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use rustix::process::Signal;
use sactl::api::path::TOKEN;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::api::process::{Running, command};
use crate::common::env::Env;
use crate::common::lane::lane;

const MOST_MIB: u64 = 128;
/// A second on an idle machine; tests share theirs.
const SOON: Duration = Duration::from_secs(10);

async fn connect(to: SocketAddr, from: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, from), 0))).unwrap();
    socket.connect(to).await.unwrap()
}

/// Opens as many requests on one connection as the server takes, each with a form that never ends, and waits until the
/// server has seen them.
async fn unfinished_forms(stream: TcpStream, streams: usize) -> Vec<h2::SendStream<Bytes>> {
    let (mut asking, mut connection) = h2::client::handshake(stream).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    tokio::spawn(connection);
    pings.ping(h2::Ping::opaque()).await.unwrap();
    let mut open = Vec::new();
    for _ in 0..streams {
        let request = http::Request::post("http://x/public/auth/connect/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", "65536")
            .header("x-long", "a".repeat(6_000));
        let Ok((_, mut body)) = asking.send_request(request.body(()).unwrap(), false) else { break };
        body.send_data(Bytes::from(vec![b'a'; 65_000]), false).unwrap();
        open.push(body);
    }
    pings.ping(h2::Ping::opaque()).await.unwrap();
    open
}

/// What a client from an address of its own is answered.
async fn ask(to: SocketAddr, question: String) -> String {
    let mut honest = connect(to, 100).await;
    honest.write_all(question.as_bytes()).await.unwrap();
    let mut answer = String::new();
    honest.read_to_string(&mut answer).await.unwrap();
    answer
}

/// S5, P30: 20 connections with 120 unfinished forms each took 196 MiB, without a token. 64 of them held every place
/// for a request: others were answered 503.
#[test]
fn unfinished_forms_on_many_streams_take_bounded_memory() {
    let env = Env::new();
    let mut serve = command(&env, &["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:p.db"]);
    serve.env("SACTL_LOG", "off");
    let mut running = Running::start(serve);
    let address: SocketAddr = running.line().strip_prefix("Listening on http://").unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut hostile = Vec::new();
        for index in 0..lane(27, 72) {
            hostile.push(unfinished_forms(connect(address, index % 9 + 1).await, 120).await);
        }
        assert!(hostile.iter().all(|open| !open.is_empty()));
        let started = Instant::now();
        let ready =
            ask(address, "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned()).await;
        assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
        let form = "grant_type=password&username=x&password=y&client_id=python";
        let head = "Host: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded";
        let sign_in =
            format!("POST {TOKEN} HTTP/1.1\r\n{head}\r\nContent-Length: {}\r\n\r\n{form}", form.len());
        let denied = ask(address, sign_in).await;
        assert!(denied.starts_with("HTTP/1.1 400") && denied.contains("invalid_grant"), "{denied}");
        assert!(started.elapsed() < SOON);
    });
    drop(runtime);
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak / 1024 <= MOST_MIB, "{} MiB", peak / 1024);
    running.signal(Signal::TERM);
    running.end();
}
