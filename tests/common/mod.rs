//! What the tests share.

#[cfg(feature = "platform")]
pub mod platform;
