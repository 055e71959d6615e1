//! What all changes of an account have in common: transaction, locks, decision and audit record.
//!
//! Responsible for their order. Refuses a change that is not allowed twice: before anything is locked, and again after
//! the locks.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::Account;
use crate::api::session::Kind;
use crate::domain::{CompanyId, Operation, Refusal};
use crate::platform::audit::{self, Action, Author};
use crate::platform::context::RequestContext;
use crate::platform::service::view;
use crate::platform::store::access::Grant;
use crate::platform::store::account::AccountRow;
use crate::platform::store::company::Hold;
use crate::platform::store::{self, Tx};
use crate::platform::{Error, authz};

/// A change that is allowed. The account and the companies that it concerns are locked.
pub(super) struct Change<'a> {
    pub(super) context: &'a RequestContext,
    pub(super) tx: Tx,
    /// The caller's access in the company in whose name the caller acts.
    pub(super) member: Grant,
    pub(super) account: AccountRow,
}

/// Begins `operation` on the account of this name.
///
/// The account is locked first, then the companies ([`store::lock`]), so that the companies that a change everywhere
/// concerns stay the same.
///
/// A change that concerns one company reads there the roles and the access of the caller. Roles change only while the
/// company is held alone, and so does the access of a human. A human therefore shares the company with others of the
/// kind. A service account holds it alone: another change may be about the access of this caller.
///
/// # Errors
/// Every refusal that comes before invalid input, or a failure of the database.
pub(super) async fn begin<'a>(
    context: &'a RequestContext,
    operation: Operation,
    name: &str,
) -> Result<Change<'a>, Error> {
    // A caller who may not do this makes no other wait: the account and its companies may belong to strangers.
    let member = authz::enter(context, operation.permission()).await?;
    let seen = authz::account(context.platform.store().reader(), context, &member, operation, name).await?.id;
    let tx = context.begin_change().await?;
    if operation.is_everywhere() {
        store::lock::account_everywhere(&*tx, seen, context.company).await?;
    } else {
        let is_program = context.caller.kind == Kind::ServiceAccount;
        let hold = if is_program { Hold::Alone } else { Hold::Shared };
        store::lock::account_in(&*tx, seen, context.company, hold).await?;
    }
    let member = authz::hold(&*tx, context, operation.permission()).await?;
    let account = authz::account(&*tx, context, &member, operation, name).await?;
    if account.id != seen {
        // Another account has got its name since, and is not locked.
        return Err(Error::account_not_found(name, &member.company));
    }
    Ok(Change { context, tx, member, account })
}

impl Change<'_> {
    /// The error of a refusal of the caller.
    pub(super) fn refused(&self, refusal: Refusal) -> Error {
        Error::refused(refusal, &self.member.company)
    }

    /// Records the change in each company that it concerns.
    pub(super) async fn record(&self, action: Action, parts: Vec<(CompanyId, Value)>) -> Result<(), Error> {
        let author = Author { context: self.context, company: &self.member.company };
        audit::record(&*self.tx, &author, action, (&self.account).into(), parts).await
    }

    /// Records a change that concerns the owner and every company where the account has access.
    pub(super) async fn record_everywhere(&self, action: Action) -> Result<(), Error> {
        let everywhere = store::access::everywhere(&*self.tx, self.account.id).await?;
        let part = |grant: Option<&Grant>| serde_json::json!({ "access": audit::access_detail(grant) });
        let mut parts = BTreeMap::from([(self.account.owner.id, part(None))]);
        parts.extend(everywhere.iter().map(|grant| (grant.company.id, part(Some(grant)))));
        self.record(action, parts.into_iter().collect()).await
    }

    /// The account as the company sees it now, with the changes of this transaction. The account is locked, so that
    /// nothing else of it can have changed.
    pub(super) fn account_with(&self, write: impl FnOnce(&mut AccountRow)) -> Account {
        let mut account = self.account.clone();
        write(&mut account);
        view::account(account, &self.member.company)
    }
}
