//! `--jq`: an expression of the jq language, evaluated on the JSON document of an answer.
//!
//! Responsible for starting a process that compiles the expression before anything is sent, and evaluates it. Refuses
//! to evaluate it in this process: an expression can recurse or collect without end, and then only that process fails.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use zeroize::Zeroizing;

use self::frame::Tag;
use self::order::Order;

mod error;
mod evaluator;
mod filter;
mod frame;
mod number;
mod order;
mod rewrite;

pub use error::JqError;
pub use evaluator::evaluated;

/// Results that are compared with others are no longer than this: it is many times what an answer with a password
/// has.
const COMPARED: usize = 4 << 20;

/// Most documents that wait for the evaluator.
const AHEAD: usize = 256;

/// A compiled expression.
#[derive(Debug)]
pub struct Jq {
    order: Order,
    time_zone: Option<OsString>,
    /// The process that has compiled it; none after a failure, and while it works.
    evaluator: Mutex<Option<Evaluator>>,
}

impl Jq {
    /// Compiles an expression, for which local times are those of `time_zone`, as `TZ` names it. It knows each of
    /// `arguments` as a variable: a name, and the string that it stands for.
    ///
    /// # Errors
    /// A [`JqError`] that says what is wrong with it, and where; those of starting a process.
    pub fn compile(
        expression: &str,
        arguments: Vec<(String, String)>,
        time_zone: Option<OsString>,
    ) -> io::Result<Self> {
        let order = Order { expression: expression.to_owned(), arguments };
        let evaluator = Evaluator::start(&order, time_zone.as_ref())?;
        Ok(Self { order, time_zone, evaluator: Mutex::new(Some(evaluator)) })
    }

    /// Whether the results do not tell these two documents apart: they are the same for both, or not even the same for
    /// one of them each time, as those of `now`. Where the expression fails, or has results beyond measure, there are
    /// none.
    pub fn is_blind_to<T: Serialize>(&self, one: &T, other: &T) -> bool {
        let results = |document: &T| {
            let mut out = Compared(Zeroizing::default());
            self.write(document, &mut out).ok().map(|()| out.0)
        };
        let (before, between, after) = (results(one), results(other), results(one));
        before.is_some() && (before == between || before != after)
    }

    /// Writes the results for `document`.
    ///
    /// # Errors
    /// A [`JqError`] where the expression fails; those of `out`.
    pub(super) fn write<T: Serialize>(&self, document: &T, out: &mut dyn Write) -> io::Result<()> {
        self.write_each(std::slice::from_ref(document), out)
    }

    /// Writes the results for each of `documents`, which are evaluated one after the other.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(super) fn write_each<T: Serialize>(&self, documents: &[T], out: &mut dyn Write) -> io::Result<()> {
        let idle = || self.evaluator.lock().unwrap_or_else(PoisonError::into_inner);
        let there = idle().take();
        let mut evaluator = match there {
            Some(evaluator) => evaluator,
            None => Evaluator::start(&self.order, self.time_zone.as_ref())?,
        };
        let advice = "a recursive function must call itself as its last step; print many results one by one \
            instead of collecting them";
        for documents in documents.chunks(AHEAD) {
            // Each is read at once, independent of those before it.
            for document in documents {
                evaluator.request(&Zeroizing::new(serde_json::to_vec(document)?));
            }
            documents.iter().try_for_each(|_| evaluator.reply(out, advice))?;
        }
        *idle() = Some(evaluator);
        Ok(())
    }
}

/// Results to be compared.
struct Compared(Zeroizing<Vec<u8>>);

impl Write for Compared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > COMPARED {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The command's end of the pipes to the process that evaluates. Dropping it ends the process.
#[derive(Debug)]
struct Evaluator {
    process: Child,
    requests: BufWriter<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Evaluator {
    /// Starts one for an expression, which it compiles.
    fn start(order: &Order, time_zone: Option<&OsString>) -> io::Result<Self> {
        let mut command = Command::new(this_program()?);
        command.arg0("sactl").arg(evaluator::ARGUMENT).env_clear().envs(time_zone.map(|zone| ("TZ", zone)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Ctrl-C is for the command, which then ends both.
        command.process_group(0);
        let mut process = command.spawn()?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut started =
            Self { process, requests: BufWriter::new(requests), replies: BufReader::new(replies) };
        // One that cannot get ready ends without a word.
        let unready = |_| io::Error::other("it ended too early; it needs at least 64 MiB of memory");
        frame::receive(&mut started.replies, |_| Ok(())).map_err(unready)?;
        let advice = "use fewer nested brackets";
        started.request(&Zeroizing::new(serde_json::to_vec(order)?));
        started.reply(&mut io::sink(), advice)?;
        Ok(started)
    }

    /// Sends a request. If the process has ended, the reply shows it.
    fn request(&mut self, request: &[u8]) {
        let _ = frame::send(&mut self.requests, Tag::Request, request);
    }

    /// Writes the results for the next request into `out`. When that fails, this is of no more use.
    ///
    /// # Errors
    /// A [`JqError`]: the evaluator's own, or one with `advice` where the process has ended; those of `out`.
    fn reply(&mut self, out: &mut dyn Write, advice: &'static str) -> io::Result<()> {
        let _ = self.requests.flush();
        loop {
            let (tag, bytes) = frame::receive(&mut self.replies, |_| Ok(())).map_err(|_| ended(advice))?;
            match tag {
                Tag::Results => out.write_all(&bytes)?,
                Tag::Done => return Ok(()),
                Tag::Failed => {
                    return Err(io::Error::other(JqError::new(String::from_utf8_lossy(&bytes))));
                }
                Tag::Request => return Err(ended(advice)),
            }
        }
    }
}

/// What goes wrong between the processes must not look like a fault of standard output.
fn ended(advice: &'static str) -> io::Error {
    io::Error::other(JqError::exhausted(advice))
}

impl Drop for Evaluator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// This program, even if its file was replaced since it started.
fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() }
}
