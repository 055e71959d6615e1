//! What a command may use, created when it is first needed.
//!
//! Responsible for settings, client, session and company. Refuses to do more than a command needs: without a server, no
//! file is opened and no client is built.

use std::cell::OnceCell;

use crate::client::{Gateway, Session};
use crate::config::settings::ChosenCompany;
use crate::config::{Environment, Settings};
use crate::domain::Company;
use crate::domain::company::CompanyRef;
use crate::error::Result;
use crate::output::Format;
use crate::text::CommandLine;
use crate::ui::Ui;

mod company;
mod connect;
mod global;
mod identity;
mod interrupt;
mod own_password;
mod renewal;
mod session;
mod sign_in;
mod target;
mod ui_options;
mod usage;
mod ways_in;

pub use company::{ActiveCompany, Meant, active_among, choose};
pub use connect::{ForgetNames, routes};
pub use global::Global;
pub use identity::KnownIdentity;
pub use interrupt::until_interrupted;
pub use session::{CredentialSource, SignedIn};
pub use sign_in::{SignInFailure, expiry, sign_in};
pub use ui_options::{ui_options, ui_options_in};
pub use usage::usage_error;
pub use ways_in::{login, missing_profile, ways_in};

/// What a command may use.
#[derive(Debug)]
pub struct Context {
    global: Global,
    environment: Environment,
    ui: Ui,
    forget_names: ForgetNames,
    settings: OnceCell<Settings>,
    signed_in: OnceCell<SignedIn>,
    company: OnceCell<ActiveCompany>,
    named: OnceCell<Company>,
}

impl Context {
    /// Everything for one call. Opens nothing.
    pub fn new(global: Global, environment: Environment, ui: Ui, forget_names: ForgetNames) -> Self {
        Self {
            global,
            environment,
            ui,
            forget_names,
            settings: OnceCell::new(),
            signed_in: OnceCell::new(),
            company: OnceCell::new(),
            named: OnceCell::new(),
        }
    }

    /// The terminal.
    pub fn ui(&self) -> &Ui {
        &self.ui
    }

    /// The format of the answer.
    pub fn format(&self) -> Format {
        self.ui.format()
    }

    /// The environment.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The settings of this call.
    ///
    /// # Errors
    /// `config` and `usage`.
    pub fn settings(&self) -> Result<&Settings> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let settings = Settings::resolve(&self.global.flags(), &self.environment)?;
        Ok(self.settings.get_or_init(|| settings))
    }

    /// The server of this call, without an identity.
    ///
    /// # Errors
    /// `not_signed_in` when no server is configured, `usage` and `config`.
    pub fn gateway(&self) -> Result<Gateway> {
        self.gateway_of(self.settings()?)
    }

    /// The server of other settings than those of this call.
    ///
    /// # Errors
    /// As [`Self::gateway`].
    pub fn gateway_of(&self, settings: &Settings) -> Result<Gateway> {
        connect::gateway(settings, &self.environment, &self.ui, self.forget_names)
    }

    /// Where this call acts, for people: its profile, else its server.
    pub fn place(&self) -> Option<String> {
        let settings = self.settings().ok()?;
        let server = settings.server.as_ref().map(|server| format!("server {}", server.value));
        settings.acting_profile().map(|profile| format!("profile {profile}")).or(server)
    }

    /// The signed-in client.
    ///
    /// # Errors
    /// Exit 3 when there are no credentials, and those of a sign-in.
    pub async fn session(&self) -> Result<&Session> {
        Ok(&self.signed_in().await?.session)
    }

    /// The signed-in client with what is known about it.
    ///
    /// # Errors
    /// As [`Self::session`].
    pub async fn signed_in(&self) -> Result<&SignedIn> {
        if let Some(signed_in) = self.signed_in.get() {
            return Ok(signed_in);
        }
        let signed_in = session::open(self.settings()?, self.gateway()?, &self.ui).await?;
        Ok(self.signed_in.get_or_init(|| signed_in))
    }

    /// The active company: the one chosen, else the only one, else one that a person chooses now. A company
    /// given by its id costs no request.
    ///
    /// # Errors
    /// `no_company`, `ambiguous_company`, `not_found`, and those of a read.
    pub async fn company(&self) -> Result<&ActiveCompany> {
        if let Some(company) = self.company.get() {
            return Ok(company);
        }
        let company = match Meant::by(self.settings()?.chosen_company()) {
            Meant::Known(company) => company,
            Meant::Named(name) => self.resolve_company(name).await?.into(),
            Meant::Only => {
                let companies = self.session().await?.list_companies(None)?.all().await?;
                let company = choose(&self.ui, &companies).await?;
                if companies.len() > 1 && self.settings()?.acting_profile().is_some() {
                    let keep = CommandLine::new("company use").operand(company.id);
                    self.ui.hint(keep.without("--company").after("keep this company with: "));
                }
                company.into()
            }
        };
        Ok(self.company.get_or_init(|| company))
    }

    /// The active company with the name that the server tells, which may cost a request.
    ///
    /// # Errors
    /// As [`Self::company`].
    pub async fn named_company(&self) -> Result<Company> {
        if let Some(company) = self.named.get() {
            return Ok(company.clone());
        }
        let active = self.company().await?;
        let is_stored = matches!(self.settings()?.chosen_company(), Some(ChosenCompany::Stored(_)));
        let known = active.name.clone().map(|name| Company { id: active.id, name });
        let company = match known {
            Some(company) if !is_stored => company,
            // It may have another name than when it was stored.
            Some(stored) => self.session().await?.show_company(active.id).await.unwrap_or(stored),
            None => self.session().await?.show_company(active.id).await?,
        };
        Ok(self.named.get_or_init(|| company).clone())
    }

    /// The active company as [`Self::named_company`] has found it in this call.
    pub fn told_company(&self) -> Option<&Company> {
        self.named.get()
    }

    /// The company that was named, with its id and name.
    ///
    /// # Errors
    /// `ambiguous_company`, `not_found`, and those of a read.
    pub async fn resolve_company(&self, reference: &CompanyRef) -> Result<Company> {
        company::resolve(self.session().await?, reference).await
    }
}
