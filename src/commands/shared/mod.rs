//! What several verbs need.
//!
//! Responsible for rules and texts that would otherwise exist twice. Refuses what only one verb needs.

pub(super) mod access_args;
pub(super) mod carry_out;
pub(super) mod company_session;
pub mod confirm;
pub(super) mod dry_run;
pub(super) mod hints;
pub(super) mod manifest_plan;
pub(super) mod missing;
pub(super) mod new_password;
pub mod password_args;
mod password_file;
pub(super) mod patterns;
pub(super) mod prompts;
pub(super) mod refused_companies;
pub(super) mod run_args;
pub(super) mod several;
pub(super) mod undo;
mod unshown_password;
pub(super) mod values;
