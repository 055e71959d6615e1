//! The proxy that the environment names for a server, as curl reads the same variables.
//!
//! Responsible for which variable counts and for the hosts that need no proxy. Refuses to say whether the address of a
//! proxy can be used: the client does.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Result;
use super::env::{Environment, HTTPS_PROXY, NO_PROXY};
use crate::domain::Origin;

/// The variables that can name a proxy for https, the first that is set counts.
const NAMES: [&str; 4] = ["https_proxy", HTTPS_PROXY.name, "all_proxy", "ALL_PROXY"];
/// The variables that can name hosts without a proxy.
const EXEMPT: [&str; 2] = ["no_proxy", NO_PROXY.name];

/// A proxy as a variable names it. The text may hold a password.
#[derive(Clone)]
pub struct NamedProxy {
    /// The variable.
    pub variable: &'static str,
    /// What it holds.
    pub text: String,
}

impl std::fmt::Debug for NamedProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[proxy of {}]", self.variable)
    }
}

/// What the environment says about proxies.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    https: Option<NamedProxy>,
    exempt: String,
}

impl Proxies {
    /// Reads the variables.
    ///
    /// # Errors
    /// `config` for one that is not text.
    pub fn of(environment: &Environment) -> Result<Self> {
        let mut https = None;
        for variable in NAMES {
            if let (None, Some(text)) = (&https, environment.named(variable)?) {
                https = Some(NamedProxy { variable, text: text.trim().to_owned() });
            }
        }
        let mut exempt = None;
        for variable in EXEMPT {
            exempt = exempt.or(environment.named(variable)?);
        }
        Ok(Self { https, exempt: exempt.unwrap_or_default() })
    }

    /// The proxy for requests to `origin`: only https to another machine has one. Over plain http a proxy would read
    /// the password.
    pub fn proxy_for(&self, origin: &Origin) -> Option<&NamedProxy> {
        if origin.is_loopback() || !origin.is_https() || self.is_exempt(origin.host()) {
            return None;
        }
        self.https.as_ref()
    }

    fn is_exempt(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_lowercase();
        self.exempt.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).any(|entry| {
            let entry = entry.trim_matches('.').to_lowercase();
            match host.parse::<IpAddr>() {
                _ if entry == "*" => true,
                Ok(address) => holds_address(&entry, address),
                Err(_) => host == entry || host.strip_suffix(&entry).is_some_and(|rest| rest.ends_with('.')),
            }
        })
    }
}

/// Whether an entry, an address or a network such as 10.0.0.0/8, holds `address`.
fn holds_address(entry: &str, address: IpAddr) -> bool {
    let entry = entry.trim_start_matches('[').trim_end_matches(']');
    let is_address = entry.parse::<IpAddr>().is_ok_and(|one| one == address);
    is_address || entry.parse::<IpNet>().is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(pairs: &[(&str, &str)]) -> Proxies {
        Proxies::of(&Environment::of_pairs(pairs.iter().copied())).unwrap()
    }

    #[test]
    fn the_first_variable_that_is_set_names_the_proxy() {
        let origin = "https://gateway.example".parse().unwrap();
        for (pairs, wanted) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "http://b"), ("https_proxy", "http://a")], Some("https_proxy")),
            (&[("ALL_PROXY", "http://b"), ("HTTPS_PROXY", "http://a")], Some("HTTPS_PROXY")),
            (&[("HTTPS_PROXY", ""), ("ALL_PROXY", "http://b")], Some("ALL_PROXY")),
            (&[("HTTP_PROXY", "http://b")], None),
        ] {
            let found = proxies(pairs).proxy_for(&origin).map(|proxy| proxy.variable);
            assert_eq!(found, wanted, "{pairs:?}");
        }
        for local in ["https://localhost", "https://127.0.0.1:8443", "http://gateway.example"] {
            let proxies = proxies(&[("HTTPS_PROXY", "http://proxy")]);
            assert!(proxies.proxy_for(&local.parse().unwrap()).is_none(), "{local}");
        }
    }

    /// R10: `NO_PROXY=*` did not count for an address, and blanks and dots made an entry match nothing.
    #[test]
    fn hosts_are_exempt_as_curl_exempts_them() {
        for (exempt, origin, is_exempt) in [
            ("*", "https://192.0.2.7", true),
            ("*", "https://gateway.example", true),
            ("a.example, gateway.example", "https://gateway.example", true),
            (" .example ", "https://gateway.example", true),
            ("EXAMPLE", "https://gateway.example", true),
            ("example", "https://gatewayexample", false),
            ("gateway.example", "https://other.example", false),
            ("192.0.2.7", "https://192.0.2.7:8443", true),
            ("192.0.2.0/24", "https://192.0.2.7", true),
            ("192.0.2.0/24", "https://192.0.3.7", false),
            ("2001:db8::/32", "https://[2001:db8::1]", true),
            ("[2001:db8::1]", "https://[2001:db8::1]", true),
            ("2.7", "https://192.0.2.7", false),
            ("0.0.0.0/33", "https://192.0.2.7", false),
            ("", "https://gateway.example", false),
        ] {
            let proxies = proxies(&[("HTTPS_PROXY", "http://proxy"), ("NO_PROXY", exempt)]);
            let found = proxies.proxy_for(&origin.parse().unwrap()).is_none();
            assert_eq!(found, is_exempt, "{exempt:?} {origin}");
        }
    }
}
