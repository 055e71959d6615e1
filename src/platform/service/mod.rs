//! The use cases: one function for one route, one transaction for one change. They take and return the
//! documents of [`crate::api`] and know neither HTTP nor SQL.
//!
//! The order of refusals is the same everywhere: not a member of the company, lacking permission, unknown
//! account, not the owner, oneself, bad input, escalation.

pub mod account;
pub mod catalogue;
pub mod company;
pub mod identity;
pub mod role;
pub mod seed;
pub mod session;
