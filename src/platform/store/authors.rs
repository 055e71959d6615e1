//! Who created an account, and who last set its password.
//!
//! Responsible for the columns of both authors. Refuses to decide who may see them.

use sqlx::FromRow;

use crate::api::audit::{Actor, ActorKind};

/// The authors of an account, as far as they are known.
#[derive(Debug, Default)]
pub(in crate::platform) struct Authors {
    pub(in crate::platform) created: Option<Actor>,
    pub(in crate::platform) password: Option<Actor>,
}

/// The columns of both authors.
#[derive(FromRow)]
pub(super) struct AuthorsRow {
    password_changed_at: i64,
    created_by: Option<i64>,
    created_by_kind: Option<String>,
    created_by_name: Option<String>,
    password_by_kind: Option<String>,
    password_by_id: Option<i64>,
    password_by_name: Option<String>,
    password_by_at: Option<i64>,
}

impl From<AuthorsRow> for Authors {
    fn from(row: AuthorsRow) -> Self {
        let is_last = row.password_by_at == Some(row.password_changed_at);
        let password = actor(row.password_by_kind, row.password_by_id, row.password_by_name);
        Self {
            created: actor(row.created_by_kind, row.created_by, row.created_by_name),
            password: password.filter(|_| is_last),
        }
    }
}

/// An actor from its columns.
pub(super) fn actor(kind: Option<String>, id: Option<i64>, name: Option<String>) -> Option<Actor> {
    let kind = kind?;
    let kind = ActorKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    Some(Actor { kind, id: id?, name: name? })
}
