//! The commands: one verb, one file, with its arguments and what it does.
//!
//! Responsible for `Args` and `run` of each verb. Refuses to read files and the environment: [`crate::context`]
//! provides them.

pub mod api;
pub mod apply;
pub mod audit;
pub mod company;
pub mod create;
pub mod delete;
pub mod diff;
pub mod doctor;
pub mod edit;
pub mod export;
pub mod grant;
pub mod list;
pub mod login;
pub mod logout;
pub mod matrix;
pub mod offboard;
pub mod onboard;
#[cfg(feature = "platform")]
pub mod openapi;
pub mod passwd;
pub mod permission;
pub mod profile;
pub mod review;
pub mod revoke;
pub mod role;
pub mod rotate;
pub mod run;
#[cfg(feature = "platform")]
pub mod sandbox;
#[cfg(feature = "platform")]
pub mod serve;
pub mod shared;
pub mod show;
pub mod token;
pub mod whoami;
