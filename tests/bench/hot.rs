//! The functions that a client calls, as the linker is told to put them next to each other: run under callgrind,
//! and written as patterns of the names of their sections.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::process::Program;

/// The argument that asks for it.
pub(crate) const HOT: &str = "--hot";

/// Where the linker's script stands.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.link/hot.ld");

/// What stands above the names.
const HEAD: &str = "\
/* The functions that a client calls, for the linker. Renewed with:
 *
 *     CARGO_PROFILE_BENCH_STRIP=false cargo bench --bench cli -- --hot
 *
 * which needs valgrind and binutils. */
";

/// Bytes that a pattern may always bring in.
const FEW: u64 = 512;

/// Runs the programs, and writes which functions they called: those of the first run first, for what several runs
/// have in common is what the shortest one needs.
pub(crate) fn write<'a>(program: &Path, runs: impl Iterator<Item = &'a Program>) {
    let folder = TempDir::with_prefix("sactl-hot-").unwrap();
    let mut called = BTreeMap::new();
    for (number, run) in runs.enumerate() {
        let told = folder.path().join(number.to_string());
        let mut out = std::ffi::OsString::from("--callgrind-out-file=");
        out.push(&told);
        run.under("valgrind", &["--tool=callgrind".into(), "--demangle=no".into(), out]);
        for name in functions(&std::fs::read_to_string(told).unwrap()) {
            called.entry(name).or_insert(number);
        }
    }
    let patterns = patterns(&sizes(program), &called);
    assert!(patterns.len() > 500, "the program has no names: see {SCRIPT} for how it is built");
    let mut script = format!("{HEAD}SECTIONS {{\n  .text.hot : {{\n");
    for (pattern, has_copies) in &patterns {
        let copies = if *has_copies { format!(" .text.{pattern}.*") } else { String::new() };
        // What somebody calls unlikely is kept apart, though every start may call it.
        writeln!(script, "    *(.text.{pattern}{copies} .text.unlikely.{pattern})").unwrap();
    }
    script.push_str("  }\n} INSERT BEFORE .text;\n");
    std::fs::write(SCRIPT, script).unwrap();
    println!("{} patterns in {SCRIPT}", patterns.len());
}

/// The names in what callgrind has written: `fn=(12) name`, once with the name and then by number.
fn functions(told: &str) -> impl Iterator<Item = String> {
    let lines = told.lines().filter(|line| line.starts_with("fn=") || line.starts_with("cfn="));
    let names = lines.filter_map(|line| line.split_once(") ")).map(|(_, name)| name);
    // A function that calls itself has a number behind its name.
    names.map(|name| name.split('\'').next().unwrap_or(name).to_owned())
}

/// The bytes of every function of the program.
fn sizes(program: &Path) -> BTreeMap<String, u64> {
    let output = Command::new("nm").args(["-S", "--defined-only"]).arg(program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [_, size, "t" | "T", name] => Some((name.to_owned(), u64::from_str_radix(size, 16).unwrap())),
        _ => None,
    };
    text.lines().filter_map(line).collect()
}

/// What a pattern stands for.
#[derive(Default)]
struct Functions {
    /// Bytes of all of them.
    all: u64,
    /// Bytes of those that were called.
    wanted: u64,
    /// The first run that called one.
    first: Option<usize>,
    /// Whether there are copies, which a number behind a point tells apart.
    has_copies: bool,
}

impl Functions {
    /// Whether little else comes with those that were called.
    fn is_good(&self) -> bool {
        self.wanted > 0 && (self.wanted * 2 >= self.all || self.all <= FEW)
    }
}

/// Patterns for what was called in which run, in the order of the runs, and which of them have copies.
fn patterns(sizes: &BTreeMap<String, u64>, called: &BTreeMap<String, usize>) -> Vec<(String, bool)> {
    let mut found: BTreeMap<String, Functions> = BTreeMap::new();
    for (name, size) in sizes {
        let functions = found.entry(pattern(name)).or_default();
        functions.all += size;
        functions.has_copies |= !name.starts_with("_ZN") && name.contains('.');
        if let Some(run) = called.get(name) {
            functions.wanted += size;
            functions.first = Some(functions.first.map_or(*run, |first| first.min(*run)));
        }
    }
    let mut good: Vec<_> = found.into_iter().filter(|(_, functions)| functions.is_good()).collect();
    good.sort_by_key(|(_, functions)| functions.first);
    good.into_iter().map(|(pattern, functions)| (pattern, functions.has_copies)).collect()
}

/// A name without what differs from build to build: `17h…E` at the end, a number behind `Cs` of each crate, and
/// what the compiler adds behind a point to tell copies apart.
fn pattern(name: &str) -> String {
    if let Some(at) = name.rfind("17h").filter(|_| name.starts_with("_ZN")) {
        return format!("{}*", &name[..at]);
    }
    let name = name.split('.').next().unwrap_or(name);
    if !name.starts_with("_R") {
        return name.to_owned();
    }
    let mut parts = name.split("Cs");
    let mut pattern = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('_') {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                write!(pattern, "Cs*_{rest}").unwrap();
            }
            _ => write!(pattern, "Cs{part}").unwrap(),
        }
    }
    pattern
}
