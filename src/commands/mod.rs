//! (to be written)

#[cfg(feature = "platform")]
pub mod sandbox;
#[cfg(feature = "platform")]
pub mod serve;
