//! What the tests share: a private place to run the program, its answer as one text, and servers of every
//! kind.

pub(crate) mod answers;
#[cfg(feature = "platform")]
pub(crate) mod client;
#[cfg(feature = "platform")]
pub(crate) mod context;
#[cfg(feature = "platform")]
pub(crate) mod database;
pub(crate) mod env;
pub(crate) mod gateway;
pub(crate) mod http;
pub(crate) mod lane;
pub(crate) mod measure;
#[cfg(feature = "platform")]
pub(crate) mod other_node;
pub(crate) mod output;
#[cfg(feature = "platform")]
pub(crate) mod platform;
#[cfg(feature = "platform")]
pub(crate) mod postgres;
pub(crate) mod process;
#[cfg(feature = "platform")]
pub(crate) mod proxy;
#[cfg(feature = "platform")]
pub(crate) mod reply;
pub(crate) mod secret_service;
#[cfg(feature = "platform")]
pub(crate) mod seed;
pub(crate) mod source;
pub(crate) mod stub;
pub(crate) mod terminal;
pub(crate) mod tls;
pub(crate) mod tools;
