//! Ctrl-C and the request to end: a command is dropped where it waits, so that the terminal and the files are
//! whole, and ended where it cannot be dropped.

use std::future::Future;
use std::time::Duration;

use signal_hook::consts::SIGTERM;
use signal_hook::low_level::emulate_default_handler;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::{CliError, Result};
use crate::ui::Ui;

/// How long a command may take to end by itself.
const GRACE: Duration = Duration::from_millis(300);

/// What ended a command from outside.
#[derive(Clone, Copy)]
enum End {
    /// Ctrl-C, or SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

/// Waits for a signal that ends the command.
async fn ended() -> End {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            // It has its default effect then, which is an end too.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => End::Interrupted,
        _ = terminated => End::Terminated,
    }
}

/// Ends the process by SIGTERM, as whoever sent it expects.
fn terminate() {
    let _ = emulate_default_handler(SIGTERM);
}

/// Runs `work` until it is done or a signal ends it. SIGTERM ends the process, once `work` is dropped.
///
/// # Errors
/// Those of `work`, and `interrupted`.
pub async fn until_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let end = tokio::select! {
        biased;
        end = ended() => end,
        outcome = work => return outcome,
    };
    if matches!(end, End::Terminated) {
        terminate();
    }
    Err(CliError::interrupted())
}

/// From now on a signal ends the process a moment later, also while the command reads a pipe that nobody writes
/// to or a disk that does not answer, where nothing can drop it. No file is left half written by that: each
/// is the old or the new one at any moment.
pub fn end_when_stuck(ui: Ui) {
    let watch = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let end = ended().await;
            tokio::time::sleep(GRACE).await;
            if matches!(end, End::Terminated) {
                terminate();
            }
            let interrupted = ui.way_out().into_iter().fold(CliError::interrupted(), CliError::hint);
            ui.failure(&interrupted);
            std::process::exit(interrupted.exit_code().into());
        });
    };
    // Without the thread a signal still ends everything that can be dropped.
    let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(watch);
}
