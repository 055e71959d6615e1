//! A private home with a cleared environment, and the real program in it. Nothing of the machine's own
//! configuration is seen, and nothing is left behind.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::output::Outcome;

/// Longer than any command takes on a busy machine; a test that reaches it has found a hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program under test.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_sactl"))
}

/// A machine of one's own: home, XDG folders, temporary folder, and the variables that commands see.
pub(crate) struct Env {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Env {
    /// An empty home and nothing but what every process has.
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix("sactl-test-").unwrap();
        for name in ["home", "config", "tmp", "run", "work"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let at = |name: &str| folder.path().join(name).display().to_string();
        let variables = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("HOME", at("home")),
            ("XDG_CONFIG_HOME", at("home/.config")),
            ("XDG_DATA_HOME", at("home/.local/share")),
            ("XDG_STATE_HOME", at("home/.local/state")),
            ("XDG_CACHE_HOME", at("home/.cache")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("TMPDIR", at("tmp")),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("SACTL_CONFIG_DIR", at("config/sactl")),
            ("SACTL_PAGER", "cat".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        Self { folder, variables }
    }

    /// With one more variable, or another value of it.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets one variable for all commands from now on.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.unset(name);
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Takes one variable away.
    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.retain(|(known, _)| known != name);
    }

    /// The variables, for who starts the program in another way.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// The folder around everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the program keeps its configuration.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("config/sactl")
    }

    /// The working directory of commands.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file into the working directory and answers its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.work().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    #[cfg(feature = "platform")]
    /// Writes a file that its owner alone may read; gives its path.
    pub(crate) fn private_file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.file(name, content);
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    /// Every file below the folder with its content, to see that nothing has changed.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect_files(self.folder.path(), &mut found);
        found.sort();
        found
    }

    /// Runs the program with an empty input.
    pub(crate) fn run<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Outcome {
        self.run_with_input(arguments, "")
    }

    /// Runs the program with `input` on its standard input.
    pub(crate) fn run_with_input<I: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = I>,
        input: impl AsRef<[u8]>,
    ) -> Outcome {
        let mut command = assert_cmd::Command::new(program());
        command.args(arguments).env_clear().envs(self.variables.iter().cloned());
        command.current_dir(self.work()).timeout(PATIENCE).write_stdin(input.as_ref());
        let output = command.output().unwrap();
        Outcome::new(&output, self.folder())
    }

    /// The program as a plain command, for a test that holds the ends of its pipes itself.
    pub(crate) fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(program());
        command.env_clear().envs(self.variables.iter().cloned()).current_dir(self.work());
        command
    }

    /// Runs the words of one line.
    pub(crate) fn sactl(&self, line: &str) -> Outcome {
        self.run(line.split_whitespace())
    }
}

fn collect_files(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, found);
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap_or_default()));
        }
    }
}
