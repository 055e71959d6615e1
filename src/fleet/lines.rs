//! Where the entries of a manifest are.
//!
//! Responsible for the lines and columns that messages about an entry name. Refuses to judge the entries: a text that is
//! no manifest has no lines.

use std::collections::HashMap;
use std::hash::Hash;

use super::yaml;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Where an entry begins; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// The position of each entry, by its place, as in `accounts.bot.access[1]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(HashMap<String, Position>);

/// A manifest as far as its places go: keys `K` and values `V` know where they are.
#[derive(Deserialize)]
#[serde(bound(deserialize = "K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>"))]
struct Outline<K, V> {
    #[serde(default = "HashMap::new")]
    accounts: HashMap<K, Entry<V>>,
    #[serde(default = "HashMap::new")]
    external: HashMap<K, Entry<V>>,
    #[serde(default = "Vec::new")]
    roles: Vec<V>,
    #[serde(default = "Vec::new")]
    protected: Vec<V>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "V: Deserialize<'de>"))]
struct Entry<V> {
    #[serde(default = "none")]
    owner: Option<V>,
    #[serde(default = "none")]
    access: Option<Vec<V>>,
}

const fn none<T>() -> Option<T> {
    None
}

/// The lines of a text in YAML or JSON.
pub(super) fn of_yaml(text: &str) -> Lines {
    use serde_saphyr::Spanned;
    type Parts = Outline<Spanned<String>, Spanned<IgnoredAny>>;
    let Ok(outline) = serde_saphyr::from_str_with_options::<Parts>(text, yaml::options()) else {
        return Lines::default();
    };
    let number = |number: u64| usize::try_from(number).unwrap_or_default();
    let position =
        |at: serde_saphyr::Location| Position { line: number(at.line()), column: number(at.column()) };
    Lines::new(
        outline,
        |key| (key.value.clone(), position(key.referenced)),
        |value| position(value.referenced),
    )
}

/// The lines of a text in TOML.
pub(super) fn of_toml(text: &str) -> Lines {
    use toml::Spanned;
    type Parts = Outline<Spanned<String>, Spanned<IgnoredAny>>;
    let Ok(outline) = toml::from_str::<Parts>(text) else { return Lines::default() };
    let position = |start| position_in(text, start);
    Lines::new(
        outline,
        |key| (key.get_ref().clone(), position(key.span().start)),
        |value| position(value.span().start),
    )
}

/// The position of the byte `start` of a text.
pub(super) fn position_in(text: &str, start: usize) -> Position {
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Position { line, column }
}

impl Lines {
    fn new<K, V>(
        outline: Outline<K, V>,
        key: impl Fn(&K) -> (String, Position),
        position: impl Fn(&V) -> Position,
    ) -> Self {
        let mut lines = HashMap::new();
        for (kind, entries) in [("accounts", outline.accounts), ("external", outline.external)] {
            for (name, entry) in entries {
                let (name, at) = key(&name);
                lines.extend(entry.owner.map(|owner| (format!("{kind}.{name}.owner"), position(&owner))));
                let access = entry.access.into_iter().flatten().enumerate();
                lines.extend(
                    access.map(|(index, one)| (format!("{kind}.{name}.access[{index}]"), position(&one))),
                );
                lines.insert(format!("{kind}.{name}"), at);
            }
        }
        for (kind, entries) in [("roles", outline.roles), ("protected", outline.protected)] {
            let each = entries.iter().enumerate();
            lines.extend(each.map(|(index, one)| (format!("{kind}[{index}]"), position(one))));
        }
        Self(lines)
    }

    /// Where an entry begins, or the one that it is in.
    pub fn of(&self, path: &str) -> Option<Position> {
        let mut path = path;
        loop {
            if let Some(position) = self.0.get(path) {
                return Some(*position);
            }
            path = path.rsplit_once('.')?.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [&str; 6] = [
        "accounts.a.b",
        "accounts.a.b.owner",
        "accounts.a.b.access[1].permissions",
        "external.x.access[0]",
        "roles[1].permissions",
        "accounts.nope",
    ];

    fn lines(lines: &Lines) -> [Option<usize>; 6] {
        PLACES.map(|place| lines.of(place).map(|position| position.line))
    }

    #[test]
    fn an_entry_has_a_line_in_each_language() {
        let yaml = "version: 1
accounts:
  a.b:
    owner: Acme
    access:
      - {company: 1, role: viewer}
      - company: 2
        permissions: [x]
external:
  x: {access: [{company: 1, role: viewer}]}
roles:
  - {company: 1, name: a, permissions: [x]}
  - {company: 1, name: b, permissions: []}
";
        let entry = of_yaml(yaml).of("accounts.a.b.access[1].permissions");
        assert_eq!(entry, Some(Position { line: 7, column: 9 }));
        assert_eq!(lines(&of_yaml(yaml)), [Some(3), Some(4), Some(7), Some(10), Some(13), None]);
        let json = r#"{"version": 1,
"accounts": {
"a.b": {
"owner": "Acme", "access": [{"company": 1, "role": "viewer"},
{"company": 2, "permissions": ["x"]}]}},
"external": {"x": {"access": [
{"company": 1, "role": "viewer"}]}},
"roles": [{"company": 1, "name": "a", "permissions": ["x"]},
{"company": 1, "name": "b", "permissions": []}]}"#;
        assert_eq!(lines(&of_yaml(json)), [Some(3), Some(4), Some(5), Some(7), Some(9), None]);
        let toml = "version = 1
[accounts.\"a.b\"]
owner = 'Acme'
access = [
  {company = 1, role = 'viewer'},
  {company = 2, permissions = ['x']},
]
[external.x]
access = [{company = 1, role = 'viewer'}]
[[roles]]
company = 1
[[roles]]
company = 2
";
        assert_eq!(of_toml(toml).of("accounts.a.b.access[0]"), Some(Position { line: 5, column: 3 }));
        assert_eq!(lines(&of_toml(toml)), [Some(2), Some(3), Some(6), Some(9), Some(12), None]);
        assert_eq!(of_yaml("accounts: 1"), Lines::default());
    }
}
