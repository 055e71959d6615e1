//! Elvish, whose script runs with a stand-in for its editor, which exists at a terminal only. PowerShell is not in
//! Debian: its script is looked at only in so far as it can be.

use super::{has, known, quietly, script, shell};
use crate::cli::acting::World;

/// The parts of the editor that the script uses.
const EDITOR: &str = "
var edit: = (ns [
    &completion:=(ns [&arg-completer=[&]])
    &complex-candidate~={|stem &code-suffix='' &display=''| echo $stem'|'$code-suffix'|'$display}
    &complete-filename~={|@words| echo 'file '$words[-1]}
])
";

#[test]
fn elvish_gets_candidates_with_descriptions() {
    if !has("elvish") {
        return;
    }
    let world = World::start();
    let env = world.admin();
    let text = std::fs::read_to_string(script("sactl.elv")).unwrap();
    let find = |words: &str| {
        let words = known(&env, words);
        let run = format!("{EDITOR}\n{text}\n$edit:completion:arg-completer[sactl] {words}\n");
        let mut elvish = shell(&env, "elvish");
        elvish.args(["-norc", &env.file("run.elv", run)]);
        quietly(&mut elvish).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(find("sactl sh"), ["show| |show  (Show service accounts with everything about them)"]);
    assert_eq!(
        find("sactl show fl"),
        ["fleet-automation| |fleet-automation  (Nightly firmware roll-out for every customer)"]
    );
    assert_eq!(find("sactl --company nor"), ["Northwind Logistics| |Northwind Logistics  (company 2)"]);
    assert_eq!(find("sactl create x --grant ''")[0], "1=||1=  (Acme MSP)");
    assert_eq!(find("sactl --cacert a"), ["file a"]);
    assert_eq!(
        find("sactl grant x --permission devices:view,alerts:v"),
        ["devices:view,alerts:view| |devices:view,alerts:view"]
    );
}

/// The words of a line are never run: that is what `Invoke-Expression` would do.
#[test]
fn the_script_for_powershell_runs_nothing_of_the_line() {
    let text = std::fs::read_to_string(script("_sactl.ps1")).unwrap();
    assert!(!text.contains("Invoke-Expression") && !text.contains("iex "), "{text}");
    for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
        // No text of the script has one, except the pattern of plain words, which is balanced.
        assert_eq!(text.matches(open).count(), text.matches(close).count(), "{open}{close}");
    }
}
