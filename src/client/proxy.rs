//! The proxy between this client and a server.
//!
//! Responsible for its address, and how it is shown. Refuses an invalid address, and to show a password.

use reqwest::Url;

/// A proxy, and the variable that names it.
#[derive(Clone)]
pub struct Proxy {
    variable: &'static str,
    url: Url,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Proxy {
    /// The proxy that `text` names, with or without its scheme; it may hold a user and a password. `None` for what is
    /// no address.
    pub fn new(variable: &'static str, text: &str) -> Option<Self> {
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&whole).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        url.has_host().then_some(Self { variable, url })
    }

    pub(super) fn to_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::https(self.url.clone())
    }

    /// The proxy without user and password, and its variable.
    pub(super) fn shown(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{host}{port} ({})", self.url.scheme(), self.variable)
    }

    /// The variable that names it.
    pub(super) const fn variable(&self) -> &'static str {
        self.variable
    }
}
