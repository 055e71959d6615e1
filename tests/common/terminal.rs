//! The program on a terminal, and what a person would see there, byte for byte.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

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

/// What a person does at a terminal.
pub(crate) enum Act<'a> {
    /// Waits until this has been shown.
    Sees(&'a str),
    /// Types these bytes; `\x03` is Ctrl-C.
    Types(&'a str),
}

/// Runs `command` in a session of its own with a terminal, as a shell does, and plays `acts` in their order.
/// Afterwards the terminal must show what is typed again.
pub(crate) fn converse(command: &Command, acts: &[Act<'_>]) -> Shown {
    let (mut master, slave) = open();
    let mut session = Command::new("setsid");
    session.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args()).env_clear();
    session.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let stream = || slave.try_clone().unwrap();
    let mut child = session.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
    release(&mut session);
    let mut bytes = Vec::new();
    for act in acts {
        match act {
            Act::Types(text) => master.write_all(text.as_bytes()).unwrap(),
            Act::Sees(text) => read_until(&mut master, &mut bytes, text),
        }
    }
    let code = super::process::wait(&mut child).code();
    let echoes = tcgetattr(&slave).unwrap().local_modes.contains(LocalModes::ECHO);
    drop(slave);
    bytes.extend(read_to_end(&mut master));
    assert!(echoes, "the terminal is left without echo");
    Shown { code, bytes }
}

fn read_until(master: &mut File, bytes: &mut Vec<u8>, text: &str) {
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(bytes).contains(text) {
        let mut ready = [PollFd::new(master, PollFlags::IN)];
        let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
        let shown = String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(poll(&mut ready, Some(&patience)).unwrap(), 1, "{text:?} is never shown: {shown}");
        match master.read(&mut buffer) {
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) => panic!("{text:?} is never shown ({error}): {shown}"),
        }
    }
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
    assert!(shown.bytes.ends_with(b"a\nb\x1bc"), "{shown:?}");
}
