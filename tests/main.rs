//! The single integration-test binary: the real program, the real platform, real sockets. What the platform
//! would never do is done by the stub server in `common`.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[cfg(feature = "platform")]
mod api;
mod architecture;
mod cli;
mod common;
mod properties;
#[cfg(feature = "platform")]
mod regression;
#[cfg(feature = "platform")]
mod store;
