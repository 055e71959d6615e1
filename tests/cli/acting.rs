//! A platform with the sample data, and people who act on it by `sactl`.

use crate::common::env::Env;
use crate::common::output::{Outcome, SANDBOX_PASSWORD};
use crate::common::platform::Server;
use crate::common::reply::Reply;

pub(crate) const ACME_ADMIN: &str = "admin@acme.example";
pub(crate) const ACME_OPERATOR: &str = "operator@acme.example";
pub(crate) const ACME_VIEWER: &str = "viewer@acme.example";
pub(crate) const NORTHWIND_ADMIN: &str = "admin@northwind.example";
pub(crate) const CONTOSO_ADMIN: &str = "admin@contoso.example";

/// The platform, for as long as the test holds it.
pub(crate) struct World {
    server: Server,
}

impl World {
    /// Starts it with the sample data.
    pub(crate) fn start() -> Self {
        Self { server: Server::sandbox() }
    }

    /// Starts it with the data of a seed file.
    pub(crate) fn seeded(seed: &str) -> Self {
        Self { server: Server::seeded(seed) }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.server.url().to_owned()
    }

    /// A private home that knows the platform and no user.
    pub(crate) fn stranger(&self) -> Env {
        let env = Env::new().with("SACTL_SERVER", self.url());
        env.with("SACTL_CREDENTIAL_STORE", "file")
    }

    /// A place that signs in as `user` at every call, and acts in `company`.
    pub(crate) fn at(&self, user: &str, company: i64) -> Env {
        let env = self.stranger().with("SACTL_USERNAME", user).with("SACTL_PASSWORD", SANDBOX_PASSWORD);
        env.with("SACTL_COMPANY", company.to_string())
    }

    /// A place that holds a token of `user` and acts in `company`.
    pub(crate) fn acting(&self, user: &str, company: i64) -> Env {
        let token = self.server.sign_in(user).token().to_owned();
        self.stranger().with("SACTL_TOKEN", token).with("SACTL_COMPANY", company.to_string())
    }

    /// The admin of company 1, who owns most of the sample data.
    pub(crate) fn admin(&self) -> Env {
        self.acting(ACME_ADMIN, 1)
    }

    /// A place where `user` has signed in and the file store holds the token.
    pub(crate) fn signed_in(&self, user: &str) -> Env {
        let env = self.stranger();
        sign_in(&env, user).ok();
        env
    }

    /// Asks the token endpoint with the documented form, as the program `client`.
    pub(crate) fn token_endpoint(&self, username: &str, password: &str, client: &str) -> Reply {
        let form = [("username", username), ("password", password), ("client_id", client)];
        self.server.form(sactl::api::path::TOKEN, &[&form[..], &[("grant_type", "password")]].concat())
    }

    /// Whether a token is still good for its owner.
    pub(crate) fn is_good(&self, token: &str) -> bool {
        self.server.bearer(token).get(sactl::api::path::ME).status == 200
    }

    /// The platform itself, for what no command does.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }
}

/// Signs `user` in with the password of the sample data.
pub(crate) fn sign_in(env: &Env, user: &str) -> Outcome {
    let arguments = ["login", "--username", user, "--password-stdin"];
    env.run_with_input(arguments, format!("{SANDBOX_PASSWORD}\n"))
}

/// An account as `show` tells of it.
pub(crate) fn account(env: &Env, name: &str) -> serde_json::Value {
    env.sactl(&format!("show {name} -o json")).ok().json()
}

/// The names in a list of accounts.
pub(crate) fn names(accounts: &serde_json::Value) -> Vec<&str> {
    accounts.as_array().unwrap().iter().map(|account| account["name"].as_str().unwrap()).collect()
}
