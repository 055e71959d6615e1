//! Rust source as tokens: enough to see which modules it uses. Comments and texts are no tokens, so that what
//! is only written about does not count as used.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Every `.rs` file below `folder`, sorted.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// `file` as it is named from `folder`.
pub(crate) fn relative(folder: &Path, file: &Path) -> String {
    file.strip_prefix(folder).unwrap_or(file).display().to_string()
}

/// One file.
pub(crate) struct Source {
    name: String,
    modules: Vec<String>,
    text: String,
    tokens: TokenStream,
}

impl Source {
    /// Reads `file`, which lies below the crate's folder `folder`.
    pub(crate) fn read(folder: &Path, file: &Path) -> Self {
        let name = relative(folder, file);
        Self::of(&name, &std::fs::read_to_string(file).unwrap())
    }

    /// The file `name` with this text.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        let tokens = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut modules: Vec<String> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if modules.last().is_some_and(|last| last == "mod" || last == "lib") {
            modules.pop();
        }
        Self { name: name.to_owned(), modules, text: text.to_owned(), tokens }
    }

    /// The file, for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The path of its module below the crate.
    pub(crate) fn modules(&self) -> &[String] {
        &self.modules
    }

    /// The top-level module that it belongs to; empty for the root.
    pub(crate) fn top_level(&self) -> &str {
        self.modules.first().map_or("", String::as_str)
    }

    /// The modules of other files that it declares.
    pub(crate) fn declared_modules(&self) -> Vec<String> {
        let tokens: Vec<_> = self.tokens.clone().into_iter().collect();
        let mut modules = Vec::new();
        for window in tokens.windows(3) {
            if let [word, TokenTree::Ident(name), end] = window
                && is(word, "mod")
                && is(end, ";")
            {
                modules.push(name.to_string());
            }
        }
        modules
    }

    /// Everything in it.
    pub(crate) fn tokens(&self) -> &TokenStream {
        &self.tokens
    }

    /// How often `pattern` occurs in it: words, single punctuation characters, and `()` for any call.
    pub(crate) fn count(&self, pattern: &[&str]) -> usize {
        // A file without the words needs no walk through its tokens.
        let has = |word: &&str| *word == "()" || self.text.contains(*word);
        if pattern.iter().all(has) { count(&self.tokens, pattern) } else { 0 }
    }
}

fn count(tokens: &TokenStream, pattern: &[&str]) -> usize {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let matches = |window: &&[TokenTree]| window.iter().zip(pattern).all(|(a, b)| is(a, b));
    let here = tokens.windows(pattern.len()).filter(matches).count();
    let below = tokens.iter().map(|token| match token {
        TokenTree::Group(group) => count(&group.stream(), pattern),
        _ => 0,
    });
    here + below.sum::<usize>()
}

/// Whether `token` is this word, this punctuation character, or `()` for any parentheses.
pub(crate) fn is(token: &TokenTree, text: &str) -> bool {
    match token {
        TokenTree::Ident(word) => word == text,
        TokenTree::Punct(mark) => text.len() == 1 && text.starts_with(mark.as_char()),
        TokenTree::Group(group) => text == "()" && group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Literal(_) => false,
    }
}
