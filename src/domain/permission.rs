//! The permission catalogue and sets of permissions.
//!
//! Responsible for the names and for set operations. Refuses names that are not in the catalogue.

use std::fmt;
use std::ops::{BitAnd, BitOr, Sub};
use std::str::FromStr;
use std::sync::LazyLock;

use super::Violation;

/// Every category with its actions, in the order in which they are shown. The order of the pairs is the
/// numbering of [`Permission`]; it lives only in memory, so it may change between versions.
const CATEGORIES: &[(&str, &[&str])] = &[
    ("users", &["view", "create", "edit", "delete"]),
    ("companies", &["create", "edit"]),
    ("devices", &["view", "create", "edit", "delete"]),
    ("alerts", &["view", "create", "edit", "delete"]),
    ("vpn-networks", &["view", "create", "edit", "delete"]),
    ("vpn-roadwarriors", &["view", "create", "edit", "delete"]),
    ("vpn-settings", &["view", "manage"]),
    ("auditing", &["view"]),
    ("fields", &["manage"]),
    ("views", &["manage"]),
    ("app-store", &["manage"]),
    ("billing", &["manage"]),
    ("service-accounts", &["view", "create", "edit", "delete"]),
    ("roles", &["view", "manage"]),
    ("proxy-links", &["view", "manage"]),
];

const COUNT: usize = {
    let mut count = 0;
    let mut category = 0;
    while category < CATEGORIES.len() {
        count += CATEGORIES[category].1.len();
        category += 1;
    }
    assert!(count <= u64::BITS as usize, "a set is 64 bits");
    count
};

const PAIRS: [(&str, &str); COUNT] = {
    let mut pairs = [("", ""); COUNT];
    let (mut next, mut category) = (0, 0);
    while category < CATEGORIES.len() {
        let (name, actions) = CATEGORIES[category];
        let mut action = 0;
        while action < actions.len() {
            pairs[next] = (name, actions[action]);
            next += 1;
            action += 1;
        }
        category += 1;
    }
    pairs
};

/// Every permission with its name, sorted bytewise by the name.
static NAMES: LazyLock<Vec<(String, Permission)>> = LazyLock::new(|| {
    let mut names: Vec<_> =
        Permission::all().map(|permission| (permission.to_string(), permission)).collect();
    names.sort_unstable();
    names
});

/// One permission of the catalogue, written `category:action`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(u8);

impl Permission {
    /// See the service accounts of a company.
    pub const SERVICE_ACCOUNTS_VIEW: Self = Self::named("service-accounts", "view");
    /// Create service accounts.
    pub const SERVICE_ACCOUNTS_CREATE: Self = Self::named("service-accounts", "create");
    /// Edit service accounts: description, password, access.
    pub const SERVICE_ACCOUNTS_EDIT: Self = Self::named("service-accounts", "edit");
    /// Delete service accounts.
    pub const SERVICE_ACCOUNTS_DELETE: Self = Self::named("service-accounts", "delete");
    /// See the roles of a company.
    pub const ROLES_VIEW: Self = Self::named("roles", "view");
    /// Create, change and delete custom roles.
    pub const ROLES_MANAGE: Self = Self::named("roles", "manage");
    /// See the audit log.
    pub const AUDITING_VIEW: Self = Self::named("auditing", "view");

    #[expect(clippy::cast_possible_truncation, reason = "COUNT is at most 64")]
    const fn at(index: usize) -> Self {
        assert!(index < COUNT);
        Self(index as u8)
    }

    const fn named(category: &str, action: &str) -> Self {
        let mut index = 0;
        while index < COUNT {
            if same(PAIRS[index].0, category) && same(PAIRS[index].1, action) {
                return Self::at(index);
            }
            index += 1;
        }
        panic!("not in the catalogue")
    }

    /// The whole catalogue, in its order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0..COUNT).map(Self::at)
    }

    /// The part before the colon.
    pub fn category(self) -> &'static str {
        PAIRS[usize::from(self.0)].0
    }

    /// The part behind the colon.
    pub fn action(self) -> &'static str {
        PAIRS[usize::from(self.0)].1
    }
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.category(), self.action()))
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Permission {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        let found = text.split_once(':').and_then(|pair| PAIRS.iter().position(|known| *known == pair));
        match found {
            Some(index) => Ok(Self::at(index)),
            None => Err(Violation::new(
                "permissions",
                "unknown_permission",
                format!("{} is not in the permission catalogue", quoted(text)),
            )),
        }
    }
}

/// Most characters of an unknown name that an error repeats: longer than any name of the catalogue.
const MOST_QUOTED: usize = 64;

/// A name for an error message. A long one is cut.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);
    /// The whole catalogue.
    pub const ALL: Self = Self(u64::MAX >> (u64::BITS as usize - COUNT));

    /// Whether `permission` is in the set.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission.0) != 0
    }

    /// Adds one permission.
    pub fn insert(&mut self, permission: Permission) {
        self.0 |= 1 << permission.0;
    }

    /// Whether everything in this set is in `other` too.
    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many permissions are in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The permissions in the order of the catalogue.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::all().filter(move |permission| self.contains(*permission))
    }

    /// The names in the set, sorted bytewise: the form of every document.
    pub fn names(self) -> Vec<String> {
        self.known_names().map(str::to_owned).collect()
    }

    /// The same names as they stand in the catalogue.
    pub fn known_names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter(move |(_, permission)| self.contains(*permission)).map(|(name, _)| name.as_str())
    }

    /// The set that `names` spell; names may repeat.
    ///
    /// # Errors
    /// One violation `unknown_permission` for each name outside the catalogue.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, Vec<Violation>> {
        let mut set = Self::EMPTY;
        let mut unknown = Vec::new();
        for name in names {
            match name.as_ref().parse() {
                Ok(permission) => set.insert(permission),
                Err(violation) => unknown.push(violation),
            }
        }
        if unknown.is_empty() { Ok(set) } else { Err(unknown) }
    }

    /// The set that stored `names` spell, without those that this version does not know.
    pub fn known<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        names.into_iter().filter_map(|name| name.as_ref().parse().ok()).collect()
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::EMPTY;
        for permission in permissions {
            set.insert(permission);
        }
        set
    }
}

impl BitOr for PermissionSet {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for PermissionSet {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for PermissionSet {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any set of permissions.
    pub(crate) fn any_set() -> impl Strategy<Value = PermissionSet> {
        any::<u64>().prop_map(|bits| PermissionSet(bits & PermissionSet::ALL.0))
    }

    #[test]
    fn the_catalogue_is_the_published_one() {
        let names: Vec<_> = Permission::all().map(|permission| permission.to_string()).collect();
        insta::assert_snapshot!(names.join(" "), @"users:view users:create users:edit users:delete companies:create companies:edit devices:view devices:create devices:edit devices:delete alerts:view alerts:create alerts:edit alerts:delete vpn-networks:view vpn-networks:create vpn-networks:edit vpn-networks:delete vpn-roadwarriors:view vpn-roadwarriors:create vpn-roadwarriors:edit vpn-roadwarriors:delete vpn-settings:view vpn-settings:manage auditing:view fields:manage views:manage app-store:manage billing:manage service-accounts:view service-accounts:create service-accounts:edit service-accounts:delete roles:view roles:manage proxy-links:view proxy-links:manage");
    }

    #[test]
    fn unknown_names_are_all_listed() {
        let refused = PermissionSet::parse(&["devices:view", "devices:fly", "x"]).unwrap_err();
        assert_eq!(refused.len(), 2);
        assert!(refused.iter().all(|violation| violation.code == "unknown_permission"));
    }

    proptest! {
        #[test]
        fn names_round_trip(set in any_set()) {
            let names = set.names();
            prop_assert!(names.is_sorted());
            prop_assert_eq!(names.len(), set.len());
            prop_assert_eq!(PermissionSet::parse(&names), Ok(set));
        }

        #[test]
        fn sets_obey_set_algebra(left in any_set(), right in any_set()) {
            prop_assert!((left & right).is_subset(left));
            prop_assert!(left.is_subset(left | right));
            prop_assert!(((left - right) & right).is_empty());
            prop_assert_eq!((left - right) | (left & right), left);
        }
    }
}
