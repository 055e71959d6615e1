//! Writes on every route, each with a way to see whether it was kept.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::served::Served;
use crate::common::platform::{PASSWORD_HASH, SANDBOX};

pub(super) use crate::common::platform::PASSWORD;

const NEW_PASSWORD: &str = "Renewed-Pass-1";
const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const ROLES: &str = "/api/companies/1/roles";

/// The sample data, and for each set of claims the accounts and roles that it changes.
pub(super) fn seed(rounds: usize) -> String {
    let mut seed = SANDBOX[SANDBOX.find("[[company]]").unwrap()..].to_owned();
    let rounds = (0..rounds).flat_map(|round| ["failing", "working"].map(|kind| format!("{round}-{kind}")));
    for set in rounds.chain(["last".to_owned()]) {
        for object in ["edit", "set", "adjust", "remove", "reset", "delete", "sign"] {
            write!(
                seed,
                "\n[[service_account]]\nname = \"{object}-{set}\"\nowner = 1\npassword_hash = \"{PASSWORD_HASH}\"\n\
                 access = [{{ company = 1, permissions = [\"devices:view\"] }}]\n"
            )
            .unwrap();
        }
        for object in ["set", "adjust", "delete"] {
            write!(
                seed,
                "\n[[role]]\nname = \"{object}-{set}\"\ncompany = 1\npermissions = [\"devices:view\"]\n"
            )
            .unwrap();
        }
    }
    seed
}

/// One set of writes with what was answered to each.
pub(super) struct Claims {
    set: String,
    admin: String,
    /// A token that is ended by one of the writes.
    ended: Option<String>,
    /// A token that is given by one of the writes.
    given: Option<String>,
    answers: Vec<(&'static str, u16)>,
}

impl Claims {
    /// Signs in where that is possible: a token is needed that can be ended.
    pub(super) fn prepare(served: &Served, admin: &str, set: &str) -> Self {
        let (_, answer) = served.try_sign_in(&format!("sign-{set}"), PASSWORD);
        let ended = answer["access_token"].as_str().map(str::to_owned);
        Self { set: set.to_owned(), admin: admin.to_owned(), ended, given: None, answers: Vec::new() }
    }

    pub(super) fn use_token(&mut self, admin: &str) {
        admin.clone_into(&mut self.admin);
    }

    /// Every write once. Each is kept or refused with 503.
    pub(super) fn write(&mut self, served: &Served) {
        let set = self.set.clone();
        let account = |object: &str| format!("{ACCOUNTS}/{object}-{set}");
        let access = |object: &str| format!("{ACCOUNTS}/{object}-{set}/access");
        let role = |object: &str| format!("{ROLES}/{object}-{set}");
        let add = json!({"add": ["service-accounts:view"]});
        let made = json!({"name": format!("made-{set}"), "password": NEW_PASSWORD});
        let new_role = json!({"name": format!("made-{set}"), "permissions": ["devices:view"]});
        let writes = [
            ("create", "POST", ACCOUNTS.to_owned(), made),
            ("edit", "PATCH", account("edit"), json!({"description": "changed"})),
            ("set access", "PUT", access("set"), json!({"role": "viewer"})),
            ("adjust access", "PATCH", access("adjust"), add.clone()),
            ("remove access", "DELETE", access("remove"), Value::Null),
            ("reset", "PUT", format!("{}/password", account("reset")), json!({"password": NEW_PASSWORD})),
            ("delete", "DELETE", account("delete"), Value::Null),
            ("create role", "POST", ROLES.to_owned(), new_role),
            ("set role", "PUT", role("set"), json!({"permissions": ["service-accounts:view"]})),
            ("adjust role", "PATCH", role("adjust"), add),
            ("delete role", "DELETE", role("delete"), Value::Null),
        ];
        for (what, method, path, body) in writes {
            let (status, answer) = served.call(method, &path, &self.admin, &body);
            self.answered(what, status, &answer);
        }
        if let Some(token) = self.ended.clone() {
            let (status, answer) = served.form(sactl::api::path::REVOCATION, &format!("token={token}"));
            self.answered("end a token", status, &answer);
        }
        let (status, answer) = served.try_sign_in(&format!("sign-{set}"), PASSWORD);
        self.answered("sign in", status, &answer);
        self.given = answer["access_token"].as_str().map(str::to_owned);
    }

    #[track_caller]
    fn answered(&mut self, what: &'static str, status: u16, answer: &Value) {
        assert!(matches!(status, 200 | 201 | 503), "{what} {}: {status} {answer}", self.set);
        self.answers.push((what, status));
    }

    /// How many writes were refused.
    pub(super) fn failed(&self) -> usize {
        self.answers.iter().filter(|(_, status)| *status == 503).count()
    }

    /// Every write that succeeded is there, and no other.
    pub(super) fn check(&self, served: &Served) {
        self.check_reads(served);
        let reset = self.answers.iter().any(|(what, status)| *what == "reset" && *status == 200);
        // The one that is right, so that nothing here counts as a guess.
        let right = if reset { NEW_PASSWORD } else { PASSWORD };
        served.sign_in(&format!("reset-{}", self.set), right);
    }

    /// The same without a write of its own.
    pub(super) fn check_reads(&self, served: &Served) {
        for (what, status) in &self.answers {
            if let Some(is_there) = self.is_there(served, what) {
                assert_eq!(is_there, *status != 503, "{what} {} was answered with {status}", self.set);
            }
        }
    }

    fn is_there(&self, served: &Served, what: &str) -> Option<bool> {
        let read = |path: String| served.get(&path, Some(&self.admin));
        let account = |object: &str| read(format!("{ACCOUNTS}/{object}-{}", self.set));
        let role = |object: &str| read(format!("{ROLES}/{object}-{}", self.set));
        let is_good = |token: &str| served.get(sactl::api::path::ME, Some(token)).0 == 200;
        let may_view = |permissions: &Value| permissions.to_string().contains("service-accounts:view");
        Some(match what {
            "create" => account("made").0 == 200,
            "edit" => account("edit").1["data"]["description"] == "changed",
            "set access" => account("set").1["data"]["access"]["role"] == "viewer",
            "adjust access" => may_view(&account("adjust").1["data"]["access"]["permissions"]),
            "remove access" => account("remove").1["data"]["access"].is_null(),
            "delete" => account("delete").0 == 404,
            "create role" => role("made").0 == 200,
            "set role" => may_view(&role("set").1["data"]["permissions"]),
            "adjust role" => may_view(&role("adjust").1["data"]["permissions"]),
            "delete role" => role("delete").0 == 404,
            // More than once: connections of the pool must agree.
            "end a token" => {
                let token = self.ended.as_ref()?;
                let good = (0..8).filter(|_| is_good(token)).count();
                assert!(good == 0 || good == 8, "an ended token was good in {good} of 8 requests");
                good == 0
            }
            "sign in" => is_good(self.given.as_ref()?),
            _ => return None,
        })
    }
}
