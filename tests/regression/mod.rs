//! What once went wrong in the field, one file a theme. Each test says in one sentence what a user saw.

mod answers;
mod asking;
mod bounds;
mod client_proxies;
mod durable;
mod everyday;
mod first_sign_in;
mod hints;
mod log;
mod paging;
mod passwords;
mod proxies;
mod refusals;
mod scale;
mod targets;
mod terminal;
mod throttling;
mod undo;
