//! Many accounts, many companies: plans, runs and receipts.

mod apply;
mod bulk;
mod crash;
mod elsewhere;
mod external;
mod faults;
mod full;
mod manifest;
mod page;
mod random;
mod rotate;
mod undo;

use serde_json::Value;

use crate::common::env::Env;

/// The manifest of what is there, as JSON.
pub(super) fn exported(env: &Env, line: &str) -> Value {
    env.sactl(&format!("export {line} -o json")).ok().json()
}

/// Writes a manifest and gives its name.
pub(super) fn manifest(env: &Env, text: &str) -> String {
    env.file("fleet.yaml", text)
}

/// The steps of a plan: sign, account and company.
pub(super) fn steps(plan: &Value) -> Vec<(String, String, i64)> {
    let steps = plan["steps"].as_array().unwrap().iter();
    steps
        .map(|step| {
            let text = |field: &str| step[field].as_str().unwrap_or_default().to_owned();
            (text("op"), text("account"), step["company"]["id"].as_i64().unwrap())
        })
        .collect()
}
