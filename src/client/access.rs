//! Requests about the access of an account in one company.
//!
//! Responsible for setting, adjusting and removing it. Refuses an answer about another account or company.

use super::Session;
use super::about::{After, Asked};
use super::change::Change;
use super::retry::Repeat;
use crate::api::access::{AdjustPermissions, SetAccess};
use crate::api::account::{AccessChange, AccessRemoval};
use crate::api::routes::{ApiOperation, Place};
use crate::domain::CompanyId;

impl Session {
    /// Gives access in `company`, in place of what was there.
    pub fn set_access(&self, company: CompanyId, name: &str, access: &SetAccess) -> Change<'_, AccessChange> {
        self.change(
            ApiOperation::SetAccess,
            Place::named(company, name),
            access,
            Repeat::Idempotent,
            Asked::write(company, name).leading_to(After {
                role: access.role.clone(),
                permissions: access.permissions.clone(),
                ..After::default()
            }),
        )
    }

    /// Adds to and removes from an individual list of permissions in `company`.
    pub fn adjust_access(
        &self,
        company: CompanyId,
        name: &str,
        change: &AdjustPermissions,
    ) -> Change<'_, AccessChange> {
        self.change(
            ApiOperation::AdjustAccess,
            Place::named(company, name),
            change,
            Repeat::Never,
            Asked::write(company, name).leading_to(After::adjusted(change)),
        )
    }

    /// Removes all access in `company`. `None` when an automatic repetition found the account gone from the
    /// company's sight, so that an attempt before, whose answer was lost, has done it.
    pub fn remove_access(&self, company: CompanyId, name: &str) -> Change<'_, Option<AccessRemoval>> {
        self.removal(ApiOperation::RemoveAccess, Place::named(company, name), Asked::write(company, name))
    }
}
