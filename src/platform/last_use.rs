//! When principals were last used: gathered for a moment, and written together.
//!
//! Responsible for one write transaction for all callers of that moment. Refuses to keep a request waiting for it; a note
//! that is lost is made by the next request.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use sea_orm::DbErr;

use super::ids::PrincipalId;
use super::store::{Store, principal};

/// Uses that are not written yet.
#[derive(Default)]
pub(super) struct Uses(Mutex<Gathered>);

#[derive(Default)]
struct Gathered {
    ids: BTreeSet<PrincipalId>,
    latest: Timestamp,
}

impl Uses {
    /// Adds a use; says whether it is the first since they were written.
    pub(super) fn add(&self, id: PrincipalId, now: Timestamp) -> bool {
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = gathered.ids.is_empty();
        gathered.ids.insert(id);
        gathered.latest = gathered.latest.max(now);
        is_first
    }

    /// Writes what was gathered.
    pub(super) async fn write(&self, store: &Store) -> Result<(), DbErr> {
        let Gathered { ids, latest } = take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if ids.is_empty() {
            return Ok(());
        }
        let tx = store.begin().await?;
        principal::touch_all(&*tx, &ids, latest).await?;
        tx.commit().await
    }
}
