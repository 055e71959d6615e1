//! The journal of a run: its steps, and how far it has come.
//!
//! Responsible for a file that is correct after a crash at any time: each line is on the disk before the program relies
//! on it. Only the end of a step is not: a step whose end is lost is carried out again. Refuses secrets: a line
//! contains names, permissions and outcomes.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

pub use super::record::{Handover, Header, Line, Moment, Progress, Record, now};
use crate::config::locked_file::LockedFile;
use crate::config::secure_file::{self, Folder};
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::text::CommandLine;

/// The folder of journals, below that of state.
const FOLDER: &str = "runs";
/// How long a line that is not waited for may take to the disk.
const SOON: Duration = Duration::from_millis(100);
/// Most bytes of a journal: a million steps need about a gigabyte.
const LIMIT: usize = 2 * 1024 * 1024 * 1024;

/// The folder of journals, made private where it does not exist.
///
/// # Errors
/// `config` if the system has no folder for it; `io`, `credential_store`.
pub fn folder(context: &Context) -> Result<PathBuf> {
    let Some(state) = &context.settings()?.state else {
        return Err(CliError::config("no home folder for the journal of the run")
            .hint("set a folder with XDG_STATE_HOME"));
    };
    Ok(Folder::make_private(&state.join(FOLDER))?.path().to_owned())
}

/// An id for a new run, which sorts by time; a random part makes it unique.
pub fn new_id() -> String {
    let time = Timestamp::now().strftime("%Y%m%d-%H%M%S-%3f").to_string();
    format!("{time}-{:04x}", rand::random::<u16>())
}

fn path_of(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.jsonl"))
}

/// The ids of all runs, the newest first.
///
/// # Errors
/// `io`.
pub fn ids(folder: &Path) -> Result<Vec<String>> {
    let failed = |error| CliError::io(format!("cannot read {}", folder.display()), error);
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        ids.extend(name.to_str().and_then(|name| name.strip_suffix(".jsonl")).map(str::to_owned));
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    Ok(ids)
}

/// The id of the run that `text` means: an id, the beginning of one, or `last`.
///
/// # Errors
/// `not_found`; `usage` if several ids begin with `text`.
pub fn find(folder: &Path, text: &str) -> Result<String> {
    let all = ids(folder)?;
    if text == "last" {
        return all.into_iter().next().ok_or_else(|| CliError::not_found("there is no run"));
    }
    let mut found: Vec<String> = all.into_iter().filter(|id| id.starts_with(text)).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(CliError::not_found(format!("there is no run {text}"))
            .hint(CommandLine::new("run list").after("list the runs with: "))),
        _ => {
            found.iter().find(|id| *id == text).cloned().ok_or_else(|| {
                CliError::usage(format!("several runs begin with {text}: {}", found.join(", ")))
            })
        }
    }
}

/// Reads a journal.
///
/// # Errors
/// `not_found`, `io`; `config` for a file that is no journal.
pub fn read(folder: &Path, id: &str) -> Result<Record> {
    let bytes = secure_file::read_private(&path_of(folder, id), LIMIT)?
        .ok_or_else(|| CliError::not_found(format!("there is no run {id}")))?;
    parse(&bytes).ok_or_else(|| {
        let file = path_of(folder, id);
        CliError::config(format!("{} is no journal: its first line is incomplete", file.display()))
            .hint(format!("run {id} was stopped before its first step: remove the file"))
    })
}

fn parse(bytes: &[u8]) -> Option<Record> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let Line::Run(header) = serde_json::from_slice(lines.next()?).ok()? else { return None };
    let mut record = Record::new(*header);
    // A crash may have left a part of the last line, which is ignored.
    lines.filter_map(|line| serde_json::from_slice(line).ok()).for_each(|line| record.take(&line));
    Some(record)
}

/// A journal for writing. No other process writes it until this is dropped.
#[derive(Debug)]
pub struct Journal {
    lines: mpsc::Sender<Entry>,
    _lock: LockedFile,
}

#[derive(Debug)]
struct Entry {
    line: Line,
    /// The writer of the line, if it waits until the line is on the disk.
    synced: Option<oneshot::Sender<std::io::Result<()>>>,
}

impl Journal {
    /// A new journal with its first line.
    ///
    /// # Errors
    /// `io`.
    pub async fn begin(folder: &Path, header: &Header) -> Result<Self> {
        let journal = Self::open(folder, &header.id)?;
        if let Err(error) = journal.write(Line::Run(Box::new(header.clone()))).await {
            // A part of a first line is no journal, and would be in the way of every list of runs.
            let _ = std::fs::remove_file(path_of(folder, &header.id));
            return Err(error);
        }
        Ok(journal)
    }

    /// The journal of a run that continues.
    ///
    /// # Errors
    /// `usage` while another process writes it; `io`.
    pub fn open(folder: &Path, id: &str) -> Result<Self> {
        let path = path_of(folder, id);
        let lock = LockedFile::open(&path)?.ok_or_else(|| {
            CliError::usage(format!("run {id} is still running in another process"))
                .hint(CommandLine::new("run show").operand(id).after("see how far it is with: "))
        })?;
        let failed = |error| CliError::io(format!("cannot write {}", path.display()), error);
        let mut file = lock.file().map_err(failed)?;
        let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
        if length > 0 {
            // Ends an incomplete line that a crash has left.
            file.write_all(b"\n").map_err(failed)?;
        }
        let (lines, entries) = mpsc::channel();
        let writer = thread::Builder::new().name("journal".to_owned());
        writer.spawn(move || write_all(&mut file, &entries)).map_err(failed)?;
        Ok(Self { lines, _lock: lock })
    }

    /// Writes a line, and waits until it is on the disk.
    ///
    /// # Errors
    /// `io`.
    pub async fn write(&self, line: Line) -> Result<()> {
        let (synced, done) = oneshot::channel();
        let outcome = match self.lines.send(Entry { line, synced: Some(synced) }) {
            Ok(()) => done.await.unwrap_or_else(|_| Err(closed())),
            Err(_) => Err(closed()),
        };
        outcome.map_err(failure)
    }

    /// Writes a line without waiting. It is on the disk a moment later, or with the next line that is waited for, which
    /// reports a failure.
    ///
    /// # Errors
    /// `io`.
    pub fn note(&self, line: Line) -> Result<()> {
        self.lines.send(Entry { line, synced: None }).map_err(|_| failure(closed()))
    }
}

fn closed() -> std::io::Error {
    std::io::Error::other("the journal is closed")
}

fn failure(error: std::io::Error) -> CliError {
    CliError::io("cannot write the journal of the run", error)
}

/// Writes lines as they arrive. Lines that are queued are written together, and synced if one of them is waited for.
/// After a failure no further line is written: each reports the failure.
fn write_all(file: &mut File, entries: &mpsc::Receiver<Entry>) {
    let (mut outcome, mut is_synced) = (Ok(()), true);
    loop {
        let first = entries.recv_timeout(if is_synced { Duration::MAX } else { SOON });
        let Ok(first) = first else {
            outcome = outcome.and_then(|()| file.sync_data());
            if first.is_err_and(|ended| ended == mpsc::RecvTimeoutError::Disconnected) {
                return;
            }
            is_synced = true;
            continue;
        };
        let waiting: Vec<Entry> = std::iter::once(first).chain(entries.try_iter()).collect();
        is_synced = waiting.iter().any(|entry| entry.synced.is_some());
        outcome = outcome.and_then(|()| write_together(file, &waiting));
        for Entry { line, synced } in waiting {
            failpoint(&line);
            let told = match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(std::io::Error::new(error.kind(), error.to_string())),
            };
            let _ = synced.map(|synced| synced.send(told));
        }
    }
}

fn write_together(file: &mut File, entries: &[Entry]) -> std::io::Result<()> {
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, &entry.line)?;
        text.push(b'\n');
    }
    file.write_all(&text)?;
    if entries.iter().any(|entry| entry.synced.is_some()) { file.sync_data() } else { Ok(()) }
}

/// Ends the process after a line, as a crash would, so that tests can check every state of a journal.
#[cfg(debug_assertions)]
fn failpoint(line: &Line) {
    let Some(wanted) = crate::config::env::crash_point() else { return };
    let name = match line {
        Line::Run(_) => "run".to_owned(),
        Line::Begin(moment) => format!("begin:{}", moment.step),
        Line::Prepared(moment) => format!("prepared:{}", moment.step),
        Line::Withdrawn(moment) => format!("withdrawn:{}", moment.step),
        Line::Verified(moment) => format!("verified:{}", moment.step),
        Line::End { step, .. } => format!("end:{step}"),
        Line::Retry { .. } => "retry".to_owned(),
        Line::Finished { .. } => "finished".to_owned(),
    };
    crash_at(&wanted, &name);
}

#[cfg(not(debug_assertions))]
fn failpoint(_line: &Line) {}

/// Ends the process at the point `name` between two lines of the journal, if a test wants it.
#[cfg(debug_assertions)]
pub fn crash(name: &str) {
    if let Some(wanted) = crate::config::env::crash_point() {
        crash_at(&wanted, name);
    }
}

/// Does nothing outside of tests.
#[cfg(not(debug_assertions))]
pub fn crash(_name: &str) {}

#[cfg(debug_assertions)]
fn crash_at(wanted: &str, name: &str) {
    if wanted == name {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Company;
    use crate::output::{Op, State, Step, Summary};

    fn header() -> Header {
        Header {
            id: "a".into(),
            command: "apply".into(),
            server: "http://127.0.0.1".into(),
            username: "u".into(),
            company: None,
            started_at: Timestamp::UNIX_EPOCH,
            steps: Vec::new(),
            summary: Summary::default(),
            passwords: None,
            adjusts: false,
            max_failures: None,
        }
    }

    #[test]
    fn behind_a_line_that_failed_none_is_written_and_each_says_why() {
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        let (lines, entries) = mpsc::channel();
        let (synced, mut done) = oneshot::channel();
        lines.send(Entry { line: Line::Retry { at: now() }, synced: None }).unwrap();
        lines.send(Entry { line: Line::Retry { at: now() }, synced: Some(synced) }).unwrap();
        drop(lines);
        write_all(&mut full, &entries);
        assert_eq!(done.try_recv().unwrap().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_torn_line_says_nothing() {
        let mut text = serde_json::to_vec(&Line::Run(Box::new(header()))).unwrap();
        text.extend(b"\n{\"finished\":{\"at\":\"1970-01-01T00:00:00Z\",\"state\":\"done\"}}\n");
        assert_eq!(parse(&text).unwrap().state(), State::Done);
        text.truncate(text.len() - 5);
        assert_eq!(parse(&text).unwrap().state(), State::Running);
        assert!(parse(b"{}").is_none() && parse(b"").is_none());
    }

    #[tokio::test]
    async fn lines_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut header = header();
        header.steps = vec![Step::of_account(
            Op::Delete,
            "bot",
            &Company { id: crate::domain::CompanyId(1), name: "A".into() },
        )];
        let journal = Journal::begin(folder.path(), &header).await.unwrap();
        assert!(Journal::open(folder.path(), "a").is_err(), "one process writes at a time");
        journal.write(Line::Begin(Moment::of(0))).await.unwrap();
        drop(journal);
        let record = read(folder.path(), "a").unwrap();
        assert!(record.progress[0].begun && record.left() == 1);
        assert_eq!(find(folder.path(), "last").unwrap(), "a");
    }
}
