//! A gateway of another kind: numbered pages of ten rows, other paths and names, 401 for missing rights, 400 for
//! conflicts, errors as an object, times without a zone, and answers that say only that it was done. Each convention is
//! one that is publicly known of such servers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use url::form_urlencoded;

use super::env::Env;
use super::http::Request;
use super::stub::{Answer, Stub};

/// The token of every session.
const TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.anotherGateway";
/// Rows of a page where nothing else is asked for.
const ROWS: usize = 10;

/// Where it has its operations.
pub(crate) const ROUTES: &str = r#"
[sign_in]
method = "POST"
path = "/public/auth/connect/token"

[list_companies]
method = "GET"
path = "/api/companies"

[show_company]
method = "GET"
path = "/api/companies/{company}"

[show_me]
method = "GET"
path = "/api/users/me"

[list_roles]
method = "POST"
path = "/api/roles/search"
body = { company_id = "{company}" }

[list_service_accounts]
method = "GET"
path = "/api/api-clients?companyId={company}"
response = { name = "client_name", owner = "company", access = "grant", description = "note" }

[create_service_account]
method = "POST"
path = "/api/api-clients"
request = { name = "client_name", description = "note" }
body = { company_id = "{company}" }

[show_service_account]
method = "GET"
path = "/api/api-clients/{account_id}?companyId={company}"
response = { name = "client_name", owner = "company", access = "grant", description = "note" }

[edit_service_account]
method = "PATCH"
path = "/api/api-clients/{account_id}"
request = { description = "note" }

[reset_service_account_password]
method = "POST"
path = "/api/api-clients/{account_id}/reset-password"
request = { password = "new_password" }

[delete_service_account]
method = "DELETE"
path = "/api/api-clients/{account_id}"

[set_access]
method = "PUT"
path = "/api/api-clients/{account_id}/companies"
body = { company_id = "{company}" }

[remove_access]
method = "DELETE"
path = "/api/api-clients/{account_id}/companies/{company}"
"#;

/// One account there.
#[derive(Clone)]
struct Client {
    name: String,
    note: Option<String>,
    company: i64,
    password: String,
    grants: BTreeMap<i64, Vec<String>>,
}

/// What the gateway holds.
struct Held {
    companies: Vec<(i64, String)>,
    clients: BTreeMap<i64, Client>,
    next: i64,
    may_write: bool,
    /// The status of every read of accounts after a change.
    read_after_write: Option<u16>,
    was_written: bool,
}

/// The gateway.
pub(crate) struct OtherGateway {
    stub: Stub,
    held: Arc<Mutex<Held>>,
}

impl OtherGateway {
    /// One with `accounts` accounts of company 1, called `bot-000` and so on, and none of the others.
    pub(crate) fn start(accounts: usize) -> Self {
        let client = |number: usize| Client {
            name: format!("bot-{number:03}"),
            note: None,
            company: 1,
            password: "Known-To-Nobody-77!".to_owned(),
            grants: BTreeMap::from([(1, vec!["ViewDevice".to_owned()])]),
        };
        // Not in the order of the names.
        let clients = (0..accounts).map(|number| (1000 - i64::try_from(number).unwrap(), client(number)));
        let names = ["Acme MSP", "Acme MSP North", "Contoso", "Contoso Retail"];
        let held = Arc::new(Mutex::new(Held {
            companies: (1..).zip(names.map(str::to_owned)).collect(),
            clients: clients.collect(),
            next: 2000,
            may_write: true,
            read_after_write: None,
            was_written: false,
        }));
        let state = held.clone();
        let stub = Stub::start(move |request| answer(&mut state.lock().unwrap(), request));
        Self { stub, held }
    }

    /// Takes the right to change anything.
    pub(crate) fn forbid_writes(&self) {
        self.held.lock().unwrap().may_write = false;
    }

    /// Answers every read of accounts with `status`, from the next change on.
    pub(crate) fn hide_after_write(&self, status: u16) {
        let mut held = self.held.lock().unwrap();
        (held.read_after_write, held.was_written) = (Some(status), false);
    }

    /// Answers every read again.
    pub(crate) fn show_again(&self) {
        self.held.lock().unwrap().read_after_write = None;
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.stub.requests()
    }

    /// A user who signs in for each call, acts in company 1, and knows the routes.
    pub(crate) fn user(&self) -> Env {
        let env = Env::new().with("SACTL_SERVER", self.stub.url()).with("SACTL_COMPANY", "1");
        let routes = env.file("routes.toml", ROUTES);
        env.with("SACTL_ROUTES", routes)
            .with("SACTL_USERNAME", "admin@acme.example")
            .with("SACTL_PASSWORD", "x")
    }

    /// Whether an account of this name has this password.
    pub(crate) fn has_password(&self, name: &str, password: &str) -> bool {
        self.held.lock().unwrap().clients.values().any(|one| one.name == name && one.password == password)
    }
}

fn answer(held: &mut Held, request: &Request) -> Answer {
    let path: Vec<&str> = request.path().split('/').skip(1).collect();
    if request.path() == "/public/auth/connect/token" {
        let grant =
            json!({"access_token": TOKEN, "expires_in": 7200, "token_type": "Bearer", "scope": "MainAPI"});
        return Answer::json(200, grant.to_string());
    }
    if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
        return refused(401, "Unauthorized");
    }
    let query: BTreeMap<String, String> =
        form_urlencoded::parse(request.target.split_once('?').map_or("", |(_, query)| query).as_bytes())
            .into_owned()
            .collect();
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let company = query.get("companyId").and_then(|id| id.parse().ok());
    if !held.may_write && request.method != "GET" {
        return refused(401, "You are not allowed to manage API clients");
    }
    if path.starts_with(&["api", "api-clients"]) {
        match held.read_after_write {
            Some(status) if request.method == "GET" && held.was_written => return refused(status, "Hidden"),
            _ => held.was_written |= request.method != "GET",
        }
    }
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["api", "companies"]) => {
            let part = query.get("name").map(String::as_str).unwrap_or_default();
            let rows = held.companies.iter().filter(|(_, name)| name.contains(part));
            page(rows.map(|(id, name)| json!({"id": id, "name": name})).collect(), &query)
        }
        ("GET", ["api", "companies", id]) => {
            let found = held.companies.iter().find(|(known, _)| known.to_string() == *id);
            found.map_or_else(missing, |(id, name)| done(&json!({"id": id, "name": name})))
        }
        ("POST", ["api", "roles", "search"]) => {
            let text = |name: &str| body[name].as_u64().map(|value| (name.to_owned(), value.to_string()));
            let query = ["page", "page_size"].into_iter().filter_map(text).collect();
            page(vec![json!({"name": "Company Admin"}), json!({"name": "Viewer"})], &query)
        }
        ("GET", ["api", "api-clients"]) => {
            let rows = held.clients.iter().filter(|(_, one)| one.is_seen_by(company));
            page(rows.map(|(id, one)| row(held, *id, one, company)).collect(), &query)
        }
        ("POST", ["api", "api-clients"]) => create(held, &body),
        (_, ["api", "api-clients", id, rest @ ..]) => {
            match id.parse().ok().filter(|id| held.clients.contains_key(id)) {
                Some(id) => one_client(held, id, company, (&request.method, rest, &body)),
                None => missing(),
            }
        }
        _ => Answer::html(404),
    }
}

impl Client {
    fn is_seen_by(&self, company: Option<i64>) -> bool {
        company.is_none_or(|company| self.company == company || self.grants.contains_key(&company))
    }
}

fn create(held: &mut Held, body: &Value) -> Answer {
    let (name, password) = (body["client_name"].as_str().unwrap(), body["password"].as_str().unwrap());
    if held.clients.values().any(|one| one.name == name) {
        return refused(400, "API client already exists");
    }
    if password.len() < 12 {
        let errors = json!({"Password": ["must have at least 12 characters"]});
        let refusal = json!({"success": false, "message": "Validation failed", "errors": errors});
        return Answer::json(400, refusal.to_string());
    }
    let grants = body["access"].as_array().into_iter().flatten();
    let grants = grants.map(|one| (one["company_id"].as_i64().unwrap(), names(&one["permissions"])));
    let client = Client {
        name: name.to_owned(),
        note: body["note"].as_str().map(str::to_owned),
        company: body["company_id"].as_i64().unwrap(),
        password: password.to_owned(),
        grants: grants.collect(),
    };
    held.next += 1;
    held.clients.insert(held.next, client);
    done(&json!({"id": held.next}))
}

fn one_client(
    held: &mut Held,
    id: i64,
    company: Option<i64>,
    (method, rest, body): (&str, &[&str], &Value),
) -> Answer {
    let client = held.clients.get_mut(&id).unwrap();
    match (method, rest) {
        ("GET", []) => {
            let client = client.clone();
            return done(&row(held, id, &client, company));
        }
        ("PATCH", []) => client.note = body["note"].as_str().map(str::to_owned),
        ("DELETE", []) => drop(held.clients.remove(&id)),
        ("POST", ["reset-password"]) => {
            body["new_password"].as_str().unwrap().clone_into(&mut client.password);
        }
        ("PUT", ["companies"]) => {
            let company = body["company_id"].as_i64().unwrap();
            client.grants.insert(company, names(&body["permissions"]));
        }
        ("DELETE", ["companies", company]) => drop(client.grants.remove(&company.parse().unwrap())),
        _ => return Answer::html(405),
    }
    Answer::json(200, json!({"success": true, "message": "OK"}).to_string())
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn row(held: &Held, id: i64, client: &Client, company: Option<i64>) -> Value {
    let named = |id: i64| {
        let name = held.companies.iter().find(|(known, _)| *known == id).map(|(_, name)| name);
        json!({"id": id, "name": name})
    };
    let grant = company.and_then(|company| {
        let permissions = client.grants.get(&company)?;
        Some(json!({"company": named(company), "permissions": permissions}))
    });
    json!({
        "id": id, "client_name": client.name, "note": client.note, "company": named(client.company),
        "grant": grant, "creation_date": "2024-05-06T07:08:09", "is_enabled": true
    })
}

fn page(rows: Vec<Value>, query: &BTreeMap<String, String>) -> Answer {
    let number = |name: &str| query.get(name).and_then(|value| value.parse::<usize>().ok());
    let (page, size) = (number("page").unwrap_or(1), number("pageSize").unwrap_or(ROWS).min(100));
    let total = rows.len();
    let data: Vec<Value> = rows.into_iter().skip((page - 1) * size).take(size).collect();
    let list = json!({"success": true, "message": null, "data": data, "page": page, "page_size": size, "total_items": total});
    Answer::json(200, list.to_string())
}

fn done(data: &Value) -> Answer {
    Answer::json(200, json!({"success": true, "message": null, "data": data}).to_string())
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({"success": false, "message": message}).to_string())
}

fn missing() -> Answer {
    refused(404, "Not found")
}
