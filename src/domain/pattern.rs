//! Patterns of names, such as `acme-*` and `devices:*`.
//!
//! Responsible for what a pattern is and which names it matches. Refuses to know what is named.

use wildmatch::WildMatch;

/// Whether `text` is a pattern and not a name.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether `name` matches `pattern`, without regard to case.
pub fn matches(pattern: &str, name: &str) -> bool {
    WildMatch::new(&pattern.to_lowercase()).matches(&name.to_lowercase())
}

/// The names, sorted and each once, with every pattern written out; a name without a pattern is itself, known or not.
///
/// # Errors
/// The patterns that match none of the known names.
pub fn written_out<S: AsRef<str>>(names: &[String], known: &[S]) -> Result<Vec<String>, Vec<String>> {
    let (mut written, mut unmatched) = (Vec::new(), Vec::new());
    for name in names {
        if !is_pattern(name) {
            written.push(name.clone());
            continue;
        }
        let before = written.len();
        written
            .extend(known.iter().map(AsRef::as_ref).filter(|known| matches(name, known)).map(str::to_owned));
        if written.len() == before {
            unmatched.push(name.clone());
        }
    }
    written.sort_unstable();
    written.dedup();
    if unmatched.is_empty() { Ok(written) } else { Err(unmatched) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_names_that_it_matches() {
        let known = ["alerts:view", "devices:edit", "devices:view"];
        for (pattern, wanted) in [
            ("devices:*", Some(&["devices:edit", "devices:view"][..])),
            ("*:view", Some(&["alerts:view", "devices:view"])),
            ("*", Some(&known)),
            ("device:view", Some(&["device:view"])),
            ("users:*", None),
            ("devices:view*view", None),
        ] {
            let written = written_out(&[pattern.to_owned()], &known).ok();
            assert_eq!(
                written.as_deref(),
                wanted.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>()).as_deref(),
                "{pattern}"
            );
        }
    }
}
