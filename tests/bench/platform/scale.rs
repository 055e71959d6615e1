//! What does not grow with the number of tenants.

use std::time::{Duration, Instant};

use crate::database::Database;
use crate::figures::Figure;
use crate::load::{Line, request};
use crate::place::{Place, Serving};
use crate::world::{ADMIN, EVERYWHERE, PROVIDER, SMALL, World, account, everywhere};

/// Most of what is measured once is measured so often; the median counts.
const TIMES: usize = 15;

/// A tenth of the large world, which is filled in seconds; with `--full` all of it.
fn large() -> World {
    let is_full = std::env::args().any(|word| word == "--full");
    let (companies, accounts) = if is_full { (1000, 100_000) } else { (100, 10_000) };
    World { companies, accounts, owned: accounts / 2, reach: 10, records: 100 * accounts }
}

/// The pages that every company may ask for.
const PAGES: [(&str, &str); 6] = [
    ("page of the largest owner", "/api/companies/1/service-accounts?page_size=100"),
    ("page of its owned accounts", "/api/companies/1/service-accounts?page_size=100&ownership=owned"),
    ("page of external accounts", "/api/companies/5/service-accounts?page_size=100&ownership=external"),
    ("page of one external account", "/api/companies/2/service-accounts?page_size=100"),
    ("page of roles", "/api/companies/1/roles"),
    ("page of companies", "/api/companies?page_size=100"),
];

/// Pages of the audit log of the company with the most records.
const RECORDS: [(&str, &str); 4] = [
    ("newest records", ""),
    ("records of an account", "&account=bot-1000008"),
    ("records of an actor", "&actor=admin@acme.example"),
    ("records of a rare action", "&action=account.deleted"),
];

/// The time and the length of an answer; the median of several.
fn timed(place: &Place, times: usize, asking: impl Fn(usize) -> Vec<u8>) -> (f64, usize) {
    let mut taken: Vec<(Duration, usize)> = place.runtime.block_on(async {
        let mut line = Line::open(place.serving.address, None).await;
        let mut taken = Vec::new();
        for number in 0..times {
            let asked = asking(number);
            let started = Instant::now();
            let answer = line.ask(&asked).await.unwrap();
            taken.push((started.elapsed(), answer.body.len()));
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        }
        taken
    });
    taken.sort_unstable();
    let (median, length) = taken[times / 2];
    (median.as_secs_f64() * 1000.0, length)
}

fn pages(place: &Place) -> Vec<f64> {
    let token = place.sign_in(PROVIDER);
    let time = |(_, path): &(&str, &str)| timed(place, TIMES, |_| request("GET", path, &token, "")).0;
    PAGES.iter().map(time).collect()
}

/// Every figure of the large world.
pub(crate) fn all(database: fn() -> Database) -> Vec<Figure> {
    let small = database();
    let before = pages(&Place::new(&small, SMALL));
    drop(small);
    let large_one = database();
    let place = Place::new(&large_one, large());
    let kind = large_one.kind;
    let mut figures = Vec::new();
    for (((what, _), small), large) in PAGES.iter().zip(before).zip(pages(&place)) {
        // Below a millisecond it is the time of the machine, not of the data.
        let ratio = large / small.max(1.0);
        let unit = format!("× ({large:.2} ms against {small:.2} ms)");
        figures.push(Figure::at_most(format!("{what}, {kind}"), ratio, 2.0, &unit));
    }
    let provider = place.sign_in(PROVIDER);
    let (time, length) = timed(&place, TIMES, |_| request("GET", "/api/users/me?expand=none", &provider, ""));
    let kb = f64::from(u32::try_from(length).unwrap()) / 1000.0;
    figures.push(Figure::at_most(format!("users/me of a provider, {kind}"), time, 20.0, "ms"));
    figures.push(Figure::at_most(format!("users/me of a provider, size, {kind}"), kb, 200.0, "kB"));
    for (what, filter) in RECORDS {
        let path = format!("/api/companies/1/audit-logs?page_size=1000{filter}");
        let (time, _) = timed(&place, TIMES, |_| request("GET", &path, &provider, ""));
        figures.push(Figure::at_most(format!("page of the {what}, {kind}"), time, 50.0, "ms"));
    }
    changes(&place, kind, &mut figures);
    let Place { serving, .. } = place;
    drop(serving);
    let again = Serving::platform(&large_one);
    figures.push(Figure::at_most(format!("start, {kind}"), again.start.as_secs_f64(), 1.0, "s"));
    figures
}

/// Changes of accounts that have access everywhere, and of one that has not.
fn changes(place: &Place, kind: &str, figures: &mut Vec<Figure>) {
    let admin = place.sign_in(ADMIN);
    let path = |number: usize| format!("/api/companies/1/service-accounts/{}", everywhere(1 + number));
    let grant = |number: usize| {
        let path = format!("/api/companies/1/service-accounts/{}/access", account(9));
        request("PUT", &path, &admin, &format!(r#"{{"role":"{}"}}"#, crate::bare::role(number)))
    };
    let (time, _) = timed(place, TIMES, grant);
    figures.push(Figure::at_most(format!("grant, {kind}"), time, 10.0, "ms"));
    let reset = |number: usize| {
        let body = format!(r#"{{"password":"Another-1234-{number}"}}"#);
        request("PUT", &format!("{}/password", path(number)), &admin, &body)
    };
    let (time, _) = timed(place, EVERYWHERE, reset);
    figures.push(Figure::at_most(format!("reset of an account everywhere, {kind}"), time, 50.0, "ms"));
    let delete = |number: usize| request("DELETE", &path(number), &admin, "");
    let (time, _) = timed(place, EVERYWHERE, delete);
    figures.push(Figure::at_most(format!("delete of an account everywhere, {kind}"), time, 50.0, "ms"));
}
