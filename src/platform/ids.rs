//! Ids that the database assigns.
//!
//! Responsible for a type of its own for each kind of id. Refuses arithmetic with them.

/// The number of a human or a service account; never used again after a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(pub i64);
