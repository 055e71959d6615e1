//! Numbers that the database gives.

/// The number of a human or a service account; never used again after a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(pub i64);
