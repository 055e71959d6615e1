//! Any text as a password.

#![no_main]

#[expect(dead_code, reason = "each target makes one of the checks")]
#[path = "../../properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|text: &str| checks::password_policy(text));
