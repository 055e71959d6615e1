//! A run through everything that a network, a server and a machine do to it.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::super::acting::{ACME_ADMIN, World};
use super::exported;
use crate::common::env::Env;
use crate::common::lane::lane;
use crate::common::platform::PASSWORD_HASH;
use crate::common::proxy::{Cut, Proxy};

/// The kinds of lost connections, in turn.
const CUTS: [Cut; 4] =
    [Cut::BeforeTheRequest, Cut::WithinTheRequest, Cut::BeforeTheAnswer, Cut::WithinTheAnswer];

/// Names of accounts that the manifest adds.
const NEW: [&str; 2] = ["new-bot-a", "new-bot-b"];

/// So many accounts of the first company, and so many companies of the admin.
#[derive(Clone, Copy)]
struct Size {
    accounts: usize,
    companies: usize,
}

impl Size {
    fn names(self) -> impl Iterator<Item = String> {
        (0..self.accounts).map(|number| format!("bot-{number:02}"))
    }

    /// What is there: a third of all cells are a role, a third a list of permissions, a third nothing.
    fn seed(self) -> String {
        let companies = (1..=self.companies).map(|id| format!("[[company]]\nname = 'Company {id}'\n"));
        let admin = (1..=self.companies).map(|id| format!("{{company = {id}, role = 'company-admin'}}"));
        let admin = admin.collect::<Vec<_>>().join(", ");
        let user = format!(
            "[[user]]\nemail = '{ACME_ADMIN}'\npassword_hash = '{PASSWORD_HASH}'\naccess = [{admin}]\n"
        );
        let account = |name: &str, access: &str| {
            format!(
                "[[service_account]]\nname = '{name}'\nowner = 1\npassword_hash = '{PASSWORD_HASH}'\n\
                 access = [{access}]\n"
            )
        };
        let accounts = self.names().enumerate().map(|(number, name)| {
            let access = (1..=self.companies).filter_map(|id| match (number + id) % 3 {
                0 => Some(format!("{{company = {id}, role = 'viewer'}}")),
                1 => Some(format!("{{company = {id}, permissions = ['devices:view', 'alerts:view']}}")),
                _ => None,
            });
            account(&name, &access.collect::<Vec<_>>().join(", "))
        });
        let old = account("old-bot", "{company = 1, role = 'viewer'}");
        companies.chain([user]).chain(accounts).chain([old]).collect()
    }

    /// What is wanted: every cell is another one. It is written as `export` writes it.
    fn wanted(self) -> Value {
        let roles: Vec<Value> = (1..=self.companies)
            .map(|id| json!({"company": id, "name": "field-tech", "permissions": ["devices:edit", "devices:view"]}))
            .collect();
        let entry = |access: Vec<Value>| json!({"owner": 1, "description": "As wanted", "access": access});
        let mut accounts: BTreeMap<String, Value> = BTreeMap::new();
        for (number, name) in self.names().enumerate() {
            let access = (1..=self.companies).filter_map(|id| match (number + id) % 3 {
                0 => Some(json!({"company": id, "role": "operator"})),
                1 => None,
                _ => Some(json!({"company": id, "role": "field-tech"})),
            });
            accounts.insert(name, entry(access.collect()));
        }
        for name in NEW {
            accounts.insert(name.to_owned(), entry(vec![json!({"company": 1, "role": "field-tech"})]));
        }
        json!({"version": 1, "accounts": accounts, "roles": roles})
    }

    /// How many steps lead from one to the other: cells, descriptions, roles, the new accounts and the old one.
    fn steps(self) -> usize {
        self.accounts * self.companies + self.accounts + self.companies + 2 * NEW.len() + 1
    }
}

/// A proxy that cuts every twentieth connection and answers some with 429. At one third of the run the tokens end, at
/// one half the process in `pid` is killed.
fn proxy(world: &World, steps: usize, pid: &Arc<AtomicI32>) -> Proxy {
    let (ahead, pid) = (world.server().ahead(), Arc::clone(pid));
    Proxy::start(&world.url(), move |_, number| {
        if number == steps / 3 {
            ahead.fetch_add(7300, Ordering::SeqCst);
        }
        if number == steps / 2 {
            let pid = Pid::from_raw(pid.load(Ordering::SeqCst)).unwrap();
            kill_process(pid, Signal::KILL).unwrap();
        }
        match number % 20 {
            7 => Some(CUTS[number / 20 % CUTS.len()]),
            _ if number % 50 == 13 => Some(Cut::Busy),
            _ => None,
        }
    })
}

/// Begins the run, which the proxy kills.
fn killed(env: &Env, file: &str, pid: &AtomicI32) {
    let mut command = env.command();
    let words =
        ["--prune", "--prune-accounts", "--max-changes", "1000", "--password-dir", "secrets", "--yes"];
    command.args(["apply", "-f", file]).args(words).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    pid.store(i32::try_from(child.id()).unwrap(), Ordering::SeqCst);
    assert_eq!(child.wait().unwrap().signal(), Some(9));
}

/// P35: lost connections, a busy server, a token that ends and `kill -9` in the middle: `run resume` ends in exactly
/// the state of the manifest.
#[test]
fn p35_a_disturbed_run_ends_in_the_state_of_the_manifest() {
    let size = lane(Size { accounts: 4, companies: 12 }, Size { accounts: 20, companies: 24 });
    let world = World::seeded(&size.seed());
    let pid = Arc::default();
    let proxy = proxy(&world, size.steps(), &pid);
    let mut admin = world.at(ACME_ADMIN, 1);
    let wanted = size.wanted();
    let file = admin.file("fleet.json", wanted.to_string());
    let plan = admin.sactl(&format!("diff -f {file} --prune --prune-accounts -o json")).expect(10).json();
    assert_eq!(plan["steps"].as_array().unwrap().len(), size.steps());
    admin.set("SACTL_SERVER", proxy.url());
    killed(&admin, &file, &pid);
    let state = |run: &Value| run["state"].as_str().unwrap().to_owned();
    assert_eq!(state(&admin.sactl("run list -o json").ok().json()[0]), "running");
    let run = admin.sactl("run resume last -o json").ok().json();
    assert_eq!(run["summary"]["left"], 0, "{run}");
    admin.set("SACTL_SERVER", world.url());
    let state_of_platform = exported(&admin, "--companies all");
    assert_eq!(state_of_platform, wanted);
    admin.sactl(&format!("diff -f {file} --prune --prune-accounts")).ok();
    for name in NEW {
        let password =
            std::fs::read_to_string(admin.work().join(format!("secrets/{name}.password"))).unwrap();
        assert_eq!(world.token_endpoint(name, password.trim_end(), "python").status, 200, "{name}");
        let created = admin.sactl(&format!("audit --account {name} --action account.created -o jsonl"));
        assert_eq!(created.ok().stdout.lines().count(), 1, "{name} is created once");
    }
    let tokens = proxy.lines().iter().filter(|line| line.ends_with("/connect/token")).count();
    assert!(tokens >= 3, "a sign-in for each process, and one for the token that ended");
}

/// A role whose creation was cut off is created all the same, whether the server had heard of it or not.
#[test]
fn a_lost_answer_creates_a_role_once() {
    for cut in CUTS {
        let world = World::start();
        let mut admin = world.admin();
        let roles = "version: 1\nroles: [{company: 1, name: field-tech, permissions: [devices:view]}]\n";
        let file = super::manifest(&admin, roles);
        let proxy = Proxy::cutting(&world.url(), cut, 1, |request| {
            request.method == "POST" && request.path().ends_with("/roles")
        });
        admin.set("SACTL_SERVER", proxy.url());
        let run = admin.sactl(&format!("apply -f {file} -o json")).ok().json();
        assert_eq!(run["summary"]["changed"], 1, "{cut:?}: {run}");
        admin.sactl(&format!("diff -f {file}")).ok();
    }
}
