//! `sactl` administers the service accounts of a platform that manages cellular routers for many companies.
//!
//! # The map
//!
//! Data flows one way: **arguments → settings → command → client → output**. [`domain`] and [`api`] lie under
//! everything; `platform` stands beside the client and meets it only in [`api`].
//!
//! | module | is responsible for | may use |
//! |---|---|---|
//! | [`domain`] | the rules that both sides obey; no I/O | nothing of ours |
//! | [`api`] | the wire contract: paths, documents, error codes | `domain` |
//! | [`config`] | settings and where each came from; profiles; stored credentials | `domain` |
//! | [`client`] | HTTP: send, decode, retry; never prints, never reads files | `api`, `domain` |
//! | [`output`] | formats, tables and JSON shapes of answers | `api`, `domain` |
//! | [`args`] | the command line | `commands` (each verb's arguments), `config`, `domain`, `output`, `ui` (the values of flags) |
//! | [`commands`] | one verb, one file | everything above; `platform` in `serve` and `sandbox` |
//! | [`context`] | what a command may use, made when first asked for | `args`, `api`, `config`, `client`, `domain`, `error`, `output`, [`ui`] |
//! | [`error`] | errors as a person meets them; the only place that chooses an exit code | `api`, `client`, `config`, `domain`, `output` (the document of an error) |
//! | [`ui`] | the terminal: answer, status, warning, prompt | `api`, `domain`, `error`, `output` (the format and the selection) |
//! | `platform` | the platform itself, behind the feature of that name | `api`, `domain` |

#![forbid(unsafe_code)]

pub mod api;
pub mod args;
pub mod client;
pub mod commands;
pub mod config;
pub mod context;
pub mod domain;
pub mod error;
pub mod output;
#[cfg(feature = "platform")]
pub mod platform;
pub mod ui;
