//! Reads the state after a change, because some gateways answer a change only with success.
//!
//! Responsible for the second request. Refuses to report a change that the server then contradicts, and to deny one
//! that it only does not show.

use super::about::Asked;
use super::{Error, Result, Session};
use crate::api::account::{AccessChange, AccessRemoval, Before, Deletion, PasswordChange};
use crate::api::role::{Role, RoleDeletion};
use crate::api::{Account, AccountDetail, Code};

/// A document that can be read after the change.
pub(super) trait Reread: Sized {
    /// Reads it.
    fn reread(session: &Session, asked: &Asked) -> impl Future<Output = Result<Self>> + Send;
}

impl Reread for AccountDetail {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        shown(session, asked).await.map_err(|error| unread(session, error, asked))
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
        Ok(Self { account, access, before: Before::Unknown, changed: true })
    }
}

impl Reread for Option<AccessRemoval> {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        let account = match shown(session, asked).await {
            Err(error) if error.code == Code::NotFound => None,
            other => Some(other.map_err(|error| unread(session, error, asked))?.account),
        };
        if account.as_ref().is_some_and(|account| account.access.is_some()) {
            return Err(contradicted(asked, "still shows the access"));
        }
        let company =
            session.show_company(asked.company()).await.map_err(|error| unread(session, error, asked))?;
        Ok(Some(AccessRemoval { account, company, before: None, changed: true }))
    }
}

/// `None`: it is deleted, and its id is not known.
impl Reread for Option<Deletion> {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        match shown(session, asked).await {
            Err(error) if error.code == Code::NotFound => Ok(None),
            Err(error) => Err(unread(session, error, asked)),
            Ok(_) => Err(contradicted(asked, "still shows the account")),
        }
    }
}

impl Reread for Role {
    async fn reread(session: &Session, asked: &Asked) -> Result<Self> {
        let role = session.show_role(asked.company(), asked.name()).await;
        let role = role.map_err(|error| unread(session, error, asked))?;
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
            Err(error) => Err(unread(session, error, asked)),
            Ok(_) => Err(contradicted(asked, "still shows the role")),
        }
    }
}

/// The account after the change.
async fn shown(session: &Session, asked: &Asked) -> Result<AccountDetail> {
    session.show_account(asked.company(), asked.name()).await
}

/// The server said that the change was made, and does not show what holds now. Where its answers make no sense, its
/// confirmation is not trusted.
fn unread(session: &Session, error: Error, asked: &Asked) -> Error {
    if error.code == Code::BadResponse {
        return error;
    }
    let message = format!(
        "{} confirmed the change of {} in company {}, and then did not show the result",
        session.origin(),
        asked.name(),
        asked.company()
    );
    Error::new(Code::Output, message).caused_by(error)
}

/// The server said that the change was made, and shows that it was not.
fn contradicted(asked: &Asked, what: &str) -> Error {
    Error::bad_response(format!(
        "the server answered with success, and {what} of {} in company {}",
        asked.name(),
        asked.company()
    ))
}
