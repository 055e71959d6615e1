//! The other side of a connection.

use std::net::IpAddr;

/// The address of the client: the other side of the socket, or what a trusted proxy says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);
