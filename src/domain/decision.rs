//! Who may do what: total functions without side effects.
//!
//! Responsible for every decision about permissions and ownership. Refuses to look anything up: facts are arguments.
//!
//! The platform calls them inside its transaction; the client does not decide, it explains what the platform says. The
//! order of the calls is the order of refusals: [`admit`] before anything is looked up, [`decide`] once the account and
//! its relation are known, then the input is checked, then [`may_give`] or [`may_reset`].

use super::{Permission, PermissionSet};

/// What a caller can do to the service accounts of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// List the owned and external accounts of the company.
    List,
    /// Look at one of them.
    Show,
    /// Create an account that the company owns.
    Create,
    /// Change the description.
    Edit,
    /// Reset the password.
    ResetPassword,
    /// Delete the account everywhere.
    Delete,
    /// Give access in the company, or replace what was given.
    SetAccess,
    /// Add to or take from an individual list of permissions.
    AdjustAccess,
    /// Remove all access in the company.
    RemoveAccess,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 9] = [
        Self::List,
        Self::Show,
        Self::Create,
        Self::Edit,
        Self::ResetPassword,
        Self::Delete,
        Self::SetAccess,
        Self::AdjustAccess,
        Self::RemoveAccess,
    ];

    /// The permission that the caller needs in the company.
    pub const fn permission(self) -> Permission {
        match self {
            Self::List | Self::Show => Permission::SERVICE_ACCOUNTS_VIEW,
            Self::Create => Permission::SERVICE_ACCOUNTS_CREATE,
            Self::Delete => Permission::SERVICE_ACCOUNTS_DELETE,
            Self::Edit | Self::ResetPassword | Self::SetAccess | Self::AdjustAccess | Self::RemoveAccess => {
                Permission::SERVICE_ACCOUNTS_EDIT
            }
        }
    }

    /// Whether only the owner company may do it.
    pub const fn is_for_the_owner_only(self) -> bool {
        matches!(self, Self::Edit | Self::ResetPassword | Self::Delete)
    }

    /// Whether it reads or changes what the account may do in other companies.
    pub const fn is_everywhere(self) -> bool {
        matches!(self, Self::ResetPassword | Self::Delete)
    }

    /// Whether it concerns the access of an account in the company.
    pub const fn is_about_access(self) -> bool {
        matches!(self, Self::SetAccess | Self::AdjustAccess | Self::RemoveAccess)
    }

    /// Whether a caller may not do it to themselves.
    pub const fn is_refused_on_oneself(self) -> bool {
        matches!(self, Self::Delete | Self::SetAccess | Self::AdjustAccess | Self::RemoveAccess)
    }
}

/// How an account stands to the company in which the caller acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The company owns it.
    Owner,
    /// Another company owns it, and it has access here.
    Access,
    /// It has no access here, but the caller sees it in its owner company.
    Acquainted,
    /// Nothing connects them: for this caller it does not exist.
    Stranger,
}

/// Why something is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The caller is no member of the company, which therefore does not exist for them.
    CompanyNotFound,
    /// The caller lacks this permission in the company.
    MissingPermission(Permission),
    /// The account does not exist, or has nothing to do with the company.
    AccountNotFound,
    /// Only the owner company may do this.
    NotOwner,
    /// A caller cannot change their own access, and an account cannot delete itself.
    SelfModification,
    /// The caller lacks these permissions and therefore cannot give them.
    Escalation(PermissionSet),
}

/// Whether the caller may try `operation` at all. `held` is what they hold in the company, `None` for
/// a caller who is not a member of it.
///
/// # Errors
/// [`Refusal::CompanyNotFound`] or [`Refusal::MissingPermission`].
pub fn admit(operation: Operation, held: Option<PermissionSet>) -> Result<PermissionSet, Refusal> {
    require(operation.permission(), held)
}

/// Whether the caller is a member of the company and has `permission` there.
///
/// # Errors
/// [`Refusal::CompanyNotFound`] or [`Refusal::MissingPermission`].
pub fn require(permission: Permission, held: Option<PermissionSet>) -> Result<PermissionSet, Refusal> {
    match held {
        None => Err(Refusal::CompanyNotFound),
        Some(held) if held.contains(permission) => Ok(held),
        Some(_) => Err(Refusal::MissingPermission(permission)),
    }
}

/// Whether `operation` may be done to an account with this `relation` to the company; `is_self` says
/// that the caller is the account.
///
/// # Errors
/// [`Refusal::AccountNotFound`], [`Refusal::NotOwner`] or [`Refusal::SelfModification`], the first that holds.
pub fn decide(operation: Operation, relation: Relation, is_self: bool) -> Result<(), Refusal> {
    match relation {
        Relation::Stranger => return Err(Refusal::AccountNotFound),
        Relation::Acquainted if !operation.is_about_access() => return Err(Refusal::AccountNotFound),
        Relation::Acquainted | Relation::Access | Relation::Owner => {}
    }
    if operation.is_for_the_owner_only() && relation != Relation::Owner {
        return Err(Refusal::NotOwner);
    }
    if is_self && operation.is_refused_on_oneself() {
        return Err(Refusal::SelfModification);
    }
    Ok(())
}

/// A caller cannot grant permissions that they do not have: `new` may have what `old` had and what the caller
/// has in that company.
///
/// # Errors
/// [`Refusal::Escalation`] with everything that the caller lacks.
pub fn may_give(old: PermissionSet, new: PermissionSet, held: PermissionSet) -> Result<(), Refusal> {
    let lacking = new - old - held;
    if lacking.is_empty() { Ok(()) } else { Err(Refusal::Escalation(lacking)) }
}

/// Whether the caller may take over the account by resetting its password: they hold everything that it
/// holds, in every company, or they are company admin of the owner. `places` has each company where the account has
/// access, with what the account holds there and what the caller holds there.
///
/// # Errors
/// Each company where the caller lacks permissions, with what they lack there.
pub fn may_reset<C>(
    is_admin_of_owner: bool,
    places: impl IntoIterator<Item = (C, PermissionSet, PermissionSet)>,
) -> Result<(), Vec<(C, PermissionSet)>> {
    if is_admin_of_owner {
        return Ok(());
    }
    let lacking = places.into_iter().map(|(company, account, caller)| (company, account - caller));
    let lacking: Vec<_> = lacking.filter(|(_, lacking)| !lacking.is_empty()).collect();
    if lacking.is_empty() { Ok(()) } else { Err(lacking) }
}

/// Whether a role may change from `old` to `new`: a caller cannot change a role that they have, and a role
/// gains only what the caller holds, whether anyone holds it or not.
///
/// # Errors
/// [`Refusal::SelfModification`] or [`Refusal::Escalation`].
pub fn may_change_role(
    caller_holds_it: bool,
    old: PermissionSet,
    new: PermissionSet,
    held: PermissionSet,
) -> Result<(), Refusal> {
    if caller_holds_it {
        return Err(Refusal::SelfModification);
    }
    may_give(old, new, held)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::permission::tests::any_set;
    use super::*;

    const RELATIONS: [Relation; 4] =
        [Relation::Owner, Relation::Access, Relation::Acquainted, Relation::Stranger];

    /// Seed: "Only the owner company can: modify the account description, reset or change the password,
    /// delete the service account."
    #[test]
    fn p21_only_the_owner_edits_resets_and_deletes() {
        for operation in [Operation::Edit, Operation::ResetPassword, Operation::Delete] {
            assert_eq!(decide(operation, Relation::Owner, false), Ok(()));
            assert_eq!(decide(operation, Relation::Access, false), Err(Refusal::NotOwner));
        }
    }

    /// Seed: "If your active company is not the owner … you can: edit permissions, remove access."
    #[test]
    fn a_company_that_was_let_in_manages_its_own_scope() {
        for operation in [Operation::SetAccess, Operation::AdjustAccess, Operation::RemoveAccess] {
            assert_eq!(decide(operation, Relation::Access, false), Ok(()));
        }
    }

    #[test]
    fn a_stranger_is_not_found_whatever_is_tried() {
        for operation in Operation::ALL {
            for is_self in [false, true] {
                let refused = decide(operation, Relation::Stranger, is_self);
                assert_eq!(refused, Err(Refusal::AccountNotFound));
            }
        }
    }

    #[test]
    fn an_account_seen_in_its_owner_company_is_changed_in_its_access_only() {
        for operation in Operation::ALL {
            let allowed = decide(operation, Relation::Acquainted, false).is_ok();
            assert_eq!(allowed, operation.is_about_access(), "{operation:?}");
        }
    }

    #[test]
    fn nobody_changes_their_own_rights() {
        for operation in Operation::ALL {
            let refused = decide(operation, Relation::Owner, true) == Err(Refusal::SelfModification);
            assert_eq!(refused, operation.is_refused_on_oneself(), "{operation:?}");
        }
    }

    #[test]
    fn membership_is_asked_before_permission() {
        for operation in Operation::ALL {
            assert_eq!(admit(operation, None), Err(Refusal::CompanyNotFound));
            let lacking = admit(operation, Some(PermissionSet::EMPTY));
            assert_eq!(lacking, Err(Refusal::MissingPermission(operation.permission())));
            assert!(admit(operation, Some(PermissionSet::ALL)).is_ok());
        }
    }

    #[test]
    fn not_owner_comes_before_self_modification() {
        for relation in RELATIONS {
            let refused = decide(Operation::Delete, relation, true).unwrap_err();
            let expected = match relation {
                Relation::Owner => Refusal::SelfModification,
                Relation::Access => Refusal::NotOwner,
                Relation::Acquainted | Relation::Stranger => Refusal::AccountNotFound,
            };
            assert_eq!(refused, expected);
        }
    }

    proptest! {
        /// P22: a caller cannot grant more than they have.
        #[test]
        fn p22_what_is_gained_was_held(old in any_set(), new in any_set(), held in any_set()) {
            let gained = new - old;
            match may_give(old, new, held) {
                Ok(()) => prop_assert!(gained.is_subset(held)),
                Err(Refusal::Escalation(lacking)) => {
                    prop_assert!(!lacking.is_empty());
                    prop_assert!((lacking & held).is_empty() && lacking.is_subset(gained));
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }

        #[test]
        fn taking_away_is_always_allowed(old in any_set(), less in any_set(), held in any_set()) {
            prop_assert_eq!(may_give(old, old - less, held), Ok(()));
        }

        #[test]
        fn a_reset_takes_over_nothing_new(pairs in prop::collection::vec((any_set(), any_set()), 0..5)) {
            let places: Vec<_> = (0..).zip(&pairs).map(|(at, (account, caller))| (at, *account, *caller)).collect();
            let lacking = places.iter().filter(|(_, account, caller)| !account.is_subset(*caller));
            let wanted: Vec<(i32, PermissionSet)> =
                lacking.map(|(at, account, caller)| (*at, *account - *caller)).collect();
            let refused = may_reset(false, places.clone()).err().unwrap_or_default();
            prop_assert_eq!(refused, wanted);
            prop_assert_eq!(may_reset(true, places), Ok(()));
        }

        #[test]
        fn a_held_role_is_never_changed(old in any_set(), new in any_set(), held in any_set()) {
            prop_assert_eq!(may_change_role(true, old, new, held), Err(Refusal::SelfModification));
            prop_assert_eq!(may_change_role(false, old, new, held), may_give(old, new, held));
        }
    }
}
