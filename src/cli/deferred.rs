//! Arguments that clap builds only when a call names their command. All of them took a third of the time of a short
//! command.
//!
//! Responsible for deferring the arguments and the help of a command. Refuses to change either.

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::documented::documented;

/// The arguments `T` of a top-level command; its name is its path. clap adds them when it parses or builds that
/// command.
#[derive(Debug)]
pub struct Deferred<T>(pub T);

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| {
            let path = command.get_name().to_owned();
            documented(T::augment_args(command), &path)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}
