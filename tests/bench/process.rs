//! One run of a program: how long it took, how much memory it ever had, how much it said.
//!
//! A program is started by a small process of its own, because the memory of the process that starts a
//! program counts as the program's until it runs.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

/// The first argument of this program when it is the small process.
pub(crate) const MEASURE: &str = "--measure";

/// A program with its arguments, ready to run again and again.
#[derive(Clone)]
pub(crate) struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(String, String)>,
}

/// What one run took.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) elapsed: Duration,
    pub(crate) peak_kib: u64,
    pub(crate) bytes: u64,
}

impl Program {
    pub(crate) fn new(path: impl AsRef<Path>) -> Self {
        let variables = vec![("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())];
        Self { path: path.as_ref().to_owned(), arguments: Vec::new(), variables }
    }

    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Runs it once, its output into a pipe that is read and forgotten.
    pub(crate) fn run(&self) -> Taken {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(MEASURE).arg(&self.path).args(&self.arguments).env_clear();
        let output = command.envs(self.variables.iter().cloned()).stderr(Stdio::inherit()).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<u64> = told.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let [nanos, peak_kib, bytes] = numbers[..] else { panic!("{} failed", self.path.display()) };
        Taken { elapsed: Duration::from_nanos(nanos), peak_kib, bytes }
    }
}

/// What the small process does: runs the program once and says what that took.
pub(crate) fn measure(words: &[String]) {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut buffer = vec![0; 256 * 1024];
    let mut bytes = 0;
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut answer = child.stdout.take().unwrap();
    loop {
        match answer.read(&mut buffer).unwrap() {
            0 => break,
            count => bytes += count,
        }
    }
    let status = child.wait().unwrap();
    let elapsed = started.elapsed();
    assert!(status.success(), "{words:?}: {status}");
    let peak_kib = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    println!("{} {peak_kib} {bytes}", elapsed.as_nanos());
}
