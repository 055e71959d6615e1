//! Environment variables.
//!
//! Responsible for the topic `environment`. Refuses a list of its own: [`crate::config::env`] has it.

use super::super::topic::{Block, Topic, definitions, paragraph};
use crate::config::env::{self, Variable};

pub(in super::super) const ENVIRONMENT: Topic =
    Topic { name: "environment", about: "environment variables", blocks };

fn blocks() -> Vec<Block> {
    let (own, others): (Vec<&Variable>, Vec<&Variable>) =
        env::ALL.iter().partition(|variable| variable.name.starts_with("SACTL_"));
    vec![
        paragraph(
            "Flags override variables; variables override the profile. An empty variable counts as unset. \
             `sactl doctor` lists unknown variables that start with SACTL_.",
        ),
        listed(&own),
        Block::Heading("Variables of other programs"),
        listed(&others),
    ]
}

fn listed(variables: &[&Variable]) -> Block {
    definitions(variables.iter().map(|variable| (variable.name, variable.about)))
}
