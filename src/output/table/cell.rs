//! One cell of a table: its value, and its text for much or little room.
//!
//! Responsible for the text and its tone. Refuses to know its column.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::api::Permissions;
use crate::domain::Company;
use crate::output::time::{ago, counted, left, moment};
use crate::text::sanitize::sanitise;
use crate::text::wrap::{cut, width};

/// How a cell stands out on a terminal with colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// What the eye looks for first.
    Strong,
    /// What the eye may skip.
    Faint,
    /// Something that deserves a look.
    Caution,
    /// Something that comes.
    Gain,
    /// Something that is wrong, or goes.
    Bad,
}

/// One cell. Its text may come from a server: it is made safe when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    content: Content,
    tone: Tone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Text(String),
    /// A company, whose id stays when its name is cut.
    Company(Company),
    /// When something happened.
    Past(Timestamp),
    /// When something will happen.
    Future(Timestamp),
    /// Permissions, and the words that stand for them all.
    List {
        brief: Option<String>,
        items: Permissions,
    },
}

/// How cells are read.
#[derive(Clone, Copy, Debug)]
pub(in crate::output) struct Reading {
    /// What relative times count from; `None` for exact times.
    pub(in crate::output) now: Option<Timestamp>,
    /// Nothing is cut.
    pub(in crate::output) wide: bool,
    /// There is room for a date beside how long ago it was.
    pub(in crate::output) dates: bool,
    /// Lists are folded to about this many columns.
    pub(in crate::output) fold: Option<usize>,
}

impl Cell {
    const fn of(content: Content) -> Self {
        Self { content, tone: Tone::Plain }
    }

    /// A plain cell.
    pub fn new(text: impl Into<String>) -> Self {
        Self::of(Content::Text(text.into()))
    }

    /// A cell that catches the eye: the name of the thing.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::new(text).toned(Tone::Strong)
    }

    /// A cell that steps back: none, never, unknown.
    pub fn faint(text: impl Into<String>) -> Self {
        Self::new(text).toned(Tone::Faint)
    }

    /// The text, or the word for its absence, faint.
    pub fn or(text: Option<impl Into<String>>, absent: &str) -> Self {
        text.map_or_else(|| Self::faint(absent), Self::new)
    }

    /// A company with its id.
    pub fn company(company: &Company) -> Self {
        Self::of(Content::Company(company.clone()))
    }

    /// When something happened, or the word for that it did not.
    pub fn past(then: Option<Timestamp>, absent: &str) -> Self {
        then.map_or_else(|| Self::faint(absent), |then| Self::of(Content::Past(then)))
    }

    /// When something will happen, or the word for an unknown time.
    pub fn future(then: Option<Timestamp>, absent: &str) -> Self {
        then.map_or_else(|| Self::faint(absent), |then| Self::of(Content::Future(then)))
    }

    /// Permissions. `brief` stands for them all.
    pub fn list(brief: Option<String>, items: &Permissions) -> Self {
        Self::of(Content::List { brief, items: items.clone() })
    }

    /// The same cell in another tone.
    #[must_use]
    pub fn toned(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    pub(in crate::output) const fn tone(&self) -> Tone {
        self.tone
    }

    /// The text without regard to how much room there is, and whether something was left out of it.
    pub(in crate::output) fn read(&self, reading: &Reading) -> (Cow<'_, str>, bool) {
        let text = match &self.content {
            Content::Text(text) => sanitise(text),
            Content::Company(company) => Cow::Owned(sanitise(&company.to_string()).into_owned()),
            Content::Past(then) => Cow::Owned(match reading.now {
                Some(now) if reading.dates => moment(*then, &ago(*then, now)),
                Some(now) => ago(*then, now),
                None => then.to_string(),
            }),
            Content::Future(then) => Cow::Owned(match reading.now {
                Some(now) if reading.dates => moment(*then, &left(*then, now)),
                Some(now) => left(*then, now),
                None => then.to_string(),
            }),
            Content::List { brief: Some(brief), .. } => sanitise(brief),
            Content::List { brief: None, items } => match reading.fold {
                Some(room) => {
                    let (text, folded) = fold(items, room);
                    return (Cow::Owned(text), folded);
                }
                None => Cow::Owned(joined(items)),
            },
        };
        (text, false)
    }

    /// The text of a cell that is too long for `room` columns.
    pub(in crate::output) fn squeezed(&self, reading: &Reading, room: usize) -> String {
        match &self.content {
            Content::Company(company) => {
                let id = format!(" ({})", company.id);
                let name = cut(&sanitise(&company.name), room.saturating_sub(width(&id)).max(1));
                cut(&format!("{name}{id}"), room)
            }
            Content::List { brief: None, items } => fold(items, room).0,
            _ => cut(&self.read(reading).0, room),
        }
    }

    /// The least columns in which the cell still says something.
    pub(in crate::output) fn least(&self, natural: usize) -> usize {
        natural.min(match &self.content {
            Content::List { brief: None, items } => width(&all_of(items)),
            Content::List { .. } => 24,
            _ => 16,
        })
    }
}

fn joined(items: &Permissions) -> String {
    sanitise(&items.listed()).into_owned()
}

fn all_of(items: &Permissions) -> String {
    counted(items.len() as u64, "permission")
}

/// As many items as fit into `room` columns, with how many more there are; their number alone where there is
/// not even room for one. The second value says whether any were left out.
fn fold(items: &Permissions, room: usize) -> (String, bool) {
    let (mut text, mut best, mut used) = (String::new(), None, 0);
    for (at, item) in items.iter().enumerate() {
        let item = sanitise(item);
        let gap = if at == 0 { "" } else { ", " };
        used += width(gap) + width(&item);
        if used > room {
            break;
        }
        text.push_str(gap);
        text.push_str(&item);
        let rest = items.len() - at - 1;
        if rest == 0 {
            return (text, false);
        }
        let more = format!(" and {rest} more");
        if used + width(&more) <= room {
            best = Some(format!("{text}{more}"));
        }
    }
    match best {
        Some(text) => (text, true),
        None if items.is_empty() => (String::new(), false),
        None => (cut(&all_of(items), room), true),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn items(count: usize) -> Permissions {
        (0..count).map(|at| format!("devices:view{at}")).collect()
    }

    #[test]
    fn a_list_folds_to_its_room() {
        assert_eq!(fold(&items(2), 40), ("devices:view0, devices:view1".to_owned(), false));
        assert_eq!(fold(&items(9), 40), ("devices:view0, devices:view1 and 7 more".to_owned(), true));
        assert_eq!(fold(&items(9), 25), ("devices:view0 and 8 more".to_owned(), true));
        assert_eq!(fold(&items(9), 20), ("9 permissions".to_owned(), true));
        assert_eq!(fold(&items(9), 6), ("9 per…".to_owned(), true));
        assert_eq!(fold(&items(0), 6), (String::new(), false));
    }

    #[test]
    fn a_company_keeps_its_id() {
        let company = Company { id: crate::domain::CompanyId(2), name: "Northwind Logistics".to_owned() };
        let reading = Reading { now: None, wide: false, dates: false, fold: None };
        assert_eq!(Cell::company(&company).squeezed(&reading, 14), "Northwind… (2)");
        assert_eq!(Cell::company(&company).squeezed(&reading, 5), "… (2)");
    }

    proptest! {
        #[test]
        fn a_folded_list_fits(names in prop::collection::vec("\\PC{1,20}", 0..30), room in 4..80usize) {
            let names: Permissions = names.into_iter().collect();
            prop_assert!(width(&fold(&names, room).0) <= room);
        }
    }
}
