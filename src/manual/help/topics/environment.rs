//! Environment variables.

use super::super::topic::{Block, Topic, definitions, paragraph};
use crate::config::env::{self, Variable};

pub(in super::super) const ENVIRONMENT: Topic =
    Topic { name: "environment", about: "the environment variables that are read", blocks };

fn blocks() -> Vec<Block> {
    let (own, others): (Vec<&Variable>, Vec<&Variable>) =
        env::ALL.iter().partition(|variable| variable.name.starts_with("SACTL_"));
    vec![
        paragraph(
            "A flag counts before a variable, a variable before the profile. An empty variable counts as unset. \
             `sactl doctor` names variables that start with SACTL_ and mean nothing.",
        ),
        listed(&own),
        Block::Heading("Variables of other programs"),
        listed(&others),
    ]
}

fn listed(variables: &[&Variable]) -> Block {
    definitions(variables.iter().map(|variable| (variable.name, variable.about)))
}
