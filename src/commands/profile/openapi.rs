//! Proposes a table of routes from the OpenAPI document of a gateway.
//!
//! Responsible for matching operations, and for marking what it could not match. Refuses to use the table: the user
//! checks it first.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::api::Code;
use crate::api::routes::{ApiOperation, HttpMethod, Routes};
use crate::config::secure_file;
use crate::error::{CliError, Result};

/// Most bytes of an OpenAPI document.
const LIMIT: usize = 16 * 1024 * 1024;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    matched: usize,
    unmatched: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { matched, unmatched } = self;
        write!(f, "{matched} operations found, {unmatched} not; check each of them before you use the file")
    }
}

/// Writes a table to `path`, a new file.
///
/// # Errors
/// `io`, also for a file that exists; `config` for a document that is no OpenAPI 3.
pub(super) fn write(document: &Path, path: &Path) -> Result<Found> {
    let bytes =
        secure_file::read_bounded(document, LIMIT, "name the OpenAPI document of your gateway, as JSON")?;
    let shown = document.display();
    let document: Value = serde_json::from_slice(&bytes)
        .map_err(|error| CliError::config(format!("{shown} is not JSON: {error}")))?;
    if !document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")) {
        return Err(CliError::config(format!("{shown} is not an OpenAPI 3 document")));
    }
    let (text, found) = table(&document);
    let file = std::fs::File::create_new(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        let error = CliError::new(Code::Io, format!("cannot write {}: {error}", path.display()));
        error.hint("an existing file is never replaced; move it away first")
    })?;
    Ok(found)
}

/// One operation of the document.
struct Offered {
    method: String,
    path: String,
    id: String,
    /// The parameter that names the company.
    company: Option<String>,
}

impl Offered {
    /// The path for an operation, which names the company where that is about one.
    fn path_for(&self, operation: ApiOperation) -> String {
        match &self.company {
            Some(name) if operation.is_of_company() && !self.path.contains("{company}") => {
                format!("{}?{name}={{company}}", self.path)
            }
            _ => self.path.clone(),
        }
    }
}

fn offered(document: &Value) -> Vec<Offered> {
    let base = document["servers"][0]["url"].as_str().unwrap_or_default();
    let base = base.split_once("://").map_or(base, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let base = base.trim_end_matches('/');
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let operation = &item[method];
            if operation.is_object() {
                // Where the company is no part of the path, it may be a parameter.
                let parameters = [&item["parameters"], &operation["parameters"]];
                let query = parameters.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
                let query = query.filter(|one| one["in"] == "query");
                let company = query.filter_map(|one| one["name"].as_str()).find(|name| is_company(name));
                found.push(Offered {
                    method: method.to_uppercase(),
                    path: format!("{base}{}", with_places(path)),
                    company: company.map(str::to_owned),
                    id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                });
            }
        }
    }
    found
}

/// The letters and digits of a name, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

fn is_company(name: &str) -> bool {
    ["companyid", "company"].contains(&plain(name).as_str())
}

/// The path with our names of its places, as far as the segment before each one says what it is.
fn with_places(path: &str) -> String {
    let mut before = String::new();
    let mut whole = String::new();
    for segment in path.split('/').skip(1) {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let known = name.map(|name| {
            let name = plain(name);
            if is_company(&name) || before.starts_with("compan") {
                "{company}".to_owned()
            } else if before.starts_with("role") {
                "{role}".to_owned()
            } else if is_account(&before) {
                if name.ends_with("id") { "{account_id}" } else { "{account}" }.to_owned()
            } else {
                segment.to_owned()
            }
        });
        let _ = write!(whole, "/{}", known.as_deref().unwrap_or(segment));
        before = plain(segment);
    }
    whole
}

/// Whether a segment is the collection of service accounts. Gateways call them clients of the API, too.
fn is_account(segment: &str) -> bool {
    ["serviceaccount", "apiclient"].iter().any(|name| segment.starts_with(name))
}

/// The operations that may be this one: those of the same name, else those of the same method and form of path.
fn candidates(operation: ApiOperation, offered: &[Offered]) -> Vec<&Offered> {
    let named: Vec<_> = offered.iter().filter(|one| plain(&one.id) == plain(operation.as_str())).collect();
    if !named.is_empty() {
        return named;
    }
    let Some(ours) = Routes::ours().get(operation).cloned() else { return Vec::new() };
    let shape = shape(&ours.path);
    let fits = |one: &&Offered| one.method == ours.method.as_str() && self::shape(&one.path) == shape;
    offered.iter().filter(fits).collect()
}

/// What a path is about: its collections and whether it ends in one thing, without the company.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts = Vec::new();
    for segment in path.split('/').skip(1) {
        let name = plain(segment);
        let part = match name.as_str() {
            "api" | "" => continue,
            _ if segment.starts_with('{') => "one",
            _ if is_account(&name) => "accounts",
            _ if name.starts_with("compan") => "companies",
            _ => name.trim_end_matches('s'),
        };
        parts.push(part.to_owned());
    }
    // The company of a thing is a part of its path at some gateways, and a parameter at others.
    if parts.len() > 2 && parts[..2] == ["companies", "one"] {
        parts.drain(..2);
    }
    parts.join("/")
}

/// The text of the table.
fn table(document: &Value) -> (String, Found) {
    let offered = offered(document);
    let mut text = String::from(
        "# Proposed from an OpenAPI document. Check each route: a wrong one may change the wrong thing.\n",
    );
    let mut found = Found { matched: 0, unmatched: 0 };
    for operation in ApiOperation::ALL {
        let candidates = candidates(*operation, &offered);
        let of_token = matches!(operation, ApiOperation::SignIn | ApiOperation::SignOut);
        match (candidates.as_slice(), Routes::ours().get(*operation)) {
            ([one], _) if is_method(&one.method) => {
                found.matched += 1;
                let _ = write!(
                    text,
                    "\n[{operation}]\nmethod = \"{}\"\npath = {:?}\n",
                    one.method,
                    one.path_for(*operation)
                );
            }
            ([], Some(ours)) if of_token => {
                found.matched += 1;
                let _ = write!(
                    text,
                    "\n# Not in the document: the route of the platform.\n[{operation}]\nmethod = \"{}\"\npath = {:?}\n",
                    ours.method.as_str(),
                    ours.path
                );
            }
            (several, _) => {
                found.unmatched += 1;
                let _ = write!(text, "\n# NOT MATCHED: {operation}");
                text.push_str(if several.is_empty() { "\n" } else { "; one of these?\n" });
                for one in several {
                    let _ = writeln!(text, "#   {} {} ({})", one.method, one.path, one.id);
                }
            }
        }
    }
    (text, found)
}

fn is_method(method: &str) -> bool {
    use HttpMethod::{Delete, Get, Patch, Post, Put};
    [Get, Post, Put, Patch, Delete].iter().any(|known| known.as_str() == method)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_proposed_and_what_does_not_match_is_marked() {
        let document = json!({"openapi": "3.0.1", "servers": [{"url": "https://gateway.example/api"}], "paths": {
            "/companies": {"get": {}},
            "/companies/{id}": {"get": {}},
            "/api-clients": {"get": {"parameters": [{"in": "query", "name": "companyId"}]}, "post": {}},
            "/api-clients/{clientId}": {"get": {}, "delete": {}},
            "/api-clients/{name}/password": {"put": {"operationId": "x"}},
            "/roles": {"get": {}}, "/companies/{id}/roles": {"get": {}}
        }});
        let (text, found) = table(&document);
        let routes = Routes::parse(&text, None).unwrap();
        let path = |operation| routes.get(operation).map(|route| route.path.clone());
        assert_eq!(path(ApiOperation::ListAccounts).as_deref(), Some("/api/api-clients?companyId={company}"));
        assert_eq!(path(ApiOperation::ShowAccount).as_deref(), Some("/api/api-clients/{account_id}"));
        assert_eq!(path(ApiOperation::ResetPassword).as_deref(), Some("/api/api-clients/{account}/password"));
        assert_eq!(path(ApiOperation::ShowCompany).as_deref(), Some("/api/companies/{company}"));
        assert_eq!(path(ApiOperation::ListRoles), None);
        assert!(text.contains("NOT MATCHED: list_roles; one of these?\n#   GET /api/roles ()"), "{text}");
        assert!(text.contains("NOT MATCHED: set_access\n"), "{text}");
        assert_eq!(found.matched + found.unmatched, ApiOperation::ALL.len());
    }
}
