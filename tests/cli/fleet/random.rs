//! A platform of random content: companies, roles, accounts and texts as the rules allow them, and as no person would
//! choose them.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use sactl::domain::PermissionSet;
use serde_json::{Value, json};

use super::super::acting::World;
use crate::common::lane::lane;
use crate::common::platform::PASSWORD_HASH;

/// Texts that a reader of YAML, JSON or shells may take for something else.
const TEXTS: [&str; 44] = [
    "null",
    "~",
    "yes",
    "NO",
    "true",
    "- a",
    "{a: b}",
    "[a]",
    "'",
    "\"",
    "#",
    " # not a comment",
    ": ",
    "key: value",
    "&anchor",
    "*alias",
    "!tag",
    "|",
    ">-",
    "%YAML 1.2",
    "@at",
    "`",
    "1e3",
    "0x1f",
    "0o17",
    "012",
    ".inf",
    "-.NaN",
    " leading",
    "trailing ",
    "---",
    "...",
    "? key",
    "<<",
    "=",
    "2026-01-01",
    "12:30:45",
    "\\",
    "\\n",
    "é ü 漢字",
    "👩‍🚒",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}evil",
];

/// Names of accounts that are something else in YAML; of each there can be one.
const NAMES: [&str; 8] = ["null", "True", "NO", "on", "1e3", "0x1F", "12", "2026-11-01"];

const ROLES: [&str; 8] = ["null", "true", "123", "1e3", "0x10", "field-tech", "2026-01-01", "no"];

const BUILT_IN: [&str; 3] = ["viewer", "operator", "company-admin"];

/// The seed of a platform: one list of each kind.
#[derive(Default)]
struct Seed {
    companies: Vec<Value>,
    users: Vec<Value>,
    roles: Vec<Value>,
    accounts: Vec<Value>,
}

fn text(random: &mut impl Rng) -> String {
    let count = random.random_range(1..=3);
    (0..count).map(|_| *TEXTS.choose(random).unwrap()).collect()
}

fn permissions(random: &mut impl Rng) -> Vec<&'static str> {
    let all: Vec<&str> = PermissionSet::ALL.known_names().collect();
    let count = random.random_range(1..=4);
    let mut some: Vec<&str> = all.sample(random, count).copied().collect();
    some.sort_unstable();
    some
}

/// The n-th group of companies: what they own, and which of them let accounts of the others in.
struct Group {
    number: usize,
    /// Company ids, and the names of the roles that each has beside the default ones.
    companies: Vec<(usize, Vec<&'static str>)>,
}

impl Seed {
    fn group(&mut self, number: usize, random: &mut StdRng) -> Group {
        let mut companies = Vec::new();
        for _ in 0..random.random_range(1..=4) {
            self.companies.push(json!({"name": format!("C{}", text(random))}));
            let id = self.companies.len();
            let count = random.random_range(0..=3);
            let roles: Vec<&str> = ROLES.sample(random, count).copied().collect();
            for role in &roles {
                self.roles.push(json!({"company": id, "name": role, "permissions": permissions(random)}));
            }
            companies.push((id, roles));
        }
        let access: Vec<Value> =
            companies.iter().map(|(id, _)| json!({"company": id, "role": "company-admin"})).collect();
        let email = admin(number);
        self.users.push(json!({"email": email, "password_hash": PASSWORD_HASH, "access": access}));
        Group { number, companies }
    }

    /// Accounts of `group`, which may have access in the companies of `other` too.
    fn accounts(&mut self, group: &Group, other: &Group, random: &mut StdRng) {
        let count = random.random_range(0..=6);
        for (index, yaml) in NAMES.iter().enumerate().take(count) {
            let number = group.number;
            let name = match random.random_range(0..5) {
                _ if number == 0 => (*yaml).to_owned(),
                0 => format!("{number}e{index}"),
                1 => format!("{number}.{index}"),
                2 => format!("{number}_{index}"),
                3 => format!("0x{number:04x}{index}"),
                _ => format!("Bot-{number}-{index}"),
            };
            let (owner, _) = group.companies.choose(random).unwrap();
            let mut account = json!({"name": name, "owner": owner, "password_hash": PASSWORD_HASH});
            if random.random_bool(0.7) {
                account["description"] = text(random).into();
            }
            let here = group.companies.iter().filter(|_| random.random_bool(0.6)).collect::<Vec<_>>();
            let there = other.companies.iter().filter(|_| random.random_bool(0.4)).collect::<Vec<_>>();
            let others = if number == other.number { Vec::new() } else { there };
            let access = here.into_iter().chain(others).map(|(id, roles)| {
                if random.random_bool(0.5) {
                    return json!({"company": id, "permissions": permissions(random)});
                }
                let names = [&BUILT_IN[..], roles].concat();
                json!({"company": id, "role": names.choose(random).unwrap()})
            });
            account["access"] = access.collect();
            self.accounts.push(account);
        }
    }

    fn text(&self) -> String {
        let Self { companies, users, roles, accounts } = self;
        let mut seed = json!({"company": companies, "user": users});
        for (name, list) in [("role", roles), ("service_account", accounts)] {
            if !list.is_empty() {
                seed[name] = list.clone().into();
            }
        }
        toml::to_string(&seed).unwrap()
    }
}

fn admin(group: usize) -> String {
    format!("admin-{group}@example.org")
}

/// What `export` writes is what is there, whatever is there: no text is taken for something else, and nothing is left
/// out.
#[test]
fn an_export_of_anything_differs_from_nothing() {
    let cases = lane(12, 200);
    let mut random = StdRng::seed_from_u64(15);
    let mut seed = Seed::default();
    let groups: Vec<Group> = (0..cases).map(|number| seed.group(number, &mut random)).collect();
    for (number, group) in groups.iter().enumerate() {
        seed.accounts(group, &groups[(number + 1) % groups.len()], &mut random);
    }
    let world = World::seeded(&seed.text());
    let mut external = 0;
    for group in &groups {
        let first = i64::try_from(group.companies[0].0).unwrap();
        let env = world.acting(&admin(group.number), first);
        let format = if group.number % 4 == 3 { "json" } else { "yaml" };
        let manifest = env.sactl(&format!("export --companies all -o {format}")).ok().stdout.clone();
        external += manifest.matches("external").count();
        let diff = ["diff", "-f", "-", "--prune", "--prune-accounts", "-o", "jsonl"];
        let plan = env.run_with_input(diff, &manifest);
        assert_eq!(plan.stdout, "", "case {}: {plan}\n{manifest}", group.number);
        plan.ok();
    }
    assert!(external > cases / 4, "some accounts are external");
}
