//! Sign-ins: how many, and what a flood of them does to others.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::database::Database;
use crate::figures::Figure;
use crate::hashes::hashes;
use crate::load::{Line, request, sign_in};
use crate::place::Place;
use crate::world::{ADMIN, PASSWORD, SMALL, account};

/// Sign-ins that are measured.
const SIGN_INS: usize = 256;
/// Sign-ins of one address at the same time: fewer than its budget of guesses.
const EACH: usize = 90;
/// How long a flood lasts where the others do not end it.
const FLOOD: Duration = Duration::from_secs(5);

/// Sign-ins with right passwords beside the hashes alone.
pub(crate) fn sign_ins(database: &Database) -> Vec<Figure> {
    let place = Place::new(database, SMALL);
    let to = place.serving.address;
    let mut figures = Vec::new();
    for connections in [8, 64] {
        let before = hashes(SIGN_INS);
        let started = Instant::now();
        place.runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for number in 0..connections {
                tasks.spawn(async move {
                    let mut line = Line::open(to, Some(address(1))).await;
                    for name in (number..SIGN_INS).step_by(connections) {
                        let answer = line.ask(&sign_in(&account(1 + name % 100), PASSWORD)).await.unwrap();
                        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
                    }
                });
            }
            tasks.join_all().await;
        });
        let ours = started.elapsed();
        let alone = before.min(hashes(SIGN_INS));
        let told = format!("{:.2} s against {:.2} s", ours.as_secs_f64(), alone.as_secs_f64());
        let name = format!("sign-ins, {}, {connections} connections", database.kind);
        figures.push(Figure::at_least(name, alone.as_secs_f64() / ours.as_secs_f64(), 0.95, &told));
    }
    figures
}

/// An address of the loopback network.
fn address(last: u8) -> IpAddr {
    IpAddr::from([127, 0, 1, last])
}

/// So many connections that sign in again and again, until dropped. Who is refused asks again a moment later.
fn flood(to: SocketAddr, connections: usize) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let from = address(u8::try_from(1 + number / EACH).unwrap());
        let asked = sign_in(&account(1 + number % 100), PASSWORD);
        tasks.spawn(async move {
            loop {
                let mut line = Line::open(to, Some(from)).await;
                while let Some(answer) = line.ask(&asked).await {
                    if answer.status != 200 {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        });
    }
    tasks
}

/// What readers wait for in a flood of 1,000 sign-ins, and how much memory the platform takes.
pub(crate) fn reads(database: &Database) -> Vec<Figure> {
    let place = Place::new(database, SMALL);
    let to = place.serving.address;
    let path = format!("/api/companies/1/service-accounts/{}", account(7));
    let asked: Arc<[u8]> = request("GET", &path, &place.sign_in(ADMIN), "").into();
    let mut waits = place.runtime.block_on(async {
        let _flood = flood(to, 1000);
        let until = Instant::now() + FLOOD;
        let mut readers = JoinSet::new();
        for _ in 0..8 {
            let asked = Arc::clone(&asked);
            readers.spawn(async move {
                let (mut line, mut waits) = (Line::open(to, Some(address(250))).await, Vec::new());
                while Instant::now() < until {
                    let started = Instant::now();
                    assert_eq!(line.ask(&asked).await.unwrap().status, 200);
                    waits.push(started.elapsed());
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                waits
            });
        }
        readers.join_all().await.concat()
    });
    waits.sort_unstable();
    let p99 = waits[waits.len() * 99 / 100].as_secs_f64() * 1000.0;
    let name = |what: &str| format!("{what} in a flood of 1,000, {}", database.kind);
    vec![
        Figure::at_most(name("reads, p99"), p99, 50.0, "ms"),
        Figure::at_most(name("memory"), place.serving.peak_mib(), 128.0, "MiB"),
    ]
}

/// S18: an honest user's sign-ins during a flood of 256.
pub(crate) fn honest(database: &Database) -> Vec<Figure> {
    let place = Place::new(database, SMALL);
    let to = place.serving.address;
    let (answered, slowest) = place.runtime.block_on(async {
        let _flood = flood(to, 256);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (mut answered, mut slowest) = (0_u32, Duration::ZERO);
        for _ in 0..13 {
            let started = Instant::now();
            let mut line = Line::open(to, Some(address(250))).await;
            let asked = sign_in(ADMIN, PASSWORD);
            let answer = tokio::time::timeout(Duration::from_secs(5), line.ask(&asked)).await;
            answered += u32::from(matches!(answer, Ok(Some(answer)) if answer.status == 200));
            slowest = slowest.max(started.elapsed());
        }
        (answered, slowest)
    });
    let told = format!("of 13; the slowest took {:.2} s", slowest.as_secs_f64());
    let name = format!("honest sign-ins in a flood of 256, {}", database.kind);
    vec![Figure::at_least(name, f64::from(answered), 12.0, &told)]
}
