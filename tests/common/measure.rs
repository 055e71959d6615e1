//! What a run of the program took: its time and its memory, which the system can be told to bound.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::tools::tool;

/// A finished run.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// How many bytes went to standard output; they are not kept.
    pub(crate) stdout_bytes: u64,
    /// How many lines went to standard output.
    pub(crate) stdout_lines: u64,
    /// Standard error.
    pub(crate) stderr: String,
    /// From start to end.
    pub(crate) elapsed: Duration,
    /// Most memory with data (resident, code not included) that was ever seen, in MiB.
    pub(crate) data_mib: u64,
}

/// Runs `command` with an empty input and at most `limit_mib` MiB of data, stacks of threads included: the
/// system refuses more. Its answer is read and not kept.
pub(crate) fn measure(command: &Command, limit_mib: u64) -> Measured {
    let mut limited = limited(command, limit_mib);
    let started = Instant::now();
    let mut child =
        limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = child.stderr.take().unwrap();
    let errors = thread::spawn(move || {
        let mut text = Vec::new();
        errors.read_to_end(&mut text).unwrap();
        String::from_utf8(text).expect("an answer is UTF-8")
    });
    let status_file = format!("/proc/{}/status", child.id());
    let name = Path::new(command.get_program()).file_name().unwrap().display().to_string();
    let done = AtomicBool::new(false);
    let (stdout, stderr, data_kib) = thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&status_file, &name, &done));
        let stdout = counted(&mut child.stdout.take().unwrap());
        let stderr = errors.join().unwrap();
        done.store(true, Ordering::SeqCst);
        (stdout, stderr, watcher.join().unwrap())
    });
    let code = child.wait().unwrap().code();
    let (stdout_bytes, stdout_lines) = stdout;
    Measured {
        code,
        stdout_bytes,
        stdout_lines,
        stderr,
        elapsed: started.elapsed(),
        data_mib: data_kib / 1024,
    }
}

/// The same command below a shell that sets the limit and then becomes the command.
fn limited(command: &Command, limit_mib: u64) -> Command {
    let mut shell = tool("sh");
    shell.arg("-c").arg(format!("ulimit -d {} && exec \"$@\"", limit_mib * 1024)).arg("sh");
    shell.arg(command.get_program()).args(command.get_args()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// The greatest resident size without files, looked at until the process is gone: the code of an unoptimised build is
/// not what a promise is about. Until the process has the `name` of the program, its memory is that of the tests.
fn watch(status_file: &str, name: &str, done: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !done.load(Ordering::SeqCst) {
        let Ok(status) = std::fs::read_to_string(status_file) else { break };
        let value = |key| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let kib = value("RssAnon:").and_then(|size| size.trim_end_matches(" kB").parse().ok());
        if value("Name:") == Some(name) {
            peak = peak.max(kib.unwrap_or(0));
        }
        thread::sleep(Duration::from_millis(1));
    }
    peak
}

fn counted(stream: &mut impl Read) -> (u64, u64) {
    let (mut bytes, mut lines) = (0, 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            return (bytes, lines);
        }
        bytes += count as u64;
        lines += (buffer[..count].split(|byte| *byte == b'\n').count() - 1) as u64;
    }
}

/// What a command answers and takes is seen, and the limit is one: to keep 100 MB in 64 MiB is refused.
#[test]
fn a_command_is_measured_and_bounded() {
    let shell = |script: &str| {
        let mut command = tool("sh");
        command.args(["-c", script]).env("PATH", "/usr/bin:/bin");
        measure(&command, 64)
    };
    let measured = shell("echo a; echo b; echo c >&2; exit 3");
    assert_eq!((measured.code, measured.stdout_bytes, measured.stdout_lines), (Some(3), 4, 2));
    assert_eq!(measured.stderr, "c\n");
    let kept = shell("head -c 100000000 /dev/zero | tail -c 90000000");
    assert_ne!(kept.code, Some(0), "{kept:?}");
    assert!(shell("head -c 100000000 /dev/zero | tail -c 900000").stdout_bytes == 900_000);
}
