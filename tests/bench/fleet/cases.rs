//! What is measured, against what, and what must hold.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::figures::{Case, Figure};
use crate::hashes::hashes;
use crate::load;
use crate::place::{Place, peak_mib, timed};
use crate::proxy::Proxy;
use crate::world::{account, manifest, new_accounts, seed};

/// Accounts and companies of the cases that change access: a thousand cells.
const ACCOUNTS: usize = 50;
const REACH: usize = 20;
/// Companies of the provider.
const COMPANIES: usize = 1000;
/// Accounts that are created, and those that are compared in all companies.
const MANY: usize = 200;

/// Every case by its name. The first that runs has the memory of no other.
pub(crate) const ALL: [(&str, Case); 5] =
    [("diff", diff), ("apply", apply), ("create", create), ("list", list), ("grant", grant)];

fn seconds(taken: Duration) -> f64 {
    taken.as_secs_f64()
}

fn versus(one: Duration, other: Duration) -> String {
    format!("{:.2} s against {:.2} s", seconds(one), seconds(other))
}

/// Two hundred thousand entries that agree with what is there, but for one account.
fn diff() -> Vec<Figure> {
    let place = Place::new(&seed(COMPANIES, MANY, COMPANIES));
    let file = place.file("fleet.yaml", &manifest(MANY, COMPANIES, "viewer"));
    let proxy = Proxy::new(&place.url, Duration::ZERO);
    let name = file.display().to_string();
    let taken = timed(place.at(&proxy.url, &["diff", "-f", &name]), &[0]);
    let lists = f64::from(u32::try_from(proxy.lists.load(Ordering::SeqCst)).unwrap());
    vec![
        Figure::at_most("diff of 200,000 entries, client CPU", seconds(taken.cpu), 2.0, "s"),
        Figure::at_most("diff of 200,000 entries, memory", peak_mib(), 128.0, "MiB"),
        Figure::at_most("diff of 200,000 entries, list walks", lists, 1.0, "lists"),
        Figure::at_most("diff of 200,000 entries, elapsed", seconds(taken.elapsed), 60.0, "s"),
    ]
}

/// A thousand changes of access.
fn apply() -> Vec<Figure> {
    let place = Place::new(&seed(REACH, ACCOUNTS, REACH));
    let roles = ["operator", "viewer"];
    let files = roles.map(|role| {
        let file = place.file(&format!("{role}.yaml"), &manifest(ACCOUNTS, REACH, role));
        file.display().to_string()
    });
    let slow = Proxy::new(&place.url, Duration::from_millis(10));
    let apply = |url: &str, file: &str, concurrency: &str| {
        let words =
            ["apply", "-f", file, "--yes", "--max-changes", "1000", "--concurrency", concurrency, "-q"];
        timed(place.at(url, &words), &[0]).elapsed
    };
    let one = apply(&slow.url, &files[0], "1");
    let eight = apply(&slow.url, &files[1], "8");
    // On loopback both take turns, twice.
    let changes = |role: &str| {
        let cells = (0..ACCOUNTS).flat_map(|number| (1..=REACH).map(move |id| (number, id)));
        let cells = cells.map(|(number, id)| {
            let path = format!("/api/companies/{id}/service-accounts/{}/access", account(number));
            (path, format!("{{\"role\":\"{role}\"}}"))
        });
        cells.collect::<Vec<_>>()
    };
    let (mut ours, mut plain) = (Duration::MAX, Duration::MAX);
    for _ in 0..2 {
        ours = ours.min(apply(&place.url, &files[0], "8"));
        plain = plain.min(load::puts(&place.url, &place.token, &changes("viewer"), 8));
    }
    vec![
        Figure::at_least(
            "1,000 changes, 20 ms away: 8 at a time against 1",
            seconds(one) / seconds(eight),
            6.5,
            &versus(eight, one),
        ),
        Figure::at_least(
            "1,000 changes, loopback, against plain load",
            seconds(plain) / seconds(ours),
            0.9,
            &versus(ours, plain),
        ),
    ]
}

/// New accounts, each of which needs a password hash.
fn create() -> Vec<Figure> {
    let place = Place::new(&seed(1, 0, 0));
    let file = place.file("new.yaml", &new_accounts(MANY)).display().to_string();
    let before = hashes(MANY);
    let words = ["apply", "-f", &file, "--password-dir", "secrets", "--yes", "-q"];
    let ours = timed(place.command(&words), &[0]).elapsed;
    let alone = before.min(hashes(MANY));
    vec![Figure::at_least(
        "200 new accounts, against their hashes alone",
        seconds(alone) / seconds(ours),
        0.9,
        &versus(ours, alone),
    )]
}

fn list() -> Vec<Figure> {
    let place = Place::new(&seed(COMPANIES, ACCOUNTS, REACH));
    let one = timed(place.command(&["list", "--companies", "all"]), &[0]);
    let script = format!("for id in $(seq {COMPANIES}); do \"$SACTL\" list --company $id; done");
    let many = timed(place.shell(&script), &[0]);
    assert_eq!(one.stdout.len(), many.stdout.len(), "both say the same");
    vec![Figure::at_least(
        "list of 1,000 companies, against a loop",
        seconds(many.elapsed) / seconds(one.elapsed),
        4.0,
        &versus(one.elapsed, many.elapsed),
    )]
}

fn grant() -> Vec<Figure> {
    let place = Place::new(&seed(REACH, ACCOUNTS, REACH));
    let words = [
        "grant",
        "bot-*",
        "--companies",
        "all",
        "--role",
        "operator",
        "--yes",
        "--max-changes",
        "1000",
        "-q",
    ];
    let one = timed(place.command(&words), &[0]).elapsed;
    let script = format!(
        "for number in $(seq -f %03g 0 {}); do for id in $(seq {REACH}); do\n\
         \"$SACTL\" grant bot-$number --company $id --role viewer -q > /dev/null; done; done",
        ACCOUNTS - 1
    );
    let many = timed(place.shell(&script), &[0]).elapsed;
    vec![Figure::at_least(
        "1,000 grants, against a loop",
        seconds(many) / seconds(one),
        3.0,
        &versus(one, many),
    )]
}
