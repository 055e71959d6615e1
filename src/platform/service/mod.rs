//! The use cases: one function for one route, one transaction for one change. They take the request's
//! [`context`](crate::platform::context) and the documents of [`crate::api`], and return such documents.
//!
//! Responsible for decisions and their order. Refuses to know HTTP or SQL. The order of refusals is the same
//! everywhere: not a member of the company, missing permission, unknown account, not the owner, own access, invalid
//! input, escalation. A missing permission is refused before anything is looked up or locked; everything is decided
//! again inside the transaction.

pub mod account;
mod assignment;
pub mod audit;
pub mod catalogue;
pub mod company;
pub mod export;
pub mod identity;
pub mod installation;
mod operator;
mod page;
mod presented;
pub mod role;
mod second_factor;
pub mod seed;
pub mod session;
mod view;
