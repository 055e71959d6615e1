//! The platform as a server: real `sactl serve` processes on SQLite and on PostgreSQL, each beside the same work
//! written plainly over the same database.
//!
//! ```sh
//! cargo bench --bench platform                    # the table
//! cargo bench --bench platform -- --check         # and a failure when a goal is missed
//! cargo bench --bench platform -- read sqlite     # only cases with these words in their name
//! cargo bench --bench platform -- scale --full    # 1,000 companies, 100,000 accounts, ten million audit records
//! ```
//!
//! `SACTL_BENCH_PROGRAM` names another build of the program to measure. Both sides take turns in one run, through the
//! same database driver; only their ratios count, and bounds of time and memory on a machine that has nothing else to
//! do. PostgreSQL must be installed where Debian puts it.

#![expect(clippy::unwrap_used, reason = "in a measurement, a panic is the message")]
#![expect(clippy::print_stdout, reason = "the table is the answer")]

mod bare;
mod database;
#[path = "../figures.rs"]
mod figures;
mod flood;
mod floor;
#[path = "../hashes.rs"]
mod hashes;
mod load;
mod place;
mod postgres;
#[path = "../../common/postgres.rs"]
mod programs;
mod rates;
mod scale;
mod world;

use std::process::ExitCode;

use figures::Case;

/// Every case by its name.
const ALL: [(&str, Case); 13] = [
    ("read sqlite", || rates::read(&database::sqlite())),
    ("read postgres", || rates::read(&database::postgres())),
    ("list sqlite", || rates::list(&database::sqlite())),
    ("list postgres", || rates::list(&database::postgres())),
    ("write sqlite", || rates::write(&database::sqlite())),
    ("write postgres", || rates::write(&database::postgres())),
    ("sign-in sqlite", || flood::sign_ins(&database::sqlite())),
    ("sign-in postgres", || flood::sign_ins(&database::postgres())),
    ("flood sqlite", || flood::reads(&database::sqlite())),
    ("flood postgres", || flood::reads(&database::postgres())),
    ("honest sqlite", || flood::honest(&database::sqlite())),
    ("scale sqlite", || scale::all(database::sqlite)),
    ("scale postgres", || scale::all(database::postgres)),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, url] = &words[..]
        && flag == floor::FLAG
    {
        floor::serve(url);
        return ExitCode::SUCCESS;
    }
    figures::run("platform", &ALL)
}
