//! Service accounts of a company.
//!
//! Responsible for the accounts that it owns and the external ones. Refuses to show a company more of an account than
//! its own part.

mod access;
mod change;
mod create;
mod edit;
mod password;
mod read;

pub use access::{adjust_access, remove_access, set_access};
pub use create::create;
pub use edit::{delete, edit};
pub use password::reset_password;
pub use read::{list, show};
