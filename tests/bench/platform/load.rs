//! A plain load generator.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// A connection that carries one request after the other.
pub(crate) struct Line {
    stream: TcpStream,
}

/// An answer that came whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Line {
    /// Connects, from an address of the loopback network where one is given.
    pub(crate) async fn open(to: SocketAddr, from: Option<IpAddr>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0)).unwrap();
        }
        let stream = socket.connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    /// Sends a request and waits for its answer. `None` says that the server ended the connection.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Option<Answer> {
        self.stream.write_all(request).await.ok()?;
        let mut answer = Vec::with_capacity(4096);
        loop {
            if let Some((status, start, end)) = whole(&answer) {
                return Some(Answer { status, body: answer[start..end].to_vec() });
            }
            if self.stream.read_buf(&mut answer).await.ok()? == 0 {
                return None;
            }
        }
    }
}

/// The status of an answer that is there whole, and where its body is.
fn whole(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let start = memchr::memmem::find(answer, b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..start]).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let end = start + length.unwrap_or(0);
    (answer.len() >= end).then(|| (head[9..12].parse().unwrap(), start, end))
}

/// A request of a caller.
pub(crate) fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A sign-in.
pub(crate) fn sign_in(user: &str, password: &str) -> Vec<u8> {
    let fields =
        [("grant_type", "password"), ("client_id", "python"), ("username", user), ("password", password)];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let length = body.len();
    format!(
        "POST /public/auth/connect/token HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Says what a connection asks: the number of the connection, and how often it has asked.
pub(crate) type Asking = Arc<dyn Fn(usize, usize) -> Vec<u8> + Send + Sync>;

/// How many requests were answered in `time` over so many connections, each of which sends the next one when the last
/// is answered.
pub(crate) async fn answered(to: SocketAddr, connections: usize, time: Duration, asking: &Asking) -> usize {
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (mut line, asking) = (Line::open(to, None).await, Arc::clone(asking));
        let until = Instant::now() + time;
        tasks.spawn(async move {
            let mut count = 0;
            while Instant::now() < until {
                let answer = line.ask(&asking(number, count)).await.unwrap();
                let text = String::from_utf8_lossy(&answer.body);
                assert!(matches!(answer.status, 200 | 201), "{} {text}", answer.status);
                count += 1;
            }
            count
        });
    }
    tasks.join_all().await.into_iter().sum()
}
