//! The shells: what the script of each one sends, and how it reads the answer.
//!
//! Responsible for both forms. Refuses to know commands and names.

use std::ffi::OsString;

use super::line;
use super::question::{Answer, Candidate, Form, Question};

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    /// The GNU shell
    Bash,
    /// The Z shell
    Zsh,
    /// The friendly interactive shell
    Fish,
    /// The Elvish shell
    Elvish,
    /// PowerShell
    Powershell,
}

/// What bash says when it only lists the candidates.
const BASH_LISTS: &str = "63";

impl Shell {
    /// Every shell.
    pub const ALL: [Self; 5] = [Self::Bash, Self::Zsh, Self::Fish, Self::Elvish, Self::Powershell];

    /// The name, as the scripts say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Elvish => "elvish",
            Self::Powershell => "powershell",
        }
    }

    /// The shell of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shell| shell.name() == name)
    }

    /// The script that makes this shell complete.
    pub const fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("../../../completions/sactl.bash"),
            Self::Zsh => include_str!("../../../completions/_sactl"),
            Self::Fish => include_str!("../../../completions/sactl.fish"),
            Self::Elvish => include_str!("../../../completions/sactl.elv"),
            Self::Powershell => include_str!("../../../completions/_sactl.ps1"),
        }
    }

    /// What the script has sent: bash the line up to the cursor, the characters that end words, and the kind of
    /// completion; fish the words, and the last one as it is typed; `PowerShell` the words with a `=`
    /// before each, for it loses empty ones; the others the words. `None` where a file is to be named.
    pub(super) fn question(self, sent: &[OsString]) -> Option<Question> {
        let mut words: Vec<String> = sent.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        match self {
            Self::Bash => {
                let [line, breaks, kind] = words.as_slice() else { return None };
                let mut question = line::read(line, breaks)?;
                question.form.listing = kind == BASH_LISTS;
                return Some(question);
            }
            Self::Fish => {
                // A quote may be open there; what is not closed is as good.
                let raw = words.pop()?;
                words.push(line::read(&raw, "").map_or(raw, |read| read.words.join(" ")));
            }
            Self::Powershell => {
                words = words.iter().map(|word| word.get(1..).unwrap_or("").to_owned()).collect();
            }
            Self::Zsh | Self::Elvish => {}
        }
        Some(Question { words, form: Form::default() })
    }

    /// The answer as the script reads it: a line that says what follows, and a line for each candidate.
    pub(super) fn written(self, question: &Question, answer: &Answer) -> String {
        let (candidates, directive) = match answer {
            Answer::Files(kept) => return format!("files {kept}\n"),
            Answer::Folders(kept) => return format!("folders {kept}\n"),
            Answer::Words { candidates, open: false } => (candidates, "values"),
            Answer::Words { candidates, open: true } => (candidates, "open"),
        };
        let lines: Vec<String> = match self {
            Self::Bash => bash(candidates, question.form),
            Self::Zsh => candidates.iter().map(zsh).collect(),
            Self::Fish | Self::Elvish | Self::Powershell => candidates.iter().map(tabbed).collect(),
        };
        lines.iter().fold(format!("{directive}\n"), |text, line| text + line + "\n")
    }
}

/// As they are put in; where they are only listed, with what they are.
fn bash(candidates: &[Candidate], form: Form) -> Vec<String> {
    let written = candidates.iter().filter_map(|one| Some((line::written(&one.value, form)?, one)));
    let written: Vec<(String, &Candidate)> = written.collect();
    let is_list = form.listing && written.len() > 1 && written.iter().any(|(_, one)| !one.about.is_empty());
    if !is_list {
        return written.into_iter().map(|(text, _)| text).collect();
    }
    let shown = |one: &Candidate| one.value.get(form.kept..).unwrap_or_default().to_owned();
    let widest = written.iter().map(|(_, one)| shown(one).chars().count()).max().unwrap_or_default();
    written
        .iter()
        .map(|(_, one)| match one.about.as_str() {
            "" => shown(one),
            about => format!("{:widest$}  ({about})", shown(one)),
        })
        .collect()
}

/// `value:about`, as `_describe` reads it.
fn zsh(candidate: &Candidate) -> String {
    let value = candidate.value.replace('\\', "\\\\").replace(':', "\\:");
    match candidate.about.as_str() {
        "" => value,
        about => format!("{value}:{}", about.replace('\\', "\\\\")),
    }
}

fn tabbed(candidate: &Candidate) -> String {
    match candidate.about.as_str() {
        "" => candidate.value.clone(),
        about => format!("{}\t{about}", candidate.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let one = |value: &str, about: &str| Candidate { value: value.into(), about: about.into() };
        vec![one("devices:view", ""), one("a b", "it\\s: this")]
    }

    fn written(shell: Shell, form: Form) -> String {
        let question = Question { words: Vec::new(), form };
        shell.written(&question, &Answer::Words { candidates: candidates(), open: false })
    }

    #[test]
    fn each_shell_gets_what_it_reads() {
        let listing = Form { listing: true, ..Form::default() };
        assert_eq!(written(Shell::Bash, Form::default()), "values\ndevices:view\na\\ b\n");
        assert_eq!(written(Shell::Bash, listing), "values\ndevices:view\na b           (it\\s: this)\n");
        assert_eq!(written(Shell::Zsh, Form::default()), "values\ndevices\\:view\na b:it\\\\s: this\n");
        for shell in [Shell::Fish, Shell::Elvish, Shell::Powershell] {
            assert_eq!(written(shell, Form::default()), "values\ndevices:view\na b\tit\\s: this\n");
        }
    }

    #[test]
    fn each_shell_is_understood() {
        let ask = |shell: Shell, sent: &[&str]| {
            let sent: Vec<OsString> = sent.iter().map(OsString::from).collect();
            shell.question(&sent).map(|question| question.words)
        };
        assert_eq!(ask(Shell::Bash, &["sactl show ", " :", "9"]).unwrap(), ["sactl", "show", ""]);
        assert!(ask(Shell::Bash, &["sactl show "]).is_none());
        assert_eq!(ask(Shell::Zsh, &["sactl", "show", ""]).unwrap(), ["sactl", "show", ""]);
        assert_eq!(ask(Shell::Fish, &["sactl", "show", "'a b"]).unwrap(), ["sactl", "show", "a b"]);
        assert_eq!(ask(Shell::Fish, &["sactl", "show", ""]).unwrap(), ["sactl", "show", ""]);
        assert_eq!(ask(Shell::Powershell, &["=sactl", "=show", "="]).unwrap(), ["sactl", "show", ""]);
    }
}
