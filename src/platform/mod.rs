//! The platform itself: the server side of the contract, behind the feature of this name.
//!
//! `service` has the use cases and their transactions and knows neither HTTP nor SQL; `store` has the
//! queries, named by intent, one code path for SQLite and PostgreSQL; `authn`, `authz`, `hash`, `throttle` and
//! `audit` are what use cases share. Rules are not written here: they are asked of [`crate::domain`].

pub mod app;
pub mod authn;
pub mod config;
pub mod error;
pub mod router;
mod routes;
pub mod service;

use jiff::Timestamp;

pub use config::DatabaseUrl;
pub use error::Error;

/// A running platform: its database, its password hasher and its clock. Clones share all of them.
#[derive(Clone)]
pub struct Platform {}

impl Platform {
    /// Opens the database, creating a SQLite file that is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// The database cannot be opened or brought up to date.
    pub async fn open(_database: &DatabaseUrl) -> anyhow::Result<Self> {
        todo!()
    }

    /// The present moment, to the millisecond.
    pub fn now(&self) -> Timestamp {
        todo!()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `unavailable` or `internal`.
    pub async fn ready(&self) -> Result<(), Error> {
        todo!()
    }

    /// Ends all connections to the database, after the last request was answered.
    pub async fn close(self) {
        todo!()
    }
}
