//! The command line as users and scripts meet it: the real program as a process of its own.

#[cfg(feature = "platform")]
mod acting;
mod bad_input;
#[cfg(feature = "platform")]
mod documents;
#[cfg(feature = "platform")]
mod exit_codes;
mod hostile;
#[cfg(feature = "platform")]
mod readme;
mod refusals;
#[cfg(feature = "platform")]
mod requests;
#[cfg(feature = "platform")]
mod sandbox;
#[cfg(feature = "platform")]
mod seed;
#[cfg(feature = "platform")]
mod sign_in;
mod start;
#[cfg(feature = "platform")]
mod story;
#[cfg(feature = "platform")]
mod terminal;
