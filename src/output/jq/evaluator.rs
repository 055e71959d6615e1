//! The process of this program that compiles and evaluates an expression.
//!
//! Responsible for the limit of its memory, and for ending with its command: when the pipe of documents is closed.
//! Refuses any environment except the time zone, and any output except the pipe of its command.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use zeroize::Zeroizing;

use super::error::JqError;
use super::filter::JqFilter;
use super::frame::{self, Tag};
use super::order::Order;

/// The one argument that makes a process an evaluator.
pub(super) const ARGUMENT: &str = "evaluate-for-sactl";

/// What is said about a document that is not understood.
const DOCUMENT: &str = "the document cannot be read";

/// The stack of the thread that evaluates. It does not depend on what the shell allows.
const STACK: usize = 64 << 20;

/// Memory for whatever an expression makes, and this many times that of the document on top.
const ROOM: usize = 256 << 20;
const TIMES: usize = 32;

/// A document up to this length has few results. Where it is alone, each is sent at once: it is out before the next
/// one may exhaust something.
const SMALL: usize = 64 << 10;

/// Other results are sent in blocks of this size.
const BLOCK: usize = 64 << 10;

/// Evaluates and says so, where this process was started for that.
pub fn evaluated(arguments: &[OsString]) -> bool {
    let is_one = matches!(arguments, [_, only] if only == ARGUMENT);
    if is_one {
        // Who listens knows what an end without an answer means.
        let _ = serve();
    }
    is_one
}

/// Hands on what the command sends, until it is gone.
fn serve() -> io::Result<()> {
    limit(0)?;
    let (requests, handed) = channel();
    let work = move || {
        let _end = End;
        evaluate(&handed)
    };
    thread::Builder::new().name("evaluate".to_owned()).stack_size(STACK).spawn(work)?;
    let mut stdin = io::stdin().lock();
    let mut longest = 0;
    loop {
        // Never less than before: an earlier document may still be at work.
        let (_, request) = frame::receive(&mut stdin, |length| {
            longest = longest.max(length);
            limit(longest)
        })?;
        if requests.send(request).is_err() {
            return Ok(());
        }
    }
}

/// The process is of no use without the thread that evaluates, however that ended.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        std::process::exit(1);
    }
}

/// Allows as much memory as a document of `length` bytes may need. On Linux that is everything which this process
/// writes to and shares with none, its stacks included.
fn limit(length: usize) -> io::Result<()> {
    let wanted = (STACK + ROOM).saturating_add(length.saturating_mul(TIMES)) as u64;
    let maximum = getrlimit(Resource::Data).maximum;
    let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
    Ok(setrlimit(Resource::Data, Rlimit { current, maximum })?)
}

/// Compiles the first request, and evaluates it for all others.
fn evaluate(requests: &Receiver<Zeroizing<Vec<u8>>>) -> io::Result<()> {
    let pipe = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut replies =
        Replies { pipe: BufWriter::with_capacity(BLOCK, pipe), at_once: true, results: Zeroizing::default() };
    // The thread, its stack and the limit stand: what goes wrong from here on is for the expression to answer.
    replies.end(Tag::Done, "")?;
    let Ok(order) = requests.recv() else { return Ok(()) };
    let Order { expression, arguments } = serde_json::from_slice(&order)?;
    let filter = match JqFilter::compile(&expression, &arguments) {
        Ok(filter) => filter,
        Err(error) => return replies.end(Tag::Failed, &error.to_string()),
    };
    replies.end(Tag::Done, "")?;
    let mut next = requests.recv().ok();
    while let Some(document) = next {
        next = requests.try_recv().ok();
        replies.at_once = next.is_none() && document.len() <= SMALL;
        match filter.write(&document, &mut replies) {
            Ok(()) => replies.end(Tag::Done, "")?,
            Err(error) => {
                let failed = JqError::within(&error).map_or_else(|| DOCUMENT.to_owned(), ToString::to_string);
                replies.end(Tag::Failed, &failed)?;
            }
        }
        if next.is_none() {
            replies.pipe.flush()?;
            next = requests.recv().ok();
        }
    }
    Ok(())
}

/// What is said to the command.
struct Replies {
    pipe: BufWriter<File>,
    /// Whether each single result is needed at once.
    at_once: bool,
    /// What of the results has no frame yet.
    results: Zeroizing<Vec<u8>>,
}

impl Replies {
    fn send_results(&mut self) -> io::Result<()> {
        for part in self.results.chunks(BLOCK) {
            frame::send(&mut self.pipe, Tag::Results, part)?;
        }
        self.results.clear();
        Ok(())
    }

    fn end(&mut self, tag: Tag, text: &str) -> io::Result<()> {
        self.send_results()?;
        frame::send(&mut self.pipe, tag, text.as_bytes())?;
        // A failure is the last thing that the command wants to hear.
        if self.at_once || tag == Tag::Failed { self.pipe.flush() } else { Ok(()) }
    }
}

impl Write for Replies {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.results.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// A result is whole.
    fn flush(&mut self) -> io::Result<()> {
        if self.at_once {
            self.send_results()?;
            return self.pipe.flush();
        }
        if self.results.len() >= BLOCK { self.send_results() } else { Ok(()) }
    }
}
