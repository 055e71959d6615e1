//! Random operations of many callers in five companies, each compared with what a small model of the rules answers.
//!
//! `SACTL_TEST_OPERATIONS` says how many, `SACTL_TEST_SEED` which ones: a million take some minutes.

mod operation;
mod rules;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sactl::domain::PermissionSet;
use sactl::platform::router;
use serde_json::{Value, json};

use super::dry_run::{call, token};
use super::{World, on_both};
use crate::common::database::Database;
use crate::common::lane::lane;
use crate::common::platform::PASSWORD_HASH;
use operation::{COMPANIES, Call, Company, Held, Operation};
use rules::{DEFAULT_ROLES, Model};

on_both!(p22_random_operations_are_answered_as_the_model_says);

/// After how many operations everything that is there is compared.
const INTERVAL: u64 = 500;

/// P22, P23, P27: every answer, everything that is shown, and the number of records are those of the model.
async fn p22_random_operations_are_answered_as_the_model_says(database: Database) {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let count = number("SACTL_TEST_OPERATIONS").unwrap_or(lane(1500, 20_000));
    let seed = number("SACTL_TEST_SEED").unwrap_or(22);
    let mut run = Run::start(database, seed).await;
    let mut statuses = BTreeMap::<_, usize>::new();
    for number in 0..count {
        let answer = run.step(&format!("operation {number} of seed {seed}")).await;
        *statuses.entry(answer).or_default() += 1;
        if number.is_multiple_of(INTERVAL) || number + 1 == count {
            run.check_everything(number).await;
        }
    }
    let expected = "name_taken role_in_use not_owner escalation self_modification not_found invalid_input \
                    missing_permission unauthenticated";
    for code in expected.split(' ') {
        assert!(statuses.keys().any(|(_, seen)| *seen == code), "{code} never came up: {statuses:?}");
    }
}

/// A platform, its model, and who asks.
struct Run {
    world: World,
    router: Router,
    model: Model,
    tokens: BTreeMap<String, String>,
    /// Who reads everything, by company. A new token for each reading would end the older ones of the same person.
    auditors: BTreeMap<Company, String>,
    random: StdRng,
}

impl Run {
    async fn start(database: Database, seed: u64) -> Self {
        let mut model = Model::default();
        let text = seed_of(&mut model);
        let random = StdRng::seed_from_u64(seed);
        let world = World::seeded(database, &text).await;
        let router = router::router(world.platform.clone());
        let mut auditors = BTreeMap::new();
        for company in COMPANIES {
            auditors.insert(company, token(&world, &format!("admin-{company}@x.example")).await);
        }
        Self { world, router, model, tokens: BTreeMap::new(), auditors, random }
    }

    /// Who asks next: with the token of before, which may have ended.
    async fn caller(&mut self) -> String {
        let model = &self.model;
        let known: Vec<_> =
            model.people.keys().chain(model.accounts.keys()).chain(self.tokens.keys()).collect();
        let who = (*known.choose(&mut self.random).unwrap()).clone();
        if !self.tokens.contains_key(&who) {
            let fresh = token(&self.world, &who).await;
            self.tokens.insert(who.clone(), fresh);
            self.model.ended.remove(&who);
        }
        who
    }

    /// Where: mostly where the caller is a member.
    fn company(&mut self, who: &str) -> Company {
        let member = COMPANIES.into_iter().filter(|company| self.model.held(who, *company).is_some());
        let member: Vec<_> = member.collect();
        let of: &[Company] =
            if self.random.random_bool(0.85) && !member.is_empty() { &member } else { &COMPANIES };
        *of.choose(&mut self.random).unwrap()
    }

    /// The accounts that the company owns or has let in.
    fn related(&self, company: Company) -> impl Iterator<Item = &String> {
        let accounts = self.model.accounts.iter();
        let related = accounts.filter(move |(_, it)| it.owner == company || it.access.contains_key(&company));
        related.map(|(name, _)| name)
    }

    /// One operation. A dry run of it is answered in the same way and changes nothing.
    async fn step(&mut self, which: &str) -> (u16, &'static str) {
        let who = self.caller().await;
        let company = self.company(&who);
        let (asked, mut name) = Operation::any(&mut self.random);
        let here: Vec<_> = self.related(company).cloned().collect();
        if asked.is_about_known_account() && self.random.random_bool(0.7) && !here.is_empty() {
            name.clone_from(here.choose(&mut self.random).unwrap());
        }
        let (method, mut path, body) = asked.request(company, &name);
        let is_dry = method != "GET" && self.random.random_bool(0.1);
        if is_dry {
            path.insert_str(0, "/dry-run");
        }
        let (status, answer) = call(&self.router, &self.tokens[&who], method, &path, &body).await;
        let code = answer["code"].as_str().unwrap_or_default();
        let mut after = self.model.clone();
        let expected = after.answer(&Call { who: &who, company, name: &name, asked: &asked });
        let what = || format!("{which}: {who} {method} {path} {body}: {answer}");
        assert_eq!((status, code), expected, "{}", what());
        if status == 401 {
            self.tokens.remove(&who);
        } else if !is_dry {
            self.model = after;
        }
        match asked {
            Operation::Show if status == 200 => self.is_as_seen(company, &name, &answer["data"], &what()),
            Operation::ShowRole if status == 200 => self.is_role(company, &name, &answer["data"], &what()),
            _ => {}
        }
        expected
    }

    /// An account as the company may see it: what it holds elsewhere is told to its owner only.
    fn is_as_seen(&self, company: Company, name: &str, seen: &Value, what: &str) {
        let account = &self.model.accounts[name];
        let access = |company: Company, held: &Held| {
            let role = if let Held::Role(role) = held { Some(role) } else { None };
            json!({
                "company": {"id": company, "name": format!("Company {company}")},
                "role": role,
                "permissions": self.model.worth(company, held).unwrap().names(),
            })
        };
        let is_owned = account.owner == company;
        let companies: Vec<_> = account.access.iter().map(|(company, held)| access(*company, held)).collect();
        let expected = json!({
            "ownership": if is_owned { "owned" } else { "external" },
            "description": account.description,
            "access": account.access.get(&company).map(|held| access(company, held)),
            "company_count": is_owned.then_some(companies.len()),
            "companies": is_owned.then_some(companies),
        });
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&seen[member], value, "{member} of {name} in {company}: {what}");
        }
    }

    fn is_role(&self, company: Company, name: &str, seen: &Value, what: &str) {
        let permissions = self.model.role(company, name).unwrap().names();
        let holders = self.model.holders(company, name);
        assert_eq!(
            (&seen["permissions"], &seen["holders"]),
            (&json!(permissions), &json!(holders)),
            "{what}"
        );
    }

    /// Everything that each company has, and how many records tell of it.
    async fn check_everything(&self, number: u64) {
        for company in COMPANIES {
            let admin = &self.auditors[&company];
            let what = format!("after operation {number}, company {company}");
            let list = async |path: &str| {
                let path = format!("/api/companies/{company}/{path}");
                let (status, answer) = call(&self.router, admin, "GET", &path, &Value::Null).await;
                assert_eq!(status, 200, "{what}: {answer}");
                answer["data"].as_array().unwrap().clone()
            };
            let named = |rows: &[Value]| -> Vec<String> {
                rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
            };
            let rows = list("service-accounts?expand=companies").await;
            let related = self.related(company).cloned();
            assert_eq!(named(&rows), related.collect::<Vec<_>>(), "{what}");
            for (row, name) in rows.iter().zip(named(&rows)) {
                self.is_as_seen(company, &name, row, &what);
            }
            let roles = list("roles").await;
            let custom =
                self.model.roles.keys().filter(|(of, _)| *of == company).map(|(_, name)| name.as_str());
            let mut expected: Vec<_> = custom.chain(DEFAULT_ROLES).collect();
            expected.sort_unstable();
            assert_eq!(named(&roles), expected, "{what}");
            for (row, name) in roles.iter().zip(named(&roles)) {
                self.is_role(company, &name, row, &what);
            }
            let records = format!(
                "SELECT COUNT(*) FROM audit WHERE company_id = {company} AND action NOT LIKE 'sign_in.%'"
            );
            let expected = self.model.records.get(&company).copied().unwrap_or_default();
            assert_eq!(self.world.number(&records).await, expected, "records {what}");
        }
    }
}

/// Five companies, each with a role of its own, and humans of every kind in each and in the next one.
fn seed_of(model: &mut Model) -> String {
    let mut text = String::new();
    for company in COMPANIES {
        write!(text, "[[company]]\nname = 'Company {company}'\n").unwrap();
    }
    let keeper = ["roles:manage", "service-accounts:edit", "devices:view"];
    for company in COMPANIES {
        write!(text, "[[role]]\ncompany = {company}\nname = 'keeper'\npermissions = {keeper:?}\n").unwrap();
        model.roles.insert((company, "keeper".to_owned()), PermissionSet::parse(&keeper).unwrap());
        let next = company % 5 + 1;
        for (name, access) in [
            ("admin", vec![(company, "company-admin")]),
            ("provider", vec![(company, "operator"), (next, "company-admin")]),
            ("guest", vec![(company, "viewer"), (next, "operator")]),
            ("keeper", vec![(company, "keeper"), (next, "viewer")]),
        ] {
            let email = format!("{name}-{company}@x.example");
            write!(text, "[[user]]\nemail = '{email}'\npassword_hash = '{PASSWORD_HASH}'\naccess = [")
                .unwrap();
            for (company, role) in &access {
                write!(text, "{{ company = {company}, role = '{role}' }},").unwrap();
            }
            text.push_str("]\n");
            let access = access.into_iter().map(|(company, role)| (company, Held::role(role)));
            model.people.insert(email, access.collect());
        }
    }
    text
}
