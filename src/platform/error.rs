//! Why the platform refuses or fails.
//!
//! Responsible for separating what the caller is told (`message`, `errors`) from what only the log contains
//! (`internal`). Refuses to know HTTP: the routes convert an error once, at the edge.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};

use super::store::CommitError;
use crate::api::{Code, Subject};
use crate::domain::permission::quoted;
use crate::domain::{
    AccountName, Company, CompanyId, DefaultRole, Permission, PermissionSet, Refusal, Violation,
};

/// Most broken rules that one refusal lists, so that it is not much longer than what it refuses.
const MOST_ERRORS: usize = 32;

/// Most companies that one refusal names.
const MOST_COMPANIES: usize = 4;

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", .code.as_str())]
pub struct Error {
    /// Its stable name.
    pub code: Code,
    /// The message for the caller.
    pub message: String,
    /// The broken rules of the input, where the code is `invalid_input`: all of them, but at most `MOST_ERRORS`.
    pub errors: Vec<Violation>,
    /// What the decision was about.
    pub subject: Box<Subject>,
    /// When it makes sense to try again.
    pub retry_after: Option<Duration>,
    /// The cause, for the log only.
    pub internal: Option<anyhow::Error>,
}

impl Error {
    /// A refusal with a text for people.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            errors: Vec::new(),
            subject: Box::default(),
            retry_after: None,
            internal: None,
        }
    }

    /// The same, decided for this company.
    #[must_use]
    pub fn in_company(mut self, company: &Company) -> Self {
        self.subject.company = Some(company.clone());
        self
    }

    fn lacking(mut self, missing: PermissionSet) -> Self {
        self.subject.missing = missing.names();
        self
    }

    /// Input that breaks rules; `errors` lists them, and the message says how many more there are.
    pub fn invalid_input(mut errors: Vec<Violation>) -> Self {
        let message = match errors.as_slice() {
            [only] => only.message.clone().into_owned(),
            all if all.len() > MOST_ERRORS => {
                format!("the input breaks {} rules; the first {MOST_ERRORS} are listed", all.len())
            }
            _ => "the input breaks several rules".to_owned(),
        };
        errors.truncate(MOST_ERRORS);
        Self { errors, ..Self::new(Code::InvalidInput, message) }
    }

    /// A request that is not of the contract.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(Code::Malformed, message)
    }

    /// No token, or one that is unknown, expired or ended.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "the token is missing, unknown, expired or revoked")
    }

    /// Name, password or one-time code is wrong. One text for all of them: the caller must not learn which
    /// one it was.
    pub fn invalid_grant() -> Self {
        Self::new(Code::InvalidGrant, "the user name, the password or the one-time code is wrong")
    }

    /// The company has no account of this name, neither owned nor external.
    pub fn account_not_found(name: &str, company: &Company) -> Self {
        let name = if AccountName::new(name).is_ok() { name.to_owned() } else { quoted(name) };
        let message = format!("no service account {name} in {company}");
        Self::new(Code::NotFound, message).in_company(company)
    }

    /// Only the owner of the account may do this.
    pub fn not_owner(name: &str, owner: &Company, company: &Company) -> Self {
        let message = format!("only {owner}, which owns {name}, may do this");
        let mut error = Self::new(Code::NotOwner, message).in_company(company);
        error.subject.owner = Some(owner.clone());
        error
    }

    /// The caller is no member of the company, which need not exist.
    pub fn company_not_found(company: CompanyId) -> Self {
        Self::new(Code::NotFound, format!("you do not belong to company {company}"))
    }

    /// The company has no role of this name.
    pub fn role_not_found(company: &Company, name: &str) -> Self {
        Self::new(Code::NotFound, format!("{company} has no role {}", quoted(name))).in_company(company)
    }

    /// The caller lacks a permission.
    pub fn missing_permission(permission: Permission, company: &Company) -> Self {
        let message = format!("this needs the permission {permission} in {company}");
        Self::new(Code::MissingPermission, message)
            .in_company(company)
            .lacking([permission].into_iter().collect())
    }

    /// A caller who sets the password of an account can act as it: in each company of `known`, the account has these
    /// permissions, and the caller does not. `hidden` is the same of the companies that the caller may not see. The
    /// decision was made for the first company.
    pub fn take_over(name: &str, known: &[(&Company, PermissionSet)], hidden: PermissionSet) -> Self {
        let in_company = |(company, missing): &(&Company, PermissionSet)| {
            format!("{} in {company}", missing.names().join(", "))
        };
        let mut places: Vec<String> = known.iter().take(MOST_COMPANIES).map(in_company).collect();
        if known.len() > MOST_COMPANIES {
            places.push(format!("more in {} other companies", known.len() - MOST_COMPANIES));
        }
        if !hidden.is_empty() {
            places.push(format!("{} in companies that you do not see", hidden.names().join(", ")));
        }
        let message = format!(
            "you cannot reset the password of {name}: it has permissions that you do not have: {}",
            places.join("; ")
        );
        let error = Self::new(Code::Escalation, message);
        match known {
            [(company, missing), ..] => error.in_company(company).lacking(*missing),
            [] => error.lacking(hidden),
        }
    }

    /// A decision against a caller who acts in `company`, where no constructor above says more.
    pub fn refused(refusal: Refusal, company: &Company) -> Self {
        match refusal {
            Refusal::CompanyNotFound => Self::company_not_found(company.id),
            Refusal::MissingPermission(permission) => Self::missing_permission(permission, company),
            Refusal::AccountNotFound => {
                Self::new(Code::NotFound, format!("the service account does not exist in {company}"))
                    .in_company(company)
            }
            Refusal::NotOwner => {
                Self::new(Code::NotOwner, "only the company that owns the account may do this")
                    .in_company(company)
            }
            Refusal::SelfModification => {
                let message =
                    "you cannot change your own access, change a role that you have, or delete yourself";
                Self::new(Code::SelfModification, message).in_company(company)
            }
            Refusal::Escalation(missing) => {
                let names = missing.names().join(", ");
                let message =
                    format!("you cannot grant permissions that you do not have in {company}: {names}");
                Self::new(Code::Escalation, message).in_company(company).lacking(missing)
            }
        }
    }

    /// The company has a role of this name.
    pub fn role_exists(company: &Company, name: &str) -> Self {
        let message = format!("{company} already has a role {}", quoted(name));
        Self::new(Code::NameTaken, message).in_company(company)
    }

    /// An account or a user has the role.
    pub fn role_in_use(company: &Company, name: &str) -> Self {
        let message = format!("accounts or users of {company} have the role {}", quoted(name));
        Self::new(Code::RoleInUse, message).in_company(company)
    }

    /// Another account has the name; the message does not say which one.
    pub fn name_taken(name: &str) -> Self {
        Self::new(Code::NameTaken, format!("the name {} is taken", quoted(name)))
    }

    /// A default role was to be changed.
    pub fn default_role(role: DefaultRole) -> Self {
        let message = format!("{} is a default role, which cannot be changed", role.as_str());
        Self::invalid_input(vec![Violation::new("role", "default_role", message)])
    }

    /// Too many tries; the next one makes sense after `retry_after`.
    pub fn rate_limited(retry_after: Duration) -> Self {
        let seconds = retry_after.as_millis().div_ceil(1000).max(1);
        let message = format!("too many failed attempts; try again in {seconds} s");
        Self { retry_after: Some(retry_after), ..Self::new(Code::RateLimited, message) }
    }

    /// The platform is too busy to do this now.
    pub fn busy(retry_after: Duration) -> Self {
        let message = "the platform is busy; try again in a moment";
        Self { retry_after: Some(retry_after), ..Self::new(Code::Unavailable, message) }
    }

    /// The platform is about to stop.
    pub fn stopping() -> Self {
        let wait = Some(Duration::from_secs(1));
        Self { retry_after: wait, ..Self::new(Code::Unavailable, "the platform is about to stop") }
    }

    /// A fault of the platform; the caller is told only that there was one.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let message = "the platform failed; its log has the details under this request id";
        Self { internal: Some(cause.into()), ..Self::new(Code::Internal, message) }
    }

    /// The change may or may not have been made.
    pub fn outcome_unknown() -> Self {
        let message = "the platform does not know whether the change was made; look at the current state";
        Self::new(Code::OutcomeUnknown, message)
    }

    fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        let message = "the platform cannot use its database now; try again in a moment";
        Self {
            internal: Some(cause.into()),
            retry_after: Some(Duration::from_secs(1)),
            ..Self::new(Code::Unavailable, message)
        }
    }
}

impl From<Vec<Violation>> for Error {
    fn from(errors: Vec<Violation>) -> Self {
        Self::invalid_input(errors)
    }
}

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        if is_loss_of_connection(&cause) { Self::unavailable(cause) } else { Self::internal(cause) }
    }
}

impl From<CommitError> for Error {
    fn from(cause: CommitError) -> Self {
        match cause {
            CommitError::NotKept(cause) => cause.into(),
            CommitError::Unknown(_) => Self { internal: Some(cause.into()), ..Self::outcome_unknown() },
        }
    }
}

/// How the SQLSTATE begins with which PostgreSQL says that it cannot serve now: connection exceptions, no writes
/// on a standby, insufficient resources, a lock that another session holds too long, operator intervention, errors of
/// the system below.
const UNAVAILABLE_STATES: [&str; 6] = ["08", "25006", "53", "55P03", "57", "58"];

fn is_loss_of_connection(cause: &DbErr) -> bool {
    let runtime = match cause {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
        _ => return false,
    };
    let RuntimeErr::SqlxError(cause) = runtime else { return matches!(cause, DbErr::Conn(_)) };
    match &**cause {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| is_unavailable(&code)),
        _ => false,
    }
}

/// `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_READONLY`, `SQLITE_IOERR`, `SQLITE_FULL` and `SQLITE_CANTOPEN`; extended
/// codes refine them in the upper bits.
const UNAVAILABLE_RESULTS: [u32; 6] = [5, 6, 8, 10, 13, 14];

/// A SQLSTATE has five characters, a result code of SQLite has fewer.
fn is_unavailable(code: &str) -> bool {
    if code.len() == 5 {
        return UNAVAILABLE_STATES.iter().any(|state| code.starts_with(state));
    }
    code.parse::<u32>().is_ok_and(|result| UNAVAILABLE_RESULTS.contains(&(result & 0xff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_unavailable_and_what_does_not_is_internal() {
        for code in ["08006", "25006", "53100", "55P03", "57P01", "58030", "5", "8", "13", "261", "778"] {
            assert!(is_unavailable(code), "{code}");
        }
        for code in ["23505", "42P01", "2067", "1", "11", "x"] {
            assert!(!is_unavailable(code), "{code}");
        }
    }

    #[test]
    fn causes_stay_inside() {
        let error = Error::internal(anyhow::anyhow!("no such table: principal"));
        assert!(!error.to_string().contains("principal"));
        assert!(error.internal.is_some());
    }
}
