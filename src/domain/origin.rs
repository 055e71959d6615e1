//! The origin of a server: scheme, host and port. Credentials belong to exactly one origin.
//!
//! Responsible for parsing and comparing origins. Refuses a URL with user, path or query.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

/// A server by its scheme, host and port, and nothing else. Two are equal only when all three are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(Url);

/// Why a text names no server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the server as https://HOST or https://HOST:PORT")]
pub struct InvalidOrigin;

impl Origin {
    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the host is this machine: `localhost` or a loopback address. A name that merely resolves to
    /// one does not count, since names can be made to resolve to anything.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The host alone, without the port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The URL of `path`, which must begin with one `/`; it may have a query. `None` if the result would be at another
    /// origin.
    pub fn join(&self, path: &str) -> Option<Url> {
        if !path.starts_with('/') {
            return None;
        }
        let url = Url::parse(&format!("{self}{path}")).ok()?;
        (url.origin() == self.0.origin() && url.username().is_empty()).then_some(url)
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    /// Reads `https://host:port`; without a scheme, https is meant.
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let text = text.trim();
        let parsed =
            if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        let url = parsed.map_err(|_| InvalidOrigin)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        let known = matches!(url.scheme(), "https" | "http") && url.host().is_some();
        if bare && known { Ok(Self(url)) } else { Err(InvalidOrigin) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str().trim_end_matches('/'))
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    #[test]
    fn scheme_host_and_port_all_count() {
        assert_eq!(origin("https://a.example"), origin("https://A.example:443/"));
        assert_eq!(origin("a.example:8443"), origin("https://a.example:8443"));
        for other in [
            "http://a.example",
            "https://a.example:444",
            "https://b.example",
            "https://a.example.",
            "https://x.a.example",
        ] {
            assert_ne!(origin("https://a.example"), origin(other), "{other}");
        }
    }

    #[test]
    fn anything_more_than_an_origin_is_refused() {
        for bad in [
            "",
            "https://",
            "https://user@a.example",
            "https://user:pw@a.example",
            "https://a.example/api",
            "https://a.example?x",
            "https://a.example#x",
            "ftp://a.example",
            "https://a b",
            "a.example@evil.example",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(InvalidOrigin), "{bad}");
        }
    }

    #[test]
    fn loopback_is_an_address_or_localhost() {
        for (text, loopback) in [
            ("http://127.0.0.1:80", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:8080", true),
            ("http://localhost:1", true),
            ("http://localhost.evil.example", false),
            ("http://127.0.0.1.evil.example", false),
            ("http://10.0.0.1", false),
            ("http://0.0.0.0", false),
        ] {
            assert_eq!(origin(text).is_loopback(), loopback, "{text}");
        }
    }

    #[test]
    fn a_path_stays_at_its_origin() {
        let here = origin("http://127.0.0.1:8080");
        assert_eq!(here.join("/api?x=1").unwrap().as_str(), "http://127.0.0.1:8080/api?x=1");
        assert_eq!(here.join("//evil.example/x").unwrap().host_str(), Some("127.0.0.1"));
        for bad in ["", "api", "@evil.example/", "http://evil.example/", ".evil.example/"] {
            assert!(here.join(bad).is_none(), "{bad}");
        }
    }
}
