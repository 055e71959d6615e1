//! What a platform answers, and what tests insist on there.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) text: String,
}

impl Reply {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header as text; absent is empty.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The error code, in the words of either kind of refusal; empty for a success.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let code = body["code"].as_str().or(body["error"].as_str());
        code.unwrap_or_default().to_owned()
    }

    /// Insists on this status of success; gives `data`.
    #[track_caller]
    pub(crate) fn data(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let mut body = self.json();
        assert_eq!(body["success"], true, "{self:?}");
        body["data"].take()
    }

    /// Insists that this answer to a dry run is that of the real request. The id of a new account is the only value
    /// that need not be the same: PostgreSQL does not give a number again that a dry run has had.
    #[track_caller]
    pub(crate) fn foretells(&self, real: &Self) {
        let told = |reply: &Self| {
            let mut body = reply.json();
            for member in ["dry_run", "request_id"] {
                body.as_object_mut().unwrap().remove(member);
            }
            if let Some(id) = body.pointer_mut("/data/id").filter(|_| reply.status == 201) {
                assert!(id.take().as_i64() > Some(0), "{reply:?}");
            }
            // A process has a clock of its own, which goes on.
            if std::env::var_os("SACTL_TEST_OTHER_NODE").is_some() {
                forget_times(&mut body);
            }
            // The last use is noted beside a request.
            for account in ["/data", "/data/account"] {
                if let Some(last) = body.pointer_mut(&format!("{account}/last_used_at")) {
                    last.take();
                }
            }
            (reply.status, body)
        };
        assert_eq!(self.json()["dry_run"], true, "{self:?}");
        assert_eq!(real.json().get("dry_run"), None, "{real:?}");
        assert_eq!(told(self), told(real));
    }

    /// Insists on this refusal, in full form.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["success"], false, "{self:?}");
        assert_eq!(body["status"], status, "{self:?}");
        assert_eq!(body["type"], "about:blank", "{self:?}");
        assert_eq!(body["request_id"], self.header("x-request-id"), "{self:?}");
        for member in ["title", "detail", "message"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {self:?}");
        }
        assert_eq!(self.headers.contains_key(WWW_AUTHENTICATE), status == 401, "{self:?}");
    }

    /// The codes of the broken rules.
    pub(crate) fn rules(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|rule| rule["code"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// Takes every time out of a document.
fn forget_times(document: &mut Value) {
    match document {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| {
            if name.ends_with("_at") { drop(value.take()) } else { forget_times(value) }
        }),
        Value::Array(items) => items.iter_mut().for_each(forget_times),
        _ => {}
    }
}
