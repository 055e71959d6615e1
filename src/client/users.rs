//! Who one is.

use super::{Result, Session};
use crate::api::session::{Identity, IdentityQuery};
use crate::api::{Success, path};

impl Session {
    /// The signed-in identity with its companies and permissions.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn me(&self) -> Result<Identity> {
        self.get(path::ME).await
    }

    /// As much of [`Self::me`] as `query` asks for. A server that knows no such query may answer with more.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn me_of(&self, query: &IdentityQuery) -> Result<Identity> {
        Ok(self.read::<Success<Identity>>(path::ME, query).await?.data)
    }
}
