//! Signals that interrupt a command.
//!
//! Responsible for ending it where it waits, so that terminal and files stay consistent. Refuses to interrupt a write
//! of a file. After a stop and a continue, an open question is asked again.

use std::future::Future;
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getpid, getsid, kill_process};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use tokio::sync::oneshot;

use crate::error::{CliError, Result};
use crate::text::Hint;
use crate::ui::{Ui, is_paging, release_terminal, resume_terminal};

/// How long a command may take to end by itself.
const GRACE: Duration = Duration::from_millis(300);

/// What ends a command anywhere.
const ENDING: &[i32] = &[SIGINT, SIGTERM];
/// The same, and what stops a command, where a question can change the terminal. Elsewhere these do what they do by
/// themselves: `nohup` is obeyed.
const AT_A_TERMINAL: &[i32] = &[SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT];

/// Ends the process by `signal`, as its sender expects.
fn end_by(signal: i32) {
    let _ = emulate_default_handler(signal);
}

/// Ends the process by a signal other than SIGINT: silently, unless something would be lost by that.
fn tell_and_end_by(signal: i32, ui: &Ui) {
    if let Some(way_out) = ui.way_out() {
        ui.failure(&interrupted(Some(way_out)));
    }
    end_by(signal);
}

fn interrupted(way_out: Option<Hint>) -> CliError {
    way_out.into_iter().fold(CliError::interrupted(), CliError::hint)
}

/// Stops the process, which goes on with SIGCONT.
fn stop() {
    // A process without a shell that does job control would stay stopped: for it, the system ignores SIGTSTP.
    if getsid(None).is_ok_and(|session| session == getpgrp()) {
        return;
    }
    release_terminal();
    let _ = kill_process(getpid(), Signal::STOP);
}

/// The signal that ends the process. Those that stop it and let it go on are obeyed meanwhile.
fn ending(signals: &mut Signals, ui: &Ui) -> Option<i32> {
    signals.forever().find(|signal| match *signal {
        SIGINT | SIGTERM if ui.notes_interrupt() => false,
        // The key is for the pager, which may end a search with it.
        SIGINT if is_paging() => false,
        SIGTSTP => {
            stop();
            false
        }
        SIGCONT => {
            resume_terminal();
            false
        }
        _ => true,
    })
}

/// Runs `work` until it is done or a signal ends it. Once `work` is dropped, every signal but SIGINT ends the
/// process by itself.
///
/// A signal also ends the process a moment later where nothing can drop `work`: while it reads a pipe that no
/// process writes to, or a disk that does not answer. No file is left half written by that: each is the old
/// or the new one at any moment.
///
/// # Errors
/// Those of `work`, and `interrupted`.
pub async fn until_interrupted<T>(ui: &Ui, work: impl Future<Output = Result<T>>) -> Result<T> {
    // Where the system has no thread or no pipe for us, signals do what they do by themselves.
    let Ok(signal) = watched(ui.clone()) else { return work.await };
    tokio::select! {
        biased;
        Ok(signal) = signal => {
            if signal != SIGINT {
                tell_and_end_by(signal, ui);
            }
            Err(interrupted(ui.way_out()))
        }
        outcome = work => outcome,
    }
}

/// The signal that wants the process to end, as soon as it comes. The thread that waits for it ends the process
/// itself if that takes too long.
fn watched(ui: Ui) -> io::Result<oneshot::Receiver<i32>> {
    let (told, signal) = oneshot::channel();
    // Caught only once there is a thread that listens: else nothing would end the process any more.
    let caught = if ui.is_interactive() { AT_A_TERMINAL } else { ENDING };
    let (hand, handed) = mpsc::sync_channel::<Signals>(1);
    let watch = move || {
        let Ok(mut signals) = handed.recv() else { return };
        let Some(signal) = ending(&mut signals, &ui) else { return };
        release_terminal();
        let _ = told.send(signal);
        thread::sleep(GRACE);
        if signal != SIGINT {
            tell_and_end_by(signal, &ui);
        }
        let interrupted = interrupted(ui.way_out());
        ui.failure(&interrupted);
        std::process::exit(interrupted.exit_code().into());
    };
    thread::Builder::new().name("interrupt".to_owned()).spawn(watch)?;
    // It takes them for certain: it waits for nothing else.
    let _ = hand.send(Signals::new(caught)?);
    Ok(signal)
}
