//! Everything that reads the command tree: help, manual pages and completion.
//!
//! Responsible for what is shown about commands. Refuses to know them: it is handed the [`clap::Command`].

mod cache;
pub mod complete;
pub mod completion;
pub mod help;
pub mod man;

pub use cache::{NameCache, Seer, forget_names};
pub use complete::answered;
