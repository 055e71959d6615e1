//! Every topic of `sactl help`.

use super::topic::Topic;

mod config;
mod credentials;
mod environment;
mod exit_codes;
mod schemas;

pub(super) use config::CONFIG;
pub(super) use credentials::CREDENTIALS;
pub(super) use environment::ENVIRONMENT;
pub(super) use exit_codes::EXIT_CODES;
pub(super) use schemas::SCHEMAS;

/// Every topic, in the order of the overview.
pub(super) const ALL: &[Topic] = &[EXIT_CODES, SCHEMAS, CREDENTIALS, CONFIG, ENVIRONMENT];
