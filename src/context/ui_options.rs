//! The options of the terminal, from flags and environment.
//!
//! Responsible for format, colour, width and prompts. Refuses to read a file.

use std::ffi::OsString;
use std::io::IsTerminal;

use clap::ValueEnum;

use super::global::Global;
use super::target::target;
use crate::config::env::Variable;
use crate::config::{Environment, env};
use crate::error::{CliError, Result};
use crate::output::{Format, Selection};
use crate::text::suggest::nearest;
use crate::ui::{Colour, DEFAULT_PAGER, Pager, UiOptions};

/// What `less` does where the user has not said it: it ends at once where all fits, keeps colours, and leaves the
/// answer on the screen.
const LESS: &str = "FRX";

/// The options that flags and environment ask for.
///
/// # Errors
/// `config` for a variable that says something impossible.
pub fn ui_options(global: &Global, environment: &Environment) -> Result<UiOptions> {
    let colour = global.color.unwrap_or_default();
    Ok(UiOptions {
        format: format(global, environment)?,
        selection: Selection::Whole,
        quiet: global.quiet,
        verbose: global.verbose > 0,
        colour_out: wants_colour(colour, environment, std::io::stdout().is_terminal()),
        colour_err: wants_colour(colour, environment, std::io::stderr().is_terminal()),
        no_input: global.no_input,
        yes: global.yes,
        columns: text_of(environment, env::COLUMNS).and_then(|text| text.trim().parse().ok()),
        wide: global.wide,
        accessible: text_of(environment, env::ACCESSIBLE).is_some_and(|value| value != "0"),
        dumb_terminal: text_of(environment, env::TERM).as_deref() == Some("dumb"),
        pager: if global.no_pager { None } else { pager(environment) },
        target: target(global),
    })
}

/// The command of the pager: `SACTL_PAGER`, else `PAGER`, else `less`. None for an empty one, and for `cat`.
fn pager(environment: &Environment) -> Option<Pager> {
    let chosen = environment.choice(env::SACTL_PAGER).or_else(|| environment.choice(env::PAGER));
    let command = chosen.unwrap_or_else(|| DEFAULT_PAGER.to_owned());
    if ["", "cat"].contains(&command.trim()) {
        return None;
    }
    let mut variables = vec![(env::TOKEN.name, None), (env::PASSWORD.name, None)];
    if !environment.has(env::LESS) {
        variables.push((env::LESS.name, Some(LESS)));
    }
    Some(Pager { command, variables })
}

/// The format of the flag, else of the environment. An expression works on JSON: it goes before the environment, and
/// is itself a choice.
fn format(global: &Global, environment: &Environment) -> Result<Option<Format>> {
    if global.output.is_some() {
        return Ok(global.output);
    }
    let said = environment.get(env::OUTPUT)?.map(|text| format_of(&text)).transpose()?;
    let is_json = |format: &Format| matches!(format, Format::Json | Format::Jsonl);
    if global.jq.is_some() { Ok(said.filter(is_json).or(Some(Format::Json))) } else { Ok(said) }
}

fn format_of(text: &str) -> Result<Format> {
    Format::from_str(text, false).map_err(|_| {
        let formats = Format::value_variants().iter().filter_map(Format::to_possible_value);
        let names: Vec<String> = formats.map(|value| value.get_name().to_owned()).collect();
        let error = CliError::config(format!("SACTL_OUTPUT: unknown format {text}"))
            .hint(format!("the formats are {}", names.join(", ")));
        match nearest(text, &names) {
            Some(near) => error.hint_before(format!("did you mean {near}?")),
            None => error,
        }
    })
}

/// A variable of the terminal, which is of no use when it is not text.
fn text_of(environment: &Environment, variable: Variable) -> Option<String> {
    environment.raw(variable).and_then(|value| value.into_string().ok())
}

fn wants_colour(colour: Colour, environment: &Environment, is_terminal: bool) -> bool {
    let value = |variable| text_of(environment, variable);
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if environment.has(env::NO_COLOR) => false,
        Colour::Auto if value(env::CLICOLOR_FORCE).is_some_and(|value| value != "0") => true,
        Colour::Auto => {
            is_terminal
                && value(env::CLICOLOR).as_deref() != Some("0")
                && value(env::TERM).as_deref() != Some("dumb")
        }
    }
}

/// The options that a command line asks for that may not even parse, so that its error, or the help, takes the
/// right form.
pub fn ui_options_in(arguments: &[OsString], environment: &Environment) -> UiOptions {
    let colour = last_value(arguments, &Flag { long: "--color", short: None }).unwrap_or_default();
    UiOptions {
        colour_out: wants_colour(colour, environment, std::io::stdout().is_terminal()),
        colour_err: wants_colour(colour, environment, std::io::stderr().is_terminal()),
        ..UiOptions::of_format(format_in(arguments, environment))
    }
}

/// The format that a command line asks for that may not even parse.
fn format_in(arguments: &[OsString], environment: &Environment) -> Option<Format> {
    let said = last_value(arguments, &Flag { long: "--output", short: Some('o') });
    let of_environment = || Format::from_str(&environment.get(env::OUTPUT).ok()??, false).ok();
    let of_expression =
        || words_of(arguments).iter().any(|word| is_flag(word, "--jq")).then_some(Format::Json);
    said.or_else(of_expression).or_else(of_environment)
}

/// Whether `word` is this flag, with or without its value.
fn is_flag(word: &str, flag: &str) -> bool {
    word.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
}

/// A flag with a value.
struct Flag<'a> {
    long: &'a str,
    short: Option<char>,
}

/// The words behind the program and before `--`.
fn words_of(arguments: &[OsString]) -> Vec<&str> {
    let words = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default());
    words.take_while(|word| *word != "--").collect()
}

/// The last value of a flag before `--` that is one.
fn last_value<T: ValueEnum>(arguments: &[OsString], flag: &Flag<'_>) -> Option<T> {
    let words = words_of(arguments);
    let values = words.iter().enumerate().filter_map(|(at, word)| match flag.value_in(word) {
        Some("") => words.get(at + 1).copied(),
        value => value,
    });
    values.rev().find_map(|value| T::from_str(value, false).ok())
}

impl Flag<'_> {
    /// The value that `word` gives the flag: empty when that is the next word, `None` when it is another flag.
    /// Switches may stand before a short flag, as in `-qo`.
    fn value_in<'w>(&self, word: &'w str) -> Option<&'w str> {
        match word.strip_prefix(self.long) {
            Some("") => Some(""),
            Some(value) => value.strip_prefix('='),
            None => {
                let letters = word.strip_prefix('-')?.trim_start_matches(['q', 'v', 'w', 'h', 'V']);
                let value = letters.strip_prefix(self.short?)?;
                Some(value.strip_prefix('=').unwrap_or(value))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&'static str, &'static str)]) -> Environment {
        Environment::of_pairs(pairs.iter().copied())
    }

    #[test]
    fn colour_needs_a_reason() {
        for (colour, pairs, is_terminal, wanted) in [
            (Colour::Auto, &[][..], true, true),
            (Colour::Auto, &[], false, false),
            (Colour::Auto, &[("NO_COLOR", "1")], true, false),
            (Colour::Auto, &[("NO_COLOR", "")], true, true),
            (Colour::Auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true, false),
            (Colour::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Colour::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (Colour::Auto, &[("CLICOLOR", "0")], true, false),
            (Colour::Auto, &[("TERM", "dumb")], true, false),
            (Colour::Always, &[("NO_COLOR", "1")], false, true),
            (Colour::Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ] {
            assert_eq!(wants_colour(colour, &environment(pairs), is_terminal), wanted, "{pairs:?}");
        }
    }

    #[test]
    fn the_pager_is_the_one_chosen_first_and_none_where_that_is_empty() {
        for (pairs, wanted) in [
            (&[][..], Some("less")),
            (&[("PAGER", "more")], Some("more")),
            (&[("PAGER", "more"), ("SACTL_PAGER", "less -S")], Some("less -S")),
            (&[("PAGER", "more"), ("SACTL_PAGER", "")], None),
            (&[("PAGER", " cat ")], None),
        ] {
            assert_eq!(pager(&environment(pairs)).map(|pager| pager.command).as_deref(), wanted, "{pairs:?}");
        }
    }

    #[test]
    fn the_format_is_found_in_a_line_that_does_not_parse() {
        let find = |line: &str, pairs: &[(&'static str, &'static str)]| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            format_in(&arguments, &environment(pairs))
        };
        for line in [
            "sactl x -o json",
            "sactl -ojson",
            "sactl -o=json",
            "sactl --output json --bad",
            "sactl --output=json",
            "sactl list -qvo json",
            "sactl -qo=json",
            "sactl list -o -o json",
        ] {
            assert_eq!(find(line, &[]), Some(Format::Json), "{line}");
        }
        assert_eq!(find("sactl -o", &[]), None);
        assert_eq!(find("sactl -o nonsense", &[("SACTL_OUTPUT", "yaml")]), Some(Format::Yaml));
        assert_eq!(find("sactl sandbox -- x -o json", &[]), None);
        assert_eq!(find("sactl list --jq=. --bad", &[("SACTL_OUTPUT", "yaml")]), Some(Format::Json));
        assert_eq!(find("sactl list --jq . -o table --bad", &[]), Some(Format::Table));
        assert_eq!(find("sactl -o csv", &[("SACTL_OUTPUT", "yaml")]), Some(Format::Csv));
    }

    #[test]
    fn the_flag_goes_before_the_environment() {
        let global = Global { output: Some(Format::Csv), ..Global::default() };
        let json = environment(&[("SACTL_OUTPUT", "json")]);
        assert_eq!(ui_options(&global, &json).unwrap().format, Some(Format::Csv));
        assert_eq!(ui_options(&Global::default(), &json).unwrap().format, Some(Format::Json));
        assert!(ui_options(&Global::default(), &environment(&[("SACTL_OUTPUT", "xml")])).is_err());
    }

    #[test]
    fn an_expression_is_a_choice_of_json() {
        let global = |output| Global { output, jq: Some(".".to_owned()), ..Global::default() };
        let format = |output, pairs| ui_options(&global(output), &environment(pairs)).unwrap().format;
        assert_eq!(format(None, &[]), Some(Format::Json));
        assert_eq!(format(None, &[("SACTL_OUTPUT", "csv")]), Some(Format::Json));
        assert_eq!(format(None, &[("SACTL_OUTPUT", "jsonl")]), Some(Format::Jsonl));
        assert_eq!(format(Some(Format::Table), &[]), Some(Format::Table));
    }
}
