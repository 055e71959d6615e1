//! `sactl revoke`: the question before it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::acting::World;
use crate::common::proxy::Proxy;
use crate::common::terminal::Terminal;

#[test]
fn revoke_asks_yes_or_no() {
    let world = World::start();
    let admin = world.admin();
    for (answer, code) in [("n", 2), ("y", 0)] {
        let mut terminal = Terminal::start(&admin, "revoke backup-runner");
        terminal.wait_for("?").type_line(answer);
        let (text, ended) = terminal.finish();
        assert_eq!(ended, code, "{text}");
    }
}

/// Names that no list shows are asked about at the same time: the first answer comes when the second question was asked.
#[test]
fn names_that_no_list_shows_are_asked_about_at_the_same_time() {
    let world = World::start();
    let (asked, waited) = (Arc::new((Mutex::new(0), Condvar::new())), Arc::new(AtomicBool::new(false)));
    let has_waited = waited.clone();
    let proxy = Proxy::start(&world.url(), move |request, _| {
        if request.method == "DELETE" {
            let (count, changed) = &*asked;
            let mut count = count.lock().unwrap();
            *count += 1;
            changed.notify_all();
            let (_count, outcome) =
                changed.wait_timeout_while(count, Duration::from_secs(10), |count| *count < 2).unwrap();
            has_waited.fetch_or(outcome.timed_out(), Ordering::Relaxed);
        }
        None
    });
    let admin = world.admin().with("SACTL_SERVER", proxy.url());
    admin.sactl("revoke no-such-bot no-other-bot --yes -o json").error(5, "not_found");
    assert!(!waited.load(Ordering::Relaxed), "one after the other: {:?}", proxy.lines());
}
