//! The HTTP client of the platform: documents in, documents out.
//!
//! Responsible for sending, decoding and repeating requests. Refuses to print and to read files: a caller that wants to
//! know what happens gives an [`Observer`].
//!
//! A [`Gateway`] knows a server and can sign in; a [`Session`] is signed in, so that "needs sign-in" shows in the type.
//! A token goes only to the origin for which its session was made, no redirect is followed, and every answer is bounded
//! in size and time.

mod about;
mod access;
mod accounts;
mod audit;
mod brake;
mod call;
mod change;
mod companies;
mod error;
mod gateway;
mod listing;
mod located;
mod options;
mod pages;
mod probe;
mod proxy;
mod raw;
mod raw_pages;
mod refusal;
mod reply;
mod reread;
mod retry;
mod roles;
mod secrets;
mod session;
mod shape;
mod tally;
mod transport;
mod trust;
mod users;

pub use change::{Change, DryRun, Foretold, MASK, Plan};
pub use error::{Error, Result};
pub use gateway::{Gateway, SignIn};
pub use options::{ClientCertificate, Options};
pub use pages::Pages;
pub use probe::{Probe, Tried};
pub use proxy::Proxy;
pub use raw::{RawAnswer, RawRequest};
pub use raw_pages::{RawPage, RawPages};
pub use session::{Renewal, RenewedToken, Session};
pub use transport::{Exchange, Observer};
