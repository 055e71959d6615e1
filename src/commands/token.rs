//! (to be written)

use crate::context::Context;
use crate::error::Result;

/// (to be written)
#[derive(Debug, clap::Args)]
pub struct Args {}

/// (to be written)
///
/// # Errors
/// (to be written)
pub async fn run(_args: Args, _context: &Context) -> Result<()> {
    Ok(())
}
