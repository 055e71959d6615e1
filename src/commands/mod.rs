//! One verb, one file: its arguments and what it does.

pub mod api;
pub mod audit;
pub mod company;
pub mod create;
pub mod delete;
pub mod doctor;
pub mod edit;
pub mod grant;
pub mod list;
pub mod login;
pub mod logout;
pub mod passwd;
pub mod permission;
pub mod profile;
pub mod revoke;
pub mod role;
#[cfg(feature = "platform")]
pub mod sandbox;
#[cfg(feature = "platform")]
pub mod serve;
pub mod shared;
pub mod show;
pub mod token;
pub mod whoami;
