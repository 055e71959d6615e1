//! The man pages that are not about one command, made of the topics of the help.
//!
//! Responsible for which topics are on which page. Refuses texts of its own.

use super::Page;
use super::roff::{Roff, bold, marked};
use crate::manual::help::{Block, Topic, topics};

/// A page and the topics that it consists of.
struct Plan {
    name: &'static str,
    section: u8,
    topics: &'static [&'static str],
}

const PLANS: &[Plan] = &[
    Plan { name: "sactl-config", section: 5, topics: &["config", "environment"] },
    Plan { name: "sactl-manifest", section: 5, topics: &["manifest"] },
    Plan { name: "sactl-routes", section: 5, topics: &["routes"] },
    Plan { name: "sactl-seed", section: 5, topics: &["seed"] },
    Plan { name: "sactl-credentials", section: 7, topics: &["credentials"] },
    Plan { name: "sactl-exit-codes", section: 7, topics: &["exit-codes"] },
    Plan { name: "sactl-formatting", section: 7, topics: &["formatting", "options", "schemas"] },
    Plan { name: "sactl-scripting", section: 7, topics: &["scripting"] },
];

impl Plan {
    fn topics(&self) -> impl Iterator<Item = &'static Topic> {
        self.topics.iter().filter_map(|name| topics().iter().find(|topic| topic.name == *name))
    }

    fn page(&self, date: &str) -> Page {
        let about = self.topics().next().map_or("", |topic| topic.about);
        let mut roff = Roff::new(self.name, self.section, date, about);
        for (place, topic) in self.topics().enumerate() {
            roff.section(if place == 0 { "description" } else { topic.about });
            for block in (topic.blocks)() {
                self::block(&mut roff, &block);
            }
        }
        roff.section("see also");
        let others = all().into_iter().filter(|(name, _)| name != self.name);
        roff.references(&std::iter::once(("sactl".to_owned(), 1)).chain(others).collect::<Vec<_>>());
        Page { file: format!("{}.{}", self.name, self.section), roff: roff.finish() }
    }
}

/// The name and section of every such page.
pub(super) fn all() -> Vec<(String, u8)> {
    PLANS.iter().map(|plan| (plan.name.to_owned(), plan.section)).collect()
}

/// The pages.
pub(super) fn pages(date: &str) -> Vec<Page> {
    PLANS.iter().map(|plan| plan.page(date)).collect()
}

fn block(roff: &mut Roff, block: &Block) {
    match block {
        Block::Heading(heading) => roff.heading(heading),
        Block::Paragraph(text) => roff.paragraph(text),
        Block::Definitions(pairs) => {
            for (term, meaning) in pairs {
                let term = if term.contains('`') { marked(term) } else { bold(term) };
                roff.definition(&term, std::slice::from_ref(meaning));
            }
        }
        Block::Code(code) => roff.code(code.lines()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_of_a_page_exists() {
        for plan in PLANS {
            assert!(plan.topics().count() > 0, "{} has nothing to say", plan.name);
        }
        let told = |name: &str| PLANS.iter().any(|plan| plan.topics.contains(&name));
        let untold: Vec<_> = topics().iter().map(|topic| topic.name).filter(|name| !told(name)).collect();
        assert!(untold.is_empty(), "these topics stand in no page: {untold:?}");
    }
}
