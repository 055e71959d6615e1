//! A command that a message names carries the target of the call: it is a value until it is shown.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{root, sources};
use crate::common::source::is;

/// What the program says about itself at any time, which no call has a target for: help and manual pages.
const HELP: [&str; 2] = ["manual/", "cli/documented.rs"];

/// The verbs of the program, by their files.
fn verbs() -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join("src/commands")).unwrap();
    let stem = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let verbs: BTreeSet<String> = entries.map(|entry| stem(entry.unwrap().path())).collect();
    assert!(verbs.contains("grant") && verbs.contains("login"), "{verbs:?}");
    verbs
}

/// The texts in code: none of attributes, where help is written, and none of unit tests.
pub(super) fn texts(tokens: &TokenStream) -> Vec<String> {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let mut texts = Vec::new();
    let mut is_test = false;
    for (place, token) in tokens.iter().enumerate() {
        let before = |back: usize, mark| place >= back && is(&tokens[place - back], mark);
        match token {
            TokenTree::Group(group) if before(1, "#") || (before(1, "!") && before(2, "#")) => {
                is_test |= group.stream().to_string().replace(' ', "") == "cfg(test)";
            }
            TokenTree::Group(group) => {
                if !is_test {
                    texts.extend(self::texts(&group.stream()));
                }
                is_test &= group.delimiter() != Delimiter::Brace;
            }
            TokenTree::Literal(literal) => texts.push(literal.to_string()),
            TokenTree::Punct(mark) => is_test &= mark.as_char() != ';',
            TokenTree::Ident(_) => {}
        }
    }
    texts
}

/// The verb of a command that `text` writes out.
fn command_in<'t>(text: &'t str, verbs: &BTreeSet<String>) -> Option<&'t str> {
    let words = |rest: &'t str| rest.split(|c: char| !c.is_ascii_lowercase()).next();
    text.split("sactl ").skip(1).filter_map(words).find(|word| verbs.contains(*word))
}

/// F1: a hint that was written as text left out the flags of the call.
#[test]
fn command_in_a_message_is_no_text() {
    let verbs = verbs();
    let is_program =
        |name: &str| !HELP.iter().any(|help| name.starts_with(help)) && !name.ends_with("/tests.rs");
    let sources = sources();
    let files = sources.iter().filter(|source| is_program(source.name()));
    let wrong: Vec<String> = files
        .flat_map(|source| texts(source.tokens()).into_iter().map(|text| (source.name(), text)))
        .filter(|(_, text)| command_in(text, &verbs).is_some())
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "make the command with `CommandLine::new`: {wrong:#?}");
}

#[test]
fn command_in_a_text_is_seen() {
    let verbs = verbs();
    let code = r#"
        #[command(after_help = "sactl list")]
        fn one() { hint(format!("see all with: sactl list --company {id}")); }
        #[cfg(test)]
        mod tests { fn two() { assert_eq!(one(), "sactl list"); } }
        fn three() { error("another sactl is writing"); }
        #[cfg(test)]
        mod more;
        fn four() { hint("sign in with: sactl login"); }
    "#;
    let found = texts(&code.parse().unwrap());
    let found: Vec<_> = found.iter().filter_map(|text| command_in(text, &verbs)).collect();
    assert_eq!(found, ["list", "login"]);
}
