//! Parses the words of a call.
//!
//! Responsible for the command, the global flags and errors of usage. Refuses to run anything.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, FromArgMatches};

use super::command::Command;
use super::deferred::Deferred;
use super::tree;
use crate::context::Global;

/// What was asked for.
#[derive(Debug)]
pub struct Cli {
    /// Flags of every command
    pub global: Global,
    /// What to do
    pub command: Option<Command>,
}

impl Cli {
    fn from_matches(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let global = Global::from_arg_matches_mut(matches)?;
        let is_named = matches.subcommand_name().is_some();
        let command = is_named.then(|| Command::from_arg_matches_mut(matches)).transpose()?;
        let mut cli = Self { global, command };
        cli.take_server()?;
        Ok(cli)
    }
}

impl Cli {
    /// The account that a sign-in names.
    pub fn username(&self) -> Option<&str> {
        match &self.command {
            Some(Command::Login(Deferred(login))) => login.username(),
            _ => None,
        }
    }

    /// `login URL` is `login --server URL`.
    fn take_server(&mut self) -> Result<(), clap::Error> {
        let Some(Command::Login(Deferred(login))) = &self.command else { return Ok(()) };
        match (login.url(), &self.global.server) {
            (None, _) => {}
            (Some(url), None) => self.global.server = Some(url.to_owned()),
            (Some(url), Some(server)) if url == server => {}
            (Some(url), Some(server)) => {
                let why = format!("the server is named twice: {url}, and --server {server}\n");
                return Err(clap::Error::raw(ErrorKind::ArgumentConflict, why));
            }
        }
        Ok(())
    }
}

/// The command line of this call, and the path of its command as it is typed, for example `role list`; empty when
/// none is named.
///
/// # Errors
/// Those of clap, which also stand for version and help: of a command with all that is documented about it.
pub fn parse(arguments: &[OsString]) -> Result<(Cli, String), clap::Error> {
    let mut program = tree::command_for(arguments);
    let mut matches = program.try_get_matches_from_mut(spelled_out(arguments))?;
    let path = path_of(&matches);
    let cli = Cli::from_matches(&mut matches).map_err(|error| error.format(&mut program))?;
    Ok((cli, path))
}

/// The words, with `sactl version` as `sactl --version`.
fn spelled_out(arguments: &[OsString]) -> Vec<OsString> {
    let mut words = arguments.to_vec();
    if let [_, word] = words.as_mut_slice()
        && word == "version"
    {
        *word = "--version".into();
    }
    words
}

fn path_of(matches: &ArgMatches) -> String {
    let mut words = Vec::new();
    let mut verb = matches.subcommand();
    while let Some((word, matches)) = verb {
        words.push(word);
        verb = matches.subcommand();
    }
    words.join(" ")
}
