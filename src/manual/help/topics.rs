//! Every topic of `sactl help`.
//!
//! Responsible for their list and order. Refuses to render them.

use super::topic::Topic;

mod config;
mod credentials;
mod environment;
mod exit_codes;
mod formatting;
mod manifest;
mod options;
mod routes;
mod schemas;
mod scripting;
mod seed;

pub(super) use config::CONFIG;
pub(super) use credentials::CREDENTIALS;
pub(super) use environment::ENVIRONMENT;
pub(super) use exit_codes::EXIT_CODES;
pub(super) use formatting::FORMATTING;
pub(super) use manifest::MANIFEST;
pub(super) use options::OPTIONS;
pub(super) use routes::ROUTES;
pub(super) use schemas::SCHEMAS;
pub(super) use scripting::SCRIPTING;
pub(super) use seed::SEED;

/// Every topic, in the order of the overview.
pub(super) const ALL: &[Topic] = &[
    OPTIONS,
    EXIT_CODES,
    FORMATTING,
    SCHEMAS,
    SCRIPTING,
    CREDENTIALS,
    CONFIG,
    MANIFEST,
    ROUTES,
    ENVIRONMENT,
    SEED,
];
