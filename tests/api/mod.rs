//! The platform as its clients meet it: real HTTP against a real server.

mod audit;
mod document;
mod lifecycle;
mod lists;
mod log;
mod metrics;
mod nodes;
mod paging;
pub(crate) mod process;
mod proxied;
mod requests;
mod rules;
mod seeds;
pub(crate) mod session;
mod slow;
mod sweep;
mod table;
