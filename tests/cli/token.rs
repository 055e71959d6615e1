//! `sactl token`: the token, and nothing else.

use std::process::Stdio;

use super::credentials::{Gateway, login, with_file_store};
use super::secrets::assert_clean;
use crate::common::output::Outcome;

/// The one output that was asked for: stdout of `token`, and nothing else of it.
#[test]
fn p1_token_prints_the_token_on_stdout_only() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let outcome = env.sactl("token -vv");
    assert_eq!(outcome.ok().stdout, format!("{}\n", gateway.token(1)));
    assert_clean(&outcome.stderr, "stderr of token");
}

/// No format shows less than the token, or alters it.
#[test]
fn token_is_whole_in_every_format() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    for format in ["table", "json", "jsonl", "csv", "yaml", "name", "markdown", "html"] {
        let shown = env.sactl(&format!("token -o {format}"));
        assert!(shown.ok().stdout.contains(&gateway.token(1)), "{format}: {shown}");
    }
}

/// A secret that its reader did not get is no success.
#[test]
fn token_that_was_not_read_is_an_error() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    for words in ["token", "token -o json", "token -o html", "token --columns token"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = env.command();
        command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
        let outcome = Outcome::new(&command.spawn().unwrap().wait_with_output().unwrap(), env.folder());
        outcome.refused(1, if words.contains("json") { "output" } else { "cannot write to standard output" });
    }
}
