//! A proxy that makes every round trip longer, and counts requests.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Where it listens, and the lists of accounts that were asked for so far: each once, however many pages it has.
pub(crate) struct Proxy {
    pub(crate) url: String,
    pub(crate) lists: Arc<AtomicUsize>,
}

impl Proxy {
    /// Hands everything on; each way takes `delay` longer. It ends with the process.
    pub(crate) fn new(upstream: &str, delay: Duration) -> Self {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let lists = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&lists);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&upstream).unwrap();
                let (back, forth) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let count = Arc::clone(&count);
                thread::spawn(move || copy(client, forth, delay, Some(&count)));
                thread::spawn(move || copy(server, back, delay, None));
            }
        });
        Self { url, lists }
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, delay: Duration, lists: Option<&AtomicUsize>) {
    let _ = to.set_nodelay(true);
    let mut buffer = vec![0; 256 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(lists) = lists {
            let text = String::from_utf8_lossy(&buffer[..count]);
            let first = text.lines().next().unwrap_or_default();
            let is_list = first.starts_with("GET ") && first.contains("/service-accounts?");
            lists.fetch_add(usize::from(is_list && !first.contains("cursor=")), Ordering::SeqCst);
        }
        if !delay.is_zero() {
            thread::sleep(delay);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
