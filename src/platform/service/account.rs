//! Service accounts of a company: the ones it owns and the ones it has let in.

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
