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
#[path = "../figures.rs"]
mod figures;
#[path = "../hashes.rs"]
mod hashes;
mod load;
mod place;
mod proxy;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::run("fleet", &cases::ALL)
}
