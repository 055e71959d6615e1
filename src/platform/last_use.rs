//! The last use of principals: gathered for a short time, and written together.
//!
//! Responsible for one write transaction for all callers of that time. Refuses to let a request wait for it; a use that
//! is lost is noted again by the next request.

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
    /// Adds a use; returns whether it is the first since the last write.
    pub(super) fn add(&self, id: PrincipalId, now: Timestamp) -> bool {
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = gathered.ids.is_empty();
        gathered.ids.insert(id);
        gathered.latest = gathered.latest.max(now);
        is_first
    }

    /// Writes the gathered uses.
    pub(super) async fn write(&self, store: &Store) -> Result<(), DbErr> {
        let Gathered { ids, latest } = take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if ids.is_empty() {
            return Ok(());
        }
        let tx = store.begin().await?;
        principal::touch_all(&*tx, &ids, latest).await?;
        Ok(tx.commit().await?)
    }
}
