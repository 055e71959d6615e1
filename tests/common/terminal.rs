//! A terminal, a program that runs on it, and what a person would see there, byte for byte.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use super::env::{Env, program};
use super::tools::tool;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

#[cfg(feature = "platform")]
/// The key that moves down in a list.
pub(crate) const DOWN: &str = "\u{1b}[B";

const ROWS: u16 = 40;
const COLUMNS: u16 = 120;

/// A terminal on which one command runs: its three streams, and what Ctrl-C and its like are for. It shows what
/// is typed, as terminals do unless the program says otherwise, and has its size before the program starts, so
/// that no program hears of a change.
pub(crate) struct Terminal {
    master: File,
    child: Child,
    /// Everything that came: the terminal adds nothing and takes nothing away.
    shown: Vec<u8>,
    /// How much of it was waited for.
    seen: usize,
}

impl Terminal {
    /// Starts the program with the words of `line`.
    pub(crate) fn start(env: &Env, line: &str) -> Self {
        let mut command = env.command();
        command.args(line.split_whitespace());
        Self::program(&command)
    }

    /// Starts a whole line as a shell understands it, with the program in its search path.
    pub(crate) fn shell(env: &Env, line: &str) -> Self {
        let mut command = tool("sh");
        command.args(["-c", line]).env_clear().envs(env.variables().iter().cloned());
        let path = format!("{}:/usr/bin:/bin", program().parent().unwrap().display());
        command.current_dir(env.work()).env("PATH", path);
        Self::program(&command)
    }

    /// Starts any program.
    pub(crate) fn program(command: &Command) -> Self {
        Self::of_columns(COLUMNS, command)
    }

    /// Starts any program on a terminal of this width.
    pub(crate) fn of_columns(columns: u16, command: &Command) -> Self {
        Self::of_size(ROWS, columns, command)
    }

    /// Starts any program on a terminal of this size.
    pub(crate) fn of_size(rows: u16, columns: u16, command: &Command) -> Self {
        let (master, slave) = open(rows, columns);
        let stream = || slave.try_clone().unwrap();
        let mut session = tool("setsid");
        session.arg("--ctty").arg(command.get_program()).args(command.get_args());
        session.env_clear().env("TERM", "xterm-256color");
        session.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        session.current_dir(command.get_current_dir().unwrap());
        let child = session.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
        // The ends that are not the child's close here: without them, its end is the end of the stream.
        Self { master, child, shown: Vec::new(), seen: 0 }
    }

    /// Waits until `text` is shown.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Self {
        self.wait_for_any(&[text]);
        self
    }

    /// Waits until a list that shows `text` is drawn whole: its last step makes the cursor visible. Before that, a
    /// signal can end the program in the middle of a control sequence.
    #[track_caller]
    pub(crate) fn wait_for_list(&mut self, text: &str) -> &mut Self {
        self.wait_for(text).wait_for("\u{1b}[?25h")
    }

    /// Waits until one of `texts` is shown, and answers which.
    #[track_caller]
    pub(crate) fn wait_for_any(&mut self, texts: &[&str]) -> usize {
        loop {
            let new = &self.shown[self.seen..];
            let ends = texts.iter().map(|text| Some(position(new, text.as_bytes())? + text.len()));
            let found = ends.enumerate().filter_map(|(which, end)| Some((end?, which))).min();
            if let Some((end, which)) = found {
                self.seen += end;
                return which;
            }
            assert!(self.read_more(), "{texts:?} was not shown before the end:\n{}", self.text());
        }
    }

    /// Types `text` and Return.
    pub(crate) fn type_line(&mut self, text: &str) -> &mut Self {
        self.press(&format!("{text}\r"))
    }

    /// Presses these keys, without Return.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.master.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&mut self) -> &mut Self {
        self.press("\u{3}")
    }

    /// Waits for the end. Answers everything that was shown, without colours and padding, and the exit code.
    #[track_caller]
    pub(crate) fn finish(self) -> (String, i32) {
        let (shown, code) = self.finish_raw();
        (plain(&shown).lines().flat_map(|line| [line.trim_end(), "\n"]).collect(), code)
    }

    /// The same, with everything that was sent to the terminal.
    #[track_caller]
    pub(crate) fn finish_raw(mut self) -> (String, i32) {
        while self.read_more() {}
        let status = self.child.wait().unwrap();
        let code = status.code().unwrap_or_else(|| panic!("ended by {status}:\n{}", self.text()));
        let shown = std::mem::take(&mut self.shown);
        (String::from_utf8(shown).expect("a terminal is sent UTF-8"), code)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    /// Reads what is shown next; false at the end.
    #[track_caller]
    fn read_more(&mut self) -> bool {
        let mut ready = [PollFd::new(&self.master, PollFlags::IN)];
        match poll(&mut ready, Some(&PATIENCE)) {
            Ok(1..) => {}
            // A signal of another process, such as the end of another child.
            Err(Errno::INTR) => return true,
            other => panic!("it neither ends nor shows more ({other:?}):\n{}", self.text()),
        }
        let mut buffer = [0; 4096];
        match self.master.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => true,
            Ok(count) => {
                self.shown.extend_from_slice(&buffer[..count]);
                count > 0
            }
            // How Linux says that the other end is closed.
            Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Drop for Terminal {
    /// A test that fails leaves nothing running.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn open(rows: u16, columns: u16) -> (File, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let not_ours = OpenptFlags::NOCTTY.bits().try_into().unwrap();
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(not_ours);
    let slave = options.open(name.to_str().unwrap()).unwrap();
    let mut modes = tcgetattr(&slave).unwrap();
    modes.output_modes.remove(OutputModes::OPOST);
    tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
    tcsetwinsize(&slave, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (master.into(), slave)
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The text without control sequences.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
        plain.push_str(&part[end..]);
    }
    plain
}

/// The three streams are a terminal, which changes no byte of the answer; what is typed is shown, and its keys
/// reach the program.
#[test]
fn a_command_sees_a_terminal() {
    let env = Env::new();
    // Who waits is a program that a signal ends at any moment; a shell with a trap reads on where it just begins to.
    let script = "trap : INT; test -t 0 && test -t 1 && test -t 2 && printf 'a\\nb\\033c: '; read x; \
                  sh -c 'echo; while read y; do :; done'; stty size; exit $x";
    let mut terminal = Terminal::shell(&env, script);
    terminal.wait_for("a\nb\u{1b}c: ").type_line("7").wait_for("7\n\n").interrupt();
    let (text, code) = terminal.finish_raw();
    assert_eq!((text.as_str(), code), ("a\nb\u{1b}c: 7\n\n^C40 120\n", 7));
}
