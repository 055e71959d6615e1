//! Any bytes as the body of an answer without success.

#![no_main]

#[expect(dead_code, reason = "each target makes one of the checks")]
#[path = "../../properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: (u16, &[u8])| checks::error_body(input.0, input.1));
