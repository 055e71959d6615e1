//! Changing the description of an account, and deleting it.
//!
//! Responsible for changes that only the owner may make, with an audit record in every company concerned. Refuses them
//! to other companies.

use serde_json::json;

use super::change;
use crate::api::Account;
use crate::api::account::{Deletion, EditAccount};
use crate::domain::{AccountId, Description, Operation};
use crate::platform::audit::Action;
use crate::platform::context::RequestContext;
use crate::platform::{Error, store};

/// Changes the description.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn edit(context: &RequestContext, name: &str, request: EditAccount) -> Result<Account, Error> {
    let change = change::begin(context, Operation::Edit, name).await?;
    let description =
        Description::new(request.description.unwrap_or_default()).map_err(|broken| vec![broken])?;
    let old = change.account.description.as_deref();
    let new = description.as_ref().map(Description::as_str);
    if old != new {
        store::account::describe(&*change.tx, &change.account, description.as_ref()).await?;
        let detail = json!({ "description": { "old": old, "new": new } });
        change.record(Action::AccountEdited, vec![(context.company, detail)]).await?;
    }
    let new = new.map(str::to_owned);
    let account = change.account_with(|account| account.description = new);
    change.tx.commit().await?;
    Ok(account)
}

/// Deletes the account everywhere, with all its tokens and all its access.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn delete(context: &RequestContext, name: &str) -> Result<Deletion, Error> {
    let change = change::begin(context, Operation::Delete, name).await?;
    change.record_everywhere(Action::AccountDeleted).await?;
    store::principal::delete(&*change.tx, change.account.id).await?;
    change.tx.commit().await?;
    Ok(Deletion { id: AccountId(change.account.id.0), name: change.account.name, deleted: true })
}
