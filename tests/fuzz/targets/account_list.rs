//! Any bytes as a page of the list of accounts.

#![no_main]

#[expect(dead_code, reason = "each target makes one of the checks")]
#[path = "../../properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|body: &[u8]| checks::account_list(body));
