//! `sactl permission list`: lists every permission that the server knows.
//!
//! Responsible for reading the catalogue. Refuses to say who has a permission.

use crate::context::Context;
use crate::error::Result;
use crate::output::PermissionListView;
use crate::ui::show;

/// List all permissions
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl permission list\n  sactl permission list -o name")]
pub(super) struct Args {}

/// Lists the catalogue.
///
/// # Errors
/// Those of signing in and of reading.
pub(super) async fn run(_: Args, context: &Context) -> Result<()> {
    let permissions = context.session().await?.list_permissions().await?;
    show(context.ui(), &permissions.into_iter().collect::<PermissionListView>())
}
