//! Roles of a company, and the permission catalogue.

use reqwest::Method;

use super::accounts::at;
use super::retry::Repeat;
use super::session::fill;
use super::{Pages, Result, Session};
use crate::api::access::AdjustPermissions;
use crate::api::envelope::PageQuery;
use crate::api::path;
use crate::api::role::{CatalogueEntry, CreateRole, Role, RoleDeletion, SetRole};
use crate::domain::{CompanyId, page};

impl Session {
    /// Every permission there is.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn list_permissions(&self) -> Result<Vec<CatalogueEntry>> {
        self.get(path::PERMISSIONS).await
    }

    /// The roles of `company`, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_roles(&self, company: CompanyId) -> Result<Pages<'_, Role>> {
        let query = PageQuery { cursor: None, page_size: Some(page::MAX_SIZE) };
        Pages::new(self, fill(path::ROLES, &[&company.to_string()])?, &query)
    }

    /// One role.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_role(&self, company: CompanyId, name: &str) -> Result<Role> {
        self.get(&at(path::ROLE, company, name)?).await
    }

    /// Creates a role.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn create_role(&self, company: CompanyId, new: &CreateRole) -> Result<Role> {
        let path = fill(path::ROLES, &[&company.to_string()])?;
        self.write(Method::POST, &path, new, Repeat::Never).await
    }

    /// Gives a role another list of permissions.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn set_role(&self, company: CompanyId, name: &str, role: &SetRole) -> Result<Role> {
        self.write(Method::PUT, &at(path::ROLE, company, name)?, role, Repeat::Idempotent).await
    }

    /// Adds to and removes from the permissions of a role.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn adjust_role(
        &self,
        company: CompanyId,
        name: &str,
        change: &AdjustPermissions,
    ) -> Result<Role> {
        self.write(Method::PATCH, &at(path::ROLE, company, name)?, change, Repeat::Never).await
    }

    /// Deletes a role. `None` when an automatic repetition found it gone, so that an attempt before, whose
    /// answer was lost, has done it.
    ///
    /// # Errors
    /// Those of a write.
    pub async fn delete_role(&self, company: CompanyId, name: &str) -> Result<Option<RoleDeletion>> {
        self.remove(&at(path::ROLE, company, name)?).await
    }
}
