//! The audit log of a company, and one record of it.
//!
//! Responsible for their documents and rows. Refuses to interpret the detail of a record.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::audit::{Actor, AuditRecord, AuditedAccount};
use crate::domain::{Company, CompanyId};
use crate::output::time::counted;
use crate::output::view::{text, written};
use crate::output::{Answer, Block, Cell, Cells, Column, Field, Fit, Row};
use crate::text::CommandLine;
use crate::text::sanitize::sanitise;

/// A record of the audit log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Record")]
struct RecordView {
    /// The id of the record.
    id: i64,
    /// When it was done.
    at: Timestamp,
    /// What was done, for example access.set.
    action: String,
    /// Who did it. An actor from another company appears as that company.
    actor: Actor,
    /// The account that it was done to; null if it was done to something else.
    account: Option<AuditedAccount>,
    /// The role that it was done to; null if it was done to something else.
    role: Option<String>,
    /// What changed in this company; its fields depend on the action.
    #[serde(serialize_with = "any")]
    #[schemars(with = "Value")]
    detail: Box<RawValue>,
    /// The id of the request that did it.
    request_id: String,
}

/// The value of a JSON text. A record keeps the text, which takes less memory.
fn any<S: Serializer>(detail: &RawValue, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<Value>(detail.get()).map_err(S::Error::custom)?.serialize(serializer)
}

/// A record as a row, with the company whose log it is from, so that rows of several companies can be put together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditRecord")]
pub struct AuditRow {
    #[serde(flatten)]
    record: RecordView,
    /// The id of the company whose log it is from.
    company_id: CompanyId,
    /// The company whose log it is from.
    company: Company,
}

impl AuditRow {
    /// A record of the log of `company`.
    pub fn new(record: AuditRecord, company: Company) -> Self {
        let AuditRecord { id, at, action, actor, account, role, detail, request_id } = record;
        let record = RecordView { id, at, action, actor, account, role, detail, request_id };
        Self { record, company_id: company.id, company }
    }

    /// The account or the role that it was done to.
    fn object(&self) -> &str {
        let account = self.record.account.as_ref().map(|account| &account.name);
        account.or(self.record.role.as_ref()).map(String::as_str).unwrap_or_default()
    }

    fn detail(&self) -> String {
        serde_json::from_str(self.record.detail.get()).map(|detail| in_words(&detail)).unwrap_or_default()
    }

    /// The record in one line, for a person who follows the log.
    pub fn line(&self) -> String {
        let record = &self.record;
        let parts =
            [&record.at.to_string(), &record.action, self.object(), &record.actor.name, &self.detail()];
        let parts = parts.map(|part: &str| sanitise(part).into_owned());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    }
}

/// A detail as a sentence has it: `old: role viewer; new: none`.
fn in_words(detail: &Value) -> String {
    match detail {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let told = fields.iter().filter(|(_, value)| !is_nothing(value));
            told.map(|(name, value)| format!("{name}: {}", in_words(value))).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// An empty list tells nothing.
fn is_nothing(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

impl Row for AuditRow {
    const COLUMNS: &'static [&'static str] = &[
        "at",
        "action",
        "actor_kind",
        "actor_id",
        "actor",
        "account_id",
        "account",
        "role",
        "detail",
        "request_id",
        "id",
        "company_id",
        "company",
    ];

    fn cells(&self) -> Cells<'_> {
        let RecordView { id, at, action, actor, account, role, detail, request_id } = &self.record;
        vec![
            (*at).into(),
            action.as_str().into(),
            actor.kind.as_str().into(),
            Field::Id(actor.id),
            actor.name.as_str().into(),
            written(account.as_ref().map(|account| account.id)),
            text(account.as_ref().map(|account| &account.name)),
            text(role.as_ref()),
            detail.get().into(),
            request_id.as_str().into(),
            Field::Id(*id),
            self.company_id.into(),
            self.company.name.as_str().into(),
        ]
    }

    fn name(&self) -> String {
        self.record.id.to_string()
    }
}

const RECORDS: &[Column] = &[
    Column::new("Time", Fit::Fact),
    Column::new("Action", Fit::Fact),
    Column::new("Object", Fit::Text),
    Column::new("Actor", Fit::Text),
    Column::new("Detail", Fit::Extra),
];

/// The requested part of the audit log of a company.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditLog")]
pub struct AuditLogView {
    /// The company whose log it is.
    company: Company,
    /// Its records, newest first.
    #[serde(serialize_with = "without_company")]
    #[schemars(with = "Vec<RecordView>")]
    records: Vec<AuditRow>,
    /// Whether there are more.
    #[serde(skip)]
    is_cut: bool,
    /// The command that looks further back, where there is no record.
    #[serde(skip)]
    wider: Option<CommandLine>,
}

/// The records alone: the document names the company once.
fn without_company<S: Serializer>(rows: &[AuditRow], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter().map(|row| &row.record))
}

impl AuditLogView {
    /// The records in the order given; `is_cut` says that a limit has left out others.
    pub const fn new(company: Company, records: Vec<AuditRow>, is_cut: bool) -> Self {
        Self { company, records, is_cut, wider: None }
    }

    /// The company whose log it is.
    pub const fn company(&self) -> &Company {
        &self.company
    }

    /// With the command that looks further back.
    #[must_use]
    pub fn with_wider(self, wider: Option<CommandLine>) -> Self {
        Self { wider, ..self }
    }
}

impl Answer for AuditLogView {
    type Row = AuditRow;

    fn rows(&self) -> Vec<&AuditRow> {
        self.records.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let count = counted(self.records.len() as u64, "record");
        let count = if self.is_cut { format!("{count} shown") } else { count };
        let title = Block::Counted(format!("Audit log of {}", self.company), count);
        if self.records.is_empty() {
            let note = match &self.wider {
                Some(wider) => wider.clone().after("No record matches. Look further back with: "),
                None => "No record matches.".into(),
            };
            return vec![title, Block::Note(note)];
        }
        let cells = |row: &AuditRow| {
            vec![
                Cell::past(Some(row.record.at), ""),
                Cell::strong(&row.record.action),
                Cell::new(row.object()),
                Cell::new(&row.record.actor.name),
                Cell::new(row.detail()),
            ]
        };
        vec![title, Block::table(RECORDS, self.records.iter().map(cells).collect())]
    }
}

/// The audit logs of several companies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditLogs")]
pub struct AuditLogsView {
    /// The log of each company.
    companies: Vec<AuditLogView>,
}

impl From<Vec<AuditLogView>> for AuditLogsView {
    fn from(companies: Vec<AuditLogView>) -> Self {
        Self { companies }
    }
}

impl Answer for AuditLogsView {
    type Row = AuditRow;

    fn rows(&self) -> Vec<&AuditRow> {
        self.companies.iter().flat_map(Answer::rows).collect()
    }

    fn blocks(&self) -> Vec<Block> {
        self.companies.iter().flat_map(Answer::blocks).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Format, OutputContext, write};

    fn record(action: &str, detail: &str) -> AuditRow {
        let text = format!(
            r#"{{"id":7,"at":"2026-11-22T11:00:00Z","action":"{action}","request_id":"r","detail":{detail},
            "actor":{{"kind":"user","id":1,"name":"admin@acme.example"}},"role":null,
            "account":{{"id":9,"name":"ci"}}}}"#
        );
        let company = Company { id: CompanyId(1), name: "Acme MSP".to_owned() };
        AuditRow::new(serde_json::from_str(&text).unwrap(), company)
    }

    fn log() -> AuditLogView {
        let set = record("access.set", r#"{"old":null,"new":{"role":"viewer"}}"#);
        let adjusted =
            record("access.adjusted", r#"{"old":{"permissions":["a","b"]},"new":{"permissions":["a"]}}"#);
        let edited = record("role.edited", r#"{"added":["a:b"],"removed":[]}"#);
        AuditLogView::new(set.company.clone(), vec![set, adjusted, edited], false)
    }

    fn shown(answer: &impl Answer, format: Format) -> String {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let context =
            OutputContext { format: Some(format), width: Some(120), now, ..OutputContext::default() };
        let mut out = Vec::new();
        write(answer, &mut out, &context).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn log_is_a_table_of_what_was_done() {
        insta::assert_snapshot!(shown(&log(), Format::Table), @"
        Audit log of Acme MSP (1) — 3 records
        TIME                  ACTION           OBJECT  ACTOR               DETAIL
        2026-11-22T11:00:00Z  access.set       ci      admin@acme.example  old: none; new: role: viewer
        2026-11-22T11:00:00Z  access.adjusted  ci      admin@acme.example  old: permissions: a, b; new: permissions: a
        2026-11-22T11:00:00Z  role.edited      ci      admin@acme.example  added: a:b
        ");
    }

    #[test]
    fn line_of_a_record_has_no_control_character() {
        let line = record("access.set", r#"{"old":"\u001b[2J\n","new":null}"#).line();
        assert_eq!(
            line,
            r"2026-11-22T11:00:00Z  access.set  ci  admin@acme.example  old: \u{1b}[2J\n; new: none"
        );
    }

    #[test]
    fn detail_is_a_value_in_documents_and_a_text_in_cells() {
        let json: Value = serde_json::from_str(&shown(&log(), Format::Json)).unwrap();
        assert_eq!(json["records"][0]["detail"]["new"]["role"], "viewer");
        assert_eq!(json["company"]["id"], 1);
        let line: Value = serde_json::from_str(shown(&log(), Format::Jsonl).lines().next().unwrap()).unwrap();
        assert_eq!((&line["company_id"], &line["detail"]["old"]), (&1.into(), &Value::Null));
        assert!(
            shown(&log(), Format::Yaml).contains("detail:\n    old: null\n"),
            "{}",
            shown(&log(), Format::Yaml)
        );
    }
}
