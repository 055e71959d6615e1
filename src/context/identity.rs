//! What is known about the signed-in identity, also at a server that has no route for it.
//!
//! Responsible for reading it once per call. Refuses to guess what the server does not say.

use crate::api::session::{Identity, IdentityExpansion, IdentityQuery, Kind};
use crate::api::{Access, Permissions};
use crate::client::Session;
use crate::error::Result;

/// What is known of the signed-in identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIdentity {
    /// The e-mail address of a human, the name of a service account; `None` where only the server could tell.
    pub name: Option<String>,
    /// A user or a service account, where the server tells.
    pub kind: Option<Kind>,
    /// Every company with what the identity may do there.
    pub companies: Vec<Access>,
    /// Whether the server tells roles and permissions.
    pub has_rights: bool,
}

impl From<Identity> for KnownIdentity {
    fn from(Identity { kind, name, companies, .. }: Identity) -> Self {
        Self { name: Some(name), kind: Some(kind), companies, has_rights: true }
    }
}

impl KnownIdentity {
    /// What `session` can find out of that which `query` asks for. `username` is the name that signed in, where this
    /// call knows it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn of(session: &Session, username: Option<&str>, query: &IdentityQuery) -> Result<Self> {
        if let Some(identity) = session.me_where_told(query).await? {
            return Ok(identity.into());
        }
        let companies = match query.expand {
            Some(IdentityExpansion::None) => Vec::new(),
            _ => session.list_companies(None)?.all().await?,
        };
        let access = |company| Access { company, role: None, permissions: Permissions::default() };
        Ok(Self {
            name: username.map(str::to_owned),
            kind: None,
            companies: companies.into_iter().map(access).collect(),
            has_rights: false,
        })
    }
}
