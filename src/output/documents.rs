//! Every document that a command prints: its name, the commands that print it, and the columns of its rows.
//!
//! Responsible for saying which command prints what, in this place only. Refuses to print. Flags that depend on it, the
//! long help of a command, its man page and the published schemas read it here.

use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::{
    AccountDetailView, AccountDetailsView, AccountListView, AccountListsView, AccountRow, AccountView,
    Answer, AuditLogView, AuditLogsView, AuditRow, CheckView, CompanyListView, CompanyView, CreatedView,
    DeletedView, DoctorView, DryRunView, ErrorView, GrantView, HelpView, IdentityView, Manifest,
    MatrixChangesView, MatrixRow, MatrixView, PasswordView, PermissionListView, PermissionView, PlanView,
    ProfileListView, ProfileView, RawView, ResultView, ReviewRow, ReviewView, RevokeView, RoleDeletedView,
    RoleListView, RoleView, Row, RunListView, RunRow, RunView, SignedOutView, Step, TokenView, schema,
};

/// The heads of tables for people that are no columns, and the columns with the same content.
const HEADS: &[(&str, &[&str])] = &[
    ("access", &["role", "permissions"]),
    ("actions", &["action"]),
    ("check", &["name"]),
    ("companies", &["company_count"]),
    ("created", &["created_at"]),
    ("credentials", &["credential_store"]),
    ("last_used", &["last_used_at"]),
    ("password_set", &["password_changed_at"]),
    ("result", &["message"]),
    ("state", &["signed_in"]),
];

/// What holds for every document.
const PROMISE: &str = "Every field is always present, and null if it has no value, unless its description \
    says when it is absent. A later version may add fields and values; no field is removed or renamed or \
    changes its meaning.";

/// One kind of document.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// What it is called; scripts and `help schemas` know it by this name, which never changes.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// The commands that print it, each as it is typed, for example `role list`.
    pub commands: &'static [&'static str],
    /// The name of the document that stands on one line of `-o jsonl`: its own, unless it is a list.
    pub line: &'static str,
    /// The columns of its rows, in their order; none where it has no rows.
    pub columns: &'static [&'static str],
    /// What the schema is derived from.
    pub(super) derived: fn() -> serde_json::Value,
}

impl Document {
    /// A document that is one thing, and its own row.
    const fn one<A: Answer + JsonSchema>(
        name: &'static str,
        about: &'static str,
        commands: &'static [&'static str],
    ) -> Self {
        Self { name, about, commands, line: name, columns: A::Row::COLUMNS, derived: schema::of::<A> }
    }

    /// A document of several rows, each of which is called `line`.
    const fn list<A: Answer + JsonSchema>(
        name: &'static str,
        line: &'static str,
        about: &'static str,
        commands: &'static [&'static str],
    ) -> Self {
        Self { name, about, commands, line, columns: A::Row::COLUMNS, derived: schema::of::<A> }
    }

    /// A document that stands only on the lines of another.
    const fn row<R: Row + JsonSchema>(name: &'static str, about: &'static str) -> Self {
        Self { name, about, commands: &[], line: name, columns: R::COLUMNS, derived: schema::of::<R> }
    }

    /// The columns that `word` means: the one of this name, or those below the head of this name in the table for
    /// people. Letters are compared without regard to case, and blanks are underscores. Empty for any other word.
    pub fn columns_called(&self, word: &str) -> Vec<&'static str> {
        let word = word.to_lowercase().replace([' ', '-'], "_");
        let find = |name: &str| self.columns.iter().copied().find(|column| *column == name);
        if let Some(column) = find(&word) {
            return vec![column];
        }
        let head = HEADS.iter().find(|(head, _)| *head == word).map_or(&[][..], |(_, columns)| columns);
        head.iter().map(|column| find(column)).collect::<Option<_>>().unwrap_or_default()
    }

    /// Its JSON Schema. It allows fields that it does not name, for a later version may add some.
    pub fn schema(&self) -> Value {
        let line = if self.line == self.name {
            String::new()
        } else {
            format!(" With -o jsonl, each line is the document {}.", self.line)
        };
        let mut derived = (self.derived)();
        let mut schema = Map::new();
        schema.insert("$schema".to_owned(), derived["$schema"].take());
        schema.insert("title".to_owned(), self.name.into());
        schema.insert("description".to_owned(), format!("{}{line} {PROMISE}", self.about).into());
        for (name, value) in derived.as_object_mut().into_iter().flatten() {
            schema.entry(name.as_str()).or_insert_with(|| value.take());
        }
        Value::Object(schema)
    }
}

/// Every document.
pub const DOCUMENTS: &[Document] = &[
    Document::list::<AccountListView>(
        "accounts",
        "account-row",
        "The service accounts of a company: those that it owns, and external ones.",
        &["list"],
    ),
    Document::list::<AccountListsView>(
        "accounts-of-companies",
        "account-row",
        "The service accounts of several companies: the output of list --companies.",
        &[],
    ),
    Document::row::<AccountRow>(
        "account-row",
        "A service account as a row of a list, with the company that sees it.",
    ),
    Document::one::<AccountView>("account", "A service account as one company sees it.", &["edit"]),
    Document::one::<AccountDetailView>(
        "account-detail",
        "A service account; for its owner, with every company where it has access.",
        &["show"],
    ),
    Document::list::<AccountDetailsView>(
        "account-details",
        "account-detail",
        "Several service accounts: the output of show with several names.",
        &[],
    ),
    Document::one::<CreatedView>(
        "created",
        "A new service account, with its generated password if it is shown.",
        &["create"],
    ),
    Document::one::<PasswordView>(
        "password",
        "A service account whose password was reset, with the generated password if it is shown.",
        &["passwd"],
    ),
    Document::one::<GrantView>("grant", "Access of a service account that was given or changed.", &["grant"]),
    Document::one::<RevokeView>("revoke", "Access of a service account that was removed.", &["revoke"]),
    Document::one::<DeletedView>("deleted", "A deleted service account.", &["delete"]),
    Document::one::<Manifest>(
        "manifest",
        "A manifest: what accounts, access and roles should be.",
        &["export"],
    ),
    Document::list::<PlanView>("plan", "step", "What would be done, in its order.", &["diff"]),
    Document::row::<Step>("step", "One change of a plan."),
    Document::list::<RunView>(
        "run",
        "step-result",
        "What a run did, and what it could not do.",
        &[
            "apply",
            "rotate",
            "onboard",
            "offboard",
            "review apply",
            "role copy",
            "run show",
            "run resume",
            "run retry",
            "run undo",
        ],
    ),
    Document::row::<ResultView>("step-result", "A step of a run and how it ended."),
    Document::list::<MatrixView>("matrix", "matrix-row", "Who has what where.", &["matrix"]),
    Document::row::<MatrixRow>("matrix-row", "Access of one account in one company."),
    Document::list::<MatrixChangesView>(
        "matrix-changes",
        "step",
        "What has changed since an earlier matrix: the output of matrix --diff.",
        &[],
    ),
    Document::list::<ReviewView>("review", "review-row", "An access review.", &["review export"]),
    Document::row::<ReviewRow>("review-row", "Access of one account in one company, to be decided."),
    Document::list::<RunListView>(
        "runs",
        "run-row",
        "The runs of this machine, the newest first.",
        &["run list"],
    ),
    Document::row::<RunRow>("run-row", "A run as a row of a list."),
    Document::list::<RoleListView>("roles", "role", "The roles of a company.", &["role list"]),
    Document::one::<RoleView>(
        "role",
        "A role with its permissions.",
        &["role show", "role create", "role edit"],
    ),
    Document::one::<RoleDeletedView>("role-deleted", "A deleted role.", &["role delete"]),
    Document::list::<AuditLogView>(
        "audit-log",
        "audit-record",
        "What was done in a company, newest first.",
        &["audit"],
    ),
    Document::list::<AuditLogsView>(
        "audit-logs",
        "audit-record",
        "What was done in several companies: the output of audit --companies.",
        &[],
    ),
    Document::row::<AuditRow>(
        "audit-record",
        "A record of the audit log, with the company whose log it is from.",
    ),
    Document::list::<PermissionListView>(
        "permissions",
        "permission",
        "The catalogue of permissions.",
        &["permission list"],
    ),
    Document::row::<PermissionView>("permission", "A permission of the catalogue."),
    Document::list::<CompanyListView>("companies", "company", "Your companies.", &["company list"]),
    Document::one::<CompanyView>("company", "One of your companies.", &["company show", "company use"]),
    Document::list::<ProfileListView>("profiles", "profile", "The stored profiles.", &["profile list"]),
    Document::one::<ProfileView>(
        "profile",
        "A stored set of server, user and active company.",
        &["profile show", "profile use", "profile edit", "profile rename", "profile delete"],
    ),
    Document::one::<IdentityView>(
        "whoami",
        "Who you are, where, what you may do there, and where the credentials came from.",
        &["whoami", "login"],
    ),
    Document::one::<SignedOutView>("signed-out", "What sign-out deleted.", &["logout"]),
    Document::list::<DoctorView>("doctor", "check", "The checks of doctor.", &["doctor"]),
    Document::row::<CheckView>("check", "One check of doctor."),
    Document::one::<HelpView>("help", "The help of a command, or a topic.", &["help"]),
    Document::one::<TokenView>("token", "A bearer token.", &["token"]),
    Document::one::<RawView>("api", "Any document of the platform, unchanged.", &["api"]),
    #[cfg(feature = "platform")]
    Document::one::<RawView>("openapi", "The OpenAPI document of the platform.", &["openapi"]),
    Document::one::<DryRunView>("dry-run", "What a command would send, and what --dry-run checked.", &[]),
    Document {
        name: "error",
        about: "Why a command failed: on standard error, with json, jsonl and yaml.",
        commands: &[],
        line: "error",
        columns: &[],
        derived: schema::of::<ErrorView<'static>>,
    },
];

/// The document of this name.
pub fn document(name: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.name == name)
}

/// The document that the command prints, which is named as it is typed, for example `role list`; `None` for a
/// command that prints none.
pub fn document_of(command: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.commands.contains(&command))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_document_has_its_own_name_and_every_command_one_document() {
        let names: BTreeSet<_> = DOCUMENTS.iter().map(|document| document.name).collect();
        assert_eq!(names.len(), DOCUMENTS.len());
        let commands: Vec<_> = DOCUMENTS.iter().flat_map(|document| document.commands).collect();
        assert_eq!(commands.iter().collect::<BTreeSet<_>>().len(), commands.len(), "{commands:?}");
    }

    #[test]
    fn the_lines_of_a_document_are_a_document_with_the_same_columns() {
        for list in DOCUMENTS {
            let line = document(list.line).unwrap();
            assert_eq!((line.line, line.columns), (line.name, list.columns), "{}", list.name);
        }
    }
}
