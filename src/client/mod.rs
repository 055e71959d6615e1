//! HTTP to the platform, and nothing else: documents in, documents out.
//!
//! A [`Gateway`] knows a server and can sign in; a [`Session`] is signed in, so that "needs sign-in" shows in
//! the type. A token leaves only for the origin its session was made for, no redirect is followed, every
//! answer is bounded in size and time, and what is safe to repeat is repeated. This module never prints and
//! never reads a file: who wants to know what happens gives an [`Observer`].

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
