//! The other side of a connection.

use std::net::IpAddr;

/// The address from which a request came, as the platform's own socket saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);
