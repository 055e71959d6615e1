//! Every error code of the contract, and the document of a refusal.
//!
//! Responsible for the HTTP status and the description of each code. Refuses to choose an exit code: [`crate::error`]
//! does.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::words::{lenient, message, violations};
use crate::domain::{Company, Violation};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $status:expr;)+) => {
        /// The stable name of an error; scripts match on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code in documents.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it means: sentences.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }

            /// The HTTP status with which the platform says it; `None` for what only the client says.
            pub const fn status(self) -> Option<u16> {
                match self { $(Self::$name => $status,)+ }
            }
        }
    };
}

codes! {
    /// A bug in the program or the platform.
    Internal = "internal", Some(500);
    /// The response of the server is not what sactl expects.
    BadResponse = "bad_response", None;
    /// Reading or writing a file or a stream on this machine failed.
    Io = "io", None;
    /// The command succeeded, but its output could not be shown.
    Output = "output", None;
    /// Invalid flags or arguments.
    Usage = "usage", None;
    /// Invalid configuration file or variable.
    Config = "config", None;
    /// A destructive command needs `--yes` or a terminal.
    ConfirmationRequired = "confirmation_required", None;
    /// You belong to several companies and none is chosen.
    NoCompany = "no_company", None;
    /// The request does not follow the API.
    Malformed = "malformed", Some(400);
    /// No credentials to sign in with.
    NotSignedIn = "not_signed_in", None;
    /// The token is unknown, expired or revoked.
    Unauthenticated = "unauthenticated", Some(401);
    /// The user name or the password is wrong.
    InvalidGrant = "invalid_grant", Some(400);
    /// A second factor is required.
    MfaRequired = "mfa_required", Some(400);
    /// This account may not sign in through this client.
    UnauthorizedClient = "unauthorized_client", Some(400);
    /// The credential store failed.
    CredentialStore = "credential_store", None;
    /// You do not have the permission for this in the company.
    MissingPermission = "missing_permission", Some(403);
    /// Only the owner company may do this.
    NotOwner = "not_owner", Some(403);
    /// You cannot grant permissions you do not have.
    Escalation = "escalation", Some(403);
    /// You cannot change your own access.
    SelfModification = "self_modification", Some(403);
    /// The thing does not exist, or you may not see it.
    NotFound = "not_found", Some(404);
    /// The route does not support this method.
    MethodNotAllowed = "method_not_allowed", Some(405);
    /// The name is already in use.
    NameTaken = "name_taken", Some(409);
    /// An account has this role.
    RoleInUse = "role_in_use", Some(409);
    /// Several companies have this name.
    AmbiguousCompany = "ambiguous_company", None;
    /// What the plan was computed from has changed.
    PlanStale = "plan_stale", None;
    /// A safety limit stopped the command before anything was sent; `errors` lists all of them.
    Guard = "guard", None;
    /// The input breaks rules; `errors` lists all of them.
    InvalidInput = "invalid_input", Some(422);
    /// The server cannot be reached.
    Unreachable = "unreachable", None;
    /// The server did not answer in time.
    Timeout = "timeout", None;
    /// The change may or may not have been made.
    OutcomeUnknown = "outcome_unknown", Some(503);
    /// Too many attempts; wait.
    RateLimited = "rate_limited", Some(429);
    /// The platform cannot answer at the moment.
    Unavailable = "unavailable", Some(503);
    /// Some of several operations failed.
    Partial = "partial", None;
    /// Ctrl-C was pressed.
    Interrupted = "interrupted", None;
}

impl Code {
    /// The code that `text` spells, where this version knows it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A refusal of the platform: `application/problem+json` (RFC 9457) with our own members.
///
/// Everything is optional when read, so that a bare `{"success": false, "message": …}` is understood too.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`: `code` says which problem it is.
    #[serde(rename = "type", default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The HTTP status in words.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The HTTP status.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The same as `message`.
    #[serde(default, deserialize_with = "message", skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The stable name of the error.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Always false.
    #[serde(default, deserialize_with = "lenient")]
    #[cfg_attr(feature = "platform", schema(value_type = bool))]
    pub success: Option<bool>,
    /// For people.
    #[serde(default, deserialize_with = "message", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The request, as the server's log names it.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Every broken rule of the input.
    #[serde(default, deserialize_with = "violations")]
    #[cfg_attr(feature = "platform", schema(value_type = Vec<ViolationSchema>))]
    pub errors: Vec<Violation>,
    /// What the decision was about.
    #[serde(flatten)]
    pub subject: Subject,
    /// True in the answer to a dry run.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What a decision was about. A member that a server uses for something else counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Subject {
    /// The operation that was refused, by its `operationId` in the OpenAPI document.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The company for which it was decided.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", schema(value_type = Option<super::company::CompanySchema>))]
    pub company: Option<Company>,
    /// The company that owns the account, where the caller sees the account.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", schema(value_type = Option<super::company::CompanySchema>))]
    pub owner: Option<Company>,
    /// The permissions that the caller lacks.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// How a broken rule is described in the OpenAPI document.
#[cfg(feature = "platform")]
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Violation)]
pub struct ViolationSchema {
    /// The input that broke the rule.
    pub field: String,
    /// The stable name of the rule.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_parse_back() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
        assert_eq!(Code::parse("teapot"), None);
    }

    #[test]
    fn a_bare_refusal_is_understood() {
        let problem: Problem = serde_json::from_str(r#"{"success": false, "message": "no"}"#).unwrap();
        assert_eq!(problem.message.as_deref(), Some("no"));
        assert_eq!(problem.code, None);
    }

    #[test]
    fn members_of_another_kind_cost_no_words() {
        let text = r#"{"message": "no", "company": "Acme", "owner": {"id": 1, "name": "Acme"}, "missing": 3,
            "dry_run": "yes", "operation": {}}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert_eq!(problem.message.as_deref(), Some("no"));
        assert_eq!((problem.subject.company, problem.subject.missing), (None, Vec::new()));
        assert_eq!(problem.subject.owner.map(|owner| owner.to_string()).as_deref(), Some("Acme (1)"));
        assert_eq!((problem.subject.operation, problem.dry_run), (None, false));
    }
}
