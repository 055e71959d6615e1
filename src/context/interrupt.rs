//! Ctrl-C: a command is dropped where it waits, and ended where it cannot be dropped.

use std::future::Future;
use std::time::Duration;

use crate::error::{CliError, Result};
use crate::ui::Ui;

/// How long a command may take to end by itself.
const GRACE: Duration = Duration::from_millis(300);

/// Runs `work` until it is done or somebody presses Ctrl-C.
///
/// # Errors
/// Those of `work`, and `interrupted`.
pub async fn until_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => Err(CliError::interrupted()),
        outcome = work => outcome,
    }
}

/// From now on Ctrl-C ends the process a moment later, also while the command reads a pipe that nobody writes
/// to or a disk that does not answer, where nothing can drop it. No file is left half written by that: each
/// is the old or the new one at any moment.
pub fn end_when_stuck(ui: Ui) {
    let watch = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                tokio::time::sleep(GRACE).await;
                let interrupted = CliError::interrupted();
                ui.failure(&interrupted);
                std::process::exit(interrupted.exit_code().into());
            }
        });
    };
    // Without the thread Ctrl-C still ends everything that can be dropped.
    let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(watch);
}
