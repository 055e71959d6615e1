//! The password policy, counted in characters, and generated passwords that follow it.
//!
//! Responsible for every rule and its message. Refuses to hash or store a password.

use std::fmt;

use rand::CryptoRng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::{Password, Violation};

/// Fewest characters of a password.
pub const MIN: usize = 8;
/// Most characters of a password. Longer ones are refused, never cut.
pub const MAX: usize = 256;
/// Characters of a generated password.
pub const GENERATED: usize = 24;

/// One rule of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// At least [`MIN`] characters.
    MinLength,
    /// At most [`MAX`] characters.
    MaxLength,
    /// At least one upper-case letter of any script.
    Uppercase,
    /// At least one of the digits 0–9.
    Number,
    /// At least one character that is not a letter, number, space or control character.
    Special,
    /// No control character.
    NoControl,
}

impl Rule {
    /// Every rule, in the order in which broken ones are listed.
    pub const ALL: [Self; 6] =
        [Self::MinLength, Self::MaxLength, Self::Uppercase, Self::Number, Self::Special, Self::NoControl];

    fn is_kept_by(self, password: &str) -> bool {
        match self {
            Self::MinLength => password.chars().nth(MIN - 1).is_some(),
            Self::MaxLength => password.chars().nth(MAX).is_none(),
            Self::Uppercase => password.chars().any(char::is_uppercase),
            Self::Number => password.bytes().any(|byte| byte.is_ascii_digit()),
            Self::Special => password.chars().any(is_special),
            Self::NoControl => !password.chars().any(char::is_control),
        }
    }

    /// The rule in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MinLength => "a password must have at least 8 characters",
            Self::MaxLength => "a password must have at most 256 characters",
            Self::Uppercase => "a password must have at least one uppercase letter",
            Self::Number => "a password must have at least one number (0-9)",
            Self::Special => {
                "a password must have at least one special character \
                 (not a letter, number, space or control character)"
            }
            Self::NoControl => "a password must not have control characters",
        }
    }

    /// The rule as an entry of `errors[]`.
    pub fn violation(self) -> Violation {
        Violation::new("password", "password_policy", self.as_str())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_special(character: char) -> bool {
    !(character.is_alphanumeric() || character.is_whitespace() || character.is_control())
}

/// Checks a new password against the whole policy.
///
/// # Errors
/// Every broken rule at once, never only the first.
pub fn check(password: &Password) -> Result<(), Vec<Rule>> {
    let password = password.expose();
    let broken: Vec<_> = Rule::ALL.into_iter().filter(|rule| !rule.is_kept_by(password)).collect();
    if broken.is_empty() { Ok(()) } else { Err(broken) }
}

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";
/// Special characters that no shell, URL, variable of a CI system or configuration file changes.
const SPECIAL: &[u8] = b"-._~";

/// A random password of [`GENERATED`] characters that keeps the policy. It holds more than 140 random bits.
///
/// It begins with a letter: no spreadsheet takes it for a formula or a number, and no program for a flag.
pub fn generate(random: &mut impl CryptoRng) -> Password {
    let letter = [UPPER, LOWER].concat();
    let all = [UPPER, LOWER, DIGITS, SPECIAL].concat();
    let needed: [&[u8]; 4] = [&letter, UPPER, DIGITS, SPECIAL];
    let mut letters: Vec<char> = Vec::with_capacity(GENERATED);
    for place in 0..GENERATED {
        let from = needed.get(place).copied().unwrap_or(&all);
        letters.extend(from.choose(random).map(|byte| char::from(*byte)));
    }
    letters[1..].shuffle(random);
    let password = letters.iter().collect::<String>();
    zeroize::Zeroize::zeroize(&mut letters);
    Password::new(password)
}

/// A remark about a password that keeps the policy and is still easily guessed, for example
/// `Password1!`. `related` are words that an attacker would try first, such as the account's name.
///
/// The estimate is zxcvbn's; a score below 3 of 4 counts as easily guessed.
pub fn weakness(password: &Password, related: &[&str]) -> Option<String> {
    let estimate = zxcvbn::zxcvbn(password.expose(), related);
    if estimate.score() >= zxcvbn::Score::Three {
        return None;
    }
    let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    Some(warning.map_or_else(|| "it is easily guessed".to_owned(), |warning| warning.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(password: &str) -> Vec<Rule> {
        check(&Password::new(password)).err().unwrap_or_default()
    }

    #[test]
    fn every_broken_rule_is_listed_at_once() {
        use Rule::{MaxLength, MinLength, NoControl, Number, Special, Uppercase};
        assert_eq!(broken("Sandbox-1234!"), []);
        assert_eq!(broken(""), [MinLength, Uppercase, Number, Special]);
        assert_eq!(broken("Abcdef1"), [MinLength, Special]);
        assert_eq!(broken("abcdefgh"), [Uppercase, Number, Special]);
        assert_eq!(broken("Ab1!\u{7}xyz"), [NoControl]);
        assert_eq!(broken(&format!("A1!{}", "é".repeat(254))), [MaxLength]);
    }

    #[test]
    fn characters_count_and_bytes_do_not() {
        assert_eq!(broken("Ä1!äöüß€"), []);
        assert_eq!(broken(&format!("A1!{}", "é".repeat(253))), []);
        assert_eq!(broken("É1!éééé"), [Rule::MinLength]);
    }

    #[test]
    fn space_other_digits_and_letters_are_not_special() {
        assert_eq!(broken("Abcdefg1 "), [Rule::Special]);
        assert_eq!(broken("Abcdefg1\u{a0}é"), [Rule::Special]);
        assert_eq!(broken("Abcdefg!٣"), [Rule::Number]);
        assert_eq!(broken("Abcdefg1½"), [Rule::Special]);
        assert_eq!(broken("Abcdefg1€"), []);
    }

    #[test]
    fn guessable_passwords_are_remarked_on() {
        assert!(weakness(&Password::new("Password1!"), &[]).is_some());
        assert!(weakness(&Password::new("Fleet-automation1"), &["fleet-automation"]).is_some());
        assert_eq!(weakness(&Password::new("gT9#vq!Lw2xZ.m7K"), &[]), None);
    }

    proptest! {
        #[test]
        fn generated_passwords_keep_the_policy(_ in 0..200u8) {
            let password = generate(&mut rand::rng());
            prop_assert_eq!(password.expose().chars().count(), GENERATED);
            prop_assert_eq!(check(&password), Ok(()));
            prop_assert!(password.expose().starts_with(|first: char| first.is_ascii_alphabetic()));
            let is_safe = |one: char| one.is_ascii_alphanumeric() || "-._~".contains(one);
            prop_assert!(password.expose().chars().all(is_safe));
        }

        #[test]
        fn more_characters_never_break_a_minimum(text in "\\PC{0,40}", more in "\\PC{0,40}") {
            let minimum = |rule: &Rule| !matches!(rule, Rule::MaxLength | Rule::NoControl);
            let before: Vec<_> = broken(&text).into_iter().filter(minimum).collect();
            let after = broken(&format!("{text}{more}"));
            prop_assert!(after.iter().filter(|rule| minimum(rule)).all(|rule| before.contains(rule)));
        }
    }
}
