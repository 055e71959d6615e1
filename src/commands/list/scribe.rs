//! A thread that writes pages of accounts while the next page comes in and is read. It holds one page at a time;
//! whoever hands it another one waits until it can take it.

use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{Sender, channel};

use crate::error::{CliError, Result};
use crate::output::{AccountView, RowWriter, Surroundings};
use crate::ui::Ui;

/// The thread.
pub(super) struct Scribe {
    pages: Sender<Vec<AccountView>>,
    thread: JoinHandle<Result<()>>,
}

impl Scribe {
    /// Starts it; `None` where the system has no thread for us.
    pub(super) fn start(ui: Ui, surroundings: Surroundings) -> Option<Self> {
        // Not the channel of the standard library: it spins for a while before it sleeps.
        let (pages, mut handed) = channel::<Vec<AccountView>>(1);
        let work = move || {
            let writer = RowWriter::selecting(&surroundings, ui.selection());
            std::iter::from_fn(|| handed.blocking_recv()).try_for_each(|views| write(&ui, writer, &views))
        };
        let thread = thread::Builder::new().name("rows".to_owned()).spawn(work).ok()?;
        Some(Self { pages, thread })
    }

    /// Hands it a page; false when it has failed and takes no more.
    pub(super) async fn hand(&self, views: Vec<AccountView>) -> bool {
        // There is room again when it has taken this one.
        self.pages.send(views).await.is_ok() && self.pages.reserve().await.is_ok()
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// Those of writing.
    pub(super) fn end(self) -> Result<()> {
        drop(self.pages);
        self.thread.join().unwrap_or_else(|_| Err(CliError::internal("what writes the rows has failed")))
    }
}

/// Writes a page.
///
/// # Errors
/// `io`.
pub(super) fn write(ui: &Ui, writer: RowWriter<'_>, views: &[AccountView]) -> Result<()> {
    ui.answer(|out| writer.write_each(views, out))
}
