//! The platform as its clients meet it: real HTTP against a real server.

mod document;
mod lifecycle;
mod paging;
mod requests;
mod rules;
mod seeds;
mod session;
mod sweep;
mod table;
