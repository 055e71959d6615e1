//! Any bytes as the file of credentials.

#![no_main]

#[expect(dead_code, reason = "each target makes one of the checks")]
#[path = "../../properties/checks.rs"]
mod checks;

use std::sync::LazyLock;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::credential_file(FOLDER.path(), bytes));
