//! Limits for YAML.
//!
//! Responsible for limits that allow a large fleet. Refuses documents that aliases multiply, as the parser does.

/// Most bytes of a text.
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Most values of a text: 200,000 entries of access have a million.
const MOST_NODES: usize = 2_000_000;

/// The options of the parser: a higher limit of values, and its other limits unchanged.
pub(super) fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: MOST_NODES, max_events: 2 * MOST_NODES }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn what_aliases_multiply_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let all = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(bomb, "a{level}: &a{level} [{all}]").unwrap();
        }
        assert!(serde_saphyr::from_str_with_options::<serde_json::Value>(&bomb, options()).is_err());
    }
}
