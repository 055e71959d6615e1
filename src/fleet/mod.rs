//! Many accounts in many companies: plan, preview, confirm, run, receipt.
//!
//! Responsible for what the commands over several accounts and companies share. Plans are pure functions from what is
//! wanted and what was found to steps. Refuses to send anything outside of the runner.

pub mod bulk;
pub mod desired;
pub mod export;
pub mod guards;
pub mod journal;
pub mod lines;
pub mod manifest;
mod passwords;
mod perform;
pub mod plan;
pub mod read;
pub mod record;
pub mod resolve;
pub mod run;
pub mod saved;
pub mod selectors;
pub mod undo;
mod yaml;
