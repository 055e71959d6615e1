//! Whole runs of the program against a fixed, fast server on the loopback interface, next to what every user
//! knows: `curl` for the same bytes, and a program that does nothing.
//!
//! ```sh
//! cargo bench --bench cli                # the table
//! cargo bench --bench cli -- --check     # and a failure when a target is missed
//! cargo bench --bench cli -- list        # only cases with this word in their name
//! cargo bench --bench cli -- --serve     # no table: the server, for a profiler, until standard input ends
//! ```
//!
//! Only ratios of one run count: both sides take turns, so that whatever else the machine does meets both. No
//! test depends on this, for a busy machine proves nothing.

#![expect(clippy::unwrap_used, reason = "in a measurement, a panic is the message")]
#![expect(clippy::print_stdout, reason = "the table is the answer")]

mod accounts;
mod cases;
mod process;
mod report;
mod server;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == process::MEASURE) {
        process::measure(&words[1..]);
        return ExitCode::SUCCESS;
    }
    // What `cargo test --benches` starts has nothing to prove.
    if !words.iter().any(|word| word == "--bench") {
        println!("measures with: cargo bench --bench cli");
        return ExitCode::SUCCESS;
    }
    let check = words.iter().any(|word| word == "--check");
    let wanted: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let place = cases::Place::new();
    if words.iter().any(|word| word == "--serve") {
        println!("{}", place.settings());
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        return ExitCode::SUCCESS;
    }
    let rows = cases::run(&place, &wanted);
    let missed = report::print(&rows);
    if check && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
