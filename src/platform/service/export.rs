//! The audit records of all companies for a collector: each at least once, in the order of their ids.
//!
//! Responsible for the id up to which no more records can be added. Refuses to return a record above it: a transaction
//! that has not ended yet may add one with a lower id.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::audit::record;
use crate::api::audit::AuditRecord;
use crate::domain::Company;
use crate::platform::store::{Connection, export, setting};
use crate::platform::{Error, Platform};

/// Most records of one batch.
const BATCH: u64 = 1000;
/// The pause before the open transactions are read again.
const BREATH: Duration = Duration::from_millis(20);
/// The setting with the id of the last exported record.
const EXPORTED: &str = "audit_exported";

/// The last record of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// Its id; 0 before the first.
    pub id: i64,
    /// Its time and its request, where they are known. A database that was restored from a backup gives the same id to
    /// another record.
    pub origin: Option<(Timestamp, String)>,
}

/// Reads the audit log from one record on.
#[derive(Debug)]
pub struct Export {
    platform: Platform,
    last: Last,
    /// The number up to which no record can be added any more.
    settled: i64,
}

impl Export {
    /// An export that continues after the record `last`; `None` if the log never had it, because the database was
    /// restored from an older one.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn behind(platform: &Platform, last: Last) -> Result<Option<Self>, Error> {
        let has_it = last.id == 0 || had(platform.store().reader(), &last).await?;
        let settled = last.id;
        Ok(has_it.then(|| Self { platform: platform.clone(), last, settled }))
    }

    /// The next records, each with the company of its log; empty if there are no more at present. Waits for open
    /// transactions that may have added some.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn next(&mut self) -> Result<Vec<(AuditRecord, Company)>, Error> {
        if self.last.id >= self.settled {
            self.settled = settled(&self.platform).await?;
        }
        let db = self.platform.store().reader();
        let rows = export::records(db, self.last.id, self.settled, BATCH).await?;
        let records = rows.into_iter().map(|(kept, company)| Ok((record(kept)?, company)));
        let records = records.collect::<Result<Vec<_>, Error>>()?;
        match records.last() {
            Some((record, _)) => {
                self.last = Last { id: record.id, origin: Some((record.at, record.request_id.clone())) };
            }
            // Retention removed those that were left.
            None => self.settled = self.last.id,
        }
        Ok(records)
    }

    /// The last record that was read.
    pub const fn last(&self) -> &Last {
        &self.last
    }

    /// Notes that all records that were read have been written, for the metric of the lag.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn arrived(&self) -> Result<(), Error> {
        let tx = self.platform.store().begin().await?;
        setting::put(&*tx, EXPORTED, &self.last.id.to_string()).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether the log has or had this record: it is there, or retention has removed it with all before it.
async fn had(db: &impl Connection, last: &Last) -> Result<bool, Error> {
    if let Some(origin) = export::origin(db, last.id).await? {
        return Ok(last.origin.as_ref().is_none_or(|known| *known == origin));
    }
    Ok(export::lowest(db).await?.is_none_or(|lowest| last.id < lowest))
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
