//! The manual as a person reads it: `mandoc` lays every page out, and the words are those of the help.

use std::collections::BTreeMap;

use clap::Arg;

use crate::cli::man::{names, plain, written};
use crate::common::env::Env;
use crate::common::tools::{installed, tool};

/// Every page as it is read, by its file, with one blank between two words.
fn pages() -> Option<BTreeMap<String, String>> {
    if !installed(&["mandoc"], "SACTL_TEST_REQUIRE_MANDOC") {
        return None;
    }
    let env = Env::new();
    let folder = written(&env);
    let read = names(&folder).into_iter().map(|name| {
        let mut mandoc = tool("mandoc");
        mandoc.args(["-T", "utf8", "-O", "width=80", &name]).current_dir(&folder);
        let text = plain(std::str::from_utf8(&mandoc.output().unwrap().stdout).unwrap());
        (name, words(&text))
    });
    Some(read.collect())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A flag as it is typed, with its value.
fn typed(arg: &Arg) -> Option<String> {
    let value = arg.get_value_names().and_then(<[_]>::first).filter(|_| arg.get_action().takes_values());
    let value = value.map(|value| format!(" {value}")).unwrap_or_default();
    Some(format!("--{}{value}", arg.get_long()?))
}

/// What the help of a command says, piece by piece.
fn said(command: &clap::Command, is_program: bool) -> Vec<String> {
    let own = |arg: &&Arg| !arg.is_hide_set() && (is_program || !arg.is_global_set());
    let is_automatic = |arg: &Arg| ["help", "version"].contains(&arg.get_id().as_str());
    let mut said = Vec::new();
    said.extend(command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string));
    for arg in command.get_arguments().filter(own).filter(|arg| is_program || !is_automatic(arg)) {
        said.extend(typed(arg));
        said.extend(arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string));
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    said.extend(after.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned));
    let paragraphs = said.iter().flat_map(|text| text.split("\n\n"));
    paragraphs.map(|text| words(&text.replace('`', ""))).collect()
}

fn missing(command: &clap::Command, file: &str, pages: &BTreeMap<String, String>, found: &mut Vec<String>) {
    let page = &pages[&format!("{file}.1")];
    let is_program = file == "sactl";
    let lost = said(command, is_program).into_iter().filter(|text| !page.contains(text.as_str()));
    found.extend(lost.map(|text| format!("{file}: {text}")));
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        missing(verb, &format!("{file}-{}", verb.get_name()), pages, found);
    }
}

/// R16: a synopsis said `[--roleROLE]`: a blank of the source was lost where a formatter lays the page out.
#[test]
fn every_word_of_the_help_is_a_word_of_its_page() {
    let Some(pages) = pages() else { return };
    let mut program = sactl::cli::command();
    program.build();
    let program = program.mut_subcommand("help", |help| help.hide(false));
    let mut found = Vec::new();
    missing(&program, "sactl", &pages, &mut found);
    assert!(found.is_empty(), "not on their page as the help says them: {found:#?}");
}

/// R16, of every page: a flag ends where its value begins.
#[test]
fn no_flag_on_any_page_runs_into_its_value() {
    let Some(pages) = pages() else { return };
    let is_joined = |word: &&str| {
        let flag = word.trim_start_matches(['[', '(']);
        flag.starts_with("--")
            && !flag.contains('=')
            && flag.contains(|letter: char| letter.is_ascii_uppercase())
    };
    let joined = pages.iter().flat_map(|(name, page)| {
        page.split(' ').filter(is_joined).map(move |word| format!("{name}: {word}"))
    });
    assert_eq!(joined.collect::<Vec<_>>(), Vec::<String>::new());
}
