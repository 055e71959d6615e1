//! A real Secret Service (gnome-keyring) on a private D-Bus session, and the ways in which one is not there:
//! locked, absent, hung. Nothing of it is seen by the user's own session, and all of it ends with the test:
//! the bus is killed, also when the test dies, and the keyring ends with its bus.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use tempfile::TempDir;

use super::tools::{installed, tool};

/// The variable that turns "not installed, skipped" into a failure.
const REQUIRED: &str = "SACTL_TEST_REQUIRE_SECRET_SERVICE";

/// What the harness needs; `setpriv` ends the bus with the test.
const PROGRAMS: [&str; 4] = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "setpriv"];

const SERVICE: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";

/// A D-Bus session with a keyring of its own.
pub(crate) struct SecretService {
    bus: Child,
    address: String,
    _folder: TempDir,
}

impl SecretService {
    /// A keyring that is open, as after signing in at a desktop. `None`, and a word on stderr, where the
    /// programs are not installed.
    pub(crate) fn unlocked() -> Option<Self> {
        let service = Self::start(
            "printf 'keyring password' | exec gnome-keyring-daemon --foreground --unlock --components=secrets\n",
        )?;
        assert!(!service.is_locked(), "the keyring did not open");
        Some(service)
    }

    /// A keyring that exists and is locked, without a prompt for its password.
    pub(crate) fn locked() -> Option<Self> {
        let service = Self::unlocked()?;
        service.lock();
        Some(service)
    }

    /// A keyring service that has never been used and was given no password: there is nothing to write to.
    pub(crate) fn virgin() -> Option<Self> {
        Self::start("exec gnome-keyring-daemon --foreground --components=secrets < /dev/null\n")
    }

    /// A bus without a keyring service.
    pub(crate) fn bus_alone() -> Option<Self> {
        Self::start_bus(None)
    }

    fn start(script: &str) -> Option<Self> {
        Self::start_bus(Some(script))
    }

    fn start_bus(script: Option<&str>) -> Option<Self> {
        if !installed(&PROGRAMS, REQUIRED) {
            return None;
        }
        let folder = TempDir::with_prefix("sactl-bus-").unwrap();
        for name in ["home", "run", "services"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        if let Some(script) = script {
            write_service(folder.path(), script);
        }
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, bus_configuration(folder.path())).unwrap();
        let mut bus = tool("setpriv")
            .args(["--pdeathsig", "KILL", "dbus-daemon", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--config-file={}", config.display()))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", folder.path().join("home"))
            .env("XDG_RUNTIME_DIR", folder.path().join("run"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "dbus-daemon did not start: {address:?}");
        Some(Self { bus, address: address.trim().to_owned(), _folder: folder })
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` is set to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Closes the keyring.
    pub(crate) fn lock(&self) {
        self.send(SERVICE, "org.freedesktop.Secret.Service.Lock", &[&format!("array:objpath:{LOGIN}")]);
        assert!(self.is_locked(), "the keyring did not close");
    }

    /// Whether the keyring that programs use without naming one is closed. Starts the service if need be.
    pub(crate) fn is_locked(&self) -> bool {
        self.property(DEFAULT, "org.freedesktop.Secret.Collection", "Locked").contains("boolean true")
    }

    /// The attributes of everything that is stored, as the service prints them: one text for each item.
    pub(crate) fn items(&self) -> Vec<String> {
        let listed = self.property(LOGIN, "org.freedesktop.Secret.Collection", "Items");
        let paths = listed.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned);
        paths.map(|path| self.property(&path, "org.freedesktop.Secret.Item", "Attributes")).collect()
    }

    fn property(&self, path: &str, interface: &str, name: &str) -> String {
        let arguments = [format!("string:{interface}"), format!("string:{name}")];
        self.send(path, "org.freedesktop.DBus.Properties.Get", &[&arguments[0], &arguments[1]])
    }

    fn send(&self, path: &str, method: &str, arguments: &[&str]) -> String {
        let output = tool("dbus-send")
            .args([&format!("--bus={}", self.address), "--print-reply", "--reply-timeout=10000"])
            .args(["--dest=org.freedesktop.secrets", path, method])
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{method} {path}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

/// A bus that takes every connection and never says a word.
pub(crate) struct HungBus {
    address: String,
    folder: TempDir,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HungBus {
    /// Starts to listen.
    pub(crate) fn start() -> Self {
        let folder = TempDir::with_prefix("sactl-bus-").unwrap();
        let socket = folder.path().join("bus");
        let listener = UnixListener::bind(&socket).unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let mut kept = Vec::new();
            while !seen.load(Ordering::SeqCst) {
                kept.extend(listener.accept());
            }
        });
        let address = format!("unix:path={}", socket.display());
        Self { address, folder, ended, thread: Some(thread) }
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` is set to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for HungBus {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread waits for a connection; this is the last one.
        let _ = std::os::unix::net::UnixStream::connect(self.folder.path().join("bus"));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The keyring is started by the bus at the first call to it, which waits until it is ready.
fn write_service(folder: &Path, script: &str) {
    let start = folder.join("start");
    std::fs::write(&start, script).unwrap();
    let service =
        format!("[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sh {}\n", start.display());
    std::fs::write(folder.join("services/org.freedesktop.secrets.service"), service).unwrap();
}

fn bus_configuration(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/run/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_harness_gives_an_open_and_a_closed_keyring() {
        let Some(open) = SecretService::unlocked() else { return };
        assert_eq!(open.items(), Vec::<String>::new());
        open.lock();
        assert!(SecretService::locked().unwrap().is_locked());
    }
}
