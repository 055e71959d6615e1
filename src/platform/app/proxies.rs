//! Proxies between clients and the platform.
//!
//! Responsible for the address of a client behind a trusted proxy. Refuses to believe the headers of any other peer.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The addresses of proxies: one address, or a network in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

/// The text is not a network of proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProxyNetwork {
    /// Neither an address nor CIDR notation.
    #[error("a proxy is an address such as 192.0.2.7, or a network such as 10.0.0.0/8")]
    Malformed,
    /// Every client could then choose its address.
    #[error("a network of all addresses is no network of proxies: every client could choose its address")]
    All,
}

impl FromStr for ProxyNetwork {
    type Err = InvalidProxyNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) if network.prefix_len() == 0 => Err(InvalidProxyNetwork::All),
            Ok(network) => Ok(Self(network)),
            Err(_) => Err(InvalidProxyNetwork::Malformed),
        }
    }
}

/// The proxies whose headers are trusted.
#[derive(Clone, Debug, Default)]
pub(super) struct TrustedProxies(Arc<[ProxyNetwork]>);

impl TrustedProxies {
    pub(super) fn new(networks: Vec<ProxyNetwork>) -> Self {
        Self(networks.into())
    }

    /// Whether `address` is that of a trusted proxy.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.0.contains(&address.to_canonical()))
    }

    /// The address of the client whose request came from `peer` with `headers`. A proxy adds to one of two headers and
    /// may pass on what the client wrote into the other one: where they disagree, only `peer` is certain.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.contains(peer) {
            return peer;
        }
        let x_forwarded_for = self.last_untrusted(peer, hops(headers, &X_FORWARDED_FOR, node));
        let forwarded = self.last_untrusted(peer, hops(headers, &header::FORWARDED, forwarded_for));
        match (x_forwarded_for, forwarded) {
            (Some(one), Some(other)) if one != other => peer,
            (one, other) => one.or(other).unwrap_or(peer),
        }
    }

    /// The first hop from `peer` backwards that is not a trusted proxy; `None` without any hop.
    fn last_untrusted(&self, peer: IpAddr, hops: Vec<Option<IpAddr>>) -> Option<IpAddr> {
        let mut last = hops.last().map(|_| peer)?;
        for hop in hops.into_iter().rev() {
            let Some(address) = hop else { break };
            last = address;
            if !self.contains(address) {
                break;
            }
        }
        Some(last)
    }
}

/// The hops that all headers `name` list, the nearest last; `None` for one without an address.
fn hops(headers: &HeaderMap, name: &HeaderName, hop: fn(&str) -> Option<IpAddr>) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    lines.flat_map(|line| line.split(',')).map(hop).collect()
}

/// The address in an element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    node(value)
}

/// An address, with or without a port, brackets and quotes.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|it| it.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_of_proxies_is_an_address_or_cidr() {
        let parse = |text: &str| text.parse::<ProxyNetwork>();
        for good in ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"] {
            parse(good).unwrap();
        }
        for bad in ["", "proxy.example", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8,::1", "192.0.2.7:80"] {
            assert_eq!(parse(bad), Err(InvalidProxyNetwork::Malformed), "{bad}");
        }
        for all in ["0.0.0.0/0", "::/0"] {
            assert_eq!(parse(all), Err(InvalidProxyNetwork::All), "{all}");
        }
    }

    #[test]
    fn client_is_the_last_address_that_is_no_proxy() {
        let proxies =
            TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::1".parse().unwrap()]);
        for (peer, name, value, client) in [
            ("10.0.0.1", "x-forwarded-for", "192.0.2.7", "192.0.2.7"),
            ("::ffff:10.0.0.1", "x-forwarded-for", "192.0.2.7:4711", "192.0.2.7"),
            ("10.0.0.1", "x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
            ("10.0.0.1", "x-forwarded-for", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "x-forwarded-for", "nonsense", "10.0.0.1"),
            ("192.0.2.9", "x-forwarded-for", "192.0.2.7", "192.0.2.9"),
            ("2001:db8::1", "forwarded", r#"for="[2001:db8:7::1]:4711";proto=https"#, "2001:db8:7::1"),
            ("10.0.0.1", "forwarded", "for=198.51.100.1, proto=http;For=192.0.2.7", "192.0.2.7"),
            ("10.0.0.1", "forwarded", "for=_hidden", "10.0.0.1"),
            ("10.0.0.1", "x-other", "192.0.2.7", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
            let found = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(found.to_canonical(), client.parse::<IpAddr>().unwrap(), "{name}: {value}");
        }
    }

    #[test]
    fn headers_that_disagree_are_not_believed() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let (peer, mut headers) = ("10.0.0.1".parse().unwrap(), HeaderMap::new());
        headers.append(X_FORWARDED_FOR, "198.51.100.1".parse().unwrap());
        headers.append(X_FORWARDED_FOR, "192.0.2.7".parse().unwrap());
        headers.insert(header::FORWARDED, "for=192.0.2.7".parse().unwrap());
        assert_eq!(proxies.client(peer, &headers), "192.0.2.7".parse::<IpAddr>().unwrap());
        headers.insert(header::FORWARDED, "for=203.0.113.1".parse().unwrap());
        assert_eq!(proxies.client(peer, &headers), peer);
    }
}
