//! What once went wrong in the field, one file a theme. Each test says in one sentence what a user saw.

mod answers;
mod asking;
mod bounds;
mod client_proxies;
mod columns;
mod durable;
mod everyday;
mod first_sign_in;
mod hints;
mod log;
mod manual;
mod paging;
mod passwords;
mod plain_questions;
mod profiles;
mod proxies;
mod refusals;
mod scale;
mod serving;
mod several;
mod sign_in_again;
mod targets;
mod terminal;
mod throttling;
mod undo;
mod wrapping;
