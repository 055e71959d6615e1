//! Requests about service accounts.
//!
//! Responsible for listing, showing, creating, changing and deleting them. Refuses an answer about another account.

use super::about::{After, Asked};
use super::call::Call;
use super::change::Change;
use super::retry::Repeat;
use super::{Pages, Result, Session};
use crate::api::account::{
    AccountQuery, CreateAccount, Deletion, EditAccount, PasswordChange, ResetPassword,
};
use crate::api::routes::{ApiOperation, Place};
use crate::api::{Account, AccountDetail};
use crate::domain::CompanyId;

impl Session {
    /// The owned and external accounts of `company`, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_accounts(&self, company: CompanyId, query: &AccountQuery) -> Result<Pages<'_, Account>> {
        let asked = query.clone();
        let pages = Pages::new(self, ApiOperation::ListAccounts, Place::of(company), query)?;
        // Another server may not know the filters.
        Ok(pages.keeping(move |account| matches(account, &asked)))
    }

    /// One account as `company` sees it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_account(&self, company: CompanyId, name: &str) -> Result<AccountDetail> {
        let place = Place::named(company, name);
        self.get_about(ApiOperation::ShowAccount, place, Asked::read(company, name)).await
    }

    /// Creates an account owned by `company`. `key` makes it safe to repeat: the same caller with the same
    /// key gets the account that the key made.
    pub fn create_account(
        &self,
        company: CompanyId,
        new: &CreateAccount,
        key: &str,
    ) -> Change<'_, AccountDetail> {
        let place = Place::of(company);
        let call = self.call(ApiOperation::CreateAccount, place, Repeat::Idempotent);
        let call = call.and_then(|call: Call| call.json(new)?.header("idempotency-key", key));
        Change::about(self, call, Asked::write(company, &new.name))
    }

    /// Changes the description.
    pub fn edit_account(&self, company: CompanyId, name: &str, edit: &EditAccount) -> Change<'_, Account> {
        self.change(
            ApiOperation::EditAccount,
            Place::named(company, name),
            edit,
            Repeat::Idempotent,
            Asked::write(company, name).leading_to(After::description(edit.description.as_deref())),
        )
    }

    /// Sets a new password, which revokes every token of the account.
    pub fn reset_password(
        &self,
        company: CompanyId,
        name: &str,
        reset: &ResetPassword,
    ) -> Change<'_, PasswordChange> {
        // Resetting one's own password revokes the token and changes the required `current_password`.
        let repeat = if reset.current_password.is_some() { Repeat::Never } else { Repeat::Idempotent };
        self.change(
            ApiOperation::ResetPassword,
            Place::named(company, name),
            reset,
            repeat,
            Asked::write(company, name),
        )
    }

    /// Deletes an account. `None` if an automatic repetition did not find it: an earlier attempt, whose answer was
    /// lost, has deleted it.
    pub fn delete_account(&self, company: CompanyId, name: &str) -> Change<'_, Option<Deletion>> {
        self.removal(ApiOperation::DeleteAccount, Place::named(company, name), Asked::write(company, name))
    }
}

/// Whether an account matches the query, as far as its members show it.
fn matches(account: &Account, asked: &AccountQuery) -> bool {
    let holds = |role: &String| {
        account
            .access
            .as_ref()
            .and_then(|access| access.role.as_ref())
            .is_some_and(|held| held.to_lowercase() == role.to_lowercase())
    };
    let contains = |text: &String| {
        let texts = [Some(&account.name), account.description.as_ref()];
        texts.into_iter().flatten().any(|one| one.to_lowercase().contains(&text.to_lowercase()))
    };
    asked.ownership.is_none_or(|ownership| account.ownership == ownership)
        && asked.role.as_ref().is_none_or(holds)
        && asked.search.as_ref().is_none_or(contains)
}
