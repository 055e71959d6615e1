//! The PROXY protocol header, in which a proxy names the client of the connection that it passes on.
//!
//! Responsible for reading versions 1 and 2 for TCP, exactly to the end of the header. Refuses a header that the
//! protocol does not allow, that is too long, or that arrives too slowly.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The first bytes of version 2. Every header of version 1 is longer.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Most bytes of a header of version 1.
const LONGEST_LINE: usize = 107;
/// Most bytes of addresses and further fields in version 2.
const LONGEST_REST: usize = 1024;
/// How long a header may take.
pub(super) const HEADER_TIME: Duration = Duration::from_secs(5);

/// Reads the header and returns the address of the client; `None` where the proxy itself connects, or names no client.
///
/// # Errors
/// An invalid header, none within the time `limit`, or a connection that ended.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    limit: Duration,
) -> io::Result<Option<IpAddr>> {
    let header = async {
        let mut begin = [0; SIGNATURE.len()];
        stream.read_exact(&mut begin).await?;
        if begin == SIGNATURE { binary(stream).await } else { line(stream, &begin).await }
    };
    tokio::time::timeout(limit, header).await?
}

fn refused(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

async fn line(stream: &mut (impl AsyncRead + Unpin), begin: &[u8]) -> io::Result<Option<IpAddr>> {
    if !begin.starts_with(b"PROXY ") {
        return Err(refused("no PROXY protocol header"));
    }
    let mut line = begin.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() == LONGEST_LINE {
            return Err(refused("the line is too long"));
        }
        line.push(stream.read_u8().await?);
    }
    let text = str::from_utf8(&line).ok().and_then(|text| text.strip_suffix("\r\n"));
    let text = text.ok_or_else(|| refused("the line is not UTF-8"))?;
    if text == "PROXY UNKNOWN" || text.starts_with("PROXY UNKNOWN ") {
        return Ok(None);
    }
    let words: Vec<&str> = text.split(' ').collect();
    let client = match words.as_slice() {
        ["PROXY", "TCP4", source, target, ports @ ..] if are_ports(ports) => {
            addresses::<Ipv4Addr>(source, target)
        }
        ["PROXY", "TCP6", source, target, ports @ ..] if are_ports(ports) => {
            addresses::<Ipv6Addr>(source, target)
        }
        _ => None,
    };
    client.map(Some).ok_or_else(|| refused("the line is not a PROXY protocol header"))
}

/// The source, if both are addresses of this family.
fn addresses<A: std::str::FromStr + Into<IpAddr>>(source: &str, target: &str) -> Option<IpAddr> {
    target.parse::<A>().ok().and(source.parse::<A>().ok()).map(Into::into)
}

/// Whether these words are two ports.
fn are_ports(words: &[&str]) -> bool {
    let is_port = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit()) && word.parse::<u16>().is_ok();
    words.len() == 2 && words.iter().all(is_port)
}

async fn binary(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let (command, family) = (stream.read_u8().await?, stream.read_u8().await?);
    let length = usize::from(stream.read_u16().await?);
    if length > LONGEST_REST {
        return Err(refused("the header is too long"));
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    match (command, family) {
        // The command LOCAL, or an unspecified family.
        (0x20, _) | (0x21, 0x00) => Ok(None),
        (0x21, 0x11) if length >= 12 => Ok(rest.first_chunk().map(|it: &[u8; 4]| Ipv4Addr::from(*it).into())),
        (0x21, 0x21) if length >= 36 => {
            Ok(rest.first_chunk().map(|it: &[u8; 16]| Ipv6Addr::from(*it).into()))
        }
        _ => Err(refused("the header is not for a TCP connection")),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// A header of version 2.
    fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, rest].concat()
    }

    /// What is read from a peer that sends `bytes` and then closes (`ends`) or stays silent, and what is left unread.
    async fn given(bytes: &[u8], ends: bool) -> (io::Result<Option<IpAddr>>, Vec<u8>) {
        let (mut peer, mut stream) = tokio::io::duplex(4096);
        peer.write_all(bytes).await.unwrap();
        let peer = (!ends).then_some(peer);
        let header = read(&mut stream, Duration::from_millis(20)).await;
        drop(peer);
        let mut left = Vec::new();
        stream.read_to_end(&mut left).await.unwrap();
        (header, left)
    }

    #[tokio::test]
    async fn head_tells_the_client_and_nothing_more_is_read() {
        let four = [192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x34, 0, 80];
        let mut six = [0; 36];
        six[..16].copy_from_slice(&"2001:db8::7".parse::<Ipv6Addr>().unwrap().octets());
        let with_fields = [&four[..], &[0x04, 0, 1, 0]].concat();
        for (header, client) in [
            (b"PROXY TCP4 192.0.2.7 198.51.100.1 4660 80\r\n".to_vec(), Some("192.0.2.7")),
            (b"PROXY TCP6 2001:db8::7 2001:db8::1 4660 443\r\n".to_vec(), Some("2001:db8::7")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".to_vec(), None),
            (binary(0x21, 0x11, &four), Some("192.0.2.7")),
            (binary(0x21, 0x11, &with_fields), Some("192.0.2.7")),
            (binary(0x21, 0x21, &six), Some("2001:db8::7")),
            (binary(0x20, 0x00, &[]), None),
            (binary(0x20, 0x11, &four), None),
            (binary(0x21, 0x00, &[1, 2, 3]), None),
        ] {
            let (found, left) = given(&[&header[..], b"GET"].concat(), false).await;
            assert_eq!(found.unwrap(), client.map(|it| it.parse().unwrap()), "{header:?}");
            assert_eq!(left, b"GET", "{header:?}");
        }
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        let long_line = [b"PROXY UNKNOWN ".to_vec(), vec![b'x'; 200]].concat();
        let mut hostile: Vec<Vec<u8>> = [
            "GET / HTTP/1.1\r\n\r\n",
            "PROXY  TCP4 192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 \r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 1 65536\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 +1 2\r\n",
            "PROXY TCP4 192.0.2.007 198.51.100.1 1 2\r\n",
            "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
            "PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\nGET / HTTP/1.1\r\n",
            "PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY UNKNOWNS\r\n",
            "proxy tcp4 192.0.2.7 198.51.100.1 1 2\r\n",
        ]
        .map(|line| line.as_bytes().to_vec())
        .into();
        hostile.extend([
            long_line,
            b"PROXY TCP4 \xff.0.2.7 198.51.100.1 1 2\r\n".to_vec(),
            binary(0x21, 0x11, &[0; 11]),
            binary(0x21, 0x21, &[0; 35]),
            binary(0x21, 0x12, &[0; 12]),
            binary(0x21, 0x31, &[0; 216]),
            binary(0x22, 0x11, &[0; 12]),
            binary(0x11, 0x11, &[0; 12]),
            binary(0x21, 0x11, &[0; 1025]),
            [&SIGNATURE[..], &[0x21, 0x11, 0xff, 0xff]].concat(),
        ]);
        for header in hostile {
            let (found, _) = given(&header, false).await;
            assert_eq!(
                found.unwrap_err().kind(),
                io::ErrorKind::InvalidData,
                "{}",
                String::from_utf8_lossy(&header)
            );
        }
    }

    /// Every part of a header: a peer that stays silent costs the time limit, one that closes costs nothing.
    #[tokio::test]
    async fn part_of_a_head_is_refused_in_time() {
        let line = b"PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r\n".to_vec();
        for header in [line, binary(0x21, 0x11, &[0; 12])] {
            for length in 0..header.len() {
                let (silent, _) = given(&header[..length], false).await;
                assert_eq!(silent.unwrap_err().kind(), io::ErrorKind::TimedOut, "{length}");
                let (ended, _) = given(&header[..length], true).await;
                assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{length}");
            }
        }
    }
}
