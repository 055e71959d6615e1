//! A server that does what the platform never does: it answers anything, breaks off anywhere, and remembers
//! every byte it was sent.

use std::io::{BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::http::Request;

/// What the stub does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A whole answer of this status, with these headers besides the length.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// These bytes as they are, then the end of the connection.
    Raw(Vec<u8>),
    /// A good beginning, and then these bytes over and over until the reader is gone.
    Endless(&'static str, Vec<u8>),
    /// The bytes one by one, each after a pause.
    Drip(Vec<u8>, Duration),
    /// The end of the connection, without a byte.
    HangUp,
    /// Nothing, for as long as the other side waits.
    Silence,
}

impl Answer {
    /// A JSON document.
    pub(crate) fn json(status: u16, document: impl Into<String>) -> Self {
        Self::Whole(
            status,
            vec![("content-type", "application/json".to_owned())],
            document.into().into_bytes(),
        )
    }

    /// The page of some web server that is no platform.
    pub(crate) fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Hello</body></html>";
        Self::Whole(status, vec![("content-type", "text/html".to_owned())], page.into())
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::Whole(status, vec![("location", location.to_owned())], Vec::new())
    }

    fn send(&self, stream: &mut TcpStream) -> std::io::Result<bool> {
        match self {
            Self::Whole(status, headers, body) => {
                stream.write_all(head(*status, headers, body.len()).as_bytes())?;
                stream.write_all(body)?;
                return Ok(true);
            }
            Self::Raw(bytes) => stream.write_all(bytes)?,
            Self::Endless(content_type, bytes) => {
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n\r\n")?;
                loop {
                    stream.write_all(bytes)?;
                }
            }
            Self::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[*byte])?;
                    thread::sleep(*pause);
                }
            }
            Self::HangUp => {}
            Self::Silence => {
                let mut rest = BufReader::new(stream.try_clone()?);
                std::io::copy(&mut rest, &mut std::io::sink())?;
            }
        }
        Ok(false)
    }
}

fn head(status: u16, headers: &[(&str, String)], length: usize) -> String {
    let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} Stub\r\n{}content-length: {length}\r\n\r\n", lines.concat())
}

/// Anything that takes connections until it is dropped: the threads behind a stub and a proxy.
pub(crate) struct Acceptor {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
}

impl Acceptor {
    /// Listens on a free loopback port and hands each connection to a thread of its own.
    pub(crate) fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, stopped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, stop, serve) = (connections.clone(), stopped.clone(), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), serve) = (stream, serve.clone()) else { continue };
                let _ = stream.set_nodelay(true);
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(stream));
            }
        });
        Self { address, connections, stopped }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections came so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        let _ = TcpStream::connect(self.address);
    }
}

/// The server.
pub(crate) struct Stub {
    acceptor: Acceptor,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    /// Answers each request with what `answer` makes of it.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let acceptor = Acceptor::start(move |stream| serve(stream, &answer, &seen));
        Self { acceptor, requests }
    }

    /// Answers every request alike.
    pub(crate) fn always(answer: Answer) -> Self {
        Self::start(move |_| answer.clone())
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.acceptor.url()
    }

    /// How many connections came so far, with or without a request.
    pub(crate) fn connections(&self) -> usize {
        self.acceptor.connections()
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, answer: &impl Fn(&Request) -> Answer, seen: &Mutex<Vec<Request>>) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader) {
        let answer = answer(&request);
        seen.lock().unwrap().push(request);
        // What the other side does not want to hear is its own affair.
        if !matches!(answer.send(&mut writer), Ok(true)) {
            break;
        }
    }
    let _ = writer.shutdown(Shutdown::Both);
}
