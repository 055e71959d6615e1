//! The routes of a gateway: method, path, and the names of members that differ from ours.
//!
//! Responsible for reading and filling such a table. Refuses a table with unknown members or places. Our table is
//! `routes.toml` beside this file; a profile can name the table of another gateway.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::path::encoded;
use crate::domain::{AccountId, CompanyId};

macro_rules! operations {
    ($($name:ident = $text:literal, $verb:ident, [$($place:literal),*];)+) => {
        /// What a gateway can be asked for, by its `operationId` in the OpenAPI document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum ApiOperation { $(#[serde(rename = $text)] $name,)+ }

        impl ApiOperation {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in tables of routes.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The method at our platform.
            const fn usual(self) -> HttpMethod {
                match self { $(Self::$name => HttpMethod::$verb,)+ }
            }

            /// The places that a path may have.
            const fn places(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($place),*],)+ }
            }
        }
    };
}

operations! {
    SignIn = "sign_in", Post, [];
    SignOut = "sign_out", Post, [];
    ShowMe = "show_me", Get, [];
    ListCompanies = "list_companies", Get, [];
    ShowCompany = "show_company", Get, ["company"];
    ListPermissions = "list_permissions", Get, [];
    ListRoles = "list_roles", Get, ["company"];
    CreateRole = "create_role", Post, ["company"];
    ShowRole = "show_role", Get, ["company", "role"];
    SetRole = "set_role", Put, ["company", "role"];
    AdjustRole = "adjust_role", Patch, ["company", "role"];
    DeleteRole = "delete_role", Delete, ["company", "role"];
    ListAccounts = "list_service_accounts", Get, ["company"];
    CreateAccount = "create_service_account", Post, ["company"];
    ShowAccount = "show_service_account", Get, ["company", "account", "account_id"];
    EditAccount = "edit_service_account", Patch, ["company", "account", "account_id"];
    ResetPassword = "reset_service_account_password", Put, ["company", "account", "account_id"];
    DeleteAccount = "delete_service_account", Delete, ["company", "account", "account_id"];
    SetAccess = "set_access", Put, ["company", "account", "account_id"];
    AdjustAccess = "adjust_access", Patch, ["company", "account", "account_id"];
    RemoveAccess = "remove_access", Delete, ["company", "account", "account_id"];
    ListAuditRecords = "list_audit_records", Get, ["company"];
}

impl fmt::Display for ApiOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl ApiOperation {
    /// Whether it reads without naming one thing, so that it can be tried.
    pub fn is_general(self) -> bool {
        self.is_read() && !self.places().iter().any(|place| *place != "company")
    }

    /// Whether it is about one company.
    pub fn is_of_company(self) -> bool {
        self.places().contains(&"company")
    }

    /// Whether it only reads.
    pub fn is_read(self) -> bool {
        self.usual() == HttpMethod::Get
    }
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names say it")]
pub enum HttpMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl HttpMethod {
    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What fills the places of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `{company}`.
    pub company: Option<CompanyId>,
    /// `{account}`, or `{role}` of an operation on roles.
    pub name: Option<String>,
    /// `{account_id}`, once it is known.
    pub account_id: Option<AccountId>,
}

impl Place {
    /// A company.
    pub fn of(company: CompanyId) -> Self {
        Self { company: Some(company), ..Self::default() }
    }

    /// What is called `name` in a company.
    pub fn named(company: CompanyId, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::of(company) }
    }
}

/// Where a gateway has one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// How it is asked.
    pub method: HttpMethod,
    /// The path with its places.
    pub path: String,
    /// Names of query parameters: ours to theirs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Names of members of the request: ours to theirs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub request: BTreeMap<String, String>,
    /// Members of the request that we do not have, with places in their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, String>,
    /// Names of members of `data`: ours to theirs, with dots into objects.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub response: BTreeMap<String, String>,
}

/// The place of the account's number, which may be filled later than the others.
pub const ACCOUNT_ID: &str = "{account_id}";

impl Route {
    /// Whether the number of the account is needed, which has to be looked up.
    pub fn needs_account_id(&self) -> bool {
        self.path.contains(ACCOUNT_ID)
    }

    /// The path with its places filled. The number of the account stays a place until it is known.
    ///
    /// Returns `None` where a value cannot be a path segment: the empty text, `.` and `..`, which every URL parser
    /// would fold away. No object of the platform has such a name.
    pub fn fill(&self, place: &Place) -> Option<String> {
        let is_used = ["{account}", "{role}"].iter().any(|name| self.path.contains(name));
        if is_used && place.name.as_deref().is_none_or(|name| ["", ".", ".."].contains(&name)) {
            return None;
        }
        Some(filled(&self.path, place, encoded))
    }

    /// The additional members of the request, with their places filled. A company alone is a number.
    pub fn besides(&self, place: &Place) -> impl Iterator<Item = (&str, serde_json::Value)> {
        self.body.iter().map(|(name, value)| {
            let value = match (value.as_str(), place.company) {
                ("{company}", Some(company)) => company.0.into(),
                (value, _) => filled(value, place, str::to_owned).into(),
            };
            (name.as_str(), value)
        })
    }
}

/// `text` with its places filled. What is filled in is never taken for a place.
fn filled(text: &str, place: &Place, escape: fn(&str) -> String) -> String {
    let mut whole = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, name, after)) = next_place(rest) {
        whole.push_str(before);
        match name {
            "company" => whole.extend(place.company.map(|company| company.to_string())),
            "account" | "role" => whole.extend(place.name.as_deref().map(escape)),
            "account_id" if let Some(id) = place.account_id => whole.push_str(&id.to_string()),
            other => whole.extend(["{", other, "}"]),
        }
        rest = after;
    }
    whole + rest
}

/// The text before the first place, its name, and the text after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The table of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    routes: BTreeMap<ApiOperation, Arc<Route>>,
    /// The file that it is from; `None` for ours.
    pub file: Option<String>,
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

static OURS: LazyLock<Arc<Routes>> = LazyLock::new(|| {
    let routes = Routes::parse(include_str!("routes.toml"), None);
    Arc::new(routes.unwrap_or_else(|_| Routes { routes: BTreeMap::new(), file: None }))
});

impl Routes {
    /// The routes of the platform.
    pub fn ours() -> Arc<Self> {
        OURS.clone()
    }

    /// The route of an operation; `None` where the gateway does not have it.
    pub fn get(&self, operation: ApiOperation) -> Option<&Arc<Route>> {
        self.routes.get(&operation)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str, file: Option<String>) -> Result<Self, Fault> {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let written: BTreeMap<ApiOperation, Spanned<Route>> =
            toml::from_str(text).map_err(|error| Fault {
                line: error.span().map_or(1, |span| line(span.start)),
                message: error.message().lines().collect::<Vec<_>>().join(" "),
            })?;
        let mut routes = BTreeMap::new();
        for (operation, route) in written {
            let at = line(route.span().start);
            let route = route.into_inner();
            check(operation, &route)
                .map_err(|message| Fault { line: at, message: format!("{operation}: {message}") })?;
            routes.insert(operation, Arc::new(route));
        }
        if !routes.contains_key(&ApiOperation::SignIn) {
            return Err(Fault { line: 1, message: "the table has no sign_in".to_owned() });
        }
        Ok(Self { routes, file })
    }
}

/// Refuses a route that could do something else than its operation says.
fn check(operation: ApiOperation, route: &Route) -> Result<(), String> {
    let path = &route.path;
    let is_plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|sign| sign.is_ascii_graphic() && sign != '#' && sign != '\\');
    if !is_plain {
        return Err(format!("{path:?} is not a path; it starts with one / and has no blanks and no #"));
    }
    if path.split(['/', '?']).any(|segment| segment == "." || segment == "..") {
        return Err(format!("{path:?} has a segment . or .."));
    }
    if operation.is_read() && !matches!(route.method, HttpMethod::Get | HttpMethod::Post) {
        return Err(format!("{} changes something, and this operation reads", route.method.as_str()));
    }
    if !operation.is_read() && route.method == HttpMethod::Get {
        return Err("GET changes nothing, and this operation does".to_owned());
    }
    if route.body.values().any(|value| value.contains(ACCOUNT_ID)) {
        return Err(format!("{ACCOUNT_ID} can be in the path only"));
    }
    let mut has_name = false;
    for text in std::iter::once(path).chain(route.body.values()) {
        let mut rest = text.as_str();
        while let Some((_, name, after)) = next_place(rest) {
            if !operation.places().contains(&name) {
                return Err(format!("there is no place {{{name}}} in this operation"));
            }
            has_name |= name != "company";
            rest = after;
        }
    }
    if operation.places().len() > 1 && !has_name {
        return Err(format!("the path needs {{{}}}", operation.places()[1..].join("} or {")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        let text = format!("method = \"GET\"\npath = \"{path}\"");
        toml::from_str(&text).unwrap()
    }

    fn place(name: &str) -> Place {
        Place { company: Some(CompanyId(1)), name: Some(name.to_owned()), account_id: None }
    }

    #[test]
    fn ours_has_every_operation() {
        for operation in ApiOperation::ALL {
            let route = Routes::ours().get(*operation).cloned().unwrap();
            assert_eq!(route.method, operation.usual(), "{operation}");
        }
    }

    #[test]
    fn values_stay_in_their_segment() {
        let ours = route("/api/companies/{company}/service-accounts/{account}");
        assert_eq!(
            ours.fill(&place("a/b?c#d%e{company}")).as_deref(),
            Some("/api/companies/1/service-accounts/a%2Fb%3Fc%23d%25e%7Bcompany%7D")
        );
        let theirs = route("/api-clients?name={account}&companyId={company}&id={account_id}");
        assert_eq!(
            theirs.fill(&place("a&b")).as_deref(),
            Some("/api-clients?name=a%26b&companyId=1&id={account_id}")
        );
        let known = Place { account_id: Some(AccountId(9)), ..place("a") };
        assert!(theirs.fill(&known).unwrap().ends_with("&id=9"));
    }

    #[test]
    fn what_a_url_would_fold_is_no_segment() {
        for name in ["", ".", ".."] {
            assert_eq!(route("/x/{account}").fill(&place(name)), None);
        }
        assert!(route("/x/{account}").fill(&place("...")).is_some());
        assert!(route("/x/{company}").fill(&place("")).is_some());
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let sign_in = "[sign_in]\nmethod = \"POST\"\npath = \"/token\"\n";
        for (text, line, word) in [
            ("[show_me]\nmethod = \"GET\"\npath = \"/me\"", 1, "sign_in"),
            ("[sign_in]\nmethod = \"FETCH\"", 2, "FETCH"),
            ("\n[sing_in]\n", 2, "sing_in"),
            (&format!("{sign_in}[show_me]\nmethod = \"DELETE\"\npath = \"/me\""), 4, "DELETE"),
            (&format!("{sign_in}[show_me]\nmethod = \"GET\"\npath = \"https://x/me\""), 4, "path"),
            (&format!("{sign_in}[show_me]\nmethod = \"GET\"\npath = \"/a/../b\""), 4, ".."),
            (&format!("{sign_in}[show_me]\nmethod = \"GET\"\npath = \"/{{company}}\""), 4, "{company}"),
            (
                &format!("{sign_in}[delete_service_account]\nmethod = \"DELETE\"\npath = \"/x/{{company}}\""),
                4,
                "{account}",
            ),
            (
                &format!("{sign_in}[delete_service_account]\nmethod = \"GET\"\npath = \"/x/{{account}}\""),
                4,
                "GET",
            ),
            (&format!("{sign_in}[show_me]\nmethod = \"GET\"\npath = \"/me\"\nqueri = {{}}"), 7, "queri"),
        ] {
            let fault = Routes::parse(text, None).unwrap_err();
            assert!(fault.message.contains(word), "{text}: {fault}");
            assert_eq!(fault.line, line, "{text}: {fault}");
        }
    }
}
