//! Writers with a ledger of their own, while the platform or its database is killed under them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sactl::api::path;
use sactl::platform::DatabaseUrl;
use serde_json::{Value, json};

use super::claims::{PASSWORD, seed};
use super::served::Served;
use crate::common::database::{Database, OwnServer};
use crate::common::lane::lane;
use crate::common::process::until;

/// Accounts of the seed with no other purpose here.
const WRITERS: [&str; 4] = ["edit-last", "set-last", "adjust-last", "sign-last"];
const COMPANY: &str = "/api/companies/1";

/// What one writer has sent, and what was acknowledged.
struct Writer {
    name: &'static str,
    /// The number in the description that was sent last, and the last that was acknowledged.
    sent: u32,
    kept: u32,
    /// The roles that were acknowledged, and the last one, whose outcome is unknown.
    roles: Vec<String>,
    unknown: Option<String>,
    /// Tokens that were acknowledged and not ended, and those whose end was acknowledged.
    given: Vec<String>,
    ended: Vec<String>,
}

impl Writer {
    fn new(name: &'static str) -> Self {
        let (roles, given, ended) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, sent: 0, kept: 0, roles, unknown: None, given, ended }
    }

    /// Writes until something is not acknowledged.
    fn write(&mut self, served: &Served, admin: &str, acknowledged: &AtomicUsize) {
        while self.write_once(served, admin, acknowledged).is_some() {}
    }

    fn write_once(&mut self, served: &Served, admin: &str, acknowledged: &AtomicUsize) -> Option<()> {
        let done = |answer: Option<(u16, Value)>| {
            let (status, answer) = answer?;
            assert!(matches!(status, 200 | 201 | 503), "{status} {answer}");
            acknowledged.fetch_add(usize::from(status != 503), Ordering::Relaxed);
            (status != 503).then_some(answer)
        };
        self.sent += 1;
        let account = format!("{COMPANY}/service-accounts/{}", self.name);
        let text = json!({"description": self.sent.to_string()});
        done(served.try_call("PATCH", &account, admin, &text))?;
        self.kept = self.sent;

        let role = format!("{}-{}", self.name, self.sent);
        self.unknown = Some(role.clone());
        let new = json!({"name": role, "permissions": ["devices:view"]});
        done(served.try_call("POST", &format!("{COMPANY}/roles"), admin, &new))?;
        self.roles.extend(self.unknown.take());

        let form = format!("grant_type=password&client_id=python&username={}&password={PASSWORD}", self.name);
        let grant = done(served.try_form(path::TOKEN, &form))?;
        let token = grant["access_token"].as_str().unwrap().to_owned();
        if self.sent.is_multiple_of(3) {
            self.given.push(token);
            return Some(());
        }
        done(served.try_form(path::REVOCATION, &format!("token={token}")))?;
        self.ended.push(token);
        Some(())
    }

    /// Everything acknowledged is there; of what was not, all or nothing. Then the round is over.
    fn check(&mut self, served: &Served, admin: &str) {
        let get = |path: &str| served.get(path, Some(admin));
        let account = get(&format!("{COMPANY}/service-accounts/{}", self.name)).1;
        let text = account["data"]["description"].as_str().unwrap_or("0");
        let number: u32 = text.parse().unwrap();
        let (name, kept, sent) = (self.name, self.kept, self.sent);
        assert!((kept..=sent).contains(&number), "{name}: {number} of {kept} to {sent}");
        let log = |filter: &str| get(&format!("{COMPANY}/audit-logs?{filter}")).1["data"].clone();
        let newest = log(&format!("action=account.edited&account={name}&page_size=1"));
        let recorded = newest[0]["detail"]["description"]["new"].as_str().unwrap_or("0");
        assert_eq!(recorded, text, "{name}: the record of a change and the change");
        let is_there = |role: &str| get(&format!("{COMPANY}/roles/{role}")).0 == 200;
        for role in self.roles.drain(..) {
            assert!(is_there(&role), "{role} was acknowledged");
        }
        if let Some(role) = self.unknown.take() {
            let newest = log("action=role.created&page_size=20");
            let is_recorded = newest.as_array().unwrap().iter().any(|record| record["role"] == role.as_str());
            assert_eq!(is_there(&role), is_recorded, "{role}: the record of a role and the role");
        }
        let status = |token: &str| served.get(path::ME, Some(token)).0;
        assert!(self.given.drain(..).all(|token| status(&token) == 200), "{name}: an acknowledged sign-in");
        assert!(self.ended.drain(..).all(|token| status(&token) == 401), "{name}: an ended token is alive");
    }
}

/// Lets all write, and strikes in the middle of it: after so many acknowledged writes.
fn strike(served: &Served, writers: &mut [Writer], admin: &str, after: usize, strike: impl FnOnce()) {
    let acknowledged = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for writer in writers {
            scope.spawn(|| writer.write(served, admin, &acknowledged));
        }
        until(|| acknowledged.load(Ordering::Relaxed) >= after);
        strike();
    });
}

/// Kills the platform again and again while it writes.
fn killed_again_and_again(database: &str) {
    let seed = seed(0);
    let mut writers = WRITERS.map(Writer::new);
    let mut served = Served::on(database, [], &seed);
    let admin = served.sign_in("admin@acme.example", PASSWORD);
    for round in 0..lane(3, 60) {
        strike(&served, &mut writers, &admin, 5 + 7 * round % 41, || served.signal(Signal::KILL));
        served.end();
        served = Served::on(database, [], &seed);
        for writer in &mut writers {
            writer.check(&served, &admin);
        }
    }
}

/// P25: a write that was acknowledged survives the death of the platform, and of any other there is all or nothing.
#[test]
fn p25_kills_of_the_platform_on_sqlite_lose_no_acknowledged_write() {
    let folder = tempfile::tempdir().unwrap();
    killed_again_and_again(&format!("sqlite:{}", folder.path().join("platform.db").display()));
}

/// P25: the same on PostgreSQL.
#[test]
fn p25_kills_of_the_platform_on_postgresql_lose_no_acknowledged_write() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(database) = runtime.block_on(Database::postgres()) else { return };
    let DatabaseUrl::Postgres(url) = &database.url else { panic!("not a server") };
    killed_again_and_again(url);
}

/// P26: while PostgreSQL is away, killed or stopped, everything is answered with 503 within a second; when it is back,
/// so is the platform, within two seconds and without a restart. No acknowledged write is lost.
#[test]
fn p26_postgresql_killed_and_stopped_under_load_loses_no_acknowledged_write() {
    let Some(postgres) = OwnServer::start() else { return };
    let mut writers = WRITERS.map(Writer::new);
    let served = Served::on(&postgres.url(), [], &seed(0));
    let admin = served.sign_in("admin@acme.example", PASSWORD);
    for round in 0..lane(2, 20) {
        let is_killed = round % 2 == 0;
        strike(&served, &mut writers, &admin, 5 + 7 * round % 41, || {
            if is_killed { postgres.kill() } else { postgres.stop() }
        });
        let account = format!("{COMPANY}/service-accounts/dormant-bot");
        let text = json!({"description": "lost"});
        // The fastest of some: this machine may be busy with other tests.
        let tries = [(); 4].map(|()| {
            let started = Instant::now();
            let (status, answer) = served.call("PATCH", &account, &admin, &text);
            assert_eq!(status, 503, "round {round}: {answer}");
            started.elapsed()
        });
        assert!(tries.iter().min() < Some(&Duration::from_secs(1)), "503 after {tries:?}");
        // What it says of itself is a second old at most.
        until(|| served.get("/readyz", None).0 == 503);
        postgres.restart();
        let started = Instant::now();
        until(|| served.get("/readyz", None).0 == 200);
        assert!(started.elapsed() < Duration::from_secs(2), "healed after {:?}", started.elapsed());
        for writer in &mut writers {
            writer.check(&served, &admin);
        }
        assert_ne!(served.get(&account, Some(&admin)).1["data"]["description"], "lost");
    }
}
