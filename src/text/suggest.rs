//! Similar words, for "did you mean".
//!
//! Responsible for the nearest word of a list. Refuses a suggestion that is not clearly the nearest. Pure functions.

use strsim::osa_distance;

/// The candidate that `word` means, if exactly one is similar: at most a third of its letters differ, or it is similar
/// to one of the words of the candidate. With a second candidate that is as similar the result would be a guess. A
/// number has no similar names.
pub fn nearest<S: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = S>) -> Option<S> {
    let mut near = all_near(word, candidates);
    let only = near.pop()?;
    near.is_empty().then_some(only)
}

/// Every candidate that `word` can mean: all that are as similar as the most similar one.
pub fn all_near<S: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = S>) -> Vec<S> {
    let word = word.to_lowercase();
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let measured = |candidate: S| Some((farness(&word, &candidate.as_ref().to_lowercase())?, candidate));
    let mut near: Vec<((bool, usize), S)> = candidates.into_iter().filter_map(measured).collect();
    let Some(best) = near.iter().map(|(farness, _)| *farness).min() else { return Vec::new() };
    near.retain(|(farness, _)| *farness == best && (best == (false, 0) || !is_number));
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// How far `word` is from the candidate; `None` when it cannot be meant. Whole matches go before partial ones.
fn farness(word: &str, candidate: &str) -> Option<(bool, usize)> {
    let letters = word.chars().count();
    let whole = osa_distance(word, candidate);
    if whole <= (letters / 3).max(1) {
        return Some((false, whole));
    }
    let nearest_part = parts(candidate).map(|part| osa_distance(word, part)).min()?;
    (letters >= SHORTEST_PART && nearest_part <= (letters / 5).max(1)).then_some((true, nearest_part))
}

/// Fewer letters are a part of too much.
const SHORTEST_PART: usize = 3;
/// Most words of a candidate that are looked at.
const MOST_WORDS: usize = 8;

/// The words of `text`, alone and with those that follow.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let is_letter = |at: &usize| text[*at..].starts_with(char::is_alphanumeric);
    let follows_letter = |at: &usize| text[..*at].ends_with(char::is_alphanumeric);
    let places = || (0..=text.len()).filter(|at| text.is_char_boundary(*at));
    let starts: Vec<usize> =
        places().filter(|at| is_letter(at) && !follows_letter(at)).take(MOST_WORDS).collect();
    let ends: Vec<usize> =
        places().filter(|at| !is_letter(at) && follows_letter(at)).take(MOST_WORDS).collect();
    starts.into_iter().enumerate().flat_map(move |(place, start)| {
        ends.clone().into_iter().skip(place).map(move |end| &text[start..end])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slip_is_understood_and_nonsense_is_not() {
        let roles = ["company-admin", "operator", "viewer"];
        for (word, expected) in [
            ("opertor", Some("operator")),
            ("Viewer", Some("viewer")),
            ("veiwer", Some("viewer")),
            ("companyadmin", Some("company-admin")),
            ("x", None),
            ("", None),
            ("billing", None),
            ("admin", Some("company-admin")),
        ] {
            assert_eq!(nearest(word, roles), expected, "{word}");
        }
    }

    #[test]
    fn a_word_of_a_name_is_enough() {
        let companies = ["Acme MSP", "Northwind Logistics", "Contoso Retail"];
        for (word, expected) in [
            ("Northwnd", Some("Northwind Logistics")),
            ("logistic", Some("Northwind Logistics")),
            ("acme", Some("Acme MSP")),
            ("Contoso Retial", Some("Contoso Retail")),
            ("re", None),
            ("Fabrikam", None),
        ] {
            assert_eq!(nearest(word, companies), expected, "{word}");
        }
        assert_eq!(nearest("SACTL_X", ["SACTL_PROFILE"]), None);
    }

    #[test]
    fn nothing_is_suggested_where_several_are_near_or_a_number_is_given() {
        let robots = ["msp-bot-001", "msp-bot-002", "msp-bot-003"];
        for word in ["203", "3", "msp", "msp-bot-00", "msp-bot-04"] {
            assert_eq!(nearest(word, robots), None, "{word}");
        }
        assert_eq!(nearest("msp-bot-001", robots), Some("msp-bot-001"));
        let companies = ["Alder Energy", "Alder Foods", "Alder Retail"];
        assert_eq!(nearest("Alder", companies), None);
        assert_eq!(all_near("Alder", companies), companies);
        assert_eq!(nearest("Alder Fods", companies), Some("Alder Foods"));
    }

    proptest! {
        #[test]
        fn every_name_is_nearest_to_itself(name in "\\PC{1,12}", other in "\\PC{1,12}") {
            let near = all_near(&name, [&other, &name]);
            prop_assert!(near.iter().all(|near| near.to_lowercase() == name.to_lowercase()) && !near.is_empty());
        }

    }
}
