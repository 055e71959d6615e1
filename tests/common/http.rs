//! Just enough HTTP/1.1 to receive a request byte for byte.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;

/// One received request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// `GET`, `POST` …
    pub(crate) method: String,
    /// The target as it was sent, with the query.
    pub(crate) target: String,
    /// Names in lower case, in the order in which they came.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// All of it as it came.
    pub(crate) raw: Vec<u8>,
}

impl Request {
    /// The first header of this name, which is given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The target without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether the bytes of `text` stand anywhere in it.
    pub(crate) fn contains(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.raw).contains(text)
    }

    /// Reads the next request; `None` when the other side is done.
    pub(crate) fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut request = Self::default();
        let first = request.line(stream)?;
        let mut words = first.split(' ').map(str::to_owned);
        (request.method, request.target) = (words.next()?, words.next()?);
        loop {
            let line = request.line(stream)?;
            let Some((name, value)) = line.split_once(':') else { break };
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok());
        request.body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut request.body).ok()?;
        request.raw.extend_from_slice(&request.body);
        assert!(request.header("transfer-encoding").is_none(), "requests of unknown length are not expected");
        Some(request)
    }

    fn line(&mut self, stream: &mut BufReader<TcpStream>) -> Option<String> {
        let mut line = Vec::new();
        let count = stream.read_until(b'\n', &mut line).ok()?;
        self.raw.extend_from_slice(&line);
        let line = String::from_utf8(line).ok()?;
        (count > 0).then(|| line.trim_end().to_owned())
    }
}
