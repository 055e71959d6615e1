//! The session, the company and the terminal of one account command.
//!
//! Responsible for what all of these commands do in the same way. Refuses to act in another company than the chosen
//! one.

use std::path::Path;

use crate::client::{self, Change, Session};
use crate::context::Context;
use crate::domain::{Company, CompanyId};
use crate::error::Result;
use crate::output::{Answer, OutputContext};
use crate::text::{CommandLine, Hint};
use crate::ui::{Ui, WayOut, output_context, show};

/// A signed-in identity in its active company.
#[derive(Debug)]
pub(in crate::commands) struct CompanySession<'a> {
    /// The terminal.
    pub(in crate::commands) ui: &'a Ui,
    /// The signed-in client.
    pub(in crate::commands) client: &'a Session,
    /// The company.
    pub(in crate::commands) company: CompanyId,
    context: &'a Context,
}

impl<'a> CompanySession<'a> {
    /// Signs in, without a request if a token is stored, and decides the company.
    ///
    /// # Errors
    /// Those of signing in, `no_company` and `ambiguous_company`.
    pub(in crate::commands) async fn open(context: &'a Context) -> Result<Self> {
        let client = context.session().await?;
        let company = context.company().await?.id;
        Ok(Self { ui: context.ui(), client, company, context })
    }

    /// Sends a change. Meanwhile, an interrupt says which command shows whether it was made.
    ///
    /// # Errors
    /// Those of the request.
    pub(in crate::commands) async fn send<T>(
        &self,
        change: Change<'_, T>,
        shown_by: CommandLine,
    ) -> client::Result<T> {
        self.ui.leave_way_out(Some(WayOut::saying(maybe_made(shown_by))));
        let outcome = change.await;
        self.ui.leave_way_out(None);
        outcome
    }

    /// The command that shows a role of this company.
    pub(in crate::commands) fn role_shown_by(&self, name: &str) -> CommandLine {
        CommandLine::new("role show").operand(name).flag("--company", self.company)
    }

    /// The company with its name, for people; with a word in its place where the name cannot be had, for the
    /// command itself has succeeded by then.
    pub(in crate::commands) async fn named_company(&self) -> Company {
        let unnamed = || Company { id: self.company, name: "company".to_owned() };
        self.context.named_company().await.unwrap_or_else(|_| unnamed())
    }

    /// Says what was done; the sentence ends with the company.
    pub(in crate::commands) async fn done(&self, what: impl AsRef<str>) {
        if self.ui.speaks() {
            self.say(format!("{} {}", what.as_ref(), self.named_company().await));
        }
    }

    /// Says what a write did, and at which profile or server.
    pub(in crate::commands) fn say(&self, what: impl AsRef<str>) {
        let place = self.context.place().unwrap_or_else(|| format!("server {}", self.client.origin()));
        self.ui.status(format!("{}; {place}", what.as_ref()));
    }

    /// The folder of the configuration.
    pub(in crate::commands) fn folder(&self) -> Option<&'a Path> {
        self.context.settings().ok().map(|settings| settings.folder.as_path())
    }

    /// Where the answer goes.
    pub(in crate::commands) fn output_context(&self) -> OutputContext {
        output_context(self.ui)
    }

    /// Writes the answer.
    ///
    /// # Errors
    /// `output`.
    pub(in crate::commands) fn show(&self, answer: &impl Answer) -> Result<()> {
        show(self.ui, answer)
    }
}

/// What an interrupt says while a change is sent.
pub(in crate::commands) fn maybe_made(shown_by: CommandLine) -> Hint {
    shown_by.after("the change may or may not have been made; check the current state with: ")
}
