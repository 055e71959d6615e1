//! Ctrl-C and the request to end: a command is dropped where it waits, so that the terminal and the files are
//! whole, and ended where it cannot be dropped.

use std::future::Future;
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use tokio::sync::oneshot;

use crate::error::{CliError, Result};
use crate::ui::Ui;

/// How long a command may take to end by itself.
const GRACE: Duration = Duration::from_millis(300);

/// Ends the process by SIGTERM, as whoever sent it expects.
fn terminate() {
    let _ = emulate_default_handler(SIGTERM);
}

/// Runs `work` until it is done or a signal ends it. SIGTERM ends the process, once `work` is dropped.
///
/// A signal also ends the process a moment later where nothing can drop `work`: while it reads a pipe that nobody
/// writes to, or a disk that does not answer. No file is left half written by that: each is the old or the new one
/// at any moment.
///
/// # Errors
/// Those of `work`, and `interrupted`.
pub async fn until_interrupted<T>(ui: &Ui, work: impl Future<Output = Result<T>>) -> Result<T> {
    // Where the system has no thread or no pipe for us, signals do what they do by themselves.
    let Ok(signal) = watched(ui.clone()) else { return work.await };
    tokio::select! {
        biased;
        Ok(signal) = signal => {
            if signal == SIGTERM {
                terminate();
            }
            Err(CliError::interrupted())
        }
        outcome = work => outcome,
    }
}

/// The signal that wants the process to end, as soon as it comes. The thread that waits for it ends the process
/// itself if that takes too long.
fn watched(ui: Ui) -> io::Result<oneshot::Receiver<i32>> {
    let (told, signal) = oneshot::channel();
    // Caught only once there is a thread that listens: else nothing would end the process any more.
    let (hand, handed) = mpsc::sync_channel::<Signals>(1);
    let watch = move || {
        let Ok(mut signals) = handed.recv() else { return };
        let Some(signal) = signals.forever().next() else { return };
        let _ = told.send(signal);
        thread::sleep(GRACE);
        let way_out = ui.way_out();
        let interrupted = way_out.iter().cloned().fold(CliError::interrupted(), CliError::hint);
        // Who ends by SIGTERM ends silently, unless something would be lost by that.
        if signal != SIGTERM || way_out.is_some() {
            ui.failure(&interrupted);
        }
        if signal == SIGTERM {
            terminate();
        }
        std::process::exit(interrupted.exit_code().into());
    };
    thread::Builder::new().name("interrupt".to_owned()).spawn(watch)?;
    // It takes them for certain: it waits for nothing else.
    let _ = hand.send(Signals::new([SIGINT, SIGTERM])?);
    Ok(signal)
}
