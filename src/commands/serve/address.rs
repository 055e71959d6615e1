//! The addresses on which `serve` listens.
//!
//! Responsible for the default one and for binding. Refuses to accept connections: the listener does.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::error::{CliError, Result};
use crate::platform::app::{Listener, Tls};

/// The default address of the platform.
pub(super) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// A listener and its address.
pub(super) fn bind(address: SocketAddr, tls: Option<Tls>) -> Result<(Listener, String)> {
    let bound = Listener::bind(address, tls).and_then(|it| it.url().map(|url| (it, url)));
    bound.map_err(|error| CliError::io(format!("cannot listen on {address}"), error))
}
