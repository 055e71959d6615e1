//! The command line as users and scripts meet it: the real program as a process of its own.

#[cfg(feature = "platform")]
pub(crate) mod acting;
#[cfg(feature = "platform")]
mod api;
#[cfg(feature = "platform")]
mod audit;
mod bad_input;
mod ci;
#[cfg(feature = "platform")]
mod company;
#[cfg(feature = "platform")]
pub(crate) mod completion;
mod contract;
#[cfg(feature = "platform")]
mod create;
pub(crate) mod credentials;
#[cfg(feature = "platform")]
mod delete;
mod doctor;
#[cfg(feature = "platform")]
mod documents;
#[cfg(feature = "platform")]
mod dry_run;
#[cfg(feature = "platform")]
mod edit;
#[cfg(feature = "platform")]
mod examples;
#[cfg(feature = "platform")]
mod exit_codes;
#[cfg(feature = "platform")]
mod export_audit;
#[cfg(feature = "platform")]
mod expressions;
#[cfg(feature = "platform")]
mod faults;
#[cfg(feature = "platform")]
mod fleet;
mod gateways;
#[cfg(feature = "platform")]
mod grant;
mod help;
mod hostile_answers;
mod hostile_memory;
mod hostile_text;
mod interruption;
#[cfg(feature = "platform")]
mod list;
#[cfg(feature = "platform")]
mod login;
mod logout;
pub(crate) mod man;
#[cfg(feature = "platform")]
mod outputs;
mod pages;
#[cfg(feature = "platform")]
mod passwd;
#[cfg(feature = "platform")]
mod permission;
#[cfg(feature = "platform")]
mod profile;
mod progress;
#[cfg(feature = "platform")]
mod questions;
#[cfg(feature = "platform")]
mod readme;
#[cfg(feature = "platform")]
mod readme_nodes;
mod refusals;
#[cfg(feature = "platform")]
mod requests;
#[cfg(feature = "platform")]
mod revoke;
#[cfg(feature = "platform")]
mod role;
#[cfg(feature = "platform")]
mod sandbox;
mod secrets;
#[cfg(feature = "platform")]
mod seed;
#[cfg(feature = "platform")]
mod selection;
#[cfg(feature = "platform")]
mod serve;
#[cfg(feature = "platform")]
mod show;
mod start;
#[cfg(feature = "platform")]
mod suggestions;
#[cfg(feature = "platform")]
mod tables;
mod token;
mod transport;
#[cfg(feature = "platform")]
mod unshown;
mod whoami;
