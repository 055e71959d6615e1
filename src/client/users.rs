//! The signed-in identity.
//!
//! Responsible for reading it, and what the server promises. Refuses to assume a promise that the server does not make.

use super::{Result, Session};
use crate::api::routes::{ApiOperation, Place};
use crate::api::session::{IMMEDIATE_EFFECT, Identity, IdentityExpansion, IdentityQuery};
use crate::api::{Code, Success};

impl Session {
    /// The signed-in identity with its companies and permissions.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn me(&self) -> Result<Identity> {
        self.get(ApiOperation::ShowMe).await
    }

    /// As [`Self::me_of`]; `None` where the server has no such route.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn me_where_told(&self, query: &IdentityQuery) -> Result<Option<Identity>> {
        match self.me_of(query).await {
            Ok(identity) => Ok(Some(identity)),
            Err(error) if error.has_no_route() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the server promises that a change has taken effect everywhere when it answers. Read once per session;
    /// what it does not say is not promised.
    ///
    /// # Errors
    /// Those of a request that found no server.
    pub async fn promises_immediate_effect(&self) -> Result<bool> {
        self.immediate.get_or_try_init(|| self.ask_for_immediate_effect()).await.copied()
    }

    async fn ask_for_immediate_effect(&self) -> Result<bool> {
        let query = IdentityQuery { expand: Some(IdentityExpansion::None), ..IdentityQuery::default() };
        match self.me_of(&query).await {
            Ok(me) => Ok(me.features.iter().any(|feature| feature == IMMEDIATE_EFFECT)),
            Err(error) if error.status.is_some_and(|status| !(300..400).contains(&status)) => Ok(false),
            Err(error) if error.code == Code::Config => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The part of [`Self::me`] that `query` asks for. A server that does not know the query may answer with more.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn me_of(&self, query: &IdentityQuery) -> Result<Identity> {
        Ok(self.read::<Success<Identity>>(ApiOperation::ShowMe, Place::default(), query).await?.data)
    }
}
