//! The wire contract: every URL path, every document and every error code, once, for both ends.
//!
//! Requests refuse unknown fields, so that a mistyped one is never ignored; answers tolerate them, so that
//! an older client understands a newer platform. Input rules live in [`crate::domain`], not here: requests
//! carry plain text, and the receiver checks it.

pub mod access;
pub mod account;
pub mod audit;
pub mod bounds;
pub mod company;
pub mod envelope;
pub mod error;
pub mod object;
pub mod path;
pub mod permissions;
pub mod role;
pub mod routes;
#[cfg(feature = "platform")]
mod schema;
pub mod session;
mod time;
mod words;
pub mod written;

pub use access::Access;
pub use account::{Account, AccountDetail};
pub use envelope::{Listed, Page, Success};
pub use error::{Code, Problem, Subject};
pub use permissions::Permissions;
pub use words::texts;
pub use written::Written;
