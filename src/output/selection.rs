//! The selection of an answer: all of it, some columns of its rows, or the result of an expression.
//!
//! Responsible for finding the columns by name. Refuses unknown columns.

use std::sync::Arc;

use super::{Jq, Row};

/// What of an answer was asked for.
#[derive(Clone, Debug, Default)]
pub enum Selection {
    /// All of it.
    #[default]
    Whole,
    /// These columns of its rows, in this order.
    Columns(Arc<[&'static str]>),
    /// What an expression makes of its JSON document; of each row, where rows are documents of their own.
    Jq(Arc<Jq>),
}

impl Selection {
    /// Whether single columns were asked for.
    pub const fn is_columns(&self) -> bool {
        matches!(self, Self::Columns(_))
    }

    /// Whether columns were asked for, and this one is not among them.
    pub fn leaves_out(&self, column: &str) -> bool {
        matches!(self, Self::Columns(columns) if !columns.contains(&column))
    }

    /// The places of the columns among those of `R`; `None` for all.
    pub(super) fn places<R: Row>(&self) -> Option<Vec<usize>> {
        let Self::Columns(columns) = self else { return None };
        let place = |column: &&'static str| R::COLUMNS.iter().position(|known| known == column);
        Some(columns.iter().filter_map(place).collect())
    }
}
