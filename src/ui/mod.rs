//! The terminal: the answer on standard output, the conversation on standard error.
//!
//! Responsible for all output and all prompts. Refuses to print a control character or a secret of this call: all text
//! passes [`sanitise`], and secrets are masked, even if a server repeats them.
//!
//! With a document format, notes are silent unless asked for. Prompts need a terminal on standard input *and* standard
//! error; `/dev/tty` is never opened behind a pipe.

mod answer;
mod bar;
mod choose;
mod hold;
mod interrupts;
#[cfg(feature = "platform")]
pub mod log;
mod pager;
mod pager_choice;
mod progress;
mod prompt;
mod state;
mod terminal;

pub use crate::text::sanitize::{json_visible, sanitise};
pub use answer::{drops_the_answer, output_context, preview, show, show_as, write_durably};
pub use bar::Bar;
pub use choose::{Choice, LIST, MOST_LINES};
pub use hold::{release_terminal, resume_terminal};
pub use interrupts::Interrupts;
pub use pager::is_paging;
pub use pager_choice::{DEFAULT_PAGER, Pager};
pub use terminal::{Colour, Ui, UiOptions, WayOut};
