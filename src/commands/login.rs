//! `sactl login`: signs in, stores the credentials in the chosen store, and creates or updates a profile.
//!
//! Responsible for the questions and what is stored. Refuses to replace a profile of another server or user without a
//! confirmation.

use super::shared::confirm::require_confirmation_here;
use super::shared::password_args::{password_from_stdin, refuse_a_terminal};
use super::shared::prompts::QUESTIONS;
use super::whoami;
use crate::api::session::{IdentityQuery, TokenGrant};
use crate::client::Gateway;
use crate::config::credentials::{Credentials, Slot, Store};
use crate::config::settings::ChosenCompany;
use crate::config::{ConfigFile, Identity, Profile, Setting, Settings, Source, StoreKind, env};
use crate::context::{
    Context, CredentialSource, KnownIdentity, SignedIn, active_among, choose, expiry, sign_in,
};
use crate::domain::secret::OneTimeCode;
use crate::domain::{Company, Origin, Password};
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui::{self, Ui};

#[derive(Clone, Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "help for the terminal, which shows Markdown as it stands")]
#[command(after_help = "Examples:\n  \
    sactl login https://gateway.example\n  \
    sactl login --server https://gateway.example --username admin@acme.example\n  \
    sactl login https://gateway.example --username ci --password-stdin --store-password < ci.password\n  \
    sactl login --server https://gateway.example --username admin@contoso.example --otp 123456")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Server, as with --server
    #[arg(value_name = "URL")]
    url: Option<String>,

    /// User or service account [env: SACTL_USERNAME]
    #[arg(long, value_name = "NAME")]
    username: Option<String>,

    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,

    /// Code of the authenticator app, if a second factor is required
    #[arg(long, value_name = "CODE")]
    otp: Option<String>,

    /// Store the password too, so that an expired token is renewed without asking
    #[arg(long)]
    store_password: bool,
}

impl Args {
    /// The server that is named without its flag.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The account that is named.
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref().filter(|name| !name.is_empty())
    }
}

/// Signs in.
///
/// # Errors
/// Those of a sign-in and of the credential store; `usage` when something is missing and there is no terminal
/// to ask on.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let login = Login::prepare(&args, context).await?;
    let (grant, password) = login.sign_in(&args).await?;
    let kept = args.store_password.then_some(password);
    let outcome = login.settle(&grant, kept).await;
    if outcome.is_err() || login.store.kind() == StoreKind::None {
        // This token will never be used.
        let _ = login.gateway.revoke(&grant.access_token).await;
    }
    let settled = outcome?;
    login.tell(&args, context, &settled);
    if !login.ui.wants_data() {
        return Ok(());
    }
    let signed_in = SignedIn {
        username: Some(login.slot.username.clone()),
        expires_at: expiry(&grant),
        session: login.gateway.session(grant.access_token, None),
        source: CredentialSource::Store(login.store.place()),
    };
    let view = whoami::view(Some(settled.profile), &signed_in, settled.me, settled.company);
    ui::show(login.ui, &view)
}

/// A sign-in of which everything but the secrets is known.
struct Login<'a> {
    ui: &'a Ui,
    settings: Settings,
    gateway: Gateway,
    store: Store,
    slot: Slot,
    /// The profile that the sign-in writes, as it was before; empty for a new one.
    before: Profile,
}

/// What a sign-in brought about.
struct Settled {
    me: KnownIdentity,
    company: Option<Company>,
    profile: String,
}

impl<'a> Login<'a> {
    async fn prepare(args: &Args, context: &'a Context) -> Result<Self> {
        let ui = context.ui();
        if args.password_stdin {
            refuse_a_terminal(ui)?;
        }
        let mut settings = context.settings()?.clone();
        // A server that must not be talked to is refused before anything is asked.
        let known = settings.server.is_some().then(|| context.gateway_of(&settings)).transpose()?;
        choose_store(ui, &mut settings).await?;
        let gateway = if let Some(gateway) = known {
            gateway
        } else {
            settings.server = Some(Setting { value: ask_for_server(ui).await?, source: Source::Flag });
            context.gateway_of(&settings)?
        };
        let variable = context.environment().get(env::USERNAME)?;
        let username = args.username().map(str::to_owned).or(variable);
        let username = match username.or_else(|| settings.stored_username().map(str::to_owned)) {
            Some(username) => username,
            None => ask_for_username(ui).await?,
        };
        let slot = Slot { origin: gateway.origin().clone(), username };
        let store = Store::new(settings.credential_store.value, &settings.folder);
        if args.store_password && store.kind() == StoreKind::None {
            return Err(CliError::usage("--store-password needs a credential store, but the store is none")
                .hint("choose one with --credential-store keyring or --credential-store file"));
        }
        let mut login = Self { ui, settings, gateway, store, slot, before: Profile::default() };
        let file = ConfigFile::load(&login.settings.folder)?;
        let name = login.profile_name(&file);
        login.before = file.profiles.get(&name).cloned().unwrap_or_default();
        login.confirm_replacement(&name, context).await?;
        // A store that does not work is told before a password is typed.
        login.store.load(&login.slot).await?;
        Ok(login)
    }

    /// Allows to replace a profile of another server or user only with `--yes` or after a question.
    async fn confirm_replacement(&self, name: &str, context: &Context) -> Result<()> {
        let Profile { server, username, .. } = &self.before;
        let (origin, user) = (&self.slot.origin, &self.slot.username);
        let is_same = server.as_ref().is_none_or(|server| server == origin)
            && username.as_ref().is_none_or(|username| username == user);
        if is_same {
            return Ok(());
        }
        let server = server.as_ref().map_or_else(|| "no server".to_owned(), Origin::to_string);
        let username = username.as_deref().unwrap_or("no account");
        let what = format!(
            "replace the profile {name}: it is {username} at {server} and becomes {user} at {origin}"
        );
        let confirmed = require_confirmation_here(context, &what).await;
        confirmed.map_err(|error| error.hint("to keep it, use a new profile: --profile NEW"))
    }

    /// Signs in. A password that was typed and is wrong is asked for again.
    async fn sign_in(&self, args: &Args) -> Result<(TokenGrant, Password)> {
        let mut asked = 1;
        loop {
            let password = self.password(args).await?;
            if password.expose().is_empty() {
                return Err(CliError::usage("the password is empty"));
            }
            let otp = args.otp.as_deref().map(|code| OneTimeCode::new(code.trim()));
            match sign_in(&self.gateway, self.ui, &self.slot.username, &password, otp).await {
                Ok(grant) => return Ok((grant, password)),
                Err(failure) if failure.is_wrong_password && asked < QUESTIONS && self.is_typed(args) => {
                    self.ui.ask_about(format!("{}; try again", failure.error.message()));
                }
                Err(failure) => return Err(failure.into()),
            }
            asked += 1;
        }
    }

    /// Whether the password is typed at a question.
    fn is_typed(&self, args: &Args) -> bool {
        let is_of_environment = matches!(
            &self.settings.identity,
            Identity::Password { username, .. } if *username == self.slot.username
        );
        !args.password_stdin && !is_of_environment && self.ui.is_interactive()
    }

    async fn password(&self, args: &Args) -> Result<Password> {
        if args.password_stdin {
            return password_from_stdin(self.ui);
        }
        match &self.settings.identity {
            Identity::Password { username, password } if *username == self.slot.username => {
                return Ok(password.read()?);
            }
            _ => {}
        }
        if !self.ui.is_interactive() {
            return Err(CliError::usage("no password given, and no terminal to ask on")
                .hint("use --password-stdin, or SACTL_PASSWORD_FILE with SACTL_USERNAME"));
        }
        let Slot { origin, username } = &self.slot;
        let typed = self.ui.prompt_secret(&format!("Password of {username} at {origin}")).await?;
        Ok(Password::new(typed.as_str()))
    }

    /// Finds out who signed in, chooses the company, and stores everything.
    async fn settle(&self, grant: &TokenGrant, password: Option<Password>) -> Result<Settled> {
        let session = self.gateway.session(grant.access_token.clone(), None);
        let me = KnownIdentity::of(&session, Some(&self.slot.username), &IdentityQuery::default()).await?;
        let company = self.company(&me).await?;
        let credentials =
            Credentials { token: Some(grant.access_token.clone()), expires_at: expiry(grant), password };
        self.store.save(&self.slot, &credentials).await?;
        let profile = ConfigFile::update(&self.settings.folder, |file| {
            let name = self.profile_name(file);
            let profile = file.profiles.entry(name.clone()).or_default();
            self.describe(profile, company.clone());
            file.make_current(&name);
            name
        })?;
        Ok(Settled { me, company, profile })
    }

    /// The company chosen for this call, else that of the profile of this user, else the only one, else one that a
    /// person chooses now.
    async fn company(&self, me: &KnownIdentity) -> Result<Option<Company>> {
        let named = self.settings.company.as_ref().filter(|chosen| chosen.source != Source::Profile);
        let before = self.before.company.clone().filter(|_| self.is_ours(&self.before));
        let before = before.map(ChosenCompany::Stored);
        let chosen = named.map(|chosen| &chosen.value).or(before.as_ref());
        if let Some(company) = active_among(chosen, &me.companies)? {
            return Ok(Some(company));
        }
        let companies: Vec<Company> = me.companies.iter().map(|access| access.company.clone()).collect();
        match companies.as_slice() {
            [only] => Ok(Some(only.clone())),
            [_, ..] if self.ui.is_interactive() => choose(self.ui, &companies).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Whether a profile belongs to the server and the user of this sign-in.
    fn is_ours(&self, profile: &Profile) -> bool {
        profile.server.as_ref() == Some(&self.slot.origin)
            && profile.username.as_ref() == Some(&self.slot.username)
    }

    /// The profile to write: the one named for this call, else one of this very server and user, else a new
    /// one that is called like the server.
    fn profile_name(&self, file: &ConfigFile) -> String {
        let named = self.settings.profile.as_ref().filter(|profile| profile.source != Source::Default);
        if let Some(profile) = named {
            return profile.value.clone();
        }
        let current = file.current.as_ref().and_then(|name| file.profiles.get_key_value(name));
        if let Some((name, _)) = current.into_iter().chain(&file.profiles).find(|(_, one)| self.is_ours(one))
        {
            return name.clone();
        }
        let server = self.slot.origin.to_string();
        let server = server.split_once("://").map_or(server.as_str(), |(_, host)| host).to_owned();
        if !file.profiles.contains_key(&server) {
            return server;
        }
        format!("{}@{server}", self.slot.username)
    }

    fn describe(&self, profile: &mut Profile, company: Option<Company>) {
        profile.server = Some(self.slot.origin.clone());
        profile.username = Some(self.slot.username.clone());
        profile.credential_store = Some(self.store.kind());
        profile.company = company;
        profile.cacert = self.settings.cacert.as_ref().map(|setting| absolute(&setting.value));
        let certificate = self.settings.client_certificate.as_ref();
        profile.client_cert = certificate.map(|(chain, _)| absolute(chain));
        profile.client_key = certificate.map(|(_, key)| absolute(key));
    }

    /// Says what was stored where.
    fn tell(&self, args: &Args, context: &Context, settled: &Settled) {
        let ui = self.ui;
        ui.status(format!(
            "Signed in to {} as {} (profile {})",
            self.slot.origin,
            settled.me.name.as_deref().unwrap_or(&self.slot.username),
            settled.profile
        ));
        let what = if args.store_password { "token and password" } else { "token" };
        match self.store.kind() {
            StoreKind::None => ui.status("Nothing was stored: supply credentials with every command"),
            _ => ui.status(format!("Stored {what} in: {}", self.store.place())),
        }
        match &settled.company {
            Some(company) => ui.status(format!("The active company is {company}")),
            None if settled.me.companies.is_empty() => ui.note("you belong to no company"),
            None => ui.hint(CommandLine::new("company use ID").after("choose the active company with: ")),
        }
        if context.environment().has(env::TOKEN) {
            ui.warning("SACTL_TOKEN is set and overrides the stored credentials");
        }
    }
}

/// Finds out before the first question that there is no keyring, where no store was chosen, and offers the file. Where
/// no question can be asked, the store stays as it is.
async fn choose_store(ui: &Ui, settings: &mut Settings) -> Result<()> {
    let store = &mut settings.credential_store;
    let Err(error) = Store::new(store.value, &settings.folder).probe().await else { return Ok(()) };
    if store.source != Source::Default || !ui.is_interactive() {
        return Err(error.into());
    }
    ui.ask_about(format!("{}.", error.message));
    if !ui.agree("Keep the token in a file that only you can read?").await? {
        return Err(error.into());
    }
    store.value = StoreKind::File;
    Ok(())
}

fn absolute(path: &std::path::Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

async fn ask_for_server(ui: &Ui) -> Result<Origin> {
    if !ui.is_interactive() {
        return Err(CliError::usage("no server given, and no terminal to ask on")
            .hint("pass it with --server https://gateway.example"));
    }
    Ok(ui.prompt("Server (https://…)").await?.parse()?)
}

async fn ask_for_username(ui: &Ui) -> Result<String> {
    if !ui.is_interactive() {
        return Err(CliError::usage("no user given, and no terminal to ask on").hint(
            "pass the user with \
                --username",
        ));
    }
    let name = ui.prompt("User or service account").await?;
    if name.is_empty() { Err(CliError::usage("no user given")) } else { Ok(name) }
}
