//! A gateway that issues tokens of our choosing, ends them when told to, and remembers every request.

use std::sync::{Arc, Mutex};

use crate::common::http::Request;
use crate::common::stub::{Answer, Stub};

/// The usual user: a service account.
pub(crate) const USER: &str = "fleet-automation";
/// The password of every user.
pub(crate) const PASSWORD: &str = "Canary-Passw0rd-7319!";

/// The gateway. Its tokens are `sat_canary-NAME-1`, `sat_canary-NAME-2` and so on, in the order of sign-ins.
pub(crate) struct Gateway {
    stub: Stub,
    state: Arc<Mutex<State>>,
    name: &'static str,
}

struct State {
    issued: usize,
    valid: Vec<String>,
    expires_in: u64,
    needs_code: bool,
    sign_in: Option<Answer>,
}

impl Gateway {
    /// Starts one whose tokens carry `name`.
    pub(crate) fn start(name: &'static str) -> Self {
        let state =
            State { issued: 0, valid: Vec::new(), expires_in: 7200, needs_code: false, sign_in: None };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let stub = Stub::start(move |request| answer(name, &mut shared.lock().unwrap(), request));
        Self { stub, state, name }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.stub.url()
    }

    /// The token of the `number`th sign-in, counted from 1.
    pub(crate) fn token(&self, number: usize) -> String {
        token(self.name, number)
    }

    /// Ends every token issued so far.
    pub(crate) fn end_tokens(&self) {
        self.state.lock().unwrap().valid.clear();
    }

    /// From now on tokens say that they live this many seconds.
    pub(crate) fn set_lifetime(&self, seconds: u64) {
        self.state.lock().unwrap().expires_in = seconds;
    }

    /// From now on a sign-in needs a one-time code.
    pub(crate) fn require_code(&self) {
        self.state.lock().unwrap().needs_code = true;
    }

    /// From now on every sign-in is answered so.
    pub(crate) fn answer_sign_in(&self, answer: Answer) {
        self.state.lock().unwrap().sign_in = Some(answer);
    }

    /// The number of sign-in attempts.
    pub(crate) fn sign_ins(&self) -> usize {
        self.stub.requests().iter().filter(|request| request.path().ends_with("/token")).count()
    }

    /// Everything that was asked, as `METHOD path`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.stub.requests().iter().map(|request| format!("{} {}", request.method, request.path())).collect()
    }

    /// Whether any request held these bytes.
    pub(crate) fn has_seen(&self, secret: &str) -> bool {
        self.stub.requests().iter().any(|request| request.contains(secret))
    }

    /// The last token that was shown to it.
    pub(crate) fn last_bearer(&self) -> Option<String> {
        let requests = self.stub.requests();
        let bearer = requests.iter().rev().find_map(|request| request.header("authorization"))?;
        Some(bearer.trim_start_matches("Bearer ").to_owned())
    }
}

fn token(name: &str, number: usize) -> String {
    format!("sat_canary-{name}-{number}")
}

fn answer(name: &str, state: &mut State, request: &Request) -> Answer {
    match request.path() {
        "/public/auth/connect/token" => sign_in(name, state, request),
        "/public/auth/connect/revocation" => {
            state.valid.retain(|valid| !request.contains(valid));
            Answer::json(200, "{}")
        }
        path => {
            let bearer = request.header("authorization").unwrap_or_default().trim_start_matches("Bearer ");
            if !state.valid.iter().any(|valid| valid == bearer) {
                return problem(401, "unauthenticated", "the token is unknown or has ended");
            }
            read(path)
        }
    }
}

fn sign_in(name: &str, state: &mut State, request: &Request) -> Answer {
    if let Some(answer) = &state.sign_in {
        return answer.clone();
    }
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let field = |name: &str| body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    if field("password") != Some("Canary-Passw0rd-7319%21") {
        return Answer::json(
            400,
            r#"{"error":"invalid_grant","error_description":"wrong name or password"}"#,
        );
    }
    if state.needs_code && field("otp") != Some("123456") {
        return Answer::json(400, r#"{"error":"mfa_required","error_description":"a code is needed"}"#);
    }
    state.issued += 1;
    let token = token(name, state.issued);
    state.valid.push(token.clone());
    Answer::json(
        200,
        format!(r#"{{"access_token":"{token}","expires_in":{},"token_type":"Bearer"}}"#, state.expires_in),
    )
}

fn problem(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(
        status,
        format!(r#"{{"status":{status},"code":"{code}","success":false,"message":"{message}","errors":[]}}"#),
    )
}

fn read(path: &str) -> Answer {
    const COMPANY: &str = r#"{"id":1,"name":"Acme MSP"}"#;
    let access =
        format!(r#"{{"company":{COMPANY},"role":"viewer","permissions":["service-accounts:view"]}}"#);
    match path {
        "/api/users/me" => Answer::json(
            200,
            format!(
                r#"{{"success":true,"data":{{"id":7,"kind":"service_account","name":"{USER}","companies":[{access}]}}}}"#
            ),
        ),
        "/api/companies" => {
            Answer::json(200, format!(r#"{{"success":true,"data":[{COMPANY}],"next":null,"total":1}}"#))
        }
        "/api/companies/1" => Answer::json(200, format!(r#"{{"success":true,"data":{COMPANY}}}"#)),
        "/api/companies/1/service-accounts" => Answer::json(
            200,
            format!(r#"{{"success":true,"company":{COMPANY},"data":[],"next":null,"total":0}}"#),
        ),
        "/api/permissions" => Answer::json(200, r#"{"success":true,"data":[]}"#),
        "/api/companies/1/roles" | "/api/companies/1/audit-logs" => {
            Answer::json(200, r#"{"success":true,"data":[],"next":null,"total":0}"#)
        }
        _ => problem(404, "not_found", "no such thing"),
    }
}
