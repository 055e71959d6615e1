//! Any text on its way to a terminal.

#![no_main]

#[expect(dead_code, reason = "each target makes one of the checks")]
#[path = "../../properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|text: &str| checks::sanitiser(text));
