//! Access in a request: a role or a list of permissions.
//!
//! Responsible for parsing it and for its effective permissions. Refuses names that do not exist. Whether the caller
//! may grant it is decided by [`crate::domain::decision`].

use crate::domain::permission::quoted;
use crate::domain::{Company, CompanyId, DefaultRole, PermissionSet, Violation};
use crate::platform::Error;
use crate::platform::store::access::{Assignment, Grant};
use crate::platform::store::{self, Connection};

/// Requested access that exists, with its effective permissions.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) assignment: Assignment,
    pub(super) permissions: PermissionSet,
}

impl Wanted {
    /// The role; `None` for an individual list.
    pub(super) fn role(&self) -> Option<String> {
        match &self.assignment {
            Assignment::Role(role) => Some(role.clone()),
            Assignment::Individual(_) => None,
        }
    }

    /// Whether this differs from the current access.
    pub(super) fn differs_from(&self, grant: Option<&Grant>) -> bool {
        match (&self.assignment, grant) {
            (_, None) => true,
            (Assignment::Role(role), Some(grant)) => grant.role.as_ref() != Some(role),
            (Assignment::Individual(permissions), Some(grant)) => {
                grant.role.is_some() || grant.permissions != *permissions
            }
        }
    }
}

/// Parses requested access, without checking whether the role exists. `place` is the prefix of field names in errors,
/// for example `access[1].`.
///
/// # Errors
/// Every broken rule: `role_or_permissions`, `empty_access`, `unknown_permission`.
pub(super) fn parse(
    role: Option<String>,
    permissions: Option<&[String]>,
    place: &str,
) -> Result<Assignment, Vec<Violation>> {
    let field = |name: &str| format!("{place}{name}");
    match (role, permissions) {
        (Some(role), None) => Ok(Assignment::Role(role)),
        (None, Some([])) => Err(vec![empty_access(field("permissions"))]),
        (None, Some(names)) => match PermissionSet::parse(names) {
            Ok(permissions) => Ok(Assignment::Individual(permissions)),
            Err(unknown) => {
                Err(unknown.into_iter().map(|violation| violation.at(field("permissions"))).collect())
            }
        },
        (Some(_), Some(_)) | (None, None) => {
            let message = "access must be either a role or a list of permissions";
            Err(vec![Violation::new(field("role"), "role_or_permissions", message)])
        }
    }
}

/// The effective permissions of the assignment in the company now.
///
/// # Errors
/// `unknown_role` where the company has no such role.
pub(super) async fn resolve(
    db: &impl Connection,
    company: &Company,
    assignment: Assignment,
    place: &str,
) -> Result<Result<Wanted, Violation>, Error> {
    let permissions = match &assignment {
        Assignment::Individual(permissions) => *permissions,
        Assignment::Role(role) => match role_permissions(db, company.id, role).await? {
            Some(permissions) => permissions,
            None => return Ok(Err(unknown_role(place, company, role))),
        },
    };
    Ok(Ok(Wanted { assignment, permissions }))
}

/// As [`resolve`], for many assignments, each with its company and its place: in the same order, with
/// one query for the roles.
pub(super) async fn resolve_each<'a>(
    db: &impl Connection,
    asked: Vec<(&'a Company, Assignment, String)>,
) -> Result<Vec<Result<(&'a Company, Wanted), Violation>>, Error> {
    let custom = asked.iter().filter_map(|(company, assignment, _)| match assignment {
        Assignment::Role(role) if role.parse::<DefaultRole>().is_err() => Some((company.id, role.as_str())),
        Assignment::Role(_) | Assignment::Individual(_) => None,
    });
    let custom = store::role::find_each(db, &custom.collect()).await?;
    let one = |(company, assignment, place): (&'a Company, Assignment, String)| {
        let permissions = match &assignment {
            Assignment::Individual(permissions) => *permissions,
            Assignment::Role(role) => match role.parse::<DefaultRole>() {
                Ok(default) => default.permissions(),
                Err(_) => match custom.get(&(company.id, role.clone())) {
                    Some(permissions) => *permissions,
                    None => return Err(unknown_role(&place, company, role)),
                },
            },
        };
        Ok((company, Wanted { assignment, permissions }))
    };
    Ok(asked.into_iter().map(one).collect())
}

/// The error for a field `role` at `place` that names no role of the company.
pub(super) fn unknown_role(place: &str, company: &Company, role: &str) -> Violation {
    let message = format!("{company} has no role {}", quoted(role));
    Violation::new(format!("{place}role"), "unknown_role", message)
}

/// The permissions of a role of the company, a default or a custom one.
pub(super) async fn role_permissions(
    db: &impl Connection,
    company: CompanyId,
    role: &str,
) -> Result<Option<PermissionSet>, Error> {
    match role.parse::<DefaultRole>() {
        Ok(default) => Ok(Some(default.permissions())),
        Err(_) => Ok(store::role::find(db, company, role).await?),
    }
}

/// The set after an adjustment.
///
/// # Errors
/// Every broken rule: `unknown_permission`, and `added_and_removed` for a permission on both sides.
pub(super) fn adjusted(
    old: PermissionSet,
    add: &[String],
    remove: &[String],
) -> Result<PermissionSet, Vec<Violation>> {
    let (add, remove) = match (PermissionSet::parse(add), PermissionSet::parse(remove)) {
        (Ok(add), Ok(remove)) => (add, remove),
        (add, remove) => {
            let of = |side: Result<_, Vec<Violation>>, field: &'static str| {
                side.err().unwrap_or_default().into_iter().map(move |violation| violation.at(field))
            };
            return Err(of(add, "add").chain(of(remove, "remove")).collect());
        }
    };
    let both = add & remove;
    if !both.is_empty() {
        let message = format!("both added and removed: {}", both.names().join(", "));
        return Err(vec![Violation::new("add", "added_and_removed", message)]);
    }
    Ok((old | add) - remove)
}

/// The error for access without permissions.
pub(super) fn empty_access(field: impl Into<std::borrow::Cow<'static, str>>) -> Violation {
    Violation::new(
        field,
        "empty_access",
        "an account needs at least one permission; to have none, remove \
        its access",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<Assignment, Vec<Violation>>) -> (String, String) {
        let first = result.unwrap_err().remove(0);
        (first.field.into_owned(), first.code.into_owned())
    }

    #[test]
    fn access_is_a_role_or_a_list() {
        let role = || Some("viewer".to_owned());
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(matches!(parse(role(), None, ""), Ok(Assignment::Role(_))));
        assert!(matches!(parse(None, Some(&list(&["devices:view"])), ""), Ok(Assignment::Individual(_))));
        for wrong in [parse(None, None, "x."), parse(role(), Some(&list(&["devices:view"])), "x.")] {
            assert_eq!(code(wrong), ("x.role".into(), "role_or_permissions".into()));
        }
        let empty = code(parse(None, Some(&[]), "x."));
        assert_eq!(empty, ("x.permissions".into(), "empty_access".into()));
        assert_eq!(code(parse(None, Some(&list(&["devices:fly"])), "")).1, "unknown_permission");
    }

    #[test]
    fn adjustments_are_refused_as_a_whole() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let view: PermissionSet = ["devices:view".parse().unwrap()].into_iter().collect();
        let done = adjusted(view, &list(&["alerts:view"]), &list(&["devices:view", "users:view"])).unwrap();
        assert_eq!(done.names(), ["alerts:view"]);
        let unknown = adjusted(view, &list(&["a:b"]), &list(&["c:d"])).unwrap_err();
        assert_eq!(unknown.iter().map(|one| &*one.field).collect::<Vec<_>>(), ["add", "remove"]);
        let both = adjusted(view, &list(&["alerts:view"]), &list(&["alerts:view"])).unwrap_err();
        assert_eq!(both[0].code, "added_and_removed");
    }
}
