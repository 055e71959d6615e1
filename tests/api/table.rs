//! The table: every caller × relation to the account × operation × field, each cell with its one answer,
//! swept over real HTTP. One account for each cell, so that no cell depends on another.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sactl::domain::Operation;
use serde_json::{Value, json};

use crate::common::platform::{Caller, PASSWORD_HASH, Server};
use crate::common::reply::Reply;

/// Who calls, acting in the company Home (1):
/// `admin` company admin of Home and viewer of Friend (3) · `operator` · `viewer` · `idle` member of Home who
/// holds `devices:view` only · `outsider` company admin of Away (2), no member of Home · `robot` a service
/// account, operator of Home · `self` the account of the cell itself.
const CALLERS: [&str; 7] = ["admin", "operator", "viewer", "idle", "outsider", "robot", "self"];

/// How the account stands to Home:
/// `owner` owned, viewer (`self`: operator) · `bare` owned, no access · `mighty` owned, company admin ·
/// `listed` owned, individual permissions · `guest` owned by Away, viewer here (`self`: operator) ·
/// `guest-listed` the same with individual permissions · `acquainted` owned by Friend, nothing here ·
/// `stranger` owned by Away, nothing here · `former` owned by Away, had access here · `missing` never was.
const STANDINGS: [&str; 10] = [
    "owner",
    "bare",
    "mighty",
    "listed",
    "guest",
    "guest-listed",
    "acquainted",
    "stranger",
    "former",
    "missing",
];

/// need = 403 `missing_permission`, owner = 403 `not_owner`, self = 403 `self_modification`, more = 403
/// `escalation`, none = 404 `not_found`; other words are a broken rule of a 422.
const TABLE: &str = "
operation   | standing                            | admin          operator       viewer idle outsider robot          self
show        | owner mighty guest                  | 200            200            200    need none     200            200
show        | bare                                | 200            200            200    need none     200            none
show        | listed guest-listed                 | 200            200            200    need none     200            need
show        | acquainted stranger former          | none           none           none   need none     none           none
show        | missing                             | none           none           none   need none     none           -
edit        | owner mighty                        | 200            200            need   need none     200            200
edit        | bare                                | 200            200            need   need none     200            none
edit        | listed                              | 200            200            need   need none     200            need
edit        | guest                               | owner          owner          need   need none     owner          owner
edit        | guest-listed                        | owner          owner          need   need none     owner          need
edit        | acquainted stranger former          | none           none           need   need none     none           none
edit        | missing                             | none           none           need   need none     none           -
reset       | owner                               | 200            200            need   need none     200            current_password
reset       | bare                                | 200            200            need   need none     200            none
reset       | mighty                              | 200            more           need   need none     more           current_password
reset       | listed                              | 200            200            need   need none     200            need
reset       | guest                               | owner          owner          need   need none     owner          owner
reset       | guest-listed                        | owner          owner          need   need none     owner          need
reset       | acquainted stranger former          | none           none           need   need none     none           none
reset       | missing                             | none           none           need   need none     none           -
reset-weak  | owner mighty                        | password_policy password_policy need need none password_policy password_policy+current_password
reset-weak  | bare                                | password_policy password_policy need need none password_policy none
reset-weak  | listed                              | password_policy password_policy need need none     password_policy need
reset-weak  | guest                               | owner          owner          need   need none     owner          owner
reset-weak  | guest-listed                        | owner          owner          need   need none     owner          need
reset-weak  | acquainted stranger former          | none           none           need   need none     none           none
reset-weak  | missing                             | none           none           need   need none     none           -
delete      | owner mighty                        | 200            200            need   need none     200            self
delete      | bare                                | 200            200            need   need none     200            none
delete      | listed                              | 200            200            need   need none     200            need
delete      | guest                               | owner          owner          need   need none     owner          owner
delete      | guest-listed                        | owner          owner          need   need none     owner          need
delete      | acquainted stranger former          | none           none           need   need none     none           none
delete      | missing                             | none           none           need   need none     none           -
set-role    | owner mighty guest                  | 200            200            need   need none     200            self
set-role    | bare                                | 201            201            need   need none     201            none
set-role    | listed guest-listed                 | 200            200            need   need none     200            need
set-role    | acquainted                          | 201            none           need   need none     none           none
set-role    | stranger former                     | none           none           need   need none     none           none
set-role    | missing                             | none           none           need   need none     none           -
set-admin   | owner guest                         | 200            more           need   need none     more           self
set-admin   | mighty                              | 200            200            need   need none     200            self
set-admin   | bare                                | 201            more           need   need none     more           none
set-admin   | listed guest-listed                 | 200            more           need   need none     more           need
set-admin   | acquainted                          | 201            none           need   need none     none           none
set-admin   | stranger former                     | none           none           need   need none     none           none
set-admin   | missing                             | none           none           need   need none     none           -
set-list    | owner mighty guest                  | 200            200            need   need none     200            self
set-list    | bare                                | 201            201            need   need none     201            none
set-list    | listed guest-listed                 | 200            200            need   need none     200            need
set-list    | acquainted                          | 201            none           need   need none     none           none
set-list    | stranger former                     | none           none           need   need none     none           none
set-list    | missing                             | none           none           need   need none     none           -
set-unknown | owner mighty guest                  | unknown_role   unknown_role   need   need none     unknown_role   self
set-unknown | bare                                | unknown_role   unknown_role   need   need none     unknown_role   none
set-unknown | listed guest-listed                 | unknown_role   unknown_role   need   need none     unknown_role   need
set-unknown | acquainted                          | unknown_role   none           need   need none     none           none
set-unknown | stranger former                     | none           none           need   need none     none           none
set-unknown | missing                             | none           none           need   need none     none           -
add         | owner mighty guest                  | not_individual not_individual need   need none     not_individual self
add         | bare                                | 201            201            need   need none     201            none
add         | listed guest-listed                 | 200            200            need   need none     200            need
add         | acquainted                          | 201            none           need   need none     none           none
add         | stranger former                     | none           none           need   need none     none           none
add         | missing                             | none           none           need   need none     none           -
add-more    | owner mighty guest                  | not_individual not_individual need   need none     not_individual self
add-more    | bare                                | 201            more           need   need none     more           none
add-more    | listed guest-listed                 | 200            more           need   need none     more           need
add-more    | acquainted                          | 201            none           need   need none     none           none
add-more    | stranger former                     | none           none           need   need none     none           none
add-more    | missing                             | none           none           need   need none     none           -
take        | owner mighty guest                  | not_individual not_individual need   need none     not_individual self
take        | bare                                | empty_access   empty_access   need   need none     empty_access   none
take        | listed guest-listed                 | 200            200            need   need none     200            need
take        | acquainted                          | empty_access   none           need   need none     none           none
take        | stranger former                     | none           none           need   need none     none           none
take        | missing                             | none           none           need   need none     none           -
take-all    | owner mighty guest                  | not_individual not_individual need   need none     not_individual self
take-all    | bare                                | empty_access   empty_access   need   need none     empty_access   none
take-all    | listed guest-listed                 | empty_access   empty_access   need   need none     empty_access   need
take-all    | acquainted                          | empty_access   none           need   need none     none           none
take-all    | stranger former                     | none           none           need   need none     none           none
take-all    | missing                             | none           none           need   need none     none           -
revoke      | owner mighty guest                  | 200            200            need   need none     200            self
revoke      | bare                                | 200            200            need   need none     200            none
revoke      | listed guest-listed                 | 200            200            need   need none     200            need
revoke      | acquainted                          | 200            none           need   need none     none           none
revoke      | stranger former                     | none           none           need   need none     none           none
revoke      | missing                             | none           none           need   need none     none           -
";

/// Operations that are done to no particular account.
const COMPANY_TABLE: &str = "
operation        | standing | admin operator viewer idle outsider robot
list             | -        | 200   200      200    need none     200
create           | -        | 201   201      need   need none     201
create-operator  | -        | 201   201      need   need none     201
create-admin     | -        | 201   more     need   need none     more
create-friend    | -        | need  none     need   need none     none
create-away      | -        | none  none     need   need none     none
create-weak      | -        | password_policy password_policy need need none password_policy
create-misnamed  | -        | invalid_name invalid_name need need none invalid_name
create-unknown   | -        | unknown_role unknown_role need need none unknown_role
";

/// What is sent for a row, and the operation that it is.
fn request(row: &str) -> (Operation, &'static str, &'static str, Value) {
    let new = |more: Value| {
        let mut body = json!({"name": "@", "password": "Cell-Pass-1"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let access = |company: i64, role: &str| json!({"access": [{"company_id": company, "role": role}]});
    let adjust = |add: &[&str], remove: &[&str]| json!({"add": add, "remove": remove});
    match row {
        "list" => (Operation::List, "GET", "", Value::Null),
        "create" => (Operation::Create, "POST", "", new(json!({}))),
        "create-operator" => (Operation::Create, "POST", "", new(access(1, "operator"))),
        "create-admin" => (Operation::Create, "POST", "", new(access(1, "company-admin"))),
        "create-friend" => (Operation::Create, "POST", "", new(access(3, "viewer"))),
        "create-away" => (Operation::Create, "POST", "", new(access(2, "viewer"))),
        "create-weak" => (Operation::Create, "POST", "", new(json!({"password": "Weak-pass"}))),
        "create-misnamed" => (Operation::Create, "POST", "", new(json!({"name": "-x"}))),
        "create-unknown" => (Operation::Create, "POST", "", new(access(1, "no-such-role"))),
        "show" => (Operation::Show, "GET", "", Value::Null),
        "edit" => (Operation::Edit, "PATCH", "", json!({"description": "new"})),
        "reset" => (Operation::ResetPassword, "PUT", "/password", json!({"password": "Cell-Pass-1"})),
        "reset-weak" => (Operation::ResetPassword, "PUT", "/password", json!({"password": "Weak-pass"})),
        "delete" => (Operation::Delete, "DELETE", "", Value::Null),
        "set-role" => (Operation::SetAccess, "PUT", "/access", json!({"role": "operator"})),
        "set-admin" => (Operation::SetAccess, "PUT", "/access", json!({"role": "company-admin"})),
        "set-list" => (Operation::SetAccess, "PUT", "/access", json!({"permissions": ["devices:view"]})),
        "set-unknown" => (Operation::SetAccess, "PUT", "/access", json!({"role": "no-such-role"})),
        "add" => (Operation::AdjustAccess, "PATCH", "/access", adjust(&["alerts:edit"], &[])),
        "add-more" => (Operation::AdjustAccess, "PATCH", "/access", adjust(&["billing:manage"], &[])),
        "take" => (Operation::AdjustAccess, "PATCH", "/access", adjust(&[], &["alerts:view"])),
        "take-all" => {
            (Operation::AdjustAccess, "PATCH", "/access", adjust(&[], &["alerts:view", "devices:view"]))
        }
        "revoke" => (Operation::RemoveAccess, "DELETE", "/access", Value::Null),
        other => panic!("no such row: {other}"),
    }
}

/// One cell.
struct Cell {
    row: &'static str,
    standing: &'static str,
    caller: &'static str,
    expected: &'static str,
}

impl Cell {
    fn account(&self) -> String {
        format!("{}.{}.{}", self.standing, self.row, self.caller)
    }
}

fn cells(table: &'static str) -> Vec<Cell> {
    let mut cells = Vec::new();
    for line in table.lines().skip(2) {
        let [row, standings, answers] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("not a row: {line}")
        };
        for standing in standings.split_whitespace() {
            for (caller, expected) in CALLERS.into_iter().zip(answers.split_whitespace()) {
                cells.push(Cell { row, standing, caller, expected });
            }
        }
    }
    cells
}

fn seed(cells: &[Cell]) -> String {
    let mut seed = String::from("[[company]]\nname = 'Home'\n[[company]]\nname = 'Away'\n");
    seed += "[[company]]\nname = 'Friend'\n[[role]]\ncompany = 1\nname = 'idle'\npermissions = ['devices:view']\n";
    for (name, access) in [
        ("admin", "{ company = 1, role = 'company-admin' }, { company = 3, role = 'viewer' }"),
        ("operator", "{ company = 1, role = 'operator' }"),
        ("viewer", "{ company = 1, role = 'viewer' }"),
        ("idle", "{ company = 1, role = 'idle' }"),
        ("outsider", "{ company = 2, role = 'company-admin' }"),
    ] {
        write!(seed, "[[user]]\nemail = '{name}@x.example'\n").unwrap();
        write!(seed, "password_hash = '{PASSWORD_HASH}'\naccess = [{access}]\n").unwrap();
    }
    let mut account = |name: &str, owner: u8, access: &str| {
        write!(seed, "[[service_account]]\nname = '{name}'\nowner = {owner}\n").unwrap();
        write!(seed, "password_hash = '{PASSWORD_HASH}'\naccess = [{access}]\n").unwrap();
    };
    account("robot", 1, "{ company = 1, role = 'operator' }");
    for cell in cells {
        let role = if cell.caller == "self" { "operator" } else { "viewer" };
        let role = format!("{{ company = 1, role = '{role}' }}");
        let list = "{ company = 1, permissions = ['devices:view', 'alerts:view'] }";
        let (owner, access) = match cell.standing {
            "owner" => (1, role.as_str()),
            "bare" => (1, ""),
            "mighty" => (1, "{ company = 1, role = 'company-admin' }"),
            "listed" => (1, list),
            "guest" | "former" => (2, role.as_str()),
            "guest-listed" => (2, list),
            "acquainted" => (3, ""),
            "stranger" => (2, ""),
            _ => continue,
        };
        account(&cell.account(), owner, access);
    }
    seed
}

/// What a cell of the table says of a reply.
fn word_of(reply: &Reply) -> String {
    match (reply.status, reply.code().as_str()) {
        (200 | 201, _) => reply.status.to_string(),
        (403, "missing_permission") => "need".into(),
        (403, "not_owner") => "owner".into(),
        (403, "self_modification") => "self".into(),
        (403, "escalation") => "more".into(),
        (404, "not_found") => "none".into(),
        (422, "invalid_input") => reply.rules().join("+"),
        (status, code) => format!("{status} {code}"),
    }
}

fn caller<'a>(server: &'a Server, cell: &Cell) -> Caller<'a> {
    match cell.caller {
        "self" => server.sign_in(&cell.account()),
        "robot" => server.sign_in("robot"),
        name => server.sign_in(&format!("{name}@x.example")),
    }
}

/// The answer to a request. That to a dry run of it, just before, is the same.
fn tried_and_done(caller: &Caller<'_>, method: &str, path: &str, body: &Value) -> Reply {
    if method == "GET" {
        return caller.call(method, path, body);
    }
    let tried = caller.call(method, &format!("/dry-run{path}"), body);
    let done = caller.call(method, path, body);
    tried.foretells(&done);
    done
}

/// P20, P21: every cell has its one answer, as a dry run and for good.
#[test]
fn p21_every_cell_answers_as_the_table_says() {
    let cells = cells(TABLE);
    let server = Server::seeded(&seed(&cells));
    server.stop_clock();
    let admin = server.sign_in("admin@x.example");
    let mut wrong = String::new();
    for cell in cells.iter().filter(|cell| cell.expected != "-") {
        let path = format!("/api/companies/1/service-accounts/{}", cell.account());
        if cell.standing == "former" {
            assert_eq!(admin.delete(&format!("{path}/access")).data(200)["changed"], true);
        }
        let (_, method, below, body) = request(cell.row);
        let reply = tried_and_done(&caller(&server, cell), method, &format!("{path}{below}"), &body);
        let word = word_of(&reply);
        if word != cell.expected {
            let _ = writeln!(wrong, "{}: expected {}, got {word}", cell.account(), cell.expected);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// P20: the same for what is done to no particular account.
#[test]
fn p20_every_cell_of_a_company_answers_as_the_table_says() {
    let server = Server::seeded(&seed(&[]));
    server.stop_clock();
    let mut wrong = String::new();
    for cell in cells(COMPANY_TABLE) {
        let (_, method, _, mut body) = request(cell.row);
        if body["name"] == "@" {
            body["name"] = json!(format!("{}.{}", cell.row, cell.caller));
        }
        let path = "/api/companies/1/service-accounts";
        let reply = tried_and_done(&caller(&server, &cell), method, path, &body);
        let word = word_of(&reply);
        if word != cell.expected {
            let _ = writeln!(wrong, "{} {}: expected {}, got {word}", cell.row, cell.caller, cell.expected);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// P20: an operation, standing or caller that the table leaves out fails here.
#[test]
fn p20_the_table_is_complete() {
    let all = cells(TABLE);
    let mut rows = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for cell in &all {
        rows.insert(cell.row);
        assert!(seen.insert(cell.account()), "twice: {}", cell.account());
    }
    for row in &rows {
        for standing in STANDINGS {
            for caller in CALLERS {
                assert!(seen.contains(&format!("{standing}.{row}.{caller}")), "{row} {standing} {caller}");
            }
        }
    }
    rows.extend(cells(COMPANY_TABLE).iter().map(|cell| cell.row));
    let covered: Vec<Operation> = rows.iter().map(|row| request(row).0).collect();
    for operation in Operation::ALL {
        assert!(covered.contains(&operation), "{operation:?}");
    }
}

/// P20, P23: each field is shown to whom it concerns: use elsewhere is the owner's business alone.
#[test]
fn p23_every_field_is_shown_to_whom_it_concerns() {
    let server = Server::sandbox();
    for name in ["northwind-telemetry", "fleet-automation"] {
        server.sign_in(name).get("/api/users/me").data(200);
    }
    let admin = server.sign_in("admin@acme.example");
    let show =
        |company, name| admin.get(&format!("/api/companies/{company}/service-accounts/{name}")).data(200);
    let owned = show(1, "fleet-automation");
    assert_eq!(owned["ownership"], "owned");
    assert_eq!(owned["company_count"], 2);
    assert!(owned["last_used_at"].is_string());
    assert_eq!(owned["companies"].as_array().unwrap().len(), 2);
    for external in [show(1, "northwind-telemetry"), show(2, "fleet-automation")] {
        assert_eq!(external["ownership"], "external");
        for hidden in ["company_count", "last_used_at", "companies"] {
            let member = external.as_object().unwrap().get(hidden);
            assert_eq!(member, Some(&Value::Null), "{hidden}: absent is null, never missing");
        }
        for shown in ["id", "name", "description", "owner", "access", "created_at", "password_changed_at"] {
            assert!(!external[shown].is_null(), "{shown}");
        }
    }
    assert_eq!(show(1, "dormant-bot")["access"], Value::Null);
}
