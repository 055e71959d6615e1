//! What the tests share.

#[cfg(feature = "platform")]
pub(crate) mod database;
#[cfg(feature = "platform")]
pub(crate) mod platform;
