//! The records of all companies for a collector: each at least once, in the order of their numbers.
//!
//! Responsible for the number up to which no record can come any more. Refuses to pass a record beyond it: a transaction
//! that ends late may still add one with a lower number.

use std::time::Duration;

use jiff::SignedDuration;

use super::audit::record;
use crate::api::audit::AuditRecord;
use crate::domain::Company;
use crate::platform::store::{export, setting};
use crate::platform::{Error, Platform};

/// Most records of one batch.
const BATCH: u64 = 1000;
/// How often those who still write are asked for.
const BREATH: Duration = Duration::from_millis(20);
/// The setting with the number up to which records were exported last.
const EXPORTED: &str = "audit_exported";

/// Reads the log from one record on.
#[derive(Debug)]
pub struct Export {
    platform: Platform,
    last: i64,
    settled: i64,
}

impl Export {
    /// Goes on behind the record `last`; `None` where the log ends before it: then the database is older than that.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn behind(platform: &Platform, last: i64) -> Result<Option<Self>, Error> {
        let highest = export::highest(platform.store().reader()).await?;
        // Retention may have removed every record.
        let is_older = 0 < highest && highest < last;
        Ok((!is_older).then(|| Self { platform: platform.clone(), last, settled: last }))
    }

    /// The next records, each with the company whose log it is in; none where there are no more at present. Waits for
    /// transactions under way that may have added some.
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

    /// The number of the last record that was read.
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// Tells the platform that everything that was read has arrived: its metrics show the lag.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn arrived(&self) -> Result<(), Error> {
        let tx = self.platform.store().begin().await?;
        setting::put(&*tx, EXPORTED, &self.last.to_string()).await?;
        Ok(tx.commit().await?)
    }
}

/// The number up to which no record can be added any more. A record that has a lower number and is not there yet belongs
/// to a transaction that was under way before this number could be read.
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

/// The age of the oldest record that was not exported; `None` where no record was ever exported.
pub(in crate::platform) async fn lag(platform: &Platform) -> Result<Option<SignedDuration>, Error> {
    let db = platform.store().reader();
    let exported = setting::get(db, EXPORTED).await?;
    let Some(last) = exported.and_then(|number| number.parse().ok()) else { return Ok(None) };
    let next = export::next_at(db, last).await?;
    Ok(Some(next.map_or(SignedDuration::ZERO, |at| platform.now().duration_since(at))))
}
