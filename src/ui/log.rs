//! The log of the platform on standard error.
//!
//! Responsible for its level, its format, and lines that wait for a slow reader. Refuses to stop a request because
//! standard error is not read: it drops lines, and counts them.

use std::io;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use tracing_subscriber::filter::LevelFilter;

/// Most lines that wait for the reader of standard error; further ones are dropped.
const WAITING_LINES: usize = 1024;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For a reader.
    #[default]
    Text,
    /// One JSON document a line, for programs.
    Json,
}

/// The log, until it is closed.
#[derive(Debug)]
pub struct Log {
    dropped: ErrorCounter,
    worker: WorkerGuard,
}

impl Log {
    /// Logs from `level` on. Other crates log warnings and errors only: their other lines may hold headers, and
    /// headers hold tokens.
    pub fn start(level: LevelFilter, format: LogFormat) -> Self {
        let others = level.min(LevelFilter::WARN);
        let logged = Targets::new().with_default(others).with_target("sactl", level);
        let builder = NonBlockingBuilder::default().buffered_lines_limit(WAITING_LINES);
        let (writer, worker) = builder.finish(io::stderr());
        let log = Self { dropped: writer.error_counter(), worker };
        let lines = tracing_subscriber::fmt::layer().with_writer(writer);
        let lines = match format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        // A log that this process has already is kept.
        let _ = tracing_subscriber::registry().with(lines).with(logged).try_init();
        log
    }

    /// Writes what is left, with the number of lines that were dropped. Waits at most a second for the reader.
    pub fn close(self) {
        let dropped = self.dropped.dropped_lines();
        if dropped > 0 {
            tracing::warn!(dropped, "log lines were dropped: standard error was not read");
        }
        drop(self.worker);
    }
}
