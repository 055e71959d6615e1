//! Which file uses which: the import graph of the library, read from its sources.
//!
//! A path counts for the file that defines what it names, also when a re-export leads there. A `mod` declaration is
//! no import. Modules under `#[cfg(test)]` inside a file do not count.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::common::source::{Source, is};

/// A module that is a file of its own, by its path below the crate.
type Module = Vec<String>;

/// Words that introduce a name.
const DEFINES: [&str; 9] =
    ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"];

/// Most re-exports on the way to a definition.
const DEEPEST: usize = 12;

/// What one file says.
#[derive(Debug, Default)]
struct File {
    /// Names that a `use` brings in, with the path behind each.
    names: BTreeMap<String, Vec<String>>,
    /// Paths of which everything is exported again.
    globs: Vec<Vec<String>>,
    /// Modules that it declares.
    modules: BTreeSet<String>,
    /// Names that it defines.
    defined: BTreeSet<String>,
    /// Every path that it names.
    paths: BTreeSet<Vec<String>>,
}

/// The files with those that each uses.
pub(super) struct Graph {
    edges: BTreeMap<Module, BTreeSet<Module>>,
}

impl Graph {
    /// The graph of `sources`.
    pub(super) fn of(sources: &[Source]) -> Self {
        let files: BTreeMap<Module, File> =
            sources.iter().map(|source| (source.modules().to_vec(), File::read(source))).collect();
        let edges = files.iter().map(|(module, file)| {
            let used = file.paths.iter().filter_map(|path| resolve(&files, module, path, 0));
            (module.clone(), used.filter(|used| used != module).collect())
        });
        Self { edges: edges.collect() }
    }

    /// Groups of files of which each uses every other one, directly or through others.
    pub(super) fn cycles(&self) -> Vec<BTreeSet<&Module>> {
        let reach: BTreeMap<_, _> = self.edges.keys().map(|module| (module, self.reach(module))).collect();
        let mut cycles: Vec<BTreeSet<&Module>> = Vec::new();
        for module in self.edges.keys() {
            let back = |other: &&Module| reach.get(other).is_some_and(|from| from.contains(module));
            let cycle: BTreeSet<&Module> = reach[module].iter().copied().filter(back).collect();
            if !cycle.is_empty() && !cycles.contains(&cycle) {
                cycles.push(cycle);
            }
        }
        cycles
    }

    /// Every file with each top-level module that it uses.
    pub(super) fn uses(&self) -> impl Iterator<Item = (&[String], &str)> {
        let pairs = self.edges.iter().flat_map(|(from, used)| used.iter().map(move |used| (from, used)));
        pairs.filter_map(|(from, used)| Some((from.as_slice(), used.first()?.as_str())))
    }

    /// Every file that `from` uses, directly or through others.
    fn reach<'a>(&'a self, from: &'a Module) -> BTreeSet<&'a Module> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&Module> = vec![from];
        while let Some(module) = open.pop() {
            let used = self.edges.get(module).into_iter().flatten();
            open.extend(used.filter(|used| found.insert(*used)));
        }
        found
    }

    /// The imports inside `cycle`, for messages.
    pub(super) fn inside(&self, cycle: &BTreeSet<&Module>) -> Vec<String> {
        let used = |module: &&Module| self.edges[*module].iter().filter(|used| cycle.contains(used));
        let line = |from: &Module, to: &Module| format!("{} uses {}", from.join("::"), to.join("::"));
        cycle.iter().flat_map(|module| used(module).map(|to| line(module, to))).collect()
    }
}

/// The file that defines what `path` names in `module`; `None` for what is not of this crate.
fn resolve(
    files: &BTreeMap<Module, File>,
    module: &[String],
    path: &[String],
    depth: usize,
) -> Option<Module> {
    let mut here = module.to_vec();
    let mut rest = path;
    match rest.first()?.as_str() {
        _ if depth > DEEPEST => return None,
        "crate" => (here, rest) = (Vec::new(), &rest[1..]),
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|word| word == "super") {
                here.pop();
                rest = &rest[1..];
            }
        }
        first => {
            let file = &files[module];
            if let Some(brought) = file.names.get(first).filter(|path| path.len() > 1) {
                let path: Vec<String> = brought.iter().chain(&rest[1..]).cloned().collect();
                return resolve(files, module, &path, depth + 1);
            }
            if !file.modules.contains(first) {
                return None;
            }
        }
    }
    while let Some(name) = rest.first() {
        let file = files.get(&here)?;
        let below: Module = here.iter().chain([name]).cloned().collect();
        if files.contains_key(&below) {
            (here, rest) = (below, &rest[1..]);
            continue;
        }
        let through = |path: &[String], more: &[String]| {
            let path: Vec<String> = path.iter().chain(more).cloned().collect();
            resolve(files, &here, &path, depth + 1).filter(|found| !found.is_empty())
        };
        if let Some(brought) = file.names.get(name).filter(|path| path.len() > 1) {
            return through(brought, &rest[1..]).or(Some(here));
        }
        if name == "*" || file.defined.contains(name) {
            return Some(here);
        }
        return file.globs.iter().find_map(|glob| through(glob, rest)).or(Some(here));
    }
    Some(here)
}

impl File {
    fn read(source: &Source) -> Self {
        let mut file = Self::default();
        let tokens: Vec<_> = source.tokens().clone().into_iter().collect();
        for pair in tokens.windows(2) {
            if let [word, TokenTree::Ident(name)] = pair
                && DEFINES.iter().any(|text| is(word, text))
            {
                file.defined.insert(name.to_string());
            }
        }
        file.modules.extend(source.declared_modules());
        file.collect(source.tokens());
        file
    }

    fn collect(&mut self, tokens: &TokenStream) {
        let tokens: Vec<_> = tokens.clone().into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at] {
                TokenTree::Ident(word) if word == "use" => self.import(&tokens, at),
                TokenTree::Ident(_) => self.path(&tokens, at),
                TokenTree::Group(group) => {
                    if !is_test_module(&tokens, at) && !is_visibility(&tokens, at) {
                        self.collect(&group.stream());
                    }
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// Notes what the `use` at `at` brings in. Answers where to go on.
    fn import(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let length = tokens[at..].iter().take_while(|token| !is(token, ";")).count();
        let again = at > 0 && (is(&tokens[at - 1], "pub") || is(&tokens[at - 1], "()"));
        for (mut path, alias) in imports(&[], &tokens[at + 1..at + length]) {
            if path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            let Some(last) = path.last().cloned() else { continue };
            if last != "*" {
                self.names.insert(alias.unwrap_or(last), path.clone());
            } else if again {
                self.globs.push(path[..path.len() - 1].to_vec());
            }
            self.paths.insert(path);
        }
        at + length
    }

    /// Notes the path that begins at `at`, if it is one. Answers where to go on.
    fn path(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let (path, end) = path_at(tokens, at);
        let is_member =
            at > 0 && (is(&tokens[at - 1], ".") || is(&tokens[at - 1], ":") && is_path(tokens, at));
        if path.len() > 1 && !is_member {
            self.paths.insert(path);
        }
        end
    }
}

/// Whether the two colons of a path stand before `at`.
fn is_path(tokens: &[TokenTree], at: usize) -> bool {
    at > 1 && is(&tokens[at - 2], ":")
}

/// The words of a path with the place behind it.
fn path_at(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        path.push(word.to_string());
        at += 1;
        match tokens.get(at..at + 3) {
            Some([first, second, TokenTree::Ident(_)]) if is(first, ":") && is(second, ":") => at += 2,
            _ => break,
        }
    }
    (path, at)
}

/// The paths of a `use`, each with the name that it gets where it gets another one.
fn imports(before: &[String], tokens: &[TokenTree]) -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    for branch in tokens.split(|token| is(token, ",")).filter(|branch| !branch.is_empty()) {
        let (words, at) = path_at(branch, 0);
        let path = [before, &words].concat();
        let rest: Vec<&TokenTree> = branch[at..].iter().filter(|token| !is(token, ":")).collect();
        match rest.as_slice() {
            [TokenTree::Group(group), ..] => {
                found.extend(imports(&path, &group.stream().into_iter().collect::<Vec<_>>()));
            }
            [star, ..] if is(star, "*") => found.push(([path, vec!["*".to_owned()]].concat(), None)),
            [_, TokenTree::Ident(alias)] => found.push((path, Some(alias.to_string()))),
            _ => found.push((path, None)),
        }
    }
    found
}

/// Whether the group at `at` says who may see the item behind it.
fn is_visibility(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && is(&tokens[at - 1], "pub") && is(&tokens[at], "()")
}

/// Whether the group at `at` is the body of a module that only tests have.
fn is_test_module(tokens: &[TokenTree], at: usize) -> bool {
    let TokenTree::Group(group) = &tokens[at] else { return false };
    group.delimiter() == Delimiter::Brace
        && at > 1
        && is(&tokens[at - 2], "mod")
        && tokens[..at - 2].iter().rev().take(4).any(|token| match token {
            TokenTree::Group(attribute) => attribute.stream().to_string().replace(' ', "") == "cfg(test)",
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycles(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files.iter().map(|(name, text)| Source::of(name, text)).collect();
        let graph = Graph::of(&sources);
        graph.cycles().iter().flat_map(|cycle| graph.inside(cycle)).collect()
    }

    #[test]
    fn every_kind_of_import_closes_a_cycle() {
        for (first, second) in [
            ("use crate::b::B; pub struct A;", "use crate::a::A; pub struct B;"),
            ("use super::b::{self, B}; pub struct A;", "fn f() { crate::a::A::new() }"),
            ("use crate::{b as c}; fn f() { c::g() }", "pub use crate::a::*;"),
            ("pub fn f(b: super::b::B) {}", "use crate::a; fn g() { a::f() }"),
        ] {
            let found = cycles(&[("lib.rs", "mod a; mod b;"), ("a.rs", first), ("b.rs", second)]);
            assert_eq!(found, ["a uses b", "b uses a"], "{first} {second}");
        }
    }

    #[test]
    fn a_re_export_leads_to_the_file_that_defines_the_name() {
        let parent = ("a/mod.rs", "mod x; mod y; pub use x::X; pub use y::{Y as Z};");
        let files = [("lib.rs", "mod a;"), parent, ("a/x.rs", "pub struct X;"), ("a/y.rs", "use super::X;")];
        assert_eq!(cycles(&files), Vec::<String>::new());
        let files = [("lib.rs", "mod a;"), parent, ("a/x.rs", "use super::Z;"), ("a/y.rs", "use super::X;")];
        assert_eq!(cycles(&files), ["a::x uses a::y", "a::y uses a::x"]);
    }

    #[test]
    fn declarations_tests_and_other_crates_are_no_imports() {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod x; use b::C; fn f(it: T) { it.b::<u8>(); serde::b() }"),
            ("a/x.rs", "use super::f; // crate::b"),
            ("b.rs", "use crate::a::f; #[cfg(test)] mod tests { use crate::a::x::Y; }"),
        ];
        assert_eq!(cycles(&files), Vec::<String>::new());
    }
}
