//! Service accounts.

use reqwest::Method;

use super::about::Asked;
use super::change::Change;
use super::retry::Repeat;
use super::session::fill;
use super::transport::Call;
use super::{Pages, Result, Session};
use crate::api::account::{
    AccountQuery, CreateAccount, Deletion, EditAccount, PasswordChange, ResetPassword,
};
use crate::api::{Account, AccountDetail, path};
use crate::domain::CompanyId;

impl Session {
    /// The accounts that `company` owns or has let in, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_accounts(&self, company: CompanyId, query: &AccountQuery) -> Result<Pages<'_, Account>> {
        Pages::new(self, fill(path::ACCOUNTS, &[&company.to_string()])?, Some(company), query)
    }

    /// One account as `company` sees it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_account(&self, company: CompanyId, name: &str) -> Result<AccountDetail> {
        self.get_about(&at(path::ACCOUNT, company, name)?, Asked::read(company, name)).await
    }

    /// Creates an account owned by `company`. `key` makes it safe to repeat: the same caller with the same
    /// key gets the account that the key made.
    pub fn create_account(
        &self,
        company: CompanyId,
        new: &CreateAccount,
        key: &str,
    ) -> Change<'_, AccountDetail> {
        let path = fill(path::ACCOUNTS, &[&company.to_string()]);
        let call = |path: String| Call::new(Method::POST, &path, Repeat::Idempotent).json(new);
        let call = path.and_then(call).and_then(|call| call.header("idempotency-key", key));
        let asked = Asked::write(company, &new.name);
        Change::new(self, call, move |outcome| asked.answered(outcome))
    }

    /// Changes the description.
    pub fn edit_account(&self, company: CompanyId, name: &str, edit: &EditAccount) -> Change<'_, Account> {
        self.change(
            Method::PATCH,
            at(path::ACCOUNT, company, name),
            edit,
            Repeat::Idempotent,
            Asked::write(company, name),
        )
    }

    /// Sets a new password, which ends every token of the account.
    pub fn reset_password(
        &self,
        company: CompanyId,
        name: &str,
        reset: &ResetPassword,
    ) -> Change<'_, PasswordChange> {
        // Resetting one's own password ends the token and changes what `current_password` must be.
        let repeat = if reset.current_password.is_some() { Repeat::Never } else { Repeat::Idempotent };
        self.change(
            Method::PUT,
            at(path::PASSWORD, company, name),
            reset,
            repeat,
            Asked::write(company, name),
        )
    }

    /// Deletes an account. `None` when an automatic repetition found it gone, so that an attempt before,
    /// whose answer was lost, has done it.
    pub fn delete_account(&self, company: CompanyId, name: &str) -> Change<'_, Option<Deletion>> {
        self.removal(at(path::ACCOUNT, company, name), Asked::write(company, name))
    }
}

/// A path below one company.
pub(super) fn at(template: &str, company: CompanyId, name: &str) -> Result<String> {
    fill(template, &[&company.to_string(), name])
}
