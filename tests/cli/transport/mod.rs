//! How requests travel: encrypted and verified, through proxies or not, never along a redirect, in bounded
//! time, repeated where that is safe.

mod proxy;
mod redirect;
mod retry;
mod time;
mod tls;
mod verbose;
