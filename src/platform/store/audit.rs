//! The audit log: records are added and never changed.

use jiff::Timestamp;
use sea_orm::{DbErr, Set};

use super::entity::audit;
use super::pieces::insert_all;
use super::{Connection, to_millis};
use crate::domain::CompanyId;

/// One record of one company.
pub(in crate::platform) struct NewRecord {
    pub(in crate::platform) at: Timestamp,
    pub(in crate::platform) company: CompanyId,
    pub(in crate::platform) action: &'static str,
    pub(in crate::platform) actor_kind: &'static str,
    pub(in crate::platform) actor_id: i64,
    pub(in crate::platform) actor_name: String,
    pub(in crate::platform) account: Option<(i64, String)>,
    pub(in crate::platform) role_name: Option<String>,
    pub(in crate::platform) detail: serde_json::Value,
    pub(in crate::platform) request_id: String,
}

/// Adds records, in the transaction of the change that they tell of.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    records: impl IntoIterator<Item = NewRecord>,
) -> Result<(), DbErr> {
    insert_all(db, records.into_iter().map(row).collect()).await
}

fn row(record: NewRecord) -> audit::ActiveModel {
    let (account_id, account_name) = record.account.unzip();
    audit::ActiveModel {
        at: Set(to_millis(record.at)),
        company_id: Set(record.company.0),
        action: Set(record.action.to_owned()),
        actor_kind: Set(record.actor_kind.to_owned()),
        actor_id: Set(record.actor_id),
        actor_name: Set(record.actor_name),
        account_id: Set(account_id),
        account_name: Set(account_name),
        role_name: Set(record.role_name),
        detail: Set(record.detail.to_string()),
        request_id: Set(record.request_id),
        ..Default::default()
    }
}
