//! Access of an account in one company.

use reqwest::Method;

use super::accounts::at;
use super::retry::Repeat;
use super::{Result, Session};
use crate::api::access::{AccessChange, AccessRemoval, AdjustPermissions, SetAccess};
use crate::api::path;
use crate::domain::CompanyId;

impl Session {
    /// Gives access in `company`, in place of what was there.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn set_access(
        &self,
        company: CompanyId,
        name: &str,
        access: &SetAccess,
    ) -> Result<AccessChange> {
        self.write(Method::PUT, &at(path::ACCESS, company, name)?, access, Repeat::Idempotent).await
    }

    /// Adds to and removes from an individual list of permissions in `company`.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn adjust_access(
        &self,
        company: CompanyId,
        name: &str,
        change: &AdjustPermissions,
    ) -> Result<AccessChange> {
        self.write(Method::PATCH, &at(path::ACCESS, company, name)?, change, Repeat::Never).await
    }

    /// Removes all access in `company`. `None` when an automatic repetition found the account gone from the
    /// company's sight, so that an attempt before, whose answer was lost, has done it.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn remove_access(&self, company: CompanyId, name: &str) -> Result<Option<AccessRemoval>> {
        self.remove(&at(path::ACCESS, company, name)?).await
    }
}
