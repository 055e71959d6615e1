//! The fleet against a real `sactl serve`: how much faster one command is than many, and what it costs.
//!
//! ```sh
//! cargo bench --bench fleet                # the table
//! cargo bench --bench fleet -- --check     # and a failure when a target is missed
//! cargo bench --bench fleet -- diff        # only cases with this word in their name
//! ```
//!
//! Only ratios of one run count, and bounds of memory and processor time. The machine must have nothing else to do.

#![expect(clippy::unwrap_used, reason = "in a measurement, a panic is the message")]
#![expect(clippy::print_stdout, reason = "the table is the answer")]

mod cases;
mod load;
mod place;
mod proxy;
mod world;

use std::process::ExitCode;

/// A figure, and what it must be.
struct Figure {
    name: &'static str,
    told: String,
    goal: String,
    holds: bool,
}

impl Figure {
    /// A figure that is at least `least`.
    fn at_least(name: &'static str, value: f64, least: f64, details: &str) -> Self {
        let told = format!("{value:.2} ({details})");
        Self { name, told, goal: format!("at least {least}"), holds: value >= least }
    }

    /// A figure that is at most `most`.
    fn at_most(name: &'static str, value: f64, most: f64, unit: &str) -> Self {
        Self {
            name,
            told: format!("{value:.2} {unit}"),
            goal: format!("at most {most} {unit}"),
            holds: value <= most,
        }
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // What `cargo test --benches` starts has nothing to prove.
    if !words.iter().any(|word| word == "--bench") {
        println!("measures with: cargo bench --bench fleet");
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let mut missed = 0;
    for (name, case) in cases::ALL {
        if !wanted.iter().all(|word| name.contains(word)) {
            continue;
        }
        for Figure { name, told, goal, holds } in case() {
            let verdict = if holds { "holds" } else { "MISSED" };
            println!("{name:<44} {told:<44} {goal:<20} {verdict}");
            missed += usize::from(!holds);
        }
    }
    if words.iter().any(|word| word == "--check") && missed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
