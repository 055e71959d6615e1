//! The address of the client of a request.
//!
//! Responsible for handing it from the connection to the handlers. Refuses to find it: [`super::proxies`] does.

use std::net::IpAddr;

/// The address of the client: the other side of the socket, or what a trusted proxy says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);
