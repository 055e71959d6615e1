//! The table of a bench target: cases by name, their figures, and what must hold.

use std::process::ExitCode;

/// A figure, and what it must be.
pub(crate) struct Figure {
    name: String,
    told: String,
    goal: String,
    holds: bool,
}

impl Figure {
    /// A figure that is at least `least`.
    pub(crate) fn at_least(name: impl Into<String>, value: f64, least: f64, details: &str) -> Self {
        let told = format!("{value:.2} ({details})");
        Self { name: name.into(), told, goal: format!("at least {least}"), holds: value >= least }
    }

    /// A figure that is at most `most`.
    pub(crate) fn at_most(name: impl Into<String>, value: f64, most: f64, unit: &str) -> Self {
        let (told, goal) = (format!("{value:.2} {unit}"), format!("at most {most} {unit}"));
        Self { name: name.into(), told, goal, holds: value <= most }
    }
}

/// A case and its figures.
pub(crate) type Case = fn() -> Vec<Figure>;

/// Runs the cases whose names hold every word of the command line, and prints their figures. With `--check` the exit
/// code says whether a goal was missed.
pub(crate) fn run(target: &str, cases: &[(&str, Case)]) -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // What `cargo test --benches` starts has nothing to prove.
    if !words.iter().any(|word| word == "--bench") {
        println!("measures with: cargo bench --bench {target}");
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let mut missed = 0;
    for (name, case) in cases {
        if !wanted.iter().all(|word| name.contains(word)) {
            continue;
        }
        for Figure { name, told, goal, holds } in case() {
            let verdict = if holds { "holds" } else { "MISSED" };
            println!("{name:<48} {told:<44} {goal:<20} {verdict}");
            missed += usize::from(!holds);
        }
    }
    if words.iter().any(|word| word == "--check") && missed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
