//! Every environment variable that is read, with its documentation.
//!
//! Responsible for reading the environment, in this file only. Refuses to print a value.

use std::collections::HashMap;
use std::ffi::OsString;

use super::{Error, Result};

macro_rules! variables {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Variable =
            Variable { name: $text, about: concat!($($doc, "\n"),+) };)+

        /// Every variable, in the order of the documentation.
        pub const ALL: &[Variable] = &[$($name,)+];
    };
}

/// One environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As it is set.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
}

variables! {
    /// The profile to use, as with `--profile`.
    PROFILE = "SACTL_PROFILE";
    /// The server, as with `--server`.
    SERVER = "SACTL_SERVER";
    /// The active company by id or name, as with `--company`.
    COMPANY = "SACTL_COMPANY";
    /// The format of answers, as with `--output`.
    OUTPUT = "SACTL_OUTPUT";
    /// Time limit for each request in seconds, as with `--timeout`.
    TIMEOUT = "SACTL_TIMEOUT";
    /// A file of certificate authorities, as with `--cacert`.
    CACERT = "SACTL_CACERT";
    /// A file with the routes of another gateway, as with `profile edit --routes`.
    ROUTES = "SACTL_ROUTES";
    /// Where to store credentials, as with `--credential-store`.
    CREDENTIAL_STORE = "SACTL_CREDENTIAL_STORE";
    /// The folder of the configuration, credentials and cache.
    CONFIG_DIR = "SACTL_CONFIG_DIR";
    /// The folder for the journals of runs, in `sactl/runs` below it.
    STATE_HOME = "XDG_STATE_HOME";
    /// A bearer token for this command. Requires an explicit server; nothing is stored.
    TOKEN = "SACTL_TOKEN";
    /// The user or service account that signs in for this command; needs `SACTL_PASSWORD` or
    /// `SACTL_PASSWORD_FILE`.
    USERNAME = "SACTL_USERNAME";
    /// The password for this command. Requires an explicit server; nothing is stored.
    PASSWORD = "SACTL_PASSWORD";
    /// A file with the password for this command; a line end at the end of the file is ignored.
    PASSWORD_FILE = "SACTL_PASSWORD_FILE";
    /// Log level of `serve` and `sandbox` on standard error: off, error, warn, info, debug or trace.
    LOG = "SACTL_LOG";
    /// Log format of `serve` and `sandbox`: text or json.
    LOG_FORMAT = "SACTL_LOG_FORMAT";
    /// The address that `serve` listens on, as with `--listen`.
    SERVE_LISTEN = "SACTL_SERVE_LISTEN";
    /// The database of `serve`, as with `--database`; other users of the machine cannot read it.
    SERVE_DATABASE = "SACTL_SERVE_DATABASE";
    /// The certificate chain of `serve`, as with `--tls-cert`.
    SERVE_TLS_CERT = "SACTL_SERVE_TLS_CERT";
    /// The private key of `serve`, as with `--tls-key`.
    SERVE_TLS_KEY = "SACTL_SERVE_TLS_KEY";
    /// The seed file of `serve`, as with `--seed`.
    SERVE_SEED = "SACTL_SERVE_SEED";
    /// The first administrator of an empty database, as with `--init-admin`.
    SERVE_INIT_ADMIN = "SACTL_SERVE_INIT_ADMIN";
    /// The file with the password of the first administrator, as with `--init-admin-password-file`.
    SERVE_INIT_ADMIN_PASSWORD_FILE = "SACTL_SERVE_INIT_ADMIN_PASSWORD_FILE";
    /// The new file for the generated password of the first administrator, as with `--init-admin-password-out`.
    SERVE_INIT_ADMIN_PASSWORD_OUT = "SACTL_SERVE_INIT_ADMIN_PASSWORD_OUT";
    /// The proxies that `serve` trusts, as with `--trusted-proxy`; several are separated by commas.
    SERVE_TRUSTED_PROXY = "SACTL_SERVE_TRUSTED_PROXY";
    /// Any value but `0`: the proxies that `serve` trusts speak the PROXY protocol, as with `--proxy-protocol`.
    SERVE_PROXY_PROTOCOL = "SACTL_SERVE_PROXY_PROTOCOL";
    /// How long `serve` keeps audit records, as with `--audit-retention`.
    SERVE_AUDIT_RETENTION = "SACTL_SERVE_AUDIT_RETENTION";
    /// The address of the metrics of `serve`, as with `--metrics`.
    SERVE_METRICS = "SACTL_SERVE_METRICS";
    /// How long `serve` keeps serving after a stop signal, as with `--drain-delay`.
    SERVE_DRAIN_DELAY = "SACTL_SERVE_DRAIN_DELAY";
    /// Any value but `0`: `serve` checks what a start needs, and exits, as with `--check`.
    SERVE_CHECK = "SACTL_SERVE_CHECK";
    /// Any value but `0`: `serve` removes old data, and exits, as with `--vacuum`.
    SERVE_VACUUM = "SACTL_SERVE_VACUUM";
    /// Set by the completion script of a shell to the name of the shell; do not set it yourself.
    COMPLETE = "SACTL_COMPLETE";
    /// Any value but `0`: output for screen readers, without boxes, alignment and animation.
    ACCESSIBLE = "SACTL_ACCESSIBLE";
    /// The pager for long output on a terminal; overrides `PAGER`. Empty or `cat`: no pager.
    SACTL_PAGER = "SACTL_PAGER";
    /// The shell that `sandbox` starts when no command is given.
    SHELL = "SHELL";
    /// The folders of programs; `sandbox` adds its own folder in front.
    PATH = "PATH";
    /// Any value: no colour.
    NO_COLOR = "NO_COLOR";
    /// `0`: no colour.
    CLICOLOR = "CLICOLOR";
    /// Any value but `0`: colour even without a terminal.
    CLICOLOR_FORCE = "CLICOLOR_FORCE";
    /// `dumb`: a terminal without colour.
    TERM = "TERM";
    /// The width of tables on a terminal, and of tables that `--output table` asks for.
    COLUMNS = "COLUMNS";
    /// The pager for long output on a terminal; the default is `less`. Empty or `cat`: no pager.
    PAGER = "PAGER";
    /// Options of the pager `less`; the default is `FRX`.
    LESS = "LESS";
    /// The local time zone in `--jq` expressions.
    TIME_ZONE = "TZ";
    /// A file of certificate authorities to trust instead of those of the system.
    SSL_CERT_FILE = "SSL_CERT_FILE";
    /// Folders of certificate authorities to trust instead of those of the system.
    SSL_CERT_DIR = "SSL_CERT_DIR";
    /// The proxy for https; never used for connections to this machine.
    HTTPS_PROXY = "HTTPS_PROXY";
    /// Hosts to connect to without the proxy.
    NO_PROXY = "NO_PROXY";
}

/// Where a test wants a run to end as in a crash.
#[cfg(debug_assertions)]
pub fn crash_point() -> Option<String> {
    std::env::var("SACTL_TEST_CRASH_AFTER").ok()
}

/// Whether the full lane of the tests runs, with every case.
#[cfg(test)]
pub fn tests_are_full() -> bool {
    std::env::var_os("SACTL_TEST_FULL").is_some_and(|value| value == "1")
}

/// The environment of the process, or one made up.
#[derive(Clone, Debug, Default)]
pub struct Environment(Option<HashMap<String, OsString>>);

impl Environment {
    /// That of this process, read when asked for.
    pub const fn of_process() -> Self {
        Self(None)
    }

    /// One made up of `pairs`.
    pub fn of_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), OsString::from(value));
        Self(Some(pairs.into_iter().map(own).collect()))
    }

    /// The value of `variable`. An empty one counts as unset.
    pub fn raw(&self, variable: Variable) -> Option<OsString> {
        let value = match &self.0 {
            None => std::env::var_os(variable.name),
            Some(pairs) => pairs.get(variable.name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The value of `variable` as text. An empty one counts as unset.
    ///
    /// # Errors
    /// `config` when it is not UTF-8; the value is not repeated.
    pub fn get(&self, variable: Variable) -> Result<Option<String>> {
        let text = self.raw(variable).map(OsString::into_string).transpose();
        text.map_err(|_| Error::config(format!("{} is not UTF-8 text", variable.name)))
    }

    /// The value of `variable` as text, also an empty one, where that is a choice.
    pub fn choice(&self, variable: Variable) -> Option<String> {
        let value = match &self.0 {
            None => std::env::var_os(variable.name),
            Some(pairs) => pairs.get(variable.name).cloned(),
        };
        value.and_then(|value| value.into_string().ok())
    }

    /// The value of a variable that a file of the user names. An empty one counts as unset.
    ///
    /// # Errors
    /// `config` when it is not UTF-8; the value is not repeated.
    pub fn named(&self, name: &str) -> Result<Option<String>> {
        let value = match &self.0 {
            None => std::env::var_os(name),
            Some(pairs) => pairs.get(name).cloned(),
        };
        let text = value.filter(|value| !value.is_empty()).map(OsString::into_string).transpose();
        text.map_err(|_| Error::config(format!("{name} is not UTF-8 text")))
    }

    /// The names of all variables that are set and start with `prefix`.
    pub fn names_with(&self, prefix: &str) -> Vec<OsString> {
        let names: Vec<OsString> = match &self.0 {
            None => std::env::vars_os().map(|(name, _)| name).collect(),
            Some(pairs) => pairs.keys().map(OsString::from).collect(),
        };
        let has_it = |name: &OsString| name.as_encoded_bytes().starts_with(prefix.as_bytes());
        names.into_iter().filter(has_it).collect()
    }

    /// The names of variables that look like ours and are not: misspelt, or of another version.
    pub fn unknown(&self) -> Vec<String> {
        let known = |name: &String| ALL.iter().any(|variable| variable.name == name);
        let names = self.names_with("SACTL_").into_iter().filter_map(|name| name.into_string().ok());
        let mut unknown: Vec<String> = names.filter(|name| !known(name)).collect();
        unknown.sort_unstable();
        unknown
    }

    /// Whether `variable` is set to something.
    pub fn has(&self, variable: Variable) -> bool {
        self.raw(variable).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_counts_as_unset() {
        let environment = Environment::of_pairs([("SACTL_SERVER", ""), ("SACTL_PROFILE", "x")]);
        assert!(!environment.has(SERVER));
        assert_eq!(environment.get(PROFILE).unwrap().as_deref(), Some("x"));
        assert_eq!(environment.get(COMPANY).unwrap(), None);
    }

    #[test]
    fn misspelt_variables_are_found() {
        let environment = Environment::of_pairs([("SACTL_SERVR", "x"), ("SACTL_SERVER", "x"), ("HOME", "x")]);
        assert_eq!(environment.unknown(), ["SACTL_SERVR"]);
    }

    #[test]
    fn every_variable_stands_once_and_says_what_it_does() {
        for (index, variable) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|earlier| earlier.name != variable.name), "{}", variable.name);
            assert!(variable.about.trim().ends_with('.'), "{}", variable.name);
        }
    }
}
