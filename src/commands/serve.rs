//! (to be written)

/// (to be written)
#[derive(Debug, clap::Args)]
pub struct Args {}

/// (to be written)
///
/// # Errors
/// (to be written)
pub fn run(_args: Args, _context: &crate::context::Context) -> crate::error::Result<u8> {
    Ok(0)
}
