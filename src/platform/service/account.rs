//! Service accounts of a company.
//!
//! Responsible for the ones that it owns and the ones that it has let in. Refuses to show a company more of an
//! account than its part.

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
