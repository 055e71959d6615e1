//! `sactl` without a command: one screen that says what sactl is, who is signed in, and what to type next.
//!
//! Responsible for that screen. Refuses requests, and errors: only this machine is looked at.

use std::fmt::Write as _;

use super::groups::{Group, groups};
use super::text::{Style, definitions};
use crate::config::credentials::{Slot, Store};
use crate::config::settings::ChosenCompany;
use crate::config::{Identity, Settings, StoreKind};
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::text::{CommandLine, Target};

/// Shows it; to a program, which reads a document or nothing, an error.
///
/// # Errors
/// `usage` where a document was asked for; `io`.
pub async fn start(program: &clap::Command, context: &Context) -> Result<()> {
    let ui = context.ui();
    if ui.format().is_document() {
        return Err(CliError::usage("no command given")
            .hint(CommandLine::new("help").after("list the commands with: ")));
    }
    let standing = Standing::find(context).await;
    let style = Style::new(ui.width(), ui.colour());
    ui.answer(|out| out.write_all(screen(program, &standing, &ui.target(), style).as_bytes()))
}

/// Whether the user is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// No server is known yet.
    New,
    /// The settings cannot be used.
    Broken(String),
    /// A server is known, and no user is signed in.
    SignedOut { server: String, why: String },
    /// Everything is there.
    Ready { who: String, server: String, company: Option<String> },
}

impl Standing {
    async fn find(context: &Context) -> Self {
        match context.settings() {
            Ok(settings) => Self::of(settings).await,
            Err(error) => Self::Broken(error.whole_message()),
        }
    }

    async fn of(settings: &Settings) -> Self {
        let Some(server) = &settings.server else { return Self::New };
        let origin = &server.value;
        let signed_out = |why: String| Self::SignedOut { server: origin.to_string(), why };
        let company = settings.company.as_ref().map(|company| match &company.value {
            ChosenCompany::Stored(company) => company.to_string(),
            ChosenCompany::Named(reference) => format!("company {reference}"),
        });
        let ready = |who: String| Self::Ready { who, server: origin.to_string(), company };
        match &settings.identity {
            Identity::Token(_) => ready("the owner of SACTL_TOKEN".to_owned()),
            Identity::Password { username, .. } => ready(username.clone()),
            Identity::Stored(username) => {
                let Some(username) = username.as_deref().or_else(|| settings.stored_username()) else {
                    return signed_out("no user has signed in".to_owned());
                };
                let slot = Slot { origin: origin.clone(), username: username.to_owned() };
                match has_ended(settings, &slot).await {
                    Some(why) => signed_out(why),
                    None => ready(username.to_owned()),
                }
            }
        }
    }
}

/// Why what is stored is of no use, as far as a file says so; a keyring is not woken up for this.
async fn has_ended(settings: &Settings, slot: &Slot) -> Option<String> {
    let username = &slot.username;
    let kind = settings.credential_store.value;
    if kind == StoreKind::Keyring {
        return None;
    }
    let found = Store::new(kind, &settings.folder).load(slot).await.ok().flatten();
    let Some(found) = found else { return Some(format!("nothing is stored for {username}")) };
    let lives = found.password.is_some() || found.live_token(jiff::Timestamp::now()).is_some();
    (!lives).then(|| format!("the session of {username} has expired"))
}

fn screen(program: &clap::Command, standing: &Standing, target: &Target, style: Style) -> String {
    let mut text = style.wrapped(
        "sactl manages service accounts: which company owns them, what they may do in which company, and \
         their passwords.",
        0,
    );
    let _ = write!(text, "\n{}", style.wrapped(&said(standing), 0));
    let mut section = |heading: &str, pairs: &[(String, String)]| {
        let _ = write!(text, "\n{}\n", style.strong(heading));
        definitions(pairs, style, &mut text);
    };
    section("Next", &next(standing, target));
    section("Commands", &commands(program));
    section("Help", &help());
    text
}

fn said(standing: &Standing) -> String {
    match standing {
        Standing::New => "You are not signed in, and no server is known yet.".to_owned(),
        Standing::Broken(why) => format!("The settings cannot be used: {why}."),
        Standing::SignedOut { server, why } => format!("You are not signed in to {server}: {why}."),
        Standing::Ready { who, server, company: None } => format!("You are {who} at {server}."),
        Standing::Ready { who, server, company: Some(company) } => {
            format!("You are {who} at {server}, acting in {company}.")
        }
    }
}

/// What to type next.
fn next(standing: &Standing, target: &Target) -> Vec<(String, String)> {
    let pairs: &[(&str, &str)] = match standing {
        Standing::New => &[
            ("sandbox", "try sactl with sample data; no server needed"),
            ("login", "sign in; add --server https://HOST, or answer the questions"),
        ],
        Standing::Broken(_) => &[("doctor", "find the problem and how to fix it")],
        Standing::SignedOut { .. } => {
            &[("login", "sign in"), ("doctor", "check the server and the settings")]
        }
        Standing::Ready { company: None, .. } => &[
            ("company list", "list your companies"),
            ("company use ID", "choose the company to act in"),
            ("list", "list the service accounts of the company"),
        ],
        Standing::Ready { .. } => &[
            ("list", "list the service accounts of the company"),
            ("create NAME", "create an account, for example with --role viewer --generate"),
            ("grant NAME", "give an account access, for example with --role viewer"),
        ],
    };
    let has_platform = cfg!(feature = "platform");
    let there = pairs.iter().filter(|(command, _)| has_platform || *command != "sandbox");
    there
        .map(|(command, does)| (format!("`{}`", CommandLine::new(command).on(target)), (*does).to_owned()))
        .collect()
}

/// The names of all commands, by group.
fn commands(program: &clap::Command) -> Vec<(String, String)> {
    let line = |group: Group<'_>| {
        let names: Vec<&str> = group.commands.iter().map(|command| command.get_name()).collect();
        (group.name.to_owned(), names.join(", "))
    };
    groups(program).into_iter().map(line).collect()
}

fn help() -> Vec<(String, String)> {
    let topics: Vec<&str> = super::topics::ALL.iter().map(|topic| topic.name).collect();
    let pairs = [
        ("`sactl help`", "what every command does".to_owned()),
        ("`sactl help COMMAND`", "everything about one command, with examples".to_owned()),
        ("`sactl help TOPIC`", topics.join(", ")),
    ];
    pairs.map(|(command, shows)| (command.to_owned(), shows)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything fits on the smallest terminal there is, and each state says something else to type.
    #[test]
    fn one_screen_says_what_to_type_next() {
        let server = "https://gateway.example".to_owned();
        let who = "admin@acme.example".to_owned();
        let company = Some("Acme MSP (1)".to_owned());
        let standings = [
            (Standing::New, "sactl login"),
            (Standing::Broken("config.toml: line 3: no".into()), "sactl doctor"),
            (
                Standing::SignedOut { server: server.clone(), why: "no user has signed in".into() },
                "sactl login",
            ),
            (
                Standing::Ready { who: who.clone(), server: server.clone(), company: None },
                "sactl company use",
            ),
            (Standing::Ready { who, server, company }, "sactl list"),
        ];
        for (standing, wanted) in standings {
            let text = screen(
                &crate::cli::program(),
                &standing,
                &Target::default(),
                Style { width: 80, colour: false },
            );
            assert!(text.lines().count() <= 24, "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
            let next = text.split("Next\n").nth(1).unwrap().split("\n\n").next().unwrap();
            assert!(next.contains(wanted), "{text}");
        }
    }
}
