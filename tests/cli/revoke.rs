//! `sactl revoke`: the question before it.

use super::acting::World;
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
