//! Text: what is safe to show, what was probably meant, how wide it is, and which commands a message names.
//!
//! Responsible for letters and their width. Refuses to know what they are about.

mod command_line;
mod hint;
pub mod page;
pub mod sanitize;
pub mod suggest;
pub mod wrap;

pub use command_line::{CommandLine, Target};
pub use hint::Hint;
