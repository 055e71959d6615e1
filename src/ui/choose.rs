//! Questions with given answers: one of several, or any number of them, searched by typing.
//!
//! Responsible for the list and its keys. Refuses to leave the terminal changed, however the question ends.
//!
//! On an ordinary terminal the answers are a list for the arrow keys, drawn on standard error by a thread of its own.
//! For screen readers, and on terminals that cannot be drawn on, one line is typed: a few answers are numbered lines
//! before it, and a question mark lists many.

use std::fmt;

use inquire::list_option::ListOption;
use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{CustomUserError, InquireError, MultiSelect, Select};

use super::hold::{Held, Way, resumed};
use super::terminal::Ui;
use crate::error::{CliError, Result};
use crate::text::sanitize::sanitise;
use crate::text::suggest::nearest;
use crate::text::wrap::{width, wrap};

/// Most answers that are shown at a time.
const PAGE: usize = 12;
/// The help line below a question that is drawn.
const HOW_TO_CHOOSE: &str = "arrows to move, type to search, Return to choose";
const HOW_TO_CHOOSE_MANY: &str = "arrows to move, Space to select or clear, type to search, Return when done";
/// Columns that are drawn before and after a question, its help, and its answer.
const MARGIN: usize = 4;
/// How often a line is asked for, so that a typing error does not lose the earlier answers.
const QUESTIONS: usize = 3;
/// Most answers that are read out before a line is typed.
pub const MOST_LINES: usize = 20;
/// What is typed to list many answers.
pub const LIST: &str = "?";

/// An answer that can be chosen. Its text may come from a server: it is made safe when it is shown.
#[derive(Clone, Debug)]
pub struct Choice {
    word: String,
    about: String,
}

impl Choice {
    /// An answer called `word`, which is what one types where one cannot walk; `about` says more of it.
    pub fn new(word: impl Into<String>, about: impl Into<String>) -> Self {
        Self { word: word.into(), about: about.into() }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gap = if self.about.is_empty() { "" } else { "  " };
        f.write_str(&sanitise(&format!("{}{gap}{}", self.word, self.about)))
    }
}

impl Ui {
    /// Whether questions take one typed line, and nothing is drawn over.
    pub fn has_plain_questions(&self) -> bool {
        self.is_accessible() || self.options.dumb_terminal
    }

    /// Asks for one of `choices` and gives back its place. Return alone takes the one at `start`; without it, something
    /// has to be chosen.
    ///
    /// # Errors
    /// `usage` when there is no terminal to ask on or no typed text is an answer, `confirmation_required`
    /// when it was left with Escape, `interrupted`, `io`.
    pub async fn choose(&self, question: &str, choices: Vec<Choice>, start: Option<usize>) -> Result<usize> {
        self.require_interactive(question)?;
        if self.has_plain_questions() {
            let how = if is_short(&choices) { "number or name" } else { "name, or ? for the list" };
            let asked = format!("{question} ({how}{})", default(&choices, start.as_slice()));
            return self.typed(&asked, &choices, |typed| one_of(&choices, typed, start)).await;
        }
        let (drawing, look) = (self.drawing(question, HOW_TO_CHOOSE), self.look());
        let rows = drawing.rows(choices, "> ");
        let chosen = drawn(drawing.question.clone(), move || {
            Select::new(&drawing.question, rows)
                .with_page_size(PAGE)
                .with_scorer(&found)
                .with_starting_cursor(start.unwrap_or_default())
                .with_help_message(&drawing.help)
                .with_formatter(&|chosen| drawing.answered(&[&chosen.value.choice]))
                .with_render_config(look)
                .raw_prompt()
        });
        Ok(chosen.await?.index)
    }

    /// Asks for at least one of `choices` and gives back their places; those at `chosen` are chosen beforehand.
    ///
    /// # Errors
    /// As [`Self::choose`].
    pub async fn choose_many(
        &self,
        question: &str,
        choices: Vec<Choice>,
        chosen: Vec<usize>,
    ) -> Result<Vec<usize>> {
        self.require_interactive(question)?;
        if self.has_plain_questions() {
            let how = if is_short(&choices) { "numbers or names" } else { "names, or ? for the list" };
            let asked = format!("{question} ({how}; separated by commas{})", default(&choices, &chosen));
            return self.typed(&asked, &choices, |typed| many_of(&choices, typed, &chosen)).await;
        }
        let (drawing, look) = (self.drawing(question, HOW_TO_CHOOSE_MANY), self.look());
        let rows = drawing.rows(choices, "> [ ] ");
        let found = drawn(drawing.question.clone(), move || {
            MultiSelect::new(&drawing.question, rows)
                .with_page_size(PAGE)
                .with_scorer(&found)
                .with_default(&chosen)
                .with_help_message(&drawing.help)
                .with_validator(at_least_one)
                .with_formatter(&|chosen| {
                    drawing.answered(&chosen.iter().map(|one| &one.value.choice).collect::<Vec<_>>())
                })
                .with_render_config(look)
                .raw_prompt()
        });
        Ok(found.await?.into_iter().map(|one| one.index).collect())
    }

    fn drawing(&self, question: &str, help: &str) -> Drawing {
        Drawing {
            question: self.fitted(question, MARGIN),
            help: self.fitted(help, MARGIN),
            room: usize::from(self.err_width()).saturating_sub(MARGIN),
        }
    }

    fn look(&self) -> RenderConfig<'static> {
        if self.options.colour_err { RenderConfig::default_colored() } else { RenderConfig::empty() }
    }

    /// Shows a few choices, and asks for one line until it is an answer.
    async fn typed<T>(
        &self,
        question: &str,
        choices: &[Choice],
        answer: impl Fn(&str) -> std::result::Result<T, String>,
    ) -> Result<T> {
        if is_short(choices) {
            self.list(choices);
        }
        let mut asked = 1;
        loop {
            let line = self.prompt(question).await?;
            match answer(line.trim()) {
                Ok(answer) => return Ok(answer),
                Err(_) if line.trim() == LIST => self.list(choices),
                Err(_) if asked == QUESTIONS => {
                    return Err(CliError::usage("no valid answer was typed: nothing was changed"));
                }
                Err(why) => {
                    self.ask_about(why);
                    asked += 1;
                }
            }
        }
    }

    fn list(&self, choices: &[Choice]) {
        for (place, choice) in choices.iter().enumerate() {
            self.ask_about(format!("{}. {choice}", place + 1));
        }
    }
}

const fn is_short(choices: &[Choice]) -> bool {
    choices.len() <= MOST_LINES
}

/// What Return alone means.
fn default(choices: &[Choice], places: &[usize]) -> String {
    if places.is_empty() {
        return String::new();
    }
    let words: Vec<&str> = places.iter().map(|place| choices[*place].word.as_str()).collect();
    format!("; Return for {}", words.join(","))
}

/// A choice as it is drawn, in wrapped lines.
struct Row {
    choice: Choice,
    lines: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines)?;
        // A row is drawn again only when its text is another: after a stop, nothing of it is on the screen.
        (0..resumed()).try_for_each(|_| f.write_str("\u{1b}[m"))
    }
}

/// The words of a question that is drawn, in lines that end between words.
struct Drawing {
    question: String,
    help: String,
    room: usize,
}

impl Drawing {
    /// The choices with `mark` before the first line of each.
    fn rows(&self, choices: Vec<Choice>, mark: &str) -> Vec<Row> {
        let (room, indent) = (self.room.saturating_sub(mark.len()), " ".repeat(mark.len()));
        let row = |choice: Choice| {
            let lines = wrap(&choice.to_string(), room).join(&format!("\n{indent}"));
            Row { choice, lines }
        };
        choices.into_iter().map(row).collect()
    }

    /// The text after the question once it is answered, or below the question if it is too long.
    fn answered(&self, chosen: &[&Choice]) -> String {
        let words: Vec<_> = chosen.iter().map(|choice| sanitise(&choice.word)).collect();
        let words = words.join(", ");
        let before = self.question.lines().last().map_or(0, width);
        if before + width(&words) < self.room {
            return words;
        }
        wrap(&words, self.room).iter().fold(String::new(), |lines, line| lines + "\n" + line)
    }
}

/// The score of a choice: whether it contains the typed text, across line ends.
fn found(typed: &str, row: &Row, _: &str, _: usize) -> Option<i64> {
    let text = row.choice.to_string().to_lowercase();
    text.contains(&typed.to_lowercase()).then_some(0)
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a validator")]
fn at_least_one(chosen: &[ListOption<&Row>]) -> std::result::Result<Validation, CustomUserError> {
    let nothing = || Validation::Invalid("choose at least one with Space".into());
    Ok(if chosen.is_empty() { nothing() } else { Validation::Valid })
}

/// The place of the choice that `typed` means; nothing typed means the one at `start`.
fn one_of(choices: &[Choice], typed: &str, start: Option<usize>) -> std::result::Result<usize, String> {
    if typed.is_empty() {
        return start.ok_or_else(|| "choose one".to_owned());
    }
    if let Some(place) = choices.iter().position(|choice| choice.word.eq_ignore_ascii_case(typed)) {
        return Ok(place);
    }
    let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.filter(|place| *place < choices.len()).ok_or_else(|| {
        let why = format!("{typed} is neither a number from 1 to {} nor a name in the list", choices.len());
        match nearest(typed, choices.iter().map(|choice| &choice.word)) {
            Some(near) => format!("{why}; did you mean {near}?"),
            None => why,
        }
    })
}

/// The places of the choices that `typed` lists; nothing typed means those at `chosen`.
fn many_of(choices: &[Choice], typed: &str, chosen: &[usize]) -> std::result::Result<Vec<usize>, String> {
    let words: Vec<&str> = typed.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    if words.is_empty() && chosen.is_empty() {
        return Err("choose at least one".to_owned());
    }
    if words.is_empty() {
        return Ok(chosen.to_vec());
    }
    let mut places = Vec::with_capacity(words.len());
    for word in words {
        let place = one_of(choices, word, None)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.sort_unstable();
    Ok(places)
}

/// What a drawn question is answered with. It is asked on another thread, so that a signal ends the command at
/// once; the terminal is put right when this is dropped.
async fn drawn<T: Send + 'static>(
    question: String,
    ask: impl FnOnce() -> std::result::Result<T, InquireError> + Send + 'static,
) -> Result<T> {
    let held = Held::open(Way::Keys, question)
        .map_err(|error| CliError::io("cannot ask on this terminal", error))?;
    let outcome = tokio::task::spawn_blocking(ask).await;
    drop(held);
    match outcome.map_err(|error| CliError::internal("asking failed").caused_by(error))? {
        Ok(answer) => Ok(answer),
        Err(InquireError::OperationInterrupted) => Err(CliError::interrupted()),
        Err(InquireError::OperationCanceled) => Err(CliError::not_confirmed()),
        Err(InquireError::IO(error)) => Err(CliError::io("cannot ask on this terminal", error)),
        Err(error) => Err(CliError::internal("asking failed").caused_by(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Vec<Choice> {
        ["viewer", "operator", "2"].map(|word| Choice::new(word, "")).into()
    }

    #[test]
    fn one_is_named_by_its_number_or_its_name() {
        for (typed, wanted) in [
            ("1", Ok(0)),
            ("Operator", Ok(1)),
            ("2", Ok(2)),
            ("3", Ok(2)),
            ("", Ok(1)),
            ("0", Err(())),
            ("4", Err(())),
            ("view", Err(())),
        ] {
            assert_eq!(one_of(&choices(), typed, Some(1)).map_err(drop), wanted, "{typed}");
        }
        assert!(one_of(&choices(), "", None).is_err());
        assert!(one_of(&choices(), "operater", None).unwrap_err().ends_with("did you mean operator?"));
    }

    #[test]
    fn several_are_separated_by_commas() {
        for (typed, chosen, wanted) in [
            ("operator, 1", &[][..], Ok(vec![0, 1])),
            ("1,1,viewer", &[], Ok(vec![0])),
            ("", &[1], Ok(vec![1])),
            (" , ", &[], Err(())),
            ("1,nonsense", &[], Err(())),
        ] {
            assert_eq!(many_of(&choices(), typed, chosen).map_err(drop), wanted, "{typed}");
        }
    }

    #[test]
    fn an_answer_that_is_long_stands_below_its_question() {
        let drawing = Drawing { question: "Which one\nof these".into(), help: String::new(), room: 16 };
        let [viewer, operator, _] = choices().try_into().unwrap();
        assert_eq!(drawing.answered(&[&viewer]), "viewer");
        assert_eq!(drawing.answered(&[&viewer, &operator]), "\nviewer, operator");
        let [viewer, operator] = [&viewer, &operator];
        assert_eq!(drawing.answered(&[viewer, operator, viewer]), "\nviewer,\noperator, viewer");
    }

    #[test]
    fn a_choice_that_is_long_goes_on_below_itself() {
        let drawing = Drawing { question: String::new(), help: String::new(), room: 16 };
        let rows =
            drawing.rows(vec![Choice::new("viewer", "sees all there is"), Choice::new("none", "")], "> ");
        let shown: Vec<String> = rows.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["viewer  sees\n  all there is", "none"]);
    }

    #[test]
    fn what_a_server_says_commands_no_terminal() {
        let choice = Choice::new("a\u{1b}[2J", "b\r\n\u{9b}c").to_string();
        assert!(!choice.chars().any(char::is_control), "{choice:?}");
    }
}
