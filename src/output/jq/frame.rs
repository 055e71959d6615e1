//! The frames between a command and its evaluator: a tag, a length and that many bytes.
//!
//! Responsible for sending and receiving them. Refuses an incomplete frame: then the other side has ended.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// To the evaluator: an expression first, then documents.
    Request,
    /// A part of the results, as it is printed.
    Results,
    /// The expression is compiled, or has no more results for the document.
    Done,
    /// The expression is invalid, or failed on the document: the message about it.
    Failed,
}

impl Tag {
    const ALL: [Self; 4] = [Self::Request, Self::Results, Self::Done, Self::Failed];

    const fn byte(self) -> u8 {
        match self {
            Self::Request => b'q',
            Self::Results => b'r',
            Self::Done => b'd',
            Self::Failed => b'f',
        }
    }
}

/// Bytes of the tag and the length.
const HEAD: usize = 9;

/// Sends one frame, in one piece.
///
/// # Errors
/// Those of the pipe.
pub(super) fn send(pipe: &mut impl Write, tag: Tag, bytes: &[u8]) -> io::Result<()> {
    // What a pipe takes at once is copied for that: most frames are a line.
    let mut frame = Zeroizing::new(Vec::with_capacity(HEAD + bytes.len()));
    frame.push(tag.byte());
    frame.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    frame.extend_from_slice(bytes);
    pipe.write_all(&frame)
}

/// Receives one frame; `prepare` hears its length before there is room for it.
///
/// # Errors
/// Those of the pipe and of `prepare`; `UnexpectedEof` where the other side is gone, and `InvalidData` where it is
/// not what was expected.
pub(super) fn receive(
    pipe: &mut impl Read,
    prepare: impl FnOnce(usize) -> io::Result<()>,
) -> io::Result<(Tag, Zeroizing<Vec<u8>>)> {
    let mut head = [0; HEAD];
    pipe.read_exact(&mut head)?;
    let [byte, length @ ..] = head;
    let tag = Tag::ALL.into_iter().find(|tag| tag.byte() == byte).ok_or(io::ErrorKind::InvalidData)?;
    let length = usize::try_from(u64::from_le_bytes(length))
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    prepare(length)?;
    let mut bytes = Zeroizing::new(vec![0; length]);
    pipe.read_exact(&mut bytes)?;
    Ok((tag, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_arrives_whole_or_not_at_all() {
        let mut pipe = Vec::new();
        send(&mut pipe, Tag::Results, b"one\n").unwrap();
        send(&mut pipe, Tag::Done, b"").unwrap();
        let mut rest = pipe.as_slice();
        let mut lengths = Vec::new();
        for expected in [(Tag::Results, "one\n"), (Tag::Done, "")] {
            let (tag, bytes) = receive(&mut rest, |length| {
                lengths.push(length);
                Ok(())
            })
            .unwrap();
            assert_eq!((tag, bytes.as_slice()), (expected.0, expected.1.as_bytes()));
        }
        assert_eq!(lengths, [4, 0]);
        for end in 0..pipe.len() - HEAD {
            assert!(receive(&mut &pipe[..end], |_| Ok(())).is_err(), "{end}");
        }
        assert!(receive(&mut &b"x\0\0\0\0\0\0\0\0"[..], |_| Ok(())).is_err());
    }
}
