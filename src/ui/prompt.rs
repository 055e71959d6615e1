//! Questions to a person. The answer is read on another thread, so that Ctrl-C ends the command at once; the
//! terminal's echo comes back when the question is dropped, however that happens.

use std::io::{self, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::Ui;
use crate::error::{CliError, Result};

impl Ui {
    /// Asks for one line, which is shown as it is typed.
    ///
    /// # Errors
    /// `usage` when nobody can be asked, `io`, and `interrupted` at the end of input.
    pub async fn prompt(&self, question: &str) -> Result<String> {
        self.require_interactive(question)?;
        self.ask(question)?;
        read_line().await
    }

    /// Asks for one line without showing what is typed.
    ///
    /// # Errors
    /// As [`Self::prompt`]; also `io` when the terminal cannot stop showing it.
    pub async fn prompt_secret(&self, question: &str) -> Result<Zeroizing<String>> {
        self.require_interactive(question)?;
        let _echo = EchoOff::new().map_err(|error| CliError::io("cannot hide what is typed", error))?;
        self.ask(question)?;
        let secret = read(|| {
            // From standard input, not from /dev/tty: it is a terminal, and nobody looks behind a pipe.
            let config = rpassword::ConfigBuilder::new().input_reader(io::stdin()).output_discard().build();
            rpassword::read_password_with_config(config).map(Zeroizing::new).map(Some)
        })
        .await?;
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
        Err(CliError::usage(format!("nobody can be asked for: {question}"))
            .hint("give it as a flag, or run this in a terminal without --no-input"))
    }

    fn ask(&self, question: &str) -> Result<()> {
        // The last line has room for the space behind it too.
        let question = self.fitted(&format!("{question}:"), 1);
        let mut stderr = io::stderr().lock();
        write!(stderr, "{question} ")
            .and_then(|()| stderr.flush())
            .map_err(|error| CliError::io("cannot ask", error))
    }
}

/// One line of standard input without its line end.
async fn read_line() -> Result<String> {
    read(|| io::stdin().lines().next().transpose()).await
}

/// What `read` gives, read on a thread of its own; nothing is the end of input.
async fn read<T: Send + 'static>(read: impl FnOnce() -> io::Result<Option<T>> + Send + 'static) -> Result<T> {
    let read = tokio::task::spawn_blocking(read);
    let outcome = read.await.map_err(|error| CliError::internal("reading failed").caused_by(error))?;
    outcome
        .map_err(|error| CliError::io("cannot read standard input", error))?
        .ok_or_else(CliError::interrupted)
}

/// The terminal without echo, for as long as this lives.
struct EchoOff(Termios);

impl EchoOff {
    fn new() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(before))
    }
}

impl Drop for EchoOff {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
