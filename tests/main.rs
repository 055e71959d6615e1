//! The single integration-test binary.

#[cfg(feature = "platform")]
mod api;
mod cli;
mod common;
#[cfg(feature = "platform")]
mod store;
