//! What an answer looks like on standard output, in every format. It prints answers only; everything said to
//! a person while working is `ui`'s.

mod format;

pub use format::Format;
