//! A plain load generator: what is the most that a server can give.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// Sends the changes over `connections` connections, each of which sends the next one when the last is answered; gives
/// the time for all.
pub(crate) fn puts(url: &str, token: &str, changes: &[(String, String)], connections: usize) -> Duration {
    let address = url.trim_start_matches("http://");
    let started = Instant::now();
    thread::scope(|scope| {
        for first in 0..connections {
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                for (path, body) in changes.iter().skip(first).step_by(connections) {
                    put(&mut stream, address, token, path, body);
                }
            });
        }
    });
    started.elapsed()
}

fn put(stream: &mut TcpStream, host: &str, token: &str, path: &str, body: &str) {
    let length = body.len();
    let request = format!(
        "PUT {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let (mut answer, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    while !is_whole(&answer) {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the server hung up");
        answer.extend_from_slice(&buffer[..count]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(&answer));
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    answer.len() >= end + 4 + length
}
