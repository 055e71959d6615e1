//! The command line as users and scripts meet it: the real program as a process of its own.

#[cfg(feature = "platform")]
pub(crate) mod acting;
#[cfg(feature = "platform")]
mod audit;
mod bad_input;
mod ci;
#[cfg(feature = "platform")]
mod completion;
mod contract;
pub(crate) mod credentials;
mod doctor;
#[cfg(feature = "platform")]
mod documents;
#[cfg(feature = "platform")]
mod dry_run;
#[cfg(feature = "platform")]
mod examples;
#[cfg(feature = "platform")]
mod exit_codes;
#[cfg(feature = "platform")]
mod expressions;
#[cfg(feature = "platform")]
mod faults;
mod help;
mod hostile_answers;
mod hostile_memory;
mod hostile_text;
mod interruption;
mod man;
#[cfg(feature = "platform")]
mod outputs;
mod pages;
#[cfg(feature = "platform")]
mod paginate;
mod progress;
#[cfg(feature = "platform")]
mod questions;
#[cfg(feature = "platform")]
mod readme;
mod refusals;
#[cfg(feature = "platform")]
mod requests;
#[cfg(feature = "platform")]
mod sandbox;
mod secrets;
#[cfg(feature = "platform")]
mod seed;
#[cfg(feature = "platform")]
mod selection;
#[cfg(feature = "platform")]
mod sign_in;
mod start;
#[cfg(feature = "platform")]
mod story;
#[cfg(feature = "platform")]
mod suggestions;
#[cfg(feature = "platform")]
mod tables;
#[cfg(feature = "platform")]
mod terminal;
mod transport;
