//! The house keeps its own rules: which module may use which, who prints, how long a file is, and that no test
//! file lies about unused. Everything here reads the source text; nothing of the program runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common::source::{self, Source};

use self::graph::Graph;

mod graph;
mod hints;
mod words;

/// The files of `commands` that may use the platform, because the command is about it.
const USES_THE_PLATFORM: [&str; 3] = ["serve", "sandbox", "openapi"];

const PRINTERS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Most lines of a file.
const LONGEST: usize = 400;

/// Files that only a person runs: measurements and fuzz targets, which are programs of their own.
const APART: [&str; 2] = ["bench", "fuzz"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every top-level module with the ones that it may use, as the table in `src/lib.rs` draws it: the names in its
/// third column. That is the only place where the rule stands.
fn map() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
    let rows = rows.map(|row| row.split('|').collect::<Vec<_>>()).filter(|cells| cells[0].contains('`'));
    let named = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    rows.map(|cells| (named(cells[0]).pop_first().unwrap(), named(cells[2]))).collect()
}

/// The library; the program itself is [`main_is_tiny`].
fn sources() -> Vec<Source> {
    let files = source::rust_files(&root().join("src"));
    assert!(files.len() > 20, "the source is not where it was: {files:?}");
    let library = files.iter().filter(|file| !file.ends_with("src/main.rs"));
    library.map(|file| Source::read(&root().join("src"), file)).collect()
}

#[test]
fn modules_use_only_what_the_map_allows() {
    let map = map();
    let may_use = |from: &[String], used: &str| match (from[0].as_str(), used) {
        (module, used) if module == used => true,
        ("commands", "platform") => {
            from.get(1).is_some_and(|verb| USES_THE_PLATFORM.contains(&verb.as_str()))
        }
        (module, used) => map.get(module).is_some_and(|others| others.contains(used)),
    };
    let graph = Graph::of(&sources());
    let bad = graph.uses().filter(|(from, used)| !from.is_empty() && !may_use(from, used));
    let wrong: BTreeSet<_> =
        bad.map(|(from, used)| format!("{} uses crate::{used}", from.join("::"))).collect();
    assert!(wrong.is_empty(), "against the map in src/lib.rs: {wrong:#?}");
}

#[test]
fn the_map_is_complete() {
    let sources = sources();
    let there = sources.iter().map(Source::top_level).filter(|name| !name.is_empty());
    let there: BTreeSet<String> = there.map(str::to_owned).collect();
    assert_eq!(map().into_keys().collect::<BTreeSet<_>>(), there);
}

/// What lies under everything uses nothing above it, whatever the table may say one day.
#[test]
fn the_floor_holds() {
    let map = map();
    let uses = |module: &str| map[module].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(uses("text"), Vec::<&str>::new());
    assert_eq!(uses("domain"), Vec::<&str>::new());
    assert_eq!(uses("api"), ["domain"]);
    assert_eq!(uses("config"), ["domain", "text"]);
    assert_eq!(uses("platform"), ["api", "domain"]);
    for module in ["client", "output"] {
        assert_eq!(uses(module), ["api", "domain", "text"], "{module}");
    }
}

/// Each file can be read with those below it alone.
#[test]
fn files_lie_in_no_cycle_of_imports() {
    let graph = Graph::of(&sources());
    let cycles = graph.cycles();
    let imports: Vec<_> = cycles.iter().map(|cycle| graph.inside(cycle)).collect();
    assert!(imports.is_empty(), "move what they share into a file below them: {imports:#?}");
}

#[test]
fn only_ui_and_output_print() {
    let mut wrong = Vec::new();
    for source in sources() {
        if ["ui", "output"].contains(&source.top_level()) {
            continue;
        }
        let macros = PRINTERS.iter().filter(|name| source.count(&[name, "!"]) > 0);
        wrong.extend(macros.map(|name| format!("{}: {name}!", source.name())));
        let taken = |name: &str| source.count(&["io", ":", ":", name, "()"]);
        let asked = |name: &str| source.count(&["io", ":", ":", name, "()", ".", "is_terminal"]);
        let streams = ["stdout", "stderr"].iter().filter(|name| taken(name) > asked(name));
        wrong.extend(streams.map(|name| format!("{}: io::{name}()", source.name())));
    }
    assert!(wrong.is_empty(), "only ui and output print: {wrong:#?}");
}

#[test]
fn only_config_reads_the_environment() {
    let readers = ["var", "var_os", "vars", "vars_os"];
    let exempt = [
        // Hands the environment on to another program, less what is ours.
        "commands/sandbox/child.rs",
        // Tests: how many rounds are played.
        "platform/throttle/game.rs",
        // A seed may name the variable that holds a password.
        "platform/service/seed.rs",
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        if source.top_level() == "config" || exempt.contains(&source.name()) {
            continue;
        }
        let found = readers.iter().filter(|name| source.count(&["env", ":", ":", name]) > 0);
        wrong.extend(found.map(|name| format!("{}: env::{name}", source.name())));
    }
    assert!(wrong.is_empty(), "the environment is read in config: {wrong:#?}");
}

#[test]
fn main_is_tiny() {
    let main = Source::read(&root().join("src"), &root().join("src/main.rs"));
    let text = std::fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(!PRINTERS.iter().any(|name| main.count(&[name, "!"]) > 0), "only ui and output print");
    assert!(text.lines().count() <= 100, "main.rs parses, runs and exits; the rest belongs in the library");
}

#[test]
fn files_fit_in_a_head() {
    let mut long = Vec::new();
    for folder in ["src", "tests"] {
        for file in source::rust_files(&root().join(folder)) {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            if lines > LONGEST {
                long.push(format!("{}: {lines} lines", source::relative(root(), &file)));
            }
        }
    }
    assert!(long.is_empty(), "at most {LONGEST} lines: {long:#?}");
}

/// The files that the compiler finds from `file` by its `mod` lines, `file` included.
fn reachable(folder: &Path, file: &Path, found: &mut BTreeSet<PathBuf>) {
    assert!(found.insert(file.to_owned()), "{} is reached twice", file.display());
    let source = Source::read(folder, file);
    let below = match file.file_name().and_then(|name| name.to_str()) {
        Some("main.rs" | "mod.rs") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    };
    for module in source.declared_modules() {
        let flat = below.join(format!("{module}.rs"));
        let deep = below.join(&module).join("mod.rs");
        reachable(folder, if flat.exists() { &flat } else { &deep }, found);
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let tests = root().join("tests");
    let mut found = BTreeSet::new();
    reachable(&tests, &tests.join("main.rs"), &mut found);
    let apart = |file: &PathBuf| APART.iter().any(|folder| file.starts_with(tests.join(folder)));
    let there: BTreeSet<_> = source::rust_files(&tests).into_iter().filter(|file| !apart(file)).collect();
    let forgotten: Vec<_> = there.difference(&found).collect();
    assert!(forgotten.is_empty(), "no `mod` line leads to {forgotten:#?}");
}
