//! Settings and where each came from; profiles; stored credentials.
//!
//! The order is flag, environment, profile, default. Commands never read the environment or files
//! themselves: they get what is resolved here. This module refuses the network and the terminal.

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
