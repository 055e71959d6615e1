//! Resetting the password of an account.
//!
//! Responsible for setting the password and revoking every token. Refuses a caller who would gain permissions by it.

use super::change::{self, Change};
use crate::api::account::{PasswordChange, ResetPassword};
use crate::domain::{
    Company, CompanyId, DefaultRole, Operation, Permission, PermissionSet, Violation, decision, password,
};
use crate::platform::audit::Action;
use crate::platform::context::RequestContext;
use crate::platform::hash::Party;
use crate::platform::service::presented;
use crate::platform::store::principal::StoredHash;
use crate::platform::{Error, store};

/// Resets the password, revokes every token of the account and forgets its known addresses. An account that resets its
/// own password must give the current one, so that a stolen token is not enough to take it over.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), `rate_limited`, or a failure of the database.
pub async fn reset_password(
    context: &RequestContext,
    name: &str,
    request: ResetPassword,
) -> Result<PasswordChange, Error> {
    let RequestContext { platform, caller, .. } = context;
    // Hashing takes long, so it happens between two transactions: the first checks whether the request is allowed, the
    // second decides.
    let begin = || change::begin(context, Operation::ResetPassword, name);
    let change = begin().await?;
    let account = change.account.clone();
    let is_own = account.id == caller.id;
    check_input(&request, is_own)?;
    if !is_own {
        may_take_over(&change).await?;
    }
    let present = store::principal::password_of(&*change.tx, account.id).await?.filter(|_| is_own);
    drop(change);
    if let Some(present) = &present {
        check_current(context, present, &request).await?;
    }
    let hash = platform.hasher().hash(Party::signed_in(caller.id), request.password).await?;

    let change = begin().await?;
    if change.account.id != account.id {
        return Err(Error::account_not_found(name, &change.member.company));
    }
    if is_own && store::principal::password_of(&*change.tx, account.id).await? != present {
        return Err(vec![wrong_current("the current password is wrong")].into());
    }
    may_take_over(&change).await?;
    let (now, author) = (platform.now(), caller.actor());
    store::principal::set_password(&*change.tx, account.id, hash, now, author).await?;
    store::token::end_all(&*change.tx, account.id).await?;
    store::known_address::forget_all(&*change.tx, account.id).await?;
    change.record_everywhere(Action::PasswordReset).await?;
    let account = change.account_with(|account| account.password_changed_at = now);
    change.tx.commit().await?;
    Ok(PasswordChange { account })
}

fn check_input(request: &ResetPassword, is_own: bool) -> Result<(), Error> {
    let mut broken = Vec::new();
    if let Err(rules) = password::check(&request.password) {
        broken.extend(rules.into_iter().map(password::Rule::violation));
    }
    if is_own && request.current_password.is_none() {
        broken.push(wrong_current(
            "an account that resets its own password must send its current password \
            too",
        ));
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.into()) }
}

fn wrong_current(message: &'static str) -> Violation {
    Violation::new("current_password", "current_password", message)
}

/// Checks the current password. Wrong ones are counted for the caller, so that the guesses of others do not block it.
async fn check_current(
    context: &RequestContext,
    present: &StoredHash,
    request: &ResetPassword,
) -> Result<(), Error> {
    let Some(current) = request.current_password.clone() else { return Ok(()) };
    if presented::is_right(context, current, present.clone()).await? {
        return Ok(());
    }
    Err(vec![wrong_current("the current password is wrong")].into())
}

/// The caller who sets a password can sign in with it: the caller must have every permission that the account
/// has.
async fn may_take_over(change: &Change<'_>) -> Result<(), Error> {
    let is_admin = change.member.role.as_deref() == Some(DefaultRole::CompanyAdmin.as_str());
    // An admin of the owner may, whatever it is.
    let theirs =
        if is_admin { Vec::new() } else { store::access::everywhere(&*change.tx, change.account.id).await? };
    let companies = theirs.iter().map(|grant| grant.company.id).collect();
    let mine = store::access::in_each(&*change.tx, change.context.caller.id, &companies).await?;
    let held_in =
        |company: CompanyId| mine.get(&company).map_or(PermissionSet::EMPTY, |grant| grant.permissions);
    let places = theirs.iter().map(|grant| (&grant.company, grant.permissions, held_in(grant.company.id)));
    decision::may_reset(is_admin, places).map_err(|lacking| {
        // The owner company sees where its account has access; elsewhere, a caller sees the companies of their own.
        let sees_all = change.member.permissions.contains(Permission::SERVICE_ACCOUNTS_VIEW);
        let may_know = |company: &Company| sees_all || mine.contains_key(&company.id);
        let (known, hidden): (Vec<_>, Vec<_>) =
            lacking.into_iter().partition(|(company, _)| may_know(company));
        let hidden = hidden.into_iter().fold(PermissionSet::EMPTY, |all, (_, one)| all | one);
        Error::take_over(&change.account.name, &known, hidden)
    })
}
