//! `sactl man`: the man pages, one for each command, and those of the topics.
//!
//! Responsible for writing them to a folder. Refuses to remove other files.

mod command;
mod page;
mod roff;
mod topic;

pub use page::Page;

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{CliError, Result};
use crate::text::CommandLine;

/// The day of the last change that a reader would notice, as it stands below each page.
const DATE: &str = "2026-11-29";

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl man man1\n  sactl man man1 && man -l man1/sactl.1")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Folder for the man pages
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes them.
///
/// # Errors
/// `io`.
pub fn run(args: &Args, program: clap::Command, context: &Context) -> Result<()> {
    let pages = pages(program);
    std::fs::create_dir_all(&args.folder).map_err(|error| cannot("make the folder", &args.folder, error))?;
    for page in &pages {
        write(&args.folder, page)?;
    }
    context.ui().status(format!("Wrote {} manual pages into {}", pages.len(), args.folder.display()));
    Ok(())
}

/// Every page of the manual of `program`.
pub fn pages(program: clap::Command) -> Vec<Page> {
    let mut pages = command::pages(program, DATE);
    pages.extend(topic::pages(DATE));
    pages
}

/// Replaces the page: a reader sees the old page or the new one, also when this is interrupted. The temporary
/// file has a random name, so that no link can wait under it.
fn write(folder: &Path, page: &Page) -> Result<()> {
    let path = folder.join(&page.file);
    let written = || {
        let mut file = tempfile::Builder::new()
            .prefix(".sactl-man-")
            // Less what the umask takes away, as for any file.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(page.roff.as_bytes())?;
        file.persist(&path).map_err(|failed| failed.error)
    };
    written().map(drop).map_err(|error| cannot("write", &path, error))
}

fn cannot(what: &str, path: &Path, error: std::io::Error) -> CliError {
    CliError::io(format!("cannot {what} {}", path.display()), error)
        .hint(CommandLine::new("man DIR").after("name a folder that you may write to: "))
}
