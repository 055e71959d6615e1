//! Flags of the line that say where names come from: profile, server, company and certificates.
//!
//! Responsible for reading them from an incomplete line. Refuses to report an error in it.

use clap::{Args as _, Command, FromArgMatches as _};

use crate::context::Global;

/// What the words say about the settings. The rest of the line may make no sense yet.
pub(super) fn of_words(words: &[String]) -> Global {
    let command = Global::augment_args(Command::new("sactl").no_binary_name(true));
    let said = said_by(words, &command);
    let matches = command.try_get_matches_from(said).ok();
    matches.and_then(|matches| Global::from_arg_matches(&matches).ok()).unwrap_or_default()
}

/// The global flags among the words, each with its value in one word; of several of a kind the last.
fn said_by(words: &[String], command: &Command) -> Vec<String> {
    let mut said: Vec<(String, String)> = Vec::new();
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--") else { continue };
        let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
        // It takes two words, and says nothing about the settings.
        if name == "arg" {
            words.by_ref().take(2).for_each(drop);
            continue;
        }
        let Some(arg) = command.get_arguments().find(|arg| arg.get_long() == Some(name)) else { continue };
        let given = match (arg.get_action().takes_values(), value) {
            (false, _) | (true, Some(_)) => word.clone(),
            (true, None) => match words.next() {
                Some(value) => format!("--{name}={value}"),
                None => continue,
            },
        };
        said.retain(|(known, _)| known != name);
        said.push((name.to_owned(), given));
    }
    said.into_iter().map(|(_, given)| given).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_line(line: &str) -> Global {
        of_words(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_count_wherever_they_stand_in_a_line_that_is_not_done() {
        let found = of_line("sactl --profile acme grant x --nonsense --company=2 --role --allow-http");
        assert_eq!(found.profile.as_deref(), Some("acme"));
        assert_eq!(found.company.unwrap().to_string(), "2");
        assert!(found.allow_http);
        assert_eq!(of_line("sactl --company 1 list --company 2").company.unwrap().to_string(), "2");
        assert!(of_line("sactl sandbox -- x --company 2").company.is_none());
        assert!(of_line("sactl list --company").company.is_none());
    }
}
