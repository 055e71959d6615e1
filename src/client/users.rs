//! Who one is.

use super::{Result, Session};
use crate::api::path;
use crate::api::session::Identity;

impl Session {
    /// The signed-in identity with its companies and permissions.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn me(&self) -> Result<Identity> {
        self.get(path::ME).await
    }
}
