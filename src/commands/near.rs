//! Near matches, for "did you mean": pure functions over words.

/// The candidate that `word` most probably means, if one is near enough: at most a third of its letters
/// differ.
pub(super) fn nearest<S: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = S>) -> Option<S> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.as_ref().to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, left out, replaced or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut current = vec![row; right.len() + 1];
        for column in 1..=right.len() {
            let replaced = usize::from(left[row - 1] != right[column - 1]);
            let mut fewest = (last[column] + 1).min(current[column - 1] + 1).min(last[column - 1] + replaced);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                fewest = fewest.min(before_last[column - 2] + 1);
            }
            current[column] = fewest;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[right.len()]
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
        ] {
            assert_eq!(nearest(word, roles), expected, "{word}");
        }
    }

    proptest! {
        #[test]
        fn a_distance_is_a_distance(left in "[a-d]{0,8}", right in "[a-d]{0,8}") {
            prop_assert_eq!(distance(&left, &right), distance(&right, &left));
            prop_assert_eq!(distance(&left, &right) == 0, left == right);
            let longest = left.len().max(right.len());
            let difference = left.len().abs_diff(right.len());
            prop_assert!((difference..=longest).contains(&distance(&left, &right)));
        }
    }
}
