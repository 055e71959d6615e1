//! Reads the refusals of servers: problem documents, other JSON documents, texts and web pages.
//!
//! Responsible for keeping the words of the server, in whatever form they come. Refuses to trust them: their length is
//! limited.

use reqwest::StatusCode;
use serde_json::Value;

use super::Error;
use crate::api::session::TokenRefusal;
use crate::api::{Code, Problem, texts};
use crate::text::{CommandLine, page};

/// Longest text of a server that an error repeats, in characters.
const MESSAGE_LIMIT: usize = 2000;

/// Most characters of an answer that is not a document of the contract.
const WORDS_LIMIT: usize = 300;

impl Error {
    /// What an answer without success means: a problem document, a bare `{"success": false, "message": …}`, an
    /// RFC 6749 error, another text, or only a status. A `status` that is none counts as 500.
    pub fn of_answer(status: u16, body: &[u8]) -> Self {
        refusal(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), None, body)
    }
}

/// Reads a refusal: a problem document, a bare `{"success": false, "message": …}`, an RFC 6749 error, another text,
/// or only a status.
pub(super) fn refusal(status: StatusCode, request_id: Option<String>, body: &[u8]) -> Error {
    let error = token_refusal(body)
        .or_else(|| problem(status, body))
        .unwrap_or_else(|| Error::new(code_of(status), without_reason(status, words(body))));
    advise(error).answered(status, request_id)
}

/// A refusal of RFC 6749. Other servers use a member `error` too, beside members of their own.
fn token_refusal(body: &[u8]) -> Option<Error> {
    let refusal: TokenRefusal = serde_json::from_slice(body).ok()?;
    let is_code = refusal.error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !is_code || serde_json::from_slice::<Problem>(body).is_ok_and(|problem| problem.message.is_some()) {
        return None;
    }
    let code = match Code::parse(&refusal.error) {
        Some(code @ (Code::InvalidGrant | Code::MfaRequired | Code::UnauthorizedClient)) => code,
        _ => Code::Malformed,
    };
    let message = refusal.error_description.unwrap_or_else(|| match code {
        Code::InvalidGrant => "the user name or the password is wrong".to_owned(),
        Code::MfaRequired => "a second factor is required".to_owned(),
        Code::UnauthorizedClient => "this account may not sign in with sactl".to_owned(),
        _ => refusal.error,
    });
    let mut error = Error::new(code, bounded(message));
    error.is_named = true;
    Some(error)
}

fn problem(status: StatusCode, body: &[u8]) -> Option<Error> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let named = problem.code.as_deref().and_then(Code::parse);
    let message = problem.message.or(problem.detail);
    let code = named.unwrap_or_else(|| match code_of(status) {
        // Some platforms answer a conflict and a broken rule so.
        Code::Malformed if status == 400 && problem.success == Some(false) && message.is_some() => {
            Code::InvalidInput
        }
        code => code,
    });
    let message = message.or(problem.title).unwrap_or_else(|| {
        let told = named.is_none() && problem.errors.is_empty();
        without_reason(status, if told { words(body) } else { None })
    });
    let mut error = Error::new(code, bounded(message));
    error.is_named = named.is_some();
    error.request_id = problem.request_id;
    error.errors = problem.errors;
    error.is_dry_run = problem.dry_run;
    *error.subject = problem.subject;
    Some(error)
}

/// The words of an answer that is not a document of the contract.
fn words(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let words = match serde_json::from_str::<Value>(&text) {
        Ok(document) => texts(&document).unwrap_or_default(),
        Err(_) => page::words(&text),
    };
    (!words.is_empty()).then(|| cut(words, WORDS_LIMIT))
}

/// The code of a refusal that names none.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        401 => Code::Unauthenticated,
        403 => Code::MissingPermission,
        404 | 410 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        407 => Code::Unreachable,
        408 | 504 => Code::Timeout,
        409 => Code::NameTaken,
        422 => Code::InvalidInput,
        429 => Code::RateLimited,
        502 | 503 => Code::Unavailable,
        500..=599 => Code::Internal,
        400..=499 => Code::Malformed,
        _ => Code::BadResponse,
    }
}

/// The message of an answer that has no member for it.
fn without_reason(status: StatusCode, words: Option<String>) -> String {
    match words {
        Some(words) => format!("the server answered {status}: {words}"),
        None => format!("the server answered {status} without a reason"),
    }
}

/// The message of a server, cut to a readable length.
pub(super) fn bounded(message: String) -> String {
    cut(message, MESSAGE_LIMIT)
}

fn cut(text: String, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What to do about it, where that is always the same.
fn advise(error: Error) -> Error {
    let hint = match error.code {
        Code::Unauthenticated => CommandLine::new("login").after("sign in again with: "),
        Code::InvalidGrant => CommandLine::new("passwd NAME").after(
            "check the user name and password. Forgotten? The company that owns the service account can \
             reset it: ",
        ),
        Code::MfaRequired => CommandLine::new("login")
            .after("sign in on a terminal with: ")
            .then(", or pass the code with: ")
            .run(CommandLine::new("login --otp CODE"))
            .then("; scripts use a service account, which needs no code"),
        Code::UnauthorizedClient => "service accounts can sign in only through the API".into(),
        Code::MissingPermission => CommandLine::new("whoami").after("see what you may do with: "),
        Code::NotOwner => "switch to the owner company with --company, if you belong to it".into(),
        Code::RateLimited | Code::Unavailable => "try again later".into(),
        _ => return error,
    };
    error.hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Error {
        refusal(StatusCode::from_u16(status).unwrap(), None, body.as_bytes())
    }

    #[test]
    fn a_problem_document_is_taken_whole() {
        let error = read(
            403,
            r#"{"type":"about:blank","status":403,"code":"not_owner","success":false,"message":"no",
                "request_id":"r1","errors":[{"field":"a","code":"b","message":"c"}]}"#,
        );
        assert_eq!((error.code, error.message.as_str()), (Code::NotOwner, "no"));
        assert_eq!((error.status, error.request_id.as_deref()), (Some(403), Some("r1")));
        assert_eq!(error.errors.len(), 1);
    }

    #[test]
    fn a_bare_refusal_gets_the_code_of_its_status() {
        for (status, code) in [
            (400, Code::InvalidInput),
            (401, Code::Unauthenticated),
            (403, Code::MissingPermission),
            (404, Code::NotFound),
            (409, Code::NameTaken),
            (413, Code::Malformed),
            (422, Code::InvalidInput),
            (429, Code::RateLimited),
            (500, Code::Internal),
            (503, Code::Unavailable),
            (504, Code::Timeout),
        ] {
            let error = read(status, r#"{"success": false, "message": "because"}"#);
            assert_eq!((error.code, error.message.as_str()), (code, "because"), "{status}");
            let code = if status == 400 { Code::Malformed } else { code };
            assert_eq!(read(status, "<html>").code, code);
            assert_eq!(read(status, r#"{"success": false, "code": "from_the_future"}"#).code, code);
        }
    }

    #[test]
    fn sign_in_errors_are_those_of_the_standard() {
        for (text, code) in [
            ("invalid_grant", Code::InvalidGrant),
            ("mfa_required", Code::MfaRequired),
            ("unauthorized_client", Code::UnauthorizedClient),
            ("invalid_request", Code::Malformed),
            ("not_owner", Code::Malformed),
        ] {
            assert_eq!(read(400, &format!(r#"{{"error": "{text}"}}"#)).code, code, "{text}");
        }
    }

    #[test]
    fn the_words_of_a_server_reach_the_reader_in_any_form() {
        for (status, body, words) in [
            (400, r#"{"success": false, "message": {"name": ["is taken"]}}"#, "is taken"),
            (
                400,
                r#"{"timestamp": 1, "status": "400", "error": "Bad Request", "message": "no such role"}"#,
                "no such role",
            ),
            (400, r#"{"error": {"code": 7, "text": "no such role"}}"#, "no such role"),
            (400, r#"["no such role"]"#, "no such role"),
            (405, "no such role", "no such role"),
            (502, "<html><head><title>502</title></head><body>no such <b>role</b></body>", "no such role"),
            (500, r#"{"code": 17, "title": 3, "request_id": 5, "detail": "no such role"}"#, "no such role"),
        ] {
            let error = read(status, body);
            assert!(error.message.contains(words), "{body}: {}", error.message);
        }
        let error = read(400, r#"{"success": false, "message": "no", "errors": {"name": ["too long"]}}"#);
        assert_eq!((error.code, error.errors.len()), (Code::InvalidInput, 1));
    }

    #[test]
    fn long_messages_are_cut() {
        let body = format!(r#"{{"message": "{}"}}"#, "é".repeat(10_000));
        assert_eq!(read(400, &body).message.chars().count(), MESSAGE_LIMIT + 1);
    }
}
