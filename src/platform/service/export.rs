//! The audit records of all companies for a collector: each at least once, in the order of their ids.
//!
//! Responsible for the id up to which no more records can be added. Refuses to return a record above it: a transaction
//! that has not ended yet may add one with a lower id.

use std::time::Duration;

use jiff::SignedDuration;

use super::audit::record;
use crate::api::audit::AuditRecord;
use crate::domain::Company;
use crate::platform::store::{export, setting};
use crate::platform::{Error, Platform};

/// Most records of one batch.
const BATCH: u64 = 1000;
/// The pause before the open transactions are read again.
const BREATH: Duration = Duration::from_millis(20);
/// The setting with the id of the last exported record.
const EXPORTED: &str = "audit_exported";

/// Reads the audit log from one record on.
#[derive(Debug)]
pub struct Export {
    platform: Platform,
    last: i64,
    settled: i64,
}

impl Export {
    /// An export that continues after the record `last`; `None` if the log ends before it, because the database is
    /// older than the cursor.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn behind(platform: &Platform, last: i64) -> Result<Option<Self>, Error> {
        let highest = export::highest(platform.store().reader()).await?;
        // Retention may have removed every record.
        let is_older = 0 < highest && highest < last;
        Ok((!is_older).then(|| Self { platform: platform.clone(), last, settled: last }))
    }

    /// The next records, each with the company of its log; empty if there are no more at present. Waits for open
    /// transactions that may have added some.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn next(&mut self) -> Result<Vec<(AuditRecord, Company)>, Error> {
        if self.last >= self.settled {
            self.settled = settled(&self.platform).await?;
        }
        let db = self.platform.store().reader();
        let rows = export::records(db, self.last, self.settled, BATCH).await?;
        let last = rows.last().map_or(self.settled, |(record, _)| record.place.id);
        let records = rows.into_iter().map(|(kept, company)| Ok((record(kept)?, company)));
        let records = records.collect::<Result<Vec<_>, Error>>()?;
        self.last = self.last.max(last);
        Ok(records)
    }

    /// The id of the last record that was read.
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// Notes that all records that were read have been written, for the metric of the lag.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn arrived(&self) -> Result<(), Error> {
        let tx = self.platform.store().begin().await?;
        setting::put(&*tx, EXPORTED, &self.last.to_string()).await?;
        Ok(tx.commit().await?)
    }
}

/// The id up to which no more records can be added. A missing record with a lower id belongs to a transaction that was
/// open when this id was read: those transactions are waited for.
async fn settled(platform: &Platform) -> Result<i64, Error> {
    let db = platform.store().reader();
    let highest = export::highest(db).await?;
    let mut writers = export::writers(db).await?;
    while !writers.is_empty() {
        tokio::time::sleep(BREATH).await;
        let present = export::writers(db).await?;
        writers.retain(|writer| present.contains(writer));
    }
    Ok(highest)
}

/// The age of the oldest record that is not exported yet; `None` if there was never an export.
pub(in crate::platform) async fn lag(platform: &Platform) -> Result<Option<SignedDuration>, Error> {
    let db = platform.store().reader();
    let exported = setting::get(db, EXPORTED).await?;
    let Some(last) = exported.and_then(|number| number.parse().ok()) else { return Ok(None) };
    let next = export::next_at(db, last).await?;
    Ok(Some(next.map_or(SignedDuration::ZERO, |at| platform.now().duration_since(at))))
}
