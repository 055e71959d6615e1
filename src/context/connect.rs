//! Makes the client of a server from settings.
//!
//! Responsible for TLS, proxy and routes. Refuses to send anything.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use zeroize::Zeroizing;

use super::ways_in::not_signed_in;
use crate::api::path;
use crate::api::routes::Routes;
use crate::client::{self, ClientCertificate, Exchange, Gateway, Observer, Options, Proxy};
use crate::config::{Environment, Settings, env, secure_file};
use crate::domain::Origin;
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui::Ui;

/// Most bytes of a file of certificates.
const CERTIFICATES: usize = 4 * 1024 * 1024;
const CACERT: &str = "name a file of certificates (PEM) that you can read with --cacert";
const CLIENT_CERT: &str = "name a file of certificates (PEM) that you can read with --client-cert";
const CLIENT_KEY: &str = "name a file of a private key (PEM) that you can read with --client-key";

/// Forgets the names of a server that completion has cached in a folder.
pub type ForgetNames = fn(folder: Option<&Path>, origin: &Origin);

/// The server of the settings, with requests told as the user interface wants it.
pub(super) fn gateway(
    settings: &Settings,
    environment: &Environment,
    ui: &Ui,
    forget_names: ForgetNames,
) -> Result<Gateway> {
    let Some(server) = &settings.server else {
        return Err(not_signed_in(settings));
    };
    let mut options = Options::new(server.value.clone());
    options.timeout = settings.timeout.value;
    options.allow_http = settings.allow_http;
    if let Some(cacert) = &settings.cacert {
        options.authorities = Some(secure_file::read_bounded(&cacert.value, CERTIFICATES, CACERT)?.to_vec());
    }
    if let Some(path) = &settings.routes {
        options.routes = Arc::new(routes(path)?);
    }
    if let Some((chain, key)) = &settings.client_certificate {
        options.certificate = Some(ClientCertificate {
            chain: secure_file::read_bounded(chain, CERTIFICATES, CLIENT_CERT)?.to_vec(),
            key: secure_file::read_bounded(key, CERTIFICATES, CLIENT_KEY)?,
        });
    }
    if let Some(proxy) = settings.proxies.proxy_for(&server.value) {
        let found = Proxy::new(proxy.variable, &proxy.text);
        options.proxy = Some(found.ok_or_else(|| no_proxy(proxy.variable))?);
    }
    let watcher =
        Watcher { ui: ui.clone(), forget_names, cache: settings.cache.clone(), origin: server.value.clone() };
    Gateway::new(&options, Some(Arc::new(watcher))).map_err(|error| {
        let trusted = [env::SSL_CERT_FILE, env::SSL_CERT_DIR].into_iter();
        // Certificates matter for https alone.
        let trusted = trusted.filter(|_| server.value.is_https());
        let trusted = trusted.filter_map(|variable| Some((variable.name, environment.raw(variable)?)));
        let hint = |(name, path): (&str, OsString)| {
            format!(
                "{name} is {}: check that it has certificates that can be read, or unset it",
                path.display()
            )
        };
        trusted.map(hint).fold(CliError::from(error), CliError::hint_before)
    })
}

/// Most bytes of a table of routes.
const ROUTES: usize = 1024 * 1024;

/// The table of routes in a file.
///
/// # Errors
/// `io`, and `config` with file and line.
pub fn routes(path: &Path) -> Result<Routes> {
    let another =
        || CommandLine::new("profile edit --routes FILE").after("fix the file, or use another one with: ");
    let bytes = secure_file::read_bounded(path, ROUTES, another())?;
    let shown = path.display().to_string();
    let broken = |why: String| CliError::config(format!("the routes in {shown}: {why}")).hint(another());
    let text = std::str::from_utf8(&bytes).map_err(|_| broken("the file is not UTF-8 text".to_owned()))?;
    Routes::parse(text, Some(shown.clone())).map_err(|fault| broken(fault.to_string()))
}

/// The refusal of a variable that holds no address of a proxy. Its text is not repeated: it may hold a password.
fn no_proxy(variable: &str) -> CliError {
    CliError::config(format!("{variable} does not hold the address of a proxy"))
        .hint("write it as http://HOST:PORT, or unset the variable")
}

/// Logs requests for the user, and forgets cached names after a change.
struct Watcher {
    ui: Ui,
    forget_names: ForgetNames,
    cache: Option<PathBuf>,
    origin: Origin,
}

impl Watcher {
    /// Whether the exchange may have changed what completion remembers. A sign-in changes nothing.
    fn is_change(exchange: &Exchange<'_>) -> bool {
        exchange.method != "GET" && ![path::TOKEN, path::REVOCATION].contains(&exchange.path)
    }
}

impl Observer for Watcher {
    fn sends(&self, secrets: &[Zeroizing<String>]) {
        for secret in secrets {
            self.ui.hide(secret);
        }
    }

    fn exchanged(&self, exchange: &Exchange<'_>) {
        if Self::is_change(exchange) {
            (self.forget_names)(self.cache.as_deref(), &self.origin);
        }
        if !self.ui.is_verbose() {
            return;
        }
        let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let id = exchange.request_id.map(|id| format!(", request {id}")).unwrap_or_default();
        let elapsed = exchange.elapsed.as_millis();
        self.ui.verbose(format!("{} {}: {status} in {elapsed} ms{id}", exchange.method, exchange.path));
    }

    fn repeating(&self, because: &client::Error, wait: Duration) {
        self.ui.note(format!("{}; trying again in {:.1} s", because.message, wait.as_secs_f64()));
    }

    fn watches_from(&self) -> Option<Instant> {
        self.ui.waits_from().map(Instant::from_std)
    }

    fn waiting(&self) {
        self.ui.waiting(self.origin.host());
    }

    fn waited(&self) {
        self.ui.waited();
    }
}
