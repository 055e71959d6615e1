//! Plain English: words that a reader has to translate are rejected in everything that a user reads, and in comments.

use super::{hints, root, sources};
use crate::common::source;

/// Words and phrases that are rejected, in lower case. This is the only list.
const REJECTED: &[&str] = &[
    "nobody",
    "somebody",
    "whoever",
    "anybody",
    "everybody",
    "mend",
    "mends",
    "mended",
    "at hand",
    "stands there",
    "stand there",
    "stands in",
    "stands at",
    "what stands",
    "that there is not",
    "there is no such",
    "is no more",
];

/// Documents for people. The man pages have the help of every command and every topic.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "man"];

/// The phrases of [`REJECTED`] in `text`: whole words, in any case, across line ends but not across punctuation.
fn rejected_in(text: &str) -> Vec<&'static str> {
    let text = text.replace("\\\n", " ").replace("\\n", " ").to_lowercase();
    let mut words = String::from(" ");
    for character in text.chars() {
        match character {
            letter if letter.is_alphanumeric() => words.push(letter),
            space if space.is_whitespace() => words.push(' '),
            mark => words.extend([' ', mark, ' ']),
        }
    }
    let words = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    REJECTED.iter().copied().filter(|phrase| words.contains(&format!(" {phrase} "))).collect()
}

/// The comments of Rust source, each with the lines that belong together, and the number of its first line.
fn comments(text: &str) -> Vec<(usize, String)> {
    let mut comments: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (place, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let is_comment = line.starts_with("//");
        if is_comment {
            let words = line.trim_start_matches(['/', '!']);
            match comments.last_mut().filter(|_| goes_on) {
                Some((_, comment)) => comment.push_str(words),
                None => comments.push((place + 1, words.to_owned())),
            }
        }
        goes_on = is_comment;
    }
    comments
}

fn complaints(name: &str, text: &str) -> Option<String> {
    let rejected = rejected_in(text);
    let shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
    (!rejected.is_empty()).then(|| format!("{name}: {}: {shown}", rejected.join(", ")))
}

#[test]
fn message_has_no_rejected_word() {
    let sources = sources();
    let texts = sources
        .iter()
        .flat_map(|source| hints::texts(source.tokens()).into_iter().map(|text| (source.name(), text)));
    let wrong: Vec<String> = texts.filter_map(|(name, text)| complaints(name, &text)).collect();
    assert!(wrong.is_empty(), "say it in plain words: {wrong:#?}");
}

#[test]
fn comment_has_no_rejected_word() {
    let mut wrong = Vec::new();
    for file in ["src", "tests"].iter().flat_map(|folder| source::rust_files(&root().join(folder))) {
        let name = source::relative(root(), &file);
        for (line, comment) in comments(&std::fs::read_to_string(&file).unwrap()) {
            wrong.extend(complaints(&format!("{name}:{line}"), &comment));
        }
    }
    assert!(wrong.is_empty(), "say it in plain words: {wrong:#?}");
}

#[test]
fn document_has_no_rejected_word() {
    let mut wrong = Vec::new();
    for document in DOCUMENTS {
        let path = root().join(document);
        let files = match std::fs::read_dir(&path) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => vec![path],
        };
        for file in files {
            let name = source::relative(root(), &file);
            let text = std::fs::read_to_string(&file).unwrap();
            wrong.extend(text.split("\n\n").filter_map(|paragraph| complaints(&name, paragraph)));
        }
    }
    assert!(wrong.is_empty(), "say it in plain words: {wrong:#?}");
}

#[test]
fn rejected_word_is_seen() {
    assert_eq!(rejected_in("Nobody's fault, and the fix is at\nhand"), ["nobody", "at hand"]);
    assert_eq!(rejected_in("a value at \\\n      hand"), ["at hand"]);
    assert!(rejected_in("we recommend what is good; at, hand").is_empty());
    let code = "fn one() {}\n    /// What is at\n    /// hand.\n    fn two() {}\n    // More.\n";
    assert_eq!(comments(code), [(2, " What is at hand.".to_owned()), (5, " More.".to_owned())]);
    assert_eq!(complaints("a.rs", "Whoever asks"), Some("a.rs: whoever: Whoever asks".to_owned()));
}
