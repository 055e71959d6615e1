//! Requests about the roles of a company and the permission catalogue.
//!
//! Responsible for listing, showing and changing them. Refuses an answer about another role or company.

use super::about::{After, Asked};
use super::change::Change;
use super::retry::Repeat;
use super::{Pages, Result, Session};
use crate::api::access::AdjustPermissions;
use crate::api::bounds::Rows;
use crate::api::envelope::PageQuery;
use crate::api::role::{CatalogueEntry, CreateRole, Role, RoleDeletion, SetRole};
use crate::api::routes::{ApiOperation, Place};
use crate::domain::{CompanyId, page};

impl Session {
    /// Every permission there is.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn list_permissions(&self) -> Result<Vec<CatalogueEntry>> {
        let Rows(entries): Rows<_> = self.get(ApiOperation::ListPermissions).await?;
        Ok(entries)
    }

    /// The roles of `company`, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_roles(&self, company: CompanyId) -> Result<Pages<'_, Role>> {
        let query = PageQuery { cursor: None, page_size: Some(page::MAX_SIZE) };
        Pages::new(self, ApiOperation::ListRoles, Place::of(company), &query)
    }

    /// One role.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_role(&self, company: CompanyId, name: &str) -> Result<Role> {
        let place = Place::named(company, name);
        self.get_about(ApiOperation::ShowRole, place, Asked::read(company, name)).await
    }

    /// Creates a role.
    pub fn create_role(&self, company: CompanyId, new: &CreateRole) -> Change<'_, Role> {
        let asked = Asked::write(company, &new.name).leading_to(After::permissions(&new.permissions));
        self.change(ApiOperation::CreateRole, Place::of(company), new, Repeat::Never, asked)
    }

    /// Gives a role another list of permissions.
    pub fn set_role(&self, company: CompanyId, name: &str, role: &SetRole) -> Change<'_, Role> {
        self.change(
            ApiOperation::SetRole,
            Place::named(company, name),
            role,
            Repeat::Idempotent,
            Asked::write(company, name).leading_to(After::permissions(&role.permissions)),
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
            ApiOperation::AdjustRole,
            Place::named(company, name),
            change,
            Repeat::Never,
            Asked::write(company, name).leading_to(After::adjusted(change)),
        )
    }

    /// Deletes a role. `None` when an automatic repetition found it gone, so that an attempt before, whose
    /// answer was lost, has done it.
    pub fn delete_role(&self, company: CompanyId, name: &str) -> Change<'_, Option<RoleDeletion>> {
        self.removal(ApiOperation::DeleteRole, Place::named(company, name), Asked::write(company, name))
    }
}
