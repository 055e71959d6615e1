//! The program on a terminal, and what a person would see there, byte for byte.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// A finished command and all that it wrote to its terminal, standard output and standard error together.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// The bytes as they came: the terminal adds nothing and takes nothing away.
    pub(crate) bytes: Vec<u8>,
}

impl Shown {
    /// The bytes as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("a terminal is sent UTF-8")
    }
}

/// Longer than any answer takes on a busy machine.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// Runs `command` with a terminal of 200 columns for its three streams, types `input` when it is asked for, and
/// waits for the end.
pub(crate) fn show(command: &mut Command, input: &str) -> Shown {
    typed(command, input, |bytes| bytes.ends_with(b": "))
}

/// The same, typed when `text` has been shown.
pub(crate) fn show_until(command: &mut Command, text: &str, input: &str) -> Shown {
    typed(command, input, |bytes| bytes.windows(text.len()).any(|shown| shown == text.as_bytes()))
}

fn typed(command: &mut Command, input: &str, is_asked: impl Fn(&[u8]) -> bool) -> Shown {
    let (mut master, slave) = open();
    let stream = || slave.try_clone().unwrap();
    let mut child = command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
    // The last end that is not the child's: without it, the end of the child is the end of the stream.
    drop(slave);
    release(command);
    let mut bytes = Vec::new();
    let mut input = Some(input).filter(|input| !input.is_empty());
    while read_more(&mut master, &mut bytes, &mut child) {
        if let Some(text) = input.take_if(|_| is_asked(&bytes)) {
            master.write_all(text.as_bytes()).unwrap();
        }
    }
    Shown { code: finish(&mut child), bytes }
}

/// The command keeps the streams it gives to its children.
fn release(command: &mut Command) {
    use std::process::Stdio;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
}

fn open() -> (File, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let mut options = OpenOptions::new();
    let options = std::os::unix::fs::OpenOptionsExt::custom_flags(
        options.read(true).write(true),
        OpenptFlags::NOCTTY.bits().try_into().unwrap(),
    );
    let slave = options.open(name.to_str().unwrap()).unwrap();
    let mut modes = tcgetattr(&slave).unwrap();
    modes.output_modes.remove(OutputModes::OPOST);
    tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
    tcsetwinsize(&slave, Winsize { ws_row: 50, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (master.into(), slave)
}

/// Reads what is shown next; false at the end.
fn read_more(master: &mut File, bytes: &mut Vec<u8>, child: &mut Child) -> bool {
    let mut ready = [PollFd::new(master, PollFlags::IN)];
    match poll(&mut ready, Some(&PATIENCE)) {
        Ok(1..) => {}
        // A signal that is somebody else's, such as the end of another child.
        Err(Errno::INTR) => return true,
        other => {
            child.kill().unwrap();
            panic!("it neither ends nor says more ({other:?}):\n{}", String::from_utf8_lossy(bytes));
        }
    }
    let mut buffer = [0; 4096];
    match master.read(&mut buffer) {
        Err(error) if error.kind() == ErrorKind::Interrupted => true,
        Ok(count) => {
            bytes.extend_from_slice(&buffer[..count]);
            count > 0
        }
        // How Linux says that nobody holds the other end any more.
        Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => false,
        Err(error) => panic!("{error}"),
    }
}

fn finish(child: &mut Child) -> Option<i32> {
    child.wait().unwrap().code()
}

/// The three streams are a terminal, which changes no byte of the answer.
#[test]
fn a_command_sees_a_terminal() {
    let mut command = Command::new("sh");
    command.args(["-c", "test -t 0 && test -t 1 && test -t 2 && printf 'a\\nb\\033c: '; read x; exit $x"]);
    let shown = show(&mut command, "7\n");
    assert_eq!(shown.code, Some(7));
    // What was typed is shown too, before or after.
    assert!(shown.text().contains("a\nb\u{1b}c"), "{shown:?}");
}
