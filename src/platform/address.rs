//! The address of a client, in the one form in which it is counted.
//!
//! Responsible for what counts as one address: for slots, memory and guesses. Refuses to distinguish the addresses of
//! one customer: an IPv6 network of 64 bits, which a provider assigns as a whole, is one address.

use std::net::{IpAddr, Ipv6Addr};

/// The network that counts as one address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The same as text, as the database keeps it.
pub(super) fn canonical(address: IpAddr) -> String {
    match network(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(network) => format!("{network}/64"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_count_together() {
        assert_eq!(canonical("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
        assert_eq!(canonical("2001:db8::1".parse().unwrap()), canonical("2001:db8::ffff:1".parse().unwrap()));
        assert_ne!(network("2001:db8::1".parse().unwrap()), network("2001:db8:0:1::1".parse().unwrap()));
    }
}
