//! What a command answered: standard output, standard error and the exit status, as one text and as facts.
//! Every answer of every test is searched for what no answer may ever hold.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

/// The password of every user in the sample data: no answer shows it.
pub(crate) const SANDBOX_PASSWORD: &str = "Sandbox-1234!";

/// One finished command.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    code: Option<i32>,
    signal: Option<i32>,
    folder: String,
}

impl Outcome {
    /// Takes the answer of a command that ran in `folder`.
    pub(crate) fn new(output: &Output, folder: &Path) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("an answer is UTF-8");
        let outcome = Self {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code(),
            signal: output.status.signal(),
            folder: folder.display().to_string(),
        };
        outcome.check_what_always_holds();
        outcome
    }

    fn check_what_always_holds(&self) {
        assert_ne!(self.code, Some(101), "a panic:\n{self}");
        assert!(!self.stderr.contains("panicked at"), "a panic:\n{self}");
        let leaked = self.stdout.contains(SANDBOX_PASSWORD) || self.stderr.contains(SANDBOX_PASSWORD);
        assert!(!leaked, "a password in an answer:\n{self}");
        let control = |text: &str| text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(control(&self.stderr), None, "a control character on stderr:\n{self:?}");
        assert_eq!(control(&self.stdout), None, "a control character on stdout:\n{self:?}");
    }

    /// Insists on an exit code.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "another exit code was expected:\n{self}");
        self
    }

    /// Insists on success.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        self.expect(0)
    }

    /// The exit code, where no signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.code
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not one JSON document ({error}):\n{self}"))
    }

    /// The JSON documents on standard output, one a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let line = |line| serde_json::from_str(line);
        let lines: Result<_, _> = self.stdout.lines().map(line).collect();
        lines.unwrap_or_else(|error| panic!("not JSON lines ({error}):\n{self}"))
    }

    /// Insists that this is a failure with nothing on stdout and exactly one error document on stderr that
    /// says `code` and the exit code `exit`. Returns the value of `error`.
    #[track_caller]
    pub(crate) fn error(&self, exit: i32, code: &str) -> Value {
        self.expect(exit);
        assert_eq!(self.stdout, "", "a failure has no answer:\n{self}");
        let document: Value = serde_json::from_str(&self.stderr)
            .unwrap_or_else(|error| panic!("stderr is not one JSON document ({error}):\n{self}"));
        let error = &document["error"];
        assert_eq!(error["code"], code, "{self}");
        assert_eq!(error["exit_code"], exit, "{self}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "a failure has a message:\n{self}");
        error.clone()
    }

    /// Insists on a failure in words: nothing on stdout, something on stderr that contains `text`.
    #[track_caller]
    pub(crate) fn refused(&self, exit: i32, text: &str) -> &Self {
        self.expect(exit);
        assert_eq!(self.stdout, "", "a failure has no answer:\n{self}");
        assert!(self.stderr.contains(text), "stderr does not say {text:?}:\n{self}");
        self
    }
}

impl std::fmt::Display for Outcome {
    /// The whole answer as a user sees it, with the private folder named by a word.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let block = |name: &str, text: &str| match text {
            "" => String::new(),
            text if text.ends_with('\n') => format!("{name}\n{text}"),
            text => format!("{name}\n{text}\\ no newline\n"),
        };
        let stdout = block("---- stdout", &self.stdout.replace(&self.folder, "[folder]"));
        let stderr = block("---- stderr", &self.stderr.replace(&self.folder, "[folder]"));
        let end = match (self.code, self.signal) {
            (Some(code), _) => format!("---- exit {code}"),
            (None, signal) => format!("---- signal {signal:?}"),
        };
        write!(f, "{stdout}{stderr}{end}")
    }
}

/// Compares an answer, or any text, with the stored snapshot of this name. What differs from run to run is
/// replaced by a word.
#[track_caller]
pub(crate) fn assert_snapshot(name: &str, shown: &impl std::fmt::Display) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../cli/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, word) in [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[uuid]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \([^)]*\)", "[time] ([ago])"),
        (r"sat_[A-Za-z0-9_-]{20,}", "[token]"),
    ] {
        settings.add_filter(pattern, word);
    }
    settings.bind(|| insta::assert_snapshot!(name, shown.to_string()));
}
