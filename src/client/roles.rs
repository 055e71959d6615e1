//! Roles of a company, and the permission catalogue.

use reqwest::Method;

use super::about::Asked;
use super::accounts::at;
use super::change::Change;
use super::retry::Repeat;
use super::session::fill;
use super::{Pages, Result, Session};
use crate::api::access::AdjustPermissions;
use crate::api::bounds::Rows;
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
        let Rows(entries): Rows<_> = self.get(path::PERMISSIONS).await?;
        Ok(entries)
    }

    /// The roles of `company`, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_roles(&self, company: CompanyId) -> Result<Pages<'_, Role>> {
        let query = PageQuery { cursor: None, page_size: Some(page::MAX_SIZE) };
        Pages::new(self, fill(path::ROLES, &[&company.to_string()])?, Some(company), &query)
    }

    /// One role.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_role(&self, company: CompanyId, name: &str) -> Result<Role> {
        self.get_about(&at(path::ROLE, company, name)?, Asked::read(company, name)).await
    }

    /// Creates a role.
    pub fn create_role(&self, company: CompanyId, new: &CreateRole) -> Change<'_, Role> {
        let path = fill(path::ROLES, &[&company.to_string()]);
        self.change(Method::POST, path, new, Repeat::Never, Asked::write(company, &new.name))
    }

    /// Gives a role another list of permissions.
    pub fn set_role(&self, company: CompanyId, name: &str, role: &SetRole) -> Change<'_, Role> {
        self.change(
            Method::PUT,
            at(path::ROLE, company, name),
            role,
            Repeat::Idempotent,
            Asked::write(company, name),
        )
    }

    /// Adds to and removes from the permissions of a role.
    pub fn adjust_role(
        &self,
        company: CompanyId,
        name: &str,
        change: &AdjustPermissions,
    ) -> Change<'_, Role> {
        self.change(
            Method::PATCH,
            at(path::ROLE, company, name),
            change,
            Repeat::Never,
            Asked::write(company, name),
        )
    }

    /// Deletes a role. `None` when an automatic repetition found it gone, so that an attempt before, whose
    /// answer was lost, has done it.
    pub fn delete_role(&self, company: CompanyId, name: &str) -> Change<'_, Option<RoleDeletion>> {
        self.removal(at(path::ROLE, company, name), Asked::write(company, name))
    }
}
