//! Who is calling: from a bearer token to a principal, looked up in the database at every request, so that a
//! token that was ended is dead at once on every node.

use jiff::Timestamp;

use super::Platform;
use super::error::Error;
use crate::api::session::Kind;
use crate::domain::Token;

/// The number of a human or a service account; never used again after a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(pub i64);

/// Somebody whose token was good when the request came in.
///
/// It says who, never what they may do: rights are read inside the transaction that uses them.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The number.
    pub id: PrincipalId,
    /// Human or program, as the database says.
    pub kind: Kind,
    /// The e-mail address of a human, the name of a service account.
    pub name: String,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// Finds out who the bearer of `token` is.
///
/// # Errors
/// `unauthenticated` for a token that is unknown, expired or ended.
pub async fn authenticate(_platform: &Platform, _token: &Token) -> Result<Caller, Error> {
    todo!()
}
