//! A platform of its own, and a home in which the program acts as its admin.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use tempfile::TempDir;

use crate::world::{ADMIN, PASSWORD};

/// The program under measurement.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_sactl"))
}

/// The platform and the home.
pub(crate) struct Place {
    folder: TempDir,
    serving: Child,
    pub(crate) url: String,
    pub(crate) token: String,
}

/// What one run took.
pub(crate) struct Taken {
    pub(crate) elapsed: Duration,
    /// Processor time of the program.
    pub(crate) cpu: Duration,
    pub(crate) stdout: Vec<u8>,
}

impl Place {
    /// Serves the data of a seed.
    pub(crate) fn new(seed: &str) -> Self {
        let folder = TempDir::with_prefix("sactl-bench-").unwrap();
        std::fs::write(folder.path().join("seed.toml"), seed).unwrap();
        let mut serve = Command::new(program());
        serve.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database",
            "sqlite:platform.db",
            "--seed",
            "seed.toml",
        ]);
        serve.env_clear().env("HOME", folder.path()).env("SACTL_LOG", "off").current_dir(folder.path());
        let mut serving = serve.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(serving.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("Listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        let mut place = Self { folder, serving, url, token: String::new() };
        let mut token = place.command(&["token"]);
        token.env("SACTL_USERNAME", ADMIN).env("SACTL_PASSWORD", PASSWORD).env_remove("SACTL_TOKEN");
        let text = String::from_utf8(token.output().unwrap().stdout).unwrap();
        text.trim().clone_into(&mut place.token);
        assert!(place.token.starts_with("sat_"), "{}", place.token);
        place
    }

    /// Writes a file into the working directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program as the admin, in the first company.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.at(&self.url, arguments)
    }

    /// The same through a proxy.
    pub(crate) fn at(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.folder.path());
        command.env("SACTL_SERVER", url).env("SACTL_TOKEN", &self.token).env("SACTL_COMPANY", "1");
        command.current_dir(self.folder.path());
        command
    }

    /// Runs the lines of a shell script as the admin.
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut shell = self.command(&[]);
        let variables: Vec<_> =
            shell.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
        shell = Command::new("/bin/sh");
        shell.args(["-ec", script]).env_clear().envs(variables).env("SACTL", program());
        shell.current_dir(self.folder.path());
        shell
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.serving.kill();
        let _ = self.serving.wait();
    }
}

/// Runs a command to its end, which must be one of `codes`.
pub(crate) fn timed(mut command: Command, codes: &[i32]) -> Taken {
    let before = processor_time();
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let elapsed = started.elapsed();
    let code = output.status.code();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(code.is_some_and(|code| codes.contains(&code)), "{code:?}: {errors}");
    Taken { elapsed, cpu: processor_time().saturating_sub(before), stdout: output.stdout }
}

/// Processor time of all programs that have ended.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(u64::try_from(micros).unwrap())
}

/// Most memory of any program that has ended, in MiB.
pub(crate) fn peak_mib() -> f64 {
    let kib = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    f64::from(u32::try_from(kib).unwrap()) / 1024.0
}
