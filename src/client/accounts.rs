//! Service accounts.

use reqwest::Method;

use super::retry::Repeat;
use super::session::fill;
use super::transport::Call;
use super::{Pages, Result, Session};
use crate::api::account::{
    AccountQuery, CreateAccount, Deletion, EditAccount, PasswordChange, ResetPassword,
};
use crate::api::{Account, AccountDetail, Success, path};
use crate::domain::CompanyId;

impl Session {
    /// The accounts that `company` owns or has let in, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_accounts(&self, company: CompanyId, query: &AccountQuery) -> Result<Pages<'_, Account>> {
        Pages::new(self, fill(path::ACCOUNTS, &[&company.to_string()])?, query)
    }

    /// One account as `company` sees it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_account(&self, company: CompanyId, name: &str) -> Result<AccountDetail> {
        self.get(&at(path::ACCOUNT, company, name)?).await
    }

    /// Creates an account owned by `company`. `key` makes it safe to repeat: the same caller with the same
    /// key gets the account that the key made.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn create_account(
        &self,
        company: CompanyId,
        new: &CreateAccount,
        key: &str,
    ) -> Result<AccountDetail> {
        let path = fill(path::ACCOUNTS, &[&company.to_string()])?;
        let call =
            Call::new(Method::POST, &path, Repeat::Idempotent).json(new)?.header("idempotency-key", key)?;
        Ok(self.send(call).await?.decode::<Success<AccountDetail>>()?.data)
    }

    /// Changes the description.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn edit_account(&self, company: CompanyId, name: &str, edit: &EditAccount) -> Result<Account> {
        self.write(Method::PATCH, &at(path::ACCOUNT, company, name)?, edit, Repeat::Idempotent).await
    }

    /// Sets a new password, which ends every token of the account.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn reset_password(
        &self,
        company: CompanyId,
        name: &str,
        reset: &ResetPassword,
    ) -> Result<PasswordChange> {
        // Resetting one's own password ends the token and changes what `current_password` must be.
        let repeat = if reset.current_password.is_some() { Repeat::Never } else { Repeat::Idempotent };
        self.write(Method::PUT, &at(path::PASSWORD, company, name)?, reset, repeat).await
    }

    /// Deletes an account. `None` when an automatic repetition found it gone, so that an attempt before,
    /// whose answer was lost, has done it.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn delete_account(&self, company: CompanyId, name: &str) -> Result<Option<Deletion>> {
        self.remove(&at(path::ACCOUNT, company, name)?).await
    }
}

/// A path below one company.
pub(super) fn at(template: &str, company: CompanyId, name: &str) -> Result<String> {
    fill(template, &[&company.to_string(), name])
}
