//! The program on a terminal, and what a person would see there, byte for byte.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command};

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

/// Runs `command` with a terminal of 200 columns for its three streams, types `input`, and waits for the end.
pub(crate) fn show(command: &mut Command, input: &str) -> Shown {
    let (mut master, slave) = open();
    // What is typed before anybody reads waits in the terminal.
    master.write_all(input.as_bytes()).unwrap();
    let stream = || slave.try_clone().unwrap();
    let mut child = command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
    // The last end that is not the child's: without it, the end of the child is the end of the stream.
    drop(slave);
    release(command);
    let bytes = read_to_end(&mut master);
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

fn read_to_end(master: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    match master.read_to_end(&mut bytes) {
        // How Linux says that nobody holds the other end any more.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
        Err(error) => panic!("{error}"),
        Ok(_) => {}
    }
    bytes
}

fn finish(child: &mut Child) -> Option<i32> {
    child.wait().unwrap().code()
}

/// The three streams are a terminal, which changes no byte of the answer.
#[test]
fn a_command_sees_a_terminal() {
    let mut command = Command::new("sh");
    command.args(["-c", "test -t 0 && test -t 1 && test -t 2 && printf 'a\\nb\\033c'; read x; exit $x"]);
    let shown = show(&mut command, "7\n");
    assert_eq!(shown.code, Some(7));
    // What was typed is shown too, before or after.
    assert!(shown.text().contains("a\nb\u{1b}c"), "{shown:?}");
}
