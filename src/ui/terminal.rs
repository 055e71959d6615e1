//! The streams of a command, and how it uses them. Responsible for what is printed. Refuses control characters.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clap::builder::StyledStr;

use super::pager_choice::Pager;
use super::state::State;
use crate::domain::CompanyId;
use crate::domain::mask::Secrets;
use crate::error::{CliError, Result};
use crate::output::{Format, Selection};
use crate::text::sanitize::sanitise;
use crate::text::wrap::wrap;
use crate::text::{Hint, Target};

/// Labels in attributes and colours that can be read on light and on dark: no yellow, no cyan.
const NOTE: &str = "1";
const WARNING: &str = "1;35";
const ERROR: &str = "1;31";

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal with colour, unless `NO_COLOR` or `CLICOLOR=0` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to talk: the part of the settings that concerns the terminal.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each a flag of the command line")]
pub struct UiOptions {
    /// The chosen format; `None` when none was chosen.
    pub format: Option<Format>,
    /// What of the answer is asked for.
    pub selection: Selection,
    /// No status and no notes.
    pub quiet: bool,
    /// Requests are logged too, and documents do not silence notes.
    pub verbose: bool,
    /// Colour on standard output.
    pub colour_out: bool,
    /// Colour on standard error.
    pub colour_err: bool,
    /// Never wait for a key.
    pub no_input: bool,
    /// Every confirmation is given.
    pub yes: bool,
    /// Columns of the terminal, where they were set.
    pub columns: Option<u16>,
    /// Tables are shown whole.
    pub wide: bool,
    /// A screen reader reads: no boxes, no alignment, no animation.
    pub accessible: bool,
    /// The terminal knows no control sequence.
    pub dumb_terminal: bool,
    /// The pager for long answers on a terminal.
    pub pager: Option<Pager>,
    /// What the commands in hints act on.
    pub target: Target,
}

impl UiOptions {
    /// The options of an error that comes before more is known than a format.
    pub fn of_format(format: Option<Format>) -> Self {
        Self { format, ..Self::default() }
    }
}

/// What an interrupt that would lose something does and says.
#[derive(Clone)]
pub struct WayOut(Arc<dyn Fn() -> Hint + Send + Sync>);

impl WayOut {
    /// Says this.
    pub fn saying(hint: Hint) -> Self {
        Self(Arc::new(move || hint.clone()))
    }

    /// Says what `rescue` returns, which first saves what would be lost. It may be called twice.
    pub fn saving(rescue: impl Fn() -> Hint + Send + Sync + 'static) -> Self {
        Self(Arc::new(rescue))
    }
}

impl fmt::Debug for WayOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[way out]")
    }
}

/// What a command says and asks. Cheap to clone; it holds no lock and no file.
#[derive(Clone, Debug)]
pub struct Ui {
    pub(super) options: UiOptions,
    pub(super) progress: Arc<State>,
    way_out: Arc<Mutex<Option<WayOut>>>,
    company: Arc<OnceLock<String>>,
    secrets: Arc<Mutex<Secrets>>,
    pub(super) stdout_terminal: bool,
    pub(super) stderr_terminal: bool,
    pub(super) stdin_terminal: bool,
}

impl Ui {
    /// The streams of this process, used in `options`.
    pub fn new(options: UiOptions) -> Self {
        Self {
            options,
            progress: Arc::default(),
            way_out: Arc::default(),
            company: Arc::default(),
            secrets: Arc::default(),
            stdout_terminal: io::stdout().is_terminal(),
            stderr_terminal: io::stderr().is_terminal(),
            stdin_terminal: io::stdin().is_terminal(),
        }
    }

    /// The format of the answer: the one chosen, else a table.
    pub fn format(&self) -> Format {
        self.options.format.unwrap_or(Format::Table)
    }

    /// What of the answer is asked for.
    pub fn selection(&self) -> &Selection {
        &self.options.selection
    }

    /// Whether the answer is wanted as a document or as rows, and not in the words of a command that says what it
    /// did: a format other than a table was chosen, or columns.
    pub fn wants_data(&self) -> bool {
        self.format() != Format::Table || self.options.selection.is_columns()
    }

    /// Whether no format was chosen.
    pub fn is_default_format(&self) -> bool {
        self.options.format.is_none()
    }

    /// Whether the answer is tab-separated rows without a header: no format was chosen, and standard output
    /// is not a terminal.
    pub fn is_plain(&self) -> bool {
        self.options.format.is_none() && !self.stdout_terminal
    }

    /// Whether standard output is a terminal.
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout_terminal
    }

    /// Whether standard error is a terminal.
    pub fn stderr_is_terminal(&self) -> bool {
        self.stderr_terminal
    }

    /// Whether standard input is a terminal.
    pub fn stdin_is_terminal(&self) -> bool {
        self.stdin_terminal
    }

    /// Whether the answer may have colours.
    pub fn colour(&self) -> bool {
        self.options.colour_out
    }

    /// The width for tables in columns: `COLUMNS`, else the terminal's. `None` for no limit: in a pipe, unless a
    /// table was asked for and `COLUMNS` is set, as `watch` sets it.
    pub fn width(&self) -> Option<u16> {
        let of_terminal = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col);
        let width = match self.options.format {
            _ if self.stdout_terminal => self.options.columns.or_else(of_terminal),
            Some(Format::Table) => self.options.columns,
            _ => None,
        };
        width.filter(|columns| *columns > 0)
    }

    /// Whether prompts are possible: standard input and standard error are terminals, and there is no
    /// `--no-input`.
    pub fn is_interactive(&self) -> bool {
        self.stdin_terminal && self.stderr_terminal && !self.options.no_input
    }

    /// Whether sactl can ask for what is missing on the command line: as [`Self::is_interactive`], and the
    /// output is not a document.
    pub fn asks_for_what_is_missing(&self) -> bool {
        self.is_interactive() && !self.format().is_document()
    }

    /// Whether tables are shown whole, nothing cut or folded.
    pub fn is_wide(&self) -> bool {
        self.options.wide
    }

    /// Whether messages and the answer appear on the same terminal.
    pub fn is_one_screen(&self) -> bool {
        self.stdout_terminal && self.stderr_terminal && self.speaks() && !self.wants_data()
    }

    /// Whether tables are shown whole: with `--wide`, and in documents for people.
    pub fn shows_whole(&self) -> bool {
        self.options.wide || matches!(self.format(), Format::Markdown | Format::Html)
    }

    /// Whether the output is for a screen reader: plain lines, nothing redrawn, no meaning by position or colour alone.
    pub fn is_accessible(&self) -> bool {
        self.options.accessible
    }

    /// Whether `--yes` confirmed everything beforehand.
    pub fn is_confirmed(&self) -> bool {
        self.options.yes
    }

    /// Whether requests and decisions are logged.
    pub fn is_verbose(&self) -> bool {
        self.options.verbose
    }

    /// From now on, `secret` is masked in messages. The answer on standard output is not changed.
    pub fn hide(&self, secret: &str) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).add(secret);
    }

    /// The text without the secrets of this call.
    pub(super) fn masked(&self, text: &str) -> String {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).mask(text).into_owned()
    }

    /// Writes the answer to standard output: `write` gets a buffered writer on the locked stream, which is
    /// flushed afterwards.
    ///
    /// # Errors
    /// `output` when it cannot be written; a closed pipe is an error whose exit code is 0, so that the command
    /// ends at once and quietly.
    pub fn answer(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        write(&mut out).and_then(|()| out.flush()).map_err(CliError::answer)
    }

    /// Shows the help that was asked for.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub fn help(&self, text: &StyledStr) -> Result<()> {
        self.answer(|out| {
            if self.options.colour_out { write!(out, "{}", text.ansi()) } else { write!(out, "{text}") }
        })
    }

    /// Says what was done and where.
    pub fn status(&self, text: impl AsRef<str>) {
        if self.speaks() {
            self.say("", NOTE, &text.as_ref().to_owned().into());
        }
    }

    /// Says something that helps to understand the answer.
    pub fn note(&self, text: impl AsRef<str>) {
        if self.speaks() {
            self.say("note:", NOTE, &text.as_ref().to_owned().into());
        }
    }

    /// Says what to do next.
    pub fn hint(&self, hint: impl Into<Hint>) {
        if self.speaks() {
            self.say("hint:", NOTE, &hint.into());
        }
    }

    /// Prints a remark about an answer.
    pub fn aside(&self, text: impl AsRef<str>) {
        if !self.speaks() {
            return;
        }
        let (begin, end) = if self.options.colour_err { ("\u{1b}[2m", "\u{1b}[0m") } else { ("", "") };
        let line = format!("{begin}{}{end}\n", self.fitted(text.as_ref(), 0));
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }

    /// Says what a person needs to know to answer a question.
    pub fn ask_about(&self, text: impl AsRef<str>) {
        let line = format!("{}\n", self.fitted(text.as_ref(), 0));
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }

    /// The text for standard error, made safe, and broken between words where a terminal would break it anywhere.
    /// `taken` columns of every line are not to be had.
    pub(super) fn fitted(&self, text: &str, taken: usize) -> String {
        let text = self.masked(text);
        let text = sanitise(&text);
        if !self.stderr_terminal {
            return text.into_owned();
        }
        let room = usize::from(self.err_width()).saturating_sub(taken);
        wrap(&text, room).join("\n")
    }

    /// Warns of a possible problem. `--quiet` does not silence it; document formats do.
    pub fn warning(&self, text: impl AsRef<str>) {
        if self.options.verbose || !self.format().is_document() {
            self.say("warning:", WARNING, &text.as_ref().to_owned().into());
        }
    }

    /// Logs what happens inside, with `--verbose` only.
    pub fn verbose(&self, text: impl AsRef<str>) {
        if self.options.verbose {
            self.say("", NOTE, &text.as_ref().to_owned().into());
        }
    }

    /// Sets what an interrupt says; `None` if it loses nothing.
    pub fn leave_way_out(&self, way_out: Option<WayOut>) {
        *self.way_out.lock().unwrap_or_else(PoisonError::into_inner) = way_out;
    }

    /// What an interrupt says.
    pub fn way_out(&self) -> Option<Hint> {
        let way_out = self.way_out.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some((way_out.0)())
    }

    /// Shows why the command failed: the error document where a program reads, text otherwise.
    pub fn failure(&self, error: &CliError) {
        let error = &error.told_with(&self.target(), |text| self.masked(text));
        let text = if self.format().is_document() { error.to_document() } else { self.failure_text(error) };
        // What was typed, or `^C`, stands before it on the line.
        let interrupted = error.code() == crate::api::Code::Interrupted && self.stderr_terminal;
        let gap = if interrupted { "\n" } else { "" };
        let _ = io::stderr().lock().write_all(format!("{gap}{text}").as_bytes());
    }

    /// Why something failed, as the error document says it.
    pub fn failure_document(&self, error: &CliError) -> serde_json::Value {
        let error = error.told_with(&self.target(), |text| self.masked(text));
        let document: serde_json::Value = serde_json::from_str(&error.to_document()).unwrap_or_default();
        document.get("error").cloned().unwrap_or_default()
    }

    fn failure_text(&self, error: &CliError) -> String {
        let text = error.to_text(self.room());
        match text.strip_prefix("error:") {
            Some(rest) => format!("{}{rest}", self.label("error:", ERROR)),
            None => text,
        }
    }

    /// From now on, the commands in hints act in this company, unless the call names one: a person has chosen it.
    pub fn act_in(&self, company: CompanyId) {
        let _ = self.company.set(company.to_string());
    }

    /// What the commands in hints act on.
    pub fn target(&self) -> Target {
        let target = self.options.target.clone();
        match self.company.get() {
            Some(company) if !target.has_company() => target.company(company),
            _ => target,
        }
    }

    /// Whether status and notes are printed.
    pub fn speaks(&self) -> bool {
        self.options.verbose || !(self.options.quiet || self.format().is_document())
    }

    pub(super) fn label(&self, label: &str, colour: &str) -> String {
        if self.options.colour_err && !label.is_empty() {
            format!("\u{1b}[{colour}m{label}\u{1b}[0m")
        } else {
            label.to_owned()
        }
    }

    /// The columns of standard error; `None` without limit: no terminal, or a screen reader, which reads whole lines.
    fn room(&self) -> Option<usize> {
        (self.stderr_terminal && !self.is_accessible()).then(|| usize::from(self.err_width()))
    }

    /// Words of the conversation. When standard error is closed, they are dropped.
    pub(super) fn say(&self, label: &str, colour: &str, text: &Hint) {
        let text = text.settled(&self.target(), |text| sanitise(&self.masked(text)).into_owned());
        let gap = if label.is_empty() { "" } else { " " };
        let taken = label.len() + gap.len();
        let lines = text.lines(&self.target(), self.room().unwrap_or(usize::MAX), taken);
        let line = format!("{}{gap}{}\n", self.label(label, colour), lines.join("\n"));
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}
