//! What once went wrong in the field, one file a theme. Each test says in one sentence what a user saw.

#[cfg(feature = "platform")]
mod answers;
#[cfg(feature = "platform")]
mod bounds;
#[cfg(feature = "platform")]
mod durable;
mod generated_passwords;
#[cfg(feature = "platform")]
mod guesses;
#[cfg(feature = "platform")]
mod scale;
mod target;
mod terminal;
