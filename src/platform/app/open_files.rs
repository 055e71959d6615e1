//! The limit of open files and connections of this process.
//!
//! Responsible for raising it as far as needed and allowed. Refuses to fail: it returns the limit that holds.

/// Enough for all connections and the database.
#[cfg(unix)]
const ENOUGH: u64 = 2048;

/// Raises the limit of this process as far as needed and allowed, and returns it.
#[cfg(unix)]
pub(super) fn raise() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};

    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
    if limit.current.is_some_and(|current| current < wanted) {
        let before = limit.current.replace(wanted);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "cannot raise the limit of open files");
            limit.current = before;
        }
    }
    limit.current.and_then(|current| usize::try_from(current).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
pub(super) fn raise() -> usize {
    usize::MAX
}
