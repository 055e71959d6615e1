//! One request, complete except for the server.
//!
//! Responsible for method, path, query, headers and body. Refuses to send itself.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::retry::Repeat;
use super::shape;
use super::{Error, Result, secrets};
use crate::api::routes::{ACCOUNT_ID, ApiOperation, Place, Route, Routes};
use crate::api::{Code, path};
use crate::domain::{AccountId, Token};

/// A request, complete but for the server.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    path: String,
    pub(super) headers: HeaderMap,
    body: Option<Arc<Zeroizing<Vec<u8>>>>,
    pub(super) repeat: Repeat,
    target: Option<(Arc<Route>, Place)>,
}

impl Call {
    pub(super) fn new(method: Method, path: &str, repeat: Repeat) -> Self {
        let headers = HeaderMap::from_iter([(
            ACCEPT,
            HeaderValue::from_static("application/json, application/problem+json"),
        )]);
        Self { method, path: path.to_owned(), headers, body: None, repeat, target: None }
    }

    /// The request for an operation, where the server has it.
    ///
    /// # Errors
    /// `not_found` for a name that can be no part of a path, `config` for an operation that the table lacks.
    pub(super) fn of(routes: &Routes, operation: ApiOperation, place: Place, repeat: Repeat) -> Result<Self> {
        let route = routes.get(operation).ok_or_else(|| absent(routes, operation))?;
        let path = route.fill(&place).ok_or_else(|| {
            let name = place.name.as_deref().unwrap_or_default();
            Error::new(Code::NotFound, format!("nothing can be called {name:?}"))
        })?;
        let method = match route.method.as_str() {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        };
        let mut call = Self::new(method, &path, repeat);
        call.target = Some((route.clone(), place));
        if !call.is_read_by_get() && !route.body.is_empty() {
            call = call.json(&serde_json::Map::new())?;
        }
        Ok(call)
    }

    /// The parameters of a read. Where the server reads by POST, they are its document.
    pub(super) fn query(mut self, query: &impl Serialize) -> Result<Self> {
        let renames = self.target.as_ref().map(|(route, _)| &route.query).filter(|names| !names.is_empty());
        let mut query = serde_json::to_value(query).map_err(|error| encoding(&error))?;
        if let (Some(renames), Value::Object(query)) = (renames, &mut query) {
            shape::rename(query, renames);
        }
        if !self.is_read_by_get() {
            return self.json(&query);
        }
        let query = form(&query);
        if !query.is_empty() {
            self.path.push(if self.path.contains('?') { '&' } else { '?' });
            self.path.push_str(&query);
        }
        Ok(self)
    }

    pub(super) fn json(self, body: &impl Serialize) -> Result<Self> {
        let shaped =
            self.target.as_ref().filter(|(route, _)| !route.request.is_empty() || !route.body.is_empty());
        let bytes = match shaped {
            None => serde_json::to_vec(body),
            Some((route, place)) => serde_json::to_value(body).and_then(|mut body| {
                if let Value::Object(members) = &mut body {
                    shape::rename(members, &route.request);
                    members.extend(route.besides(place).map(|(name, value)| (name.to_owned(), value)));
                }
                serde_json::to_vec(&body)
            }),
        };
        Ok(self.body("application/json", bytes.map_err(|error| encoding(&error))?))
    }

    pub(super) fn form(self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_value(body).map_err(|error| encoding(&error))?;
        let bytes = form(&body).as_bytes().to_vec();
        Ok(self.body("application/x-www-form-urlencoded", bytes))
    }

    pub(super) fn body(mut self, content_type: &'static str, bytes: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Some(Arc::new(Zeroizing::new(bytes)));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Result<Self> {
        let value = HeaderValue::from_str(value).map_err(|error| encoding(&error))?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// The same call to the path where it changes nothing.
    pub(super) fn for_dry_run(self) -> Self {
        Self { path: format!("{}{}", path::DRY_RUN, self.path), repeat: Repeat::Read, ..self }
    }

    /// The same call with the token, which no debug output shows.
    pub(super) fn authorised(mut self, token: &Token) -> Result<Self> {
        let header = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut value = HeaderValue::from_str(&header)
            .map_err(|_| Error::new(Code::NotSignedIn, "the token has invalid characters"))?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    /// The place whose account has to be looked up before this can be sent.
    pub(super) fn lacks_account_id(&self) -> Option<&Place> {
        let (route, place) = self.target.as_ref()?;
        (route.needs_account_id() && self.path.contains(ACCOUNT_ID)).then_some(place)
    }

    /// The same call, with the number of its account.
    pub(super) fn with_account_id(self, id: AccountId) -> Self {
        Self { path: self.path.replace(ACCOUNT_ID, &id.to_string()), ..self }
    }

    /// The route, where the answer has other names or members than ours.
    pub(super) fn shaped(&self) -> Option<(&Route, &Place)> {
        let (route, place) = self.target.as_ref()?;
        (!route.response.is_empty()).then_some((route.as_ref(), place))
    }

    /// `GET` and the like.
    pub(super) fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Path and query.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The body as it would be sent.
    pub(super) fn content(&self) -> Option<&[u8]> {
        self.body.as_ref().map(|body| body.as_slice())
    }

    /// The token and every secret of the body.
    pub(super) fn secrets(&self) -> Vec<Zeroizing<String>> {
        let token = self.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.map(|token| Zeroizing::new(token.to_owned()));
        token.into_iter().chain(self.content().into_iter().flat_map(secrets::within)).collect()
    }

    /// Whether it may change something.
    pub(super) fn is_write(&self) -> bool {
        self.repeat != Repeat::Read
    }

    fn is_read_by_get(&self) -> bool {
        self.method == Method::GET
    }
}

/// The refusal of an operation that the table of the server lacks.
fn absent(routes: &Routes, operation: ApiOperation) -> Error {
    let file = routes.file.as_deref().unwrap_or("the table of routes");
    Error::new(Code::Config, format!("this server has no operation {operation}, according to {file}"))
        .hint(format!("add [{operation}] to the file if the server has it"))
}

/// `a=b&c=d`, as queries and forms are written.
fn form(fields: &Value) -> Zeroizing<String> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => form.append_pair(name, text),
            other => form.append_pair(name, &other.to_string()),
        };
    }
    Zeroizing::new(form.finish())
}

fn encoding(error: &dyn fmt::Display) -> Error {
    Error::new(Code::Internal, format!("cannot write the request: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_segment_is_not_there_and_told_as_it_was_written() {
        for name in ["", ".", ".."] {
            let place = Place { name: Some(name.to_owned()), ..Place::default() };
            let call = Call::of(&Routes::ours(), ApiOperation::ShowAccount, place, Repeat::Read);
            let error = call.err().unwrap();
            assert_eq!(error.code, Code::NotFound);
            assert_eq!(error.message, format!("nothing can be called {name:?}"));
        }
    }
}
