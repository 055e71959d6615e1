//! Reads the state after a change, because some gateways answer a change only with success.
//!
//! Responsible for the second request. Refuses to report a change that the server then does not show.

use super::about::Asked;
use super::{Error, Result, Session};
use crate::api::account::{AccessChange, AccessRemoval, Deletion, PasswordChange};
use crate::api::role::{Role, RoleDeletion};
use crate::api::{Account, AccountDetail, Code};

/// A document that can be read after the change.
pub(super) trait Reread: Sized {
    /// Reads it.
    fn reread(session: &Session, asked: &Asked) -> impl Future<Output = Result<Self>> + Send;
}

impl Reread for AccountDetail {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        session.show_account(asked.company(), asked.name()).await
    }
}

impl Reread for Account {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        let account = AccountDetail::reread(session, asked).await?.account;
        if !asked.is_description(account.description.as_deref()) {
            return Err(contradicted(asked, "shows another description"));
        }
        Ok(account)
    }
}

impl Reread for PasswordChange {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        Ok(Self { account: Account::reread(session, asked).await? })
    }
}

impl Reread for AccessChange {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        let account = Account::reread(session, asked).await?;
        let access = account.access.clone().ok_or_else(|| contradicted(asked, "shows no access"))?;
        if !asked.is_access(&access) {
            return Err(contradicted(asked, "shows other access"));
        }
        Ok(Self { account, access, before: None, changed: true })
    }
}

impl Reread for Option<AccessRemoval> {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        let account = match Account::reread(session, asked).await {
            Err(error) if error.code == Code::NotFound => None,
            other => Some(other?),
        };
        if account.as_ref().is_some_and(|account| account.access.is_some()) {
            return Err(contradicted(asked, "still shows the access"));
        }
        let company = session.show_company(asked.company()).await?;
        Ok(Some(AccessRemoval { account, company, before: None, changed: true }))
    }
}

/// `None`: it is deleted, and its id is not known.
impl Reread for Option<Deletion> {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        match Account::reread(session, asked).await {
            Err(error) if error.code == Code::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(_) => Err(contradicted(asked, "still shows the account")),
        }
    }
}

impl Reread for Role {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        let role = session.show_role(asked.company(), asked.name()).await?;
        if asked.has_permissions(&role) {
            Ok(role)
        } else {
            Err(contradicted(asked, "shows other permissions"))
        }
    }
}

impl Reread for Option<RoleDeletion> {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        match session.show_role(asked.company(), asked.name()).await {
            Err(error) if error.code == Code::NotFound => {
                Ok(Some(RoleDeletion { name: asked.name().to_owned(), deleted: true }))
            }
            Err(error) => Err(error),
            Ok(_) => Err(contradicted(asked, "still shows the role")),
        }
    }
}

/// The server said that the change was made, and shows that it was not.
fn contradicted(asked: &Asked, what: &str) -> Error {
    Error::bad_response(format!(
        "the server answered with success, and {what} of {} in company {}",
        asked.name(),
        asked.company()
    ))
}
