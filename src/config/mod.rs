//! Settings and where each came from; profiles; stored credentials.
//!
//! Responsible for the order flag, environment, profile, default. Refuses the network and the terminal. Commands never
//! read the environment or files themselves: they get what is resolved here.

pub mod credentials;
pub mod env;
mod error;
pub mod file;
pub mod identity;
pub mod inspect;
pub mod locked_file;
pub mod proxies;
pub mod secure_file;
pub mod settings;

pub use credentials::StoreKind;
pub use env::Environment;
pub use error::{Error, ErrorKind, Result};
pub use file::{ConfigFile, PolicyPlace, Profile};
pub use identity::Identity;
pub use settings::{Flags, Setting, Settings, Source};
