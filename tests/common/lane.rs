//! The two lanes of the tests. `cargo test` is the fast one, which proves every promise with some of its cases. The
//! full one is `bash .ci/run --full`: every case, every round.

/// Whether this is the full lane.
fn is_full() -> bool {
    std::env::var_os("SACTL_TEST_FULL").is_some_and(|value| value == "1")
}

/// How much a test does: `fast` in the fast lane, `full` in the full one.
pub(crate) fn lane<T>(fast: T, full: T) -> T {
    if is_full() { full } else { fast }
}

/// Whether a sweep has this case: the fast lane takes one `of` so many. With the sum of the places in all lists as
/// `number`, every member of every list is still in some case.
pub(crate) fn takes(number: usize, of: usize) -> bool {
    is_full() || number.is_multiple_of(of)
}
