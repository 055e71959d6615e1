//! The platform as its clients meet it: real HTTP against a real server.

mod document;
mod sweep;
mod table;
