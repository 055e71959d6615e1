//! Questions that are answered by typing.
//!
//! Responsible for reading the answer on another thread, so that a signal ends the command immediately. Refuses to ask
//! without a terminal, and leaves the terminal as it was when the question is dropped.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::Ui;
use super::hold::{Held, Way};
use crate::error::{CliError, Result};

impl Ui {
    /// Asks for one line, which is shown as it is typed.
    ///
    /// # Errors
    /// `usage` without a terminal to ask on, `io`, and `interrupted` at the end of input.
    pub async fn prompt(&self, question: &str) -> Result<String> {
        self.require_interactive(question)?;
        let _held = self.ask(Way::Line, question)?;
        read(|| io::stdin().lines().next().transpose()).await
    }

    /// Asks for one line without showing what is typed.
    ///
    /// # Errors
    /// As [`Self::prompt`]; also `io` when the terminal cannot stop showing it.
    pub async fn prompt_secret(&self, question: &str) -> Result<Zeroizing<String>> {
        self.require_interactive(question)?;
        let _held = self.ask(Way::Hidden, question)?;
        let secret = read(read_secret).await?;
        if secret.is_empty() {
            return Err(CliError::usage(format!("nothing was typed for: {question}")));
        }
        Ok(secret)
    }

    /// Asks a question that yes or no answers; anything but yes is no.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub async fn confirm(&self, question: &str) -> Result<bool> {
        let answer = self.prompt(&format!("{question} [y/N]")).await?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks a question that yes or no answers; Return alone is yes.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub async fn agree(&self, question: &str) -> Result<bool> {
        let answer = self.prompt(&format!("{question} [Y/n]")).await?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "y" | "yes"))
    }

    /// Asks for a name to be typed before something that cannot be undone.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub async fn confirm_by_typing(&self, question: &str, name: &str) -> Result<bool> {
        Ok(self.prompt(&format!("{question}; type {name} to confirm")).await?.trim() == name)
    }

    pub(super) fn require_interactive(&self, question: &str) -> Result<()> {
        if self.is_interactive() {
            return Ok(());
        }
        Err(CliError::usage(format!("no terminal to ask on for: {question}"))
            .hint("pass it as a flag, or run sactl in a terminal without --no-input"))
    }

    fn ask(&self, way: Way, question: &str) -> Result<Held> {
        // The last line has room for the space behind it too.
        let question = self.fitted(&format!("{question}:"), 1);
        Held::open(way, question).map_err(|error| CliError::io("cannot ask on this terminal", error))
    }
}

/// A line that is not shown; `None` at the end of input.
fn read_secret() -> io::Result<Option<Zeroizing<String>>> {
    let input = Input::default();
    let has_ended = Arc::clone(&input.has_ended);
    let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard().build();
    let secret = Zeroizing::new(rpassword::read_password_with_config(config)?);
    let is_end = secret.is_empty() && has_ended.load(Ordering::Relaxed);
    Ok((!is_end).then_some(secret))
}

/// Standard input, never `/dev/tty`: it is a terminal, and a pipe is not looked behind. It knows whether it has
/// ended, which is otherwise the same as an empty line.
#[derive(Default)]
struct Input {
    has_ended: Arc<AtomicBool>,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = io::stdin().read(buffer)?;
        self.has_ended.store(count == 0, Ordering::Relaxed);
        Ok(count)
    }
}

/// What `read` gives, read on a thread of its own; nothing is the end of input, which ends the command as Ctrl-C.
async fn read<T: Send + 'static>(read: impl FnOnce() -> io::Result<Option<T>> + Send + 'static) -> Result<T> {
    let read = tokio::task::spawn_blocking(read);
    let outcome = read.await.map_err(|error| CliError::internal("reading failed").caused_by(error))?;
    outcome
        .map_err(|error| CliError::io("cannot read standard input", error))?
        .ok_or_else(CliError::interrupted)
}
