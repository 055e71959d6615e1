//! The command of a sandbox.
//!
//! Responsible for its environment, the signals that it gets, and its exit code. Refuses to pass inherited `SACTL_*`
//! variables on.

use std::ffi::OsString;
#[cfg(not(unix))]
use std::io;
use std::path::Path;
use std::process::ExitStatus;

use tokio::process::Command;

use crate::config::{Environment, env};
use crate::error::{CliError, Result};

/// Variables of ours start so. The command gets none that it would inherit.
const OURS: &str = "SACTL_";
/// Hosts that no proxy stands before.
const LOCAL: &str = "127.0.0.1,localhost";
/// What the command needs to know about the platform.
pub(super) struct Given<'a> {
    /// What it would inherit.
    pub(super) inherited: &'a Environment,
    /// Where it is.
    pub(super) server: &'a str,
    /// The folder with the profile that is signed in.
    pub(super) config: &'a Path,
    /// The folder in which `sactl` is this program.
    pub(super) bin: &'a Path,
}

/// Runs `command`, or the user's shell when it is empty, to its end.
///
/// # Errors
/// `usage` when it cannot be started, `io` when waiting for it failed.
pub(super) async fn run(command: Vec<OsString>, given: &Given<'_>, signals: Signals) -> Result<u8> {
    let mut words = command.into_iter();
    let program = words.next().unwrap_or_else(|| shell(given.inherited));
    let mut command = Command::new(&program);
    command.args(words).kill_on_drop(true);
    prepare(&mut command, given)?;
    let child = command
        .spawn()
        .map_err(|error| CliError::usage(format!("cannot start {}", program.display())).caused_by(error))?;
    let status =
        signals.wait(child).await.map_err(|error| CliError::io("cannot wait for the command", error))?;
    Ok(exit_code(status))
}

fn shell(inherited: &Environment) -> OsString {
    inherited.raw(env::SHELL).unwrap_or_else(|| "/bin/sh".into())
}

fn prepare(command: &mut Command, given: &Given<'_>) -> Result<()> {
    for name in given.inherited.names_with(OURS) {
        command.env_remove(name);
    }
    let inherited = given.inherited.raw(env::PATH).unwrap_or_default();
    let folders = std::iter::once(given.bin.to_owned()).chain(std::env::split_paths(&inherited));
    let unlistable = |error| CliError::usage("cannot add a folder to PATH").caused_by(error);
    command
        .env("PATH", std::env::join_paths(folders).map_err(unlistable)?)
        .env("SACTL_SERVER", given.server)
        .env("SACTL_CONFIG_DIR", given.config)
        .env("XDG_STATE_HOME", given.config.join("state"))
        .env("SACTL_CREDENTIAL_STORE", "file")
        .env("NO_PROXY", LOCAL)
        .env("no_proxy", LOCAL);
    Ok(())
}

/// The code of the command; 128 + n when signal n ended it.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code & 0xff).ok()).unwrap_or(1)
}

#[cfg(unix)]
pub(super) use self::unix::Signals;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::process::ExitStatus;

    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use tokio::process::Child;
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    /// The signals that end a program, caught so that they reach the command and not us: what we made is
    /// taken down after the command has ended, however that came about.
    pub(crate) struct Signals {
        interrupt: Stream,
        quit: Stream,
        terminate: Stream,
        hang_up: Stream,
    }

    impl Signals {
        /// Catches them from now on.
        ///
        /// # Errors
        /// Those of the system.
        pub(crate) fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
            })
        }

        /// Waits for the command and passes signals on to it.
        ///
        /// # Errors
        /// Those of the system.
        pub(crate) async fn wait(mut self, mut child: Child) -> io::Result<ExitStatus> {
            loop {
                let caught = tokio::select! {
                    status = child.wait() => return status,
                    _ = self.interrupt.recv() => Signal::INT,
                    _ = self.quit.recv() => Signal::QUIT,
                    _ = self.terminate.recv() => Signal::TERM,
                    _ = self.hang_up.recv() => Signal::HUP,
                };
                // A key press on the terminal reached the command already, together with us.
                let from_the_keyboard =
                    matches!(caught, Signal::INT | Signal::QUIT) && is_in_the_foreground();
                if !from_the_keyboard {
                    pass_on(&child, caught);
                }
            }
        }
    }

    fn is_in_the_foreground() -> bool {
        use rustix::stdio::{stderr, stdin, stdout};
        let is_ours = |stream| rustix::termios::tcgetpgrp(stream).is_ok_and(|group| group == getpgrp());
        is_ours(stdin()) || is_ours(stderr()) || is_ours(stdout())
    }

    fn pass_on(child: &Child, signal: Signal) {
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // The child is ours and not yet waited for, so that its number is not that of another process.
        if let Some(id) = id
            && let Err(error) = kill_process(id, signal)
        {
            tracing::warn!(%error, "cannot pass on a signal");
        }
    }
}

/// Elsewhere an interrupt goes to every process of the console by itself.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn wait(self, mut child: tokio::process::Child) -> io::Result<ExitStatus> {
        loop {
            tokio::select! {
                status = child.wait() => return status,
                caught = tokio::signal::ctrl_c() => caught?,
            }
        }
    }
}
