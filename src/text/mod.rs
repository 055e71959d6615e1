//! Text: what is safe to show, what was probably meant, and how wide it is.
//!
//! Responsible for letters and their width. Refuses to know what they are about.

pub mod sanitize;
pub mod suggest;
pub mod wrap;
