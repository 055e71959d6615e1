//! Settings, resolved once: flag, environment, profile, default.
//!
//! Responsible for each value and its source. Refuses a variable that names another server or account than the typed
//! profile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::env::{self, Environment, Variable};
use super::proxies::Proxies;
use super::{ConfigFile, Error, Identity, PolicyPlace, Profile, Result, StoreKind};
use crate::domain::company::{Company, CompanyRef};
use crate::domain::{CompanySet, Origin};

/// Default time limit of a request, in seconds.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time limit.
const LONGEST: f64 = 86_400.0;

/// Where a setting came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// An environment variable.
    Environment,
    /// The profile.
    Profile,
    /// The default.
    Default,
}

impl Source {
    /// The source in plain words: the flag or the variable that a setting has.
    pub fn in_words(self, flag: &str, variable: &str) -> String {
        match self {
            Self::Flag => format!("from {flag} on the command line"),
            Self::Environment => format!("from the environment variable {variable}"),
            Self::Profile => "from the profile".to_owned(),
            Self::Default => "the default".to_owned(),
        }
    }
}

/// A setting and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// What holds.
    pub value: T,
    /// The source of the value.
    pub source: Source,
}

impl<T> Setting<T> {
    const fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--server`.
    pub server: Option<String>,
    /// `--company`.
    pub company: Option<CompanyRef>,
    /// `--timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `--cacert`.
    pub cacert: Option<PathBuf>,
    /// `--client-cert`.
    pub client_cert: Option<PathBuf>,
    /// `--client-key`.
    pub client_key: Option<PathBuf>,
    /// `--allow-http`.
    pub allow_http: bool,
    /// `--credential-store`.
    pub credential_store: Option<StoreKind>,
}

/// A chosen company, by id or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChosenCompany {
    /// As it was written.
    Named(CompanyRef),
    /// As it was stored with its name.
    Stored(Company),
}

/// Everything that holds for this call.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of configuration and credentials.
    pub folder: PathBuf,
    /// The folder for data that may be lost, such as cached names; `None` if the system has no such folder.
    pub cache: Option<PathBuf>,
    /// The folder for data that must not be lost, such as journals; `None` if the system has no such folder.
    pub state: Option<PathBuf>,
    /// Sets of companies that the configuration file names.
    pub company_sets: BTreeMap<String, CompanySet>,
    /// The name of the profile: chosen, or the current one; `None` before there is any.
    pub profile: Option<Setting<String>>,
    /// What is stored under that name; empty when nothing is.
    pub stored: Profile,
    /// The server.
    pub server: Option<Setting<Origin>>,
    /// The active company.
    pub company: Option<Setting<ChosenCompany>>,
    /// What one request may take.
    pub timeout: Setting<Duration>,
    /// Certificates to trust in addition to those of the system.
    pub cacert: Option<Setting<PathBuf>>,
    /// The routes of the server, if it has others than the platform.
    pub routes: Option<PathBuf>,
    /// Where new passwords are checked.
    pub policy: PolicyPlace,
    /// The client certificate and its key.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// Plain http to other machines was allowed.
    pub allow_http: bool,
    /// Where credentials are kept.
    pub credential_store: Setting<StoreKind>,
    /// The proxies that the environment names.
    pub proxies: Proxies,
    /// The identity.
    pub identity: Identity,
}

impl Settings {
    /// Resolves everything, reading the environment and the configuration file.
    ///
    /// # Errors
    /// `config` for files and variables, `usage` for flags that cannot be meant.
    pub fn resolve(flags: &Flags, environment: &Environment) -> Result<Self> {
        // A call that brings server and credentials needs nothing of the file.
        let needs_file = !brings_everything(flags, environment);
        let folder = match folder(environment) {
            Err(error) if needs_file => return Err(error),
            found => found.unwrap_or_else(|_| PathBuf::from(NOWHERE)),
        };
        let file = match ConfigFile::load(&folder) {
            Err(error) if needs_file => return Err(error),
            read => read.unwrap_or_default(),
        };
        Self::with_file(flags, environment, folder, &file)
    }

    /// The same with a configuration file that was read already.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn with_file(
        flags: &Flags,
        environment: &Environment,
        folder: PathBuf,
        file: &ConfigFile,
    ) -> Result<Self> {
        if flags.profile.as_deref() == Some("") {
            return Err(Error::usage("--profile: the name must not be empty"));
        }
        let layers = Layers { environment, typed: None };
        let profile = layers
            .pick(flags.profile.clone(), env::PROFILE, |text| Ok(text.to_owned()))?
            .or_else(|| file.current.clone().map(|name| Setting::new(name, Source::Default)));
        let stored = profile.as_ref().and_then(|name| file.profiles.get(&name.value)).cloned();
        let stored = stored.unwrap_or_default();
        // What is typed decides where: a typed profile stands above the environment.
        let is_typed = profile.as_ref().is_some_and(|profile| profile.source == Source::Flag);
        let typed = Some(&stored).filter(|_| is_typed && flags.server.is_none());
        let layers = Layers { environment, typed };
        if let (Some(name), Some(typed)) = (&flags.profile, typed) {
            typed::check(name, typed, environment)?;
        }
        let explicit = layers.server(flags)?;
        let identity = Identity::resolve(environment, explicit.is_some())?;
        let of_profile = || stored.server.clone().map(|server| Setting::new(server, Source::Profile));
        let server = explicit.or_else(of_profile);
        // What a profile says about its server holds for that server only.
        let own = server.as_ref().map(|server| &server.value) == stored.server.as_ref();
        let profiles = |path: &Option<PathBuf>| path.clone().filter(|_| own);
        // The company of one user says nothing about where another user acts.
        let is_same_user = identity.username().is_none_or(|name| Some(name) == stored.username.as_deref());
        Ok(Self {
            company: layers.company(flags, stored.company.clone().filter(|_| own && is_same_user))?,
            timeout: layers.timeout(flags)?,
            cacert: layers.cacert(flags, profiles(&stored.cacert))?,
            routes: environment.raw(env::ROUTES).map(PathBuf::from).or_else(|| profiles(&stored.routes)),
            policy: stored.policy.filter(|_| own).unwrap_or_default(),
            client_certificate: pair(
                flags.client_cert.clone().or_else(|| profiles(&stored.client_cert)),
                flags.client_key.clone().or_else(|| profiles(&stored.client_key)),
            )?,
            allow_http: flags.allow_http,
            credential_store: layers.store(flags, stored.credential_store)?,
            cache: cache_folder(environment, &folder),
            state: state_folder(environment, &folder),
            company_sets: file.company_sets.clone(),
            proxies: Proxies::of(environment)?,
            folder,
            profile,
            server,
            identity,
            stored,
        })
    }

    /// The name of a profile that was chosen for this call and does not exist.
    pub fn missing_profile(&self) -> Option<&str> {
        let chosen = self.profile.as_ref().filter(|profile| profile.source != Source::Default)?;
        (self.stored == Profile::default()).then_some(chosen.value.as_str())
    }

    /// Whether the server in use is the profile's own.
    pub fn is_profiles_server(&self) -> bool {
        self.server.as_ref().is_some_and(|server| Some(&server.value) == self.stored.server.as_ref())
    }

    /// The company that a flag, the environment or the profile names.
    pub fn chosen_company(&self) -> Option<&ChosenCompany> {
        self.company.as_ref().map(|chosen| &chosen.value)
    }

    /// The profile whose server and account this call uses; `None` where the environment brings either of them.
    pub fn acting_profile(&self) -> Option<&str> {
        let profile = self.profile.as_ref().filter(|_| self.is_profiles_server())?;
        let Identity::Stored(username) = &self.identity else { return None };
        let is_own = username.is_none() || *username == self.stored.username;
        is_own.then_some(profile.value.as_str())
    }

    /// The user name that the profile has for the server in use.
    pub fn stored_username(&self) -> Option<&str> {
        self.stored.username.as_deref().filter(|_| self.is_profiles_server())
    }
}

/// The folder of configuration where the system names none: nothing can be stored below it.
const NOWHERE: &str = "/dev/null/sactl";

/// Whether flags and environment name the server and hold the credentials, and no profile is asked for.
fn brings_everything(flags: &Flags, environment: &Environment) -> bool {
    let names_profile = flags.profile.is_some() || environment.has(env::PROFILE);
    let names_server = flags.server.is_some() || environment.has(env::SERVER);
    let identity = Identity::resolve(environment, names_server);
    names_server && !names_profile && identity.is_ok_and(|identity| !matches!(identity, Identity::Stored(_)))
}

/// The folder of configuration: `SACTL_CONFIG_DIR`, else `sactl` where the system keeps such things.
///
/// # Errors
/// `config` when the system names no such place.
pub fn folder(environment: &Environment) -> Result<PathBuf> {
    if let Some(folder) = environment.raw(env::CONFIG_DIR) {
        return std::path::absolute(&folder)
            .map_err(|error| Error::io("use the folder", Path::new(&folder), error));
    }
    // A relative home would be another one in each working directory.
    let system = dirs::config_dir().filter(|folder| folder.is_absolute());
    system.map(|folder| folder.join("sactl")).ok_or_else(|| {
        Error::config("no home folder for the configuration: HOME is unset or not an absolute path")
            .hint("set a folder with SACTL_CONFIG_DIR")
    })
}

/// The folder of what may be lost: `sactl` where the system keeps such things, and with a configuration folder of
/// one's own a folder in there, so that everything is in one place.
fn cache_folder(environment: &Environment, config_folder: &Path) -> Option<PathBuf> {
    if environment.has(env::CONFIG_DIR) {
        return Some(config_folder.join("cache"));
    }
    dirs::cache_dir().filter(|folder| folder.is_absolute()).map(|folder| folder.join("sactl"))
}

/// The folder of what must not be lost: `sactl` in `XDG_STATE_HOME` where that is set, else in the configuration folder
/// where that is set, else where the system keeps such things.
fn state_folder(environment: &Environment, config_folder: &Path) -> Option<PathBuf> {
    let home = environment.raw(env::STATE_HOME).map(PathBuf::from).filter(|home| home.is_absolute());
    if let Some(home) = home {
        return Some(home.join("sactl"));
    }
    if environment.has(env::CONFIG_DIR) {
        return Some(config_folder.join("state"));
    }
    dirs::state_dir().map(|folder| folder.join("sactl"))
}

fn pair(chain: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<(PathBuf, PathBuf)>> {
    match (chain, key) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => Ok(Some((chain, key))),
        _ => Err(Error::usage("--client-cert and --client-key need each other")),
    }
}

/// The flags, a typed profile, and the environment, one above the other.
struct Layers<'a> {
    environment: &'a Environment,
    /// The profile that the command line names, where the command line names no server.
    typed: Option<&'a Profile>,
}

impl Layers<'_> {
    fn pick<T>(
        &self,
        flag: Option<T>,
        variable: Variable,
        parse: impl FnOnce(&str) -> std::result::Result<T, String>,
    ) -> Result<Option<Setting<T>>> {
        if let Some(value) = flag {
            return Ok(Some(Setting::new(value, Source::Flag)));
        }
        let Some(text) = self.environment.get(variable)? else { return Ok(None) };
        match parse(&text) {
            Ok(value) => Ok(Some(Setting::new(value, Source::Environment))),
            Err(why) => Err(Error::config(format!("{}: {why}", variable.name))),
        }
    }

    fn server(&self, flags: &Flags) -> Result<Option<Setting<Origin>>> {
        let origin = |text: &str| text.parse::<Origin>().map_err(|error| error.to_string());
        let flag = flags.server.as_deref().map(origin).transpose();
        let flag = flag.map_err(|why| Error::usage(format!("--server: {why}")))?;
        self.pick(flag, env::SERVER, origin)
    }

    fn company(&self, flags: &Flags, stored: Option<Company>) -> Result<Option<Setting<ChosenCompany>>> {
        let parse = |text: &str| text.parse::<CompanyRef>().map_err(|error| error.to_string());
        let said = self.pick(flags.company.clone(), env::COMPANY, parse)?;
        let said = said.map(|said| Setting::new(ChosenCompany::Named(said.value), said.source));
        let stored = stored.map(|company| Setting::new(ChosenCompany::Stored(company), Source::Profile));
        // The company of a typed profile counts as typed.
        Ok(if self.typed.is_some() && flags.company.is_none() { stored.or(said) } else { said.or(stored) })
    }

    fn cacert(&self, flags: &Flags, stored: Option<PathBuf>) -> Result<Option<Setting<PathBuf>>> {
        let said = self.pick(flags.cacert.clone(), env::CACERT, |text| Ok(PathBuf::from(text)))?;
        let stored = stored.map(|path| Setting::new(path, Source::Profile));
        Ok(if self.typed.is_some() && flags.cacert.is_none() { stored.or(said) } else { said.or(stored) })
    }

    fn timeout(&self, flags: &Flags) -> Result<Setting<Duration>> {
        let flag = flags.timeout.map(seconds).transpose();
        let flag = flag.map_err(|why| Error::usage(format!("--timeout: {why}")))?;
        let parse = |text: &str| {
            seconds(
                text.trim()
                    .parse()
                    .map_err(|_| "it must be a number of seconds, such as 30 or 0.5".to_owned())?,
            )
        };
        let said = self.pick(flag, env::TIMEOUT, parse)?;
        Ok(said.unwrap_or(Setting::new(TIMEOUT, Source::Default)))
    }

    fn store(&self, flags: &Flags, stored: Option<StoreKind>) -> Result<Setting<StoreKind>> {
        let parse = |text: &str| text.parse::<StoreKind>().map_err(str::to_owned);
        let said = self.pick(flags.credential_store, env::CREDENTIAL_STORE, parse)?;
        let stored = stored.map(|kind| Setting::new(kind, Source::Profile));
        let is_typed = self.typed.is_some() && flags.credential_store.is_none();
        let chosen = if is_typed { stored.or(said) } else { said.or(stored) };
        Ok(chosen.unwrap_or(Setting::new(StoreKind::Keyring, Source::Default)))
    }
}

fn seconds(seconds: f64) -> std::result::Result<Duration, String> {
    if seconds > 0.0 && seconds <= LONGEST {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("it must be more than 0 and at most {LONGEST}"))
    }
}

mod typed;

#[cfg(test)]
mod tests;
