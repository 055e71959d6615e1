//! The wire contract of both ends: every URL path, every document and every error code, once.
//!
//! Responsible for reading and writing documents. Refuses unknown fields in requests, so that a mistyped one is never
//! ignored; in answers it ignores them, so that an older client understands a newer platform.
//!
//! Rules for input are in [`crate::domain`]: requests contain plain text, and the receiver checks it.

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
