//! What an answer is about.
//!
//! Responsible for comparing it with the request. Refuses an answer about another account, role or company than the
//! requested one.

use serde::de::DeserializeOwned;

use super::reply::Reply;
use super::{Error, Result};
use crate::api::access::AdjustPermissions;
use crate::api::account::{AccessChange, AccessRemoval, Before, Deletion, PasswordChange};
use crate::api::role::{Role, RoleDeletion};
use crate::api::{Access, Account, AccountDetail, Code, Permissions, Success};
use crate::domain::{Company, CompanyId, Ownership};

/// The requested thing: an account or a role by its name in a company, or a company.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    company: CompanyId,
    name: Option<String>,
    after: After,
    is_write: bool,
}

/// What holds after a change, as far as the request says it.
#[derive(Clone, Debug, Default)]
pub(super) struct After {
    /// The account has this role.
    pub(super) role: Option<String>,
    /// The individual permissions, or those of a role, are exactly these.
    pub(super) permissions: Option<Vec<String>>,
    /// These permissions are among them.
    pub(super) added: Vec<String>,
    /// These permissions are not.
    pub(super) removed: Vec<String>,
    /// The account has this description; empty for none.
    pub(super) description: Option<String>,
}

impl After {
    /// The result of an adjustment.
    pub(super) fn adjusted(change: &AdjustPermissions) -> Self {
        Self { added: change.add.clone(), removed: change.remove.clone(), ..Self::default() }
    }

    /// A new description.
    pub(super) fn description(text: Option<&str>) -> Self {
        Self { description: Some(text.unwrap_or_default().to_owned()), ..Self::default() }
    }

    /// A list of permissions in place of the one before.
    pub(super) fn permissions(names: &[String]) -> Self {
        Self { permissions: Some(names.to_vec()), ..Self::default() }
    }

    fn is_role(&self, role: Option<&str>) -> bool {
        self.role.as_deref().is_none_or(|asked| role.is_some_and(|role| asked.eq_ignore_ascii_case(role)))
    }

    fn is_kept_by(&self, role: Option<&str>, permissions: &Permissions) -> bool {
        let has = |name: &String| permissions.iter().any(|held| held == name);
        self.is_role(role)
            && self.permissions.as_ref().is_none_or(|asked| {
                role.is_none() && permissions.iter().eq(asked.iter().collect::<Permissions>().iter())
            })
            && self.added.iter().all(has)
            && !self.removed.iter().any(has)
    }
}

/// A document about a named thing in a company.
pub(super) trait About: DeserializeOwned {
    /// Whether the document is about the requested thing.
    fn is_about(&self, asked: &Asked) -> bool;

    /// It answers a repetition, and an attempt before may have made the change: does not deny that.
    fn admit_doubt(&mut self) {}
}

impl Asked {
    /// To read what is called `name` in `company`.
    pub(super) fn read(company: CompanyId, name: &str) -> Self {
        Self { company, name: Some(name.to_owned()), after: After::default(), is_write: false }
    }

    /// To change it.
    pub(super) fn write(company: CompanyId, name: &str) -> Self {
        Self { is_write: true, ..Self::read(company, name) }
    }

    /// The company.
    pub(super) const fn company(&self) -> CompanyId {
        self.company
    }

    /// The name; empty for a company alone.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The same, with what holds after the change.
    pub(super) fn leading_to(self, after: After) -> Self {
        Self { after, ..self }
    }

    /// Whether the access is the requested one.
    pub(super) fn is_access(&self, access: &Access) -> bool {
        self.after.is_kept_by(access.role.as_deref(), &access.permissions)
    }

    /// Whether the role has the requested permissions.
    pub(super) fn has_permissions(&self, role: &Role) -> bool {
        self.after.is_kept_by(None, &role.permissions)
    }

    /// Whether the account has the requested description. Another server may remove blanks around it.
    pub(super) fn is_description(&self, description: Option<&str>) -> bool {
        let asked = self.after.description.as_ref();
        asked.is_none_or(|asked| asked.trim() == description.unwrap_or_default().trim())
    }

    /// To read the company itself.
    pub(super) fn of_company(company: CompanyId) -> Self {
        Self { company, name: None, after: After::default(), is_write: false }
    }

    /// The `data` of the answer.
    ///
    /// # Errors
    /// Those of the request; `bad_response` for an answer about something else.
    pub(super) fn answered<T: About>(&self, outcome: Result<Reply>) -> Result<T> {
        let reply = outcome?;
        let (status, request_id) = (reply.status, reply.request_id.clone());
        let in_doubt = reply.repeated_in_doubt;
        let mut data = reply.decode::<Success<T>>()?.data;
        if in_doubt {
            data.admit_doubt();
        }
        if data.is_about(self) { Ok(data) } else { Err(self.missed().answered(status, request_id)) }
    }

    /// The `data` of the answer to a deletion. `None` if an automatic repetition did not find the thing: an earlier
    /// attempt, whose answer was lost, has deleted it.
    ///
    /// # Errors
    /// As [`Self::answered`].
    pub(super) fn removed<T: About>(&self, outcome: Result<Reply>) -> Result<Option<T>> {
        match outcome {
            Err(error) if error.code == Code::NotFound && error.repeated_in_doubt => Ok(None),
            outcome => self.answered(outcome).map(Some),
        }
    }

    fn missed(&self) -> Error {
        let role = self.after.role.as_deref();
        let role = role.map(|role| format!(" with the role {role}")).unwrap_or_default();
        let what = self.name.as_deref().map(|name| format!("{name}{role} in ")).unwrap_or_default();
        let doubt = if self.is_write { ", so it is not known what was done" } else { "" };
        Error::bad_response(format!(
            "the server answered about something other than {what}company {}, which was asked for{doubt}",
            self.company
        ))
    }

    fn is_called(&self, name: &str) -> bool {
        self.name.as_deref().is_none_or(|asked| asked.to_lowercase() == name.to_lowercase())
    }

    fn is_here(&self, company: &Company) -> bool {
        company.id == self.company
    }
}

impl About for Account {
    fn is_about(&self, asked: &Asked) -> bool {
        asked.is_called(&self.name)
            && (self.ownership != Ownership::Owned || asked.is_here(&self.owner))
            && self.access.as_ref().is_none_or(|access| asked.is_here(&access.company))
    }
}

impl About for AccountDetail {
    fn is_about(&self, asked: &Asked) -> bool {
        self.account.is_about(asked)
    }
}

impl About for PasswordChange {
    fn is_about(&self, asked: &Asked) -> bool {
        self.account.is_about(asked)
    }
}

impl About for Deletion {
    fn is_about(&self, asked: &Asked) -> bool {
        self.deleted && asked.is_called(&self.name)
    }
}

impl About for AccessChange {
    fn is_about(&self, asked: &Asked) -> bool {
        self.account.is_about(asked)
            && asked.is_here(&self.access.company)
            && asked.after.is_role(self.access.role.as_deref())
    }

    fn admit_doubt(&mut self) {
        if !self.changed {
            (self.before, self.changed) = (Before::Unknown, true);
        }
    }
}

impl About for AccessRemoval {
    fn is_about(&self, asked: &Asked) -> bool {
        asked.is_here(&self.company) && self.account.as_ref().is_none_or(|account| account.is_about(asked))
    }

    fn admit_doubt(&mut self) {
        self.changed = true;
    }
}

impl About for Role {
    fn is_about(&self, asked: &Asked) -> bool {
        asked.is_called(&self.name)
    }
}

impl About for RoleDeletion {
    fn is_about(&self, asked: &Asked) -> bool {
        self.deleted && asked.is_called(&self.name)
    }
}

impl About for Company {
    fn is_about(&self, asked: &Asked) -> bool {
        asked.is_here(self)
    }
}
