//! What the tests share: a private place to run the program, its answer as one text, and servers of every
//! kind.

#[cfg(feature = "platform")]
pub(crate) mod database;
pub(crate) mod env;
pub(crate) mod http;
pub(crate) mod output;
#[cfg(feature = "platform")]
pub(crate) mod platform;
#[cfg(feature = "platform")]
pub(crate) mod proxy;
#[cfg(feature = "platform")]
pub(crate) mod pty;
pub(crate) mod source;
pub(crate) mod stub;
