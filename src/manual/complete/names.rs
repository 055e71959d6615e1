//! Names from the server and the configuration: from the cache while they are fresh, otherwise from the server with the
//! stored token, within a second.
//!
//! Responsible for fetching and caching them. Refuses to sign in.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::flags;
use super::question::Candidate;
use crate::api::account::AccountQuery;
use crate::api::{Account, Code};
use crate::client::{self, Session};
use crate::config::credentials::{Slot, Store};
use crate::config::settings;
use crate::config::{ConfigFile, Environment, Identity, Settings};
use crate::context::{Context, Global, Meant};
use crate::domain::company::CompanyRef;
use crate::domain::{CompanyId, Origin, Ownership, Token, page};
use crate::manual::cache::{Name, NameCache, Seer, Subject, forget_names};
use crate::text::sanitize;
use crate::ui::{Ui, UiOptions};

/// Longest time for everything that the server is asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// Most characters of a name; a longer one is ignored.
const LONGEST: usize = 256;

/// What names are names of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Accounts,
    Roles,
    Permissions,
    Companies,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Roles => "roles",
            Self::Permissions => "permissions",
            Self::Companies => "companies",
        }
    }
}

/// Whether `name` begins with what is typed, without regard to case.
pub(super) fn begins(name: &str, typed: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|character| name.next() == Some(character))
}

/// Where names come from, for one completion.
pub(super) struct Names {
    words: Vec<String>,
    program: clap::Command,
    global: Global,
    environment: Environment,
    begun: Instant,
    place: OnceLock<Option<Place>>,
}

/// The server and who asks it.
struct Place {
    settings: Settings,
    origin: Origin,
    seer: Seer,
    cache: NameCache,
}

impl Names {
    /// For the words before the cursor. Nothing is opened before it is needed.
    pub(super) fn new(words: &[String], environment: Environment, program: clap::Command) -> Self {
        let (words, global) = (words.to_vec(), flags::of_words(words));
        Self { words, program, global, environment, begun: Instant::now(), place: OnceLock::new() }
    }

    /// The command line that is completed.
    pub(super) fn program(&self) -> &clap::Command {
        &self.program
    }

    /// The words before the cursor.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// Names of the active company that begin with what is typed.
    pub(super) fn here(&self, kind: Kind, typed: &str, is_meant: impl Fn(&Name) -> bool) -> Vec<Candidate> {
        let names = match kind {
            Kind::Permissions | Kind::Companies => self.of_server(kind),
            Kind::Accounts | Kind::Roles => {
                let id = self.active_company();
                id.map(|id| self.of_company(kind, id, typed)).unwrap_or_default()
            }
        };
        let meant = names.into_iter().filter(|name| begins(&name.value, typed) && is_meant(name));
        meant.map(|name| Candidate { value: name.value, about: name.about }).collect()
    }

    /// Names that count on the whole server.
    pub(super) fn of_server(&self, kind: Kind) -> Vec<Name> {
        self.known(kind, None, "")
    }

    /// Names of a company.
    pub(super) fn of_company(&self, kind: Kind, company: CompanyId, typed: &str) -> Vec<Name> {
        self.known(kind, Some(company), typed)
    }

    /// The company that the words name, if it exists.
    pub(super) fn company_of(&self, reference: &CompanyRef) -> Option<CompanyId> {
        match reference {
            CompanyRef::Id(id) => Some(*id),
            CompanyRef::Name(name) => self.only_company(|company| company.about == *name),
        }
    }

    fn active_company(&self) -> Option<CompanyId> {
        match Meant::by(self.place()?.settings.chosen_company()) {
            Meant::Known(company) => Some(company.id),
            Meant::Named(reference) => self.company_of(reference),
            Meant::Only => self.only_company(|_| true),
        }
    }

    fn only_company(&self, is_meant: impl Fn(&Name) -> bool) -> Option<CompanyId> {
        let mut companies = self.of_server(Kind::Companies);
        companies.retain(is_meant);
        match companies.as_slice() {
            [only] => only.value.parse().ok().map(CompanyId),
            _ => None,
        }
    }

    /// Stored profiles.
    pub(super) fn profiles(&self, typed: &str) -> Vec<Candidate> {
        let profiles =
            self.stored().profiles.into_iter().filter(|(name, _)| is_name(name) && name.starts_with(typed));
        let about = |text: Option<String>| text.unwrap_or_default();
        profiles
            .map(|(name, profile)| {
                let server = about(profile.server.map(|server| server.to_string()));
                let parts = [about(profile.username), server];
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                Candidate { value: name, about: sanitize::sanitise(&parts.join(" at ")).into_owned() }
            })
            .collect()
    }

    /// Servers of stored profiles.
    pub(super) fn servers(&self, typed: &str) -> Vec<Candidate> {
        let profiles = self.stored().profiles.into_values();
        let mut servers: Vec<String> =
            profiles.filter_map(|profile| Some(profile.server?.to_string())).collect();
        servers.sort_unstable();
        servers.dedup();
        servers.retain(|server| server.starts_with(typed));
        servers.into_iter().map(|value| Candidate { value, about: String::new() }).collect()
    }

    fn stored(&self) -> ConfigFile {
        let folder = settings::folder(&self.environment);
        folder.and_then(|folder| ConfigFile::load(&folder)).unwrap_or_default()
    }

    fn place(&self) -> Option<&Place> {
        let find = || {
            let mut settings = Settings::resolve(&self.global.flags(), &self.environment).ok()?;
            settings.timeout.value = settings.timeout.value.min(PATIENCE);
            let origin = settings.server.as_ref()?.value.clone();
            let seer = match &settings.identity {
                Identity::Token(token) => Seer::Bearer(token.clone()),
                Identity::Password { username, .. } => Seer::User(username.clone()),
                Identity::Stored(name) => {
                    Seer::User(name.clone().or_else(|| settings.stored_username().map(str::to_owned))?)
                }
            };
            let cache = NameCache::new(settings.cache.as_deref());
            Some(Place { settings, origin, seer, cache })
        };
        self.place.get_or_init(find).as_ref()
    }

    /// Remembered names while they are fresh, else the server's; else remembered ones, unless the server has
    /// answered and does not give them any more.
    fn known(&self, kind: Kind, company: Option<CompanyId>, typed: &str) -> Vec<Name> {
        let Some(place) = self.place() else { return Vec::new() };
        let (origin, seer) = (place.origin.clone(), place.seer.clone());
        let subject = Subject { origin, seer, company, kind: kind.word() };
        let now = Timestamp::now();
        let remembered = place.cache.read(&subject, now);
        if let Some(found) = remembered.as_ref().filter(|found| found.fresh) {
            return found.names.clone();
        }
        match self.asked(place, kind, company, typed) {
            Some(Ok(answer)) => {
                if answer.is_whole {
                    place.cache.write(&subject, &answer.names, now);
                }
                answer.names
            }
            Some(Err(error)) if is_refusal(&error) => Vec::new(),
            _ => remembered.map(|found| found.names).unwrap_or_default(),
        }
    }

    /// The server's answer; `None` without an answer in time, or without credentials.
    fn asked(
        &self,
        place: &Place,
        kind: Kind,
        company: Option<CompanyId>,
        typed: &str,
    ) -> Option<client::Result<Answered>> {
        let left = PATIENCE.checked_sub(self.begun.elapsed())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let answer = runtime.block_on(async {
            let asking = async {
                let session = self.session(place).await?;
                Some(ask(&session, kind, company, typed).await)
            };
            tokio::time::timeout(left, asking).await.ok().flatten()
        });
        // A thread that waits for a keyring is left behind.
        runtime.shutdown_background();
        answer
    }

    /// Signed in with the stored token. There is no prompt, no password is used, and nothing is renewed.
    async fn session(&self, place: &Place) -> Option<Session> {
        let quiet = Ui::new(UiOptions { quiet: true, no_input: true, ..UiOptions::default() });
        let context = Context::new(self.global.clone(), self.environment.clone(), quiet, forget_names);
        let token = token(place).await?;
        Some(context.gateway_of(&place.settings).ok()?.session(token, None))
    }
}

async fn token(place: &Place) -> Option<Token> {
    match (&place.settings.identity, &place.seer) {
        (Identity::Token(token), _) => Some(token.clone()),
        (Identity::Stored(_), Seer::User(username)) => {
            let store = Store::new(place.settings.credential_store.value, &place.settings.folder);
            let slot = Slot { origin: place.origin.clone(), username: username.clone() };
            store.load_silently(&slot).await.ok()??.live_token(Timestamp::now()).cloned()
        }
        _ => None,
    }
}

/// Whether the server has answered, and refuses the names.
fn is_refusal(error: &client::Error) -> bool {
    error.status.is_some_and(|status| (400..500).contains(&status)) && error.code != Code::RateLimited
}

/// Names that the server gave.
struct Answered {
    names: Vec<Name>,
    /// There are no more.
    is_whole: bool,
}

/// One page is enough to look through; of more accounts, those that contain the typed text.
async fn ask(
    session: &Session,
    kind: Kind,
    company: Option<CompanyId>,
    typed: &str,
) -> client::Result<Answered> {
    let whole = |names: Vec<Name>| Answered { names: usable(names), is_whole: true };
    match (kind, company) {
        (Kind::Permissions, _) => {
            let entries = session.list_permissions().await?;
            Ok(whole(entries.into_iter().map(|entry| name(entry.name, "", false)).collect()))
        }
        (Kind::Companies, _) => {
            let page = session.list_companies(None)?.next().await?;
            let companies = page.into_iter().flat_map(|page| page.data);
            Ok(whole(companies.map(|company| name(company.id.to_string(), &company.name, false)).collect()))
        }
        (Kind::Roles, Some(company)) => {
            let page = session.list_roles(company)?.next().await?;
            let roles = page.into_iter().flat_map(|page| page.data).map(|role| {
                let count = role.permissions.len();
                let plural = if count == 1 { "" } else { "s" };
                let default = if role.default { "default role, " } else { "" };
                name(role.name, &format!("{default}{count} permission{plural}"), !role.default)
            });
            Ok(whole(roles.collect()))
        }
        (Kind::Accounts, Some(company)) => {
            let (names, is_whole) = accounts(session, company, None).await?;
            if is_whole || typed.is_empty() {
                return Ok(Answered { names: usable(names), is_whole });
            }
            let (names, _) = accounts(session, company, Some(typed)).await?;
            Ok(Answered { names: usable(names), is_whole: false })
        }
        (Kind::Roles | Kind::Accounts, None) => Ok(whole(Vec::new())),
    }
}

/// One page of accounts, and whether there are no more.
async fn accounts(
    session: &Session,
    company: CompanyId,
    search: Option<&str>,
) -> client::Result<(Vec<Name>, bool)> {
    let query = AccountQuery {
        search: search.map(str::to_owned),
        page_size: Some(page::MAX_SIZE),
        ..AccountQuery::default()
    };
    let Some(page) = session.list_accounts(company, &query)?.next().await? else {
        return Ok((Vec::new(), true));
    };
    let is_whole = page.next.is_none();
    Ok((page.data.into_iter().map(of_account).collect(), is_whole))
}

fn of_account(account: Account) -> Name {
    let description = account.description.unwrap_or_default();
    match account.ownership {
        Ownership::Owned => name(account.name, &description, true),
        Ownership::External => name(account.name, &format!("external, owned by {}", account.owner), false),
    }
}

fn name(value: String, about: &str, own: bool) -> Name {
    let about: String = about.chars().take(LONGEST).collect();
    Name { value, about: sanitize::sanitise(&about).into_owned(), own }
}

/// The names that can be typed: nothing that would command a terminal, and nothing that would be a flag.
fn usable(mut names: Vec<Name>) -> Vec<Name> {
    names.retain(|name| is_name(&name.value));
    names
}

/// Whether it can be typed: no flag, and nothing that would command a terminal.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.chars().count() <= LONGEST
        && !text.contains(sanitize::is_hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_typed_is_no_name() {
        for bad in ["", "-x", "--yes", "a\nb", "a\u{1b}[2J", "a\u{202e}b", &"x".repeat(LONGEST + 1)] {
            assert!(!is_name(bad), "{bad:?}");
        }
        for good in ["a", "Northwind Logistics", "$(touch x)", "it's", "日本"] {
            assert!(is_name(good), "{good:?}");
        }
    }

    #[test]
    fn case_does_not_matter_at_the_beginning() {
        assert!(begins("Northwind", "north"));
        assert!(begins("northwind", "NORTH"));
        assert!(begins("x", ""));
        assert!(!begins("north", "northwind"));
        assert!(!begins("northwind", "wind"));
    }
}
