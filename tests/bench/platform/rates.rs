//! How many requests a second, as a ratio to the plain work over the same database.

use std::sync::Arc;
use std::time::Duration;

use crate::bare;
use crate::database::Database;
use crate::figures::Figure;
use crate::load::{Asking, Line, answered, request};
use crate::place::{Place, Serving};
use crate::world::{ADMIN, PROVIDER, SMALL, account};

/// One turn of a side, and how many turns each has.
const TURN: Duration = Duration::from_millis(1500);
const TURNS: usize = 3;
/// Writers at the same time.
const WRITERS: usize = 8;

/// A ratio of requests in the same time.
#[expect(clippy::cast_precision_loss, reason = "counts of some seconds are exact")]
fn versus(name: String, ours: usize, other: usize, goal: f64) -> Figure {
    let a_second = |count: usize| count as f64 / (TURN.as_secs_f64() * TURNS as f64);
    let (ours, other) = (a_second(ours), a_second(other));
    Figure::at_least(name, ours / other, goal, &format!("{ours:.0}/s against {other:.0}/s"))
}

/// The same requests to the platform and to the plain work, over 8 and 64 connections.
fn beside_floor(database: &Database, what: &str, path: &str, goal: f64) -> Vec<Figure> {
    let place = Place::new(database, SMALL);
    let token = place.sign_in(ADMIN);
    let asked = request("GET", path, &token, "");
    let floor = Serving::floor(database);
    assert_eq!(
        document(&place, &place.serving, &asked),
        document(&place, &floor, &asked),
        "not the same work"
    );
    let asking: Asking = Arc::new(move |_, _| asked.clone());
    let mut figures = Vec::new();
    for connections in [8, 64] {
        let count =
            |to: &Serving, time| place.runtime.block_on(answered(to.address, connections, time, &asking));
        let (mut ours, mut plain) = (0, 0);
        for side in [&place.serving, &floor] {
            count(side, TURN / 5);
        }
        for _ in 0..TURNS {
            plain += count(&floor, TURN);
            ours += count(&place.serving, TURN);
        }
        let name = format!("{what}, {}, {connections} connections", database.kind);
        figures.push(versus(name, ours, plain, goal));
    }
    figures
}

/// What a side answers, except the cursor of the next page, which only the platform signs.
fn document(place: &Place, to: &Serving, asked: &[u8]) -> serde_json::Value {
    let answer =
        place.runtime.block_on(async { Line::open(to.address, None).await.ask(asked).await.unwrap() });
    let mut document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    if let Some(page) = document.as_object_mut() {
        page.remove("next");
    }
    document
}

/// One account.
pub(crate) fn read(database: &Database) -> Vec<Figure> {
    let path = format!("/api/companies/1/service-accounts/{}", account(7));
    beside_floor(database, "single read", &path, 0.5)
}

/// A page of 100 accounts.
pub(crate) fn list(database: &Database) -> Vec<Figure> {
    beside_floor(database, "list of 100", "/api/companies/1/service-accounts?page_size=100", 1.0)
}

/// The company of a writer.
type CompanyOf = fn(usize) -> usize;

/// Grants that are kept, each by a writer with an account of its own: all in one company, and each in another.
pub(crate) fn write(database: &Database) -> Vec<Figure> {
    let goal = if database.file().is_some() { 0.35 } else { 0.3 };
    let place = Place::new(database, SMALL);
    let token: Arc<str> = place.sign_in(PROVIDER).into();
    let kinds: [(&str, CompanyOf); 2] = [("one company", |_| 1), ("several", |writer| 3 + writer)];
    let mut figures = Vec::new();
    for (kind, company) in kinds {
        let token = Arc::clone(&token);
        let asking: Asking = Arc::new(move |writer, count| {
            let (company, account) = (company(writer), account(writer + 1));
            let path = format!("/api/companies/{company}/service-accounts/{account}/access");
            request("PUT", &path, &token, &format!(r#"{{"role":"{}"}}"#, bare::role(count)))
        });
        let (mut ours, mut alone) = (0, 0);
        place.runtime.block_on(async {
            for _ in 0..TURNS {
                alone += bare::kept(database, 8, TURN).await;
                ours += answered(place.serving.address, WRITERS, TURN, &asking).await;
            }
        });
        let name = format!("grants, {}, {WRITERS} writers, {kind}", database.kind);
        figures.push(versus(name, ours, alone, goal));
    }
    figures
}
