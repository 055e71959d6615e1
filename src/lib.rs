//! `sactl` manages service accounts on a multi-company cellular-router platform.
//!
//! # The map
//!
//! Data flows one way: **arguments → settings → command → client → output**. [`domain`] and [`api`] lie under
//! everything; `platform` stands beside the client and meets it only in [`api`].
//!
//! | module | is responsible for | may use |
//! |---|---|---|
//! | [`text`] | what is safe to show, what was probably meant, width and wrapping, commands that messages name | nothing of ours |
//! | [`domain`] | the rules that both sides obey; no I/O | nothing of ours |
//! | [`api`] | the wire contract: paths, documents, error codes | `domain` |
//! | [`config`] | settings and where each came from; profiles; stored credentials | `domain`, `text` |
//! | [`client`] | HTTP: send, decode, retry; never prints, never reads files | `api`, `domain`, `text` |
//! | [`output`] | formats, tables and JSON shapes of answers | `api`, `domain`, `text` |
//! | [`error`] | errors as a person meets them; the only place that chooses an exit code | `api`, `client`, `config`, `domain`, `output`, `text` |
//! | [`ui`] | the terminal: answer, status, warning, prompt | `api`, `domain`, `error`, `output`, `text` |
//! | [`context`] | what a command may use, made when first asked for: global flags, settings, session, company | `api`, `client`, `config`, `domain`, `error`, `output`, `text`, `ui` |
//! | [`fleet`] | many accounts in many companies: selectors, manifest, plan, run, journal, receipts | `api`, `client`, `config`, `context`, `domain`, `error`, `output`, `text`, `ui` |
//! | [`manual`] | everything that reads the command tree, which it is handed: help, man pages, completion | `api`, `client`, `config`, `context`, `domain`, `error`, `output`, `text`, `ui` |
//! | [`commands`] | one verb, one file | `api`, `client`, `config`, `context`, `domain`, `error`, `fleet`, `manual`, `output`, `text`, `ui`; `serve` and `sandbox` the platform too |
//! | [`cli`] | the command line: the commands, their long help, and which code runs them | `commands`, `config`, `context`, `domain`, `error`, `manual`, `output`, `text` |
//! | `platform` | the platform itself, behind the feature of that name | `api`, `domain` |
//!
//! No file uses one that uses it in turn, directly or through others.

#![forbid(unsafe_code)]

pub mod api;
pub mod cli;
pub mod client;
pub mod commands;
pub mod config;
pub mod context;
pub mod domain;
pub mod error;
pub mod fleet;
pub mod manual;
pub mod output;
#[cfg(feature = "platform")]
pub mod platform;
pub mod text;
pub mod ui;
