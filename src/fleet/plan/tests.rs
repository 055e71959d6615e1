//! Plans, drawn at random, against a platform of a few lines.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};

use super::*;
use crate::config::env;
use crate::fleet::desired::DesiredRole;

const PERMISSIONS: [&str; 4] = ["a:view", "b:view", "c:view", "d:view"];
const ROLES: [&str; 2] = ["one", "two"];
const ACCOUNTS: [&str; 3] = ["ant", "bee", "cat"];
const COMPANIES: [CompanyId; 2] = [CompanyId(1), CompanyId(2)];

fn company(id: i64) -> Company {
    Company { id: CompanyId(id), name: format!("c{id}") }
}

fn some(random: &mut impl Rng) -> Permissions {
    let mut chosen: Vec<&str> = PERMISSIONS.into_iter().filter(|_| random.random()).collect();
    if chosen.is_empty() {
        chosen.push(PERMISSIONS[random.random_range(0..PERMISSIONS.len())]);
    }
    chosen.into_iter().collect()
}

fn bits<'a>(names: impl Iterator<Item = &'a str>) -> u8 {
    names
        .filter_map(|name| PERMISSIONS.iter().position(|known| *known == name))
        .fold(0, |set, bit| set | 1 << bit)
}

fn named(bits: u8) -> Permissions {
    PERMISSIONS
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| bits & (1 << bit) != 0)
        .map(|(_, name)| name)
        .collect()
}

/// A platform: roles, and who has what in which company.
#[derive(Clone, Debug, Default)]
struct World {
    roles: BTreeMap<RoleKey, Permissions>,
    access: BTreeMap<(String, CompanyId), AccessSpec>,
}

impl World {
    fn drawn(random: &mut impl Rng) -> Self {
        let mut world = Self::default();
        for id in 1..=2 {
            for role in ROLES {
                if random.random_bool(0.8) {
                    world.roles.insert((CompanyId(id), role.to_owned()), some(random));
                }
            }
            for account in ACCOUNTS {
                if random.random_bool(0.7) {
                    let spec = world.spec(CompanyId(id), random);
                    world.access.insert((account.to_owned(), CompanyId(id)), spec);
                }
            }
        }
        world
    }

    fn spec(&self, company: CompanyId, random: &mut impl Rng) -> AccessSpec {
        let role = ROLES[random.random_range(0..ROLES.len())].to_owned();
        if random.random_bool(0.6) && self.roles.contains_key(&(company, role.clone())) {
            return AccessSpec::Role(role);
        }
        AccessSpec::Permissions(some(random).iter().map(str::to_owned).collect())
    }

    /// What an account may do in a company, one bit for each of the permissions.
    fn has(&self, account: &str, company: CompanyId) -> u8 {
        match self.access.get(&(account.to_owned(), company)) {
            None => 0,
            Some(AccessSpec::Permissions(names)) => bits(names.iter().map(String::as_str)),
            Some(AccessSpec::Role(role)) => {
                self.roles.get(&(company, role.clone())).map_or(0, |list| bits(list.iter()))
            }
        }
    }

    /// What every account may do in every company.
    fn all(&self) -> Vec<u8> {
        let cells = ACCOUNTS.iter().flat_map(|account| COMPANIES.map(|id| self.has(account, id)));
        cells.collect()
    }

    fn found(&self) -> Found {
        let mut found = Found { roles: self.roles.clone().into_iter().collect(), ..Found::default() };
        for account in ACCOUNTS {
            let here = (1..=2).filter_map(|id| {
                let spec = self.access.get(&(account.to_owned(), CompanyId(id)))?;
                let role = match spec {
                    AccessSpec::Role(role) => Some(role.clone()),
                    AccessSpec::Permissions(_) => None,
                };
                let permissions = named(self.has(account, CompanyId(id)));
                Some((CompanyId(id), Access { company: company(id), role, permissions }))
            });
            let access = here.collect();
            let account = FoundAccount {
                name: account.into(),
                owner: company(1),
                description: None,
                access,
                elsewhere: 0,
            };
            found.accounts.insert(account.name.clone(), account);
        }
        found
    }

    fn desired(&self) -> Desired {
        let mut desired = Desired::default();
        for ((id, name), permissions) in &self.roles {
            let role = DesiredRole { company: company(id.0), permissions: permissions.clone() };
            desired.roles.insert((*id, name.clone()), role);
        }
        for account in ACCOUNTS {
            let here = (1..=2).filter_map(|id| {
                let access = self.access.get(&(account.to_owned(), CompanyId(id)))?.clone();
                Some((CompanyId(id), DesiredAccess { company: company(id), access }))
            });
            let wanted = DesiredAccount {
                name: account.to_owned(),
                owner: Some(company(1)),
                description: None,
                access: Some(here.collect()),
            };
            desired.accounts.insert(account.to_owned(), wanted);
        }
        desired
    }

    fn carry_out(&mut self, step: &Step) {
        match step.op {
            Op::RoleCreate | Op::RoleEdit => {
                let after = step.after.clone().unwrap();
                self.roles.insert((step.company.id, after.role.unwrap()), after.permissions);
            }
            Op::Grant => {
                let key = (step.account.clone().unwrap(), step.company.id);
                self.access.insert(key, step.wanted().unwrap());
            }
            Op::Revoke => {
                self.access.remove(&(step.account.clone().unwrap(), step.company.id));
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Runs the steps in any order that the phases allow, some of them failing, and looks at every account at every step.
fn run(before: &World, plan: &Plan, after: &World, random: &mut StdRng, failing: f64) -> World {
    let mut now = before.clone();
    let allowed: Vec<u8> = before.all().iter().zip(after.all()).map(|(one, other)| one | other).collect();
    let mut failures = Failures::default();
    let phases = phases(&plan.steps);
    for phase in 0..=LAST {
        let mut steps: Vec<usize> = (0..phases.len()).filter(|place| phases[*place] == phase).collect();
        steps.shuffle(random);
        for place in steps {
            let step = &plan.steps[place];
            if failures.hinder(step).is_some() || random.random_bool(failing) {
                failures.add(step);
                continue;
            }
            now.carry_out(step);
            let has = now.all();
            let holds = has.iter().zip(&allowed).all(|(has, allowed)| has & !allowed == 0);
            assert!(holds, "{has:?}, and allowed are {allowed:?} after {step:#?}\n{plan:#?}");
        }
    }
    now
}

/// P34: at no step does an account have more than before or after, in whatever order and whatever fails; and a run
/// that does not fail ends where it should.
fn check(seed: u64) {
    let random = &mut StdRng::seed_from_u64(seed);
    let (before, mut after) = (World::drawn(random), World::drawn(random));
    // Roles are never removed, so they stay where the other world does not have them.
    for (key, permissions) in &before.roles {
        after.roles.entry(key.clone()).or_insert_with(|| permissions.clone());
    }
    let plan = plan(&after.desired(), &before.found(), Prune { access: true, accounts: false });
    if !plan.findings.is_empty() {
        assert!(plan.findings.iter().all(|finding| finding.code == "order"), "{:?}", plan.findings);
        return;
    }
    let ended = run(&before, &plan, &after, random, 0.0);
    assert_eq!(ended.roles, after.roles);
    assert_eq!(ended.all(), after.all());
    run(&before, &plan, &after, random, 0.3);
    let again = super::plan(&after.desired(), &ended.found(), Prune { access: true, accounts: false });
    assert!(again.steps.is_empty(), "{again:#?}");
}

/// A million plans in the full lane, `bash .ci/run --full`; a part of them in the fast one.
fn plans() -> u64 {
    if env::tests_are_full() { 1_000_000 } else { 4_000 }
}

/// P34, with plans that are the same in every run: the number of one that fails is its seed.
#[test]
fn p34_at_no_step_has_an_account_more_than_before_or_after() {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let seeds = (first..plans()).step_by(usize::try_from(threads).unwrap());
            scope.spawn(move || seeds.for_each(check));
        }
    });
}

#[test]
fn a_missing_account_is_created_before_it_gets_access() {
    let mut desired = World::default().desired();
    let bot = desired.accounts.get_mut("ant").unwrap();
    bot.name = "new-bot".into();
    let access = DesiredAccess { company: company(2), access: AccessSpec::Role("viewer".into()) };
    bot.access = Some([(CompanyId(2), access)].into());
    let bot = desired.accounts.remove("ant").unwrap();
    desired.accounts = [("new-bot".to_owned(), bot)].into();
    let plan = plan(&desired, &Found::default(), Prune::default());
    let ops: Vec<Op> = plan.steps.iter().map(|step| step.op).collect();
    assert_eq!(ops, [Op::Create, Op::Grant]);
    let mut failures = Failures::default();
    failures.add(&plan.steps[0]);
    assert!(failures.hinder(&plan.steps[1]).is_some());
}

#[test]
fn an_owner_never_changes() {
    let mut desired = World::default().desired();
    desired.accounts.get_mut("ant").unwrap().owner = Some(company(2));
    let plan = plan(&desired, &World::default().found(), Prune::default());
    assert_eq!(plan.findings.len(), 1);
    assert_eq!(plan.findings[0].code, "not_owner");
}

#[test]
fn what_is_protected_stops_the_plan() {
    let mut world = World::default();
    world.access.insert(("ant".into(), CompanyId(1)), AccessSpec::Permissions(vec!["a:view".into()]));
    let mut desired = World::default().desired();
    desired.protected.insert("ant".into());
    let plan = plan(&desired, &world.found(), Prune { access: true, accounts: false });
    assert!(plan.findings.iter().any(|finding| finding.code == "protected"), "{plan:#?}");
}
