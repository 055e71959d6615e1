//! How the columns of a table share the width of a terminal.
//!
//! Responsible for widths. Refuses to know the contents of cells.

/// Spaces between two columns.
pub(in crate::output) const GAP: usize = 2;

/// How a column behaves where there is too little room for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// What the row is called. Never cut.
    Name,
    /// A number, a time or a word. Never cut.
    Fact,
    /// Permissions, of which the first stand for all.
    List,
    /// A name of something else. Cut late.
    Text,
    /// Sentences that must be read. Broken over several lines.
    Prose,
    /// What helps and is not needed: cut first, and left out when little would remain.
    Extra,
    /// Shown only where whole tables are asked for.
    Wide,
}

/// One column: the width of its widest cell, and the least that makes sense.
#[derive(Clone, Copy, Debug)]
pub(in crate::output) struct Measure {
    pub(in crate::output) fit: Fit,
    pub(in crate::output) natural: usize,
    pub(in crate::output) least: usize,
}

/// The width of each column in `room`; 0 for one that is left out. `None` where no table makes sense.
pub(in crate::output) fn widths(columns: &[Measure], room: usize) -> Option<Vec<usize>> {
    let all = vec![true; columns.len()];
    let needed: Vec<bool> = columns.iter().map(|column| column.fit != Fit::Extra).collect();
    let order = [Fit::Extra, Fit::Prose, Fit::List];
    shared(columns, &all, room, &order)
        .or_else(|| shared(columns, &needed, room, &[Fit::Prose, Fit::List, Fit::Text]))
}

/// The width of each column in `room` where nothing may be cut or left out, and cells take several lines.
pub(in crate::output) fn whole_widths(columns: &[Measure], room: usize) -> Option<Vec<usize>> {
    shared(columns, &vec![true; columns.len()], room, &[Fit::Extra, Fit::Prose, Fit::List, Fit::Text])
}

/// Gives the room that folded lists do not use to the column that needs it most. `used` says how much a column
/// uses of the width that it was given.
pub(in crate::output) fn tighten(
    columns: &[Measure],
    widths: &mut [usize],
    used: impl Fn(usize, usize) -> usize,
) {
    let mut free = 0;
    for (at, column) in columns.iter().enumerate() {
        if column.fit == Fit::List && widths[at] < column.natural {
            let needed = used(at, widths[at]).max(column.least.min(widths[at]));
            free += widths[at] - needed.min(widths[at]);
            widths[at] = needed.min(widths[at]);
        }
    }
    for (column, width) in columns.iter().zip(widths) {
        if column.fit == Fit::Extra && *width > 0 {
            let more = free.min(column.natural.saturating_sub(*width));
            *width += more;
            free -= more;
        }
    }
}

/// The shown columns in `room`, after those of the kinds in `order` gave way, one kind after the other.
fn shared(columns: &[Measure], shown: &[bool], room: usize, order: &[Fit]) -> Option<Vec<usize>> {
    let count = shown.iter().filter(|shown| **shown).count();
    let room = room.checked_sub(GAP * count.saturating_sub(1))?;
    let natural = |(column, shown): (&Measure, &bool)| if *shown { column.natural.min(room) } else { 0 };
    let mut widths: Vec<usize> = columns.iter().zip(shown).map(natural).collect();
    for fit in order {
        let giving = |at: &usize| shown[*at] && columns[*at].fit == *fit;
        let giving: Vec<usize> = (0..columns.len()).filter(giving).collect();
        let over = |widths: &[usize]| widths.iter().sum::<usize>() > room;
        while over(&widths) {
            // The widest first, so that those of one kind end up alike.
            let can_give = giving.iter().filter(|at| widths[**at] > columns[**at].least);
            let Some(widest) = can_give.max_by_key(|at| widths[**at]) else { break };
            widths[*widest] -= 1;
        }
    }
    // What never gives way may have been taken for narrower than it is.
    let cut = |at: usize| shown[at] && widths[at] < columns[at].natural.min(columns[at].least);
    let fits = widths.iter().sum::<usize>() <= room && !(0..columns.len()).any(cut);
    fits.then_some(widths)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column(fit: Fit, natural: usize) -> Measure {
        let least = if matches!(fit, Fit::Name | Fit::Fact) { natural } else { natural.min(10) };
        Measure { fit, natural, least }
    }

    fn accounts() -> [Measure; 4] {
        [column(Fit::Name, 16), column(Fit::List, 40), column(Fit::Fact, 9), column(Fit::Extra, 50)]
    }

    #[test]
    fn what_is_least_needed_gives_way_first() {
        assert_eq!(widths(&accounts(), 200), Some(vec![16, 40, 9, 50]));
        assert_eq!(widths(&accounts(), 100), Some(vec![16, 40, 9, 29]));
        assert_eq!(widths(&accounts(), 70), Some(vec![16, 29, 9, 10]));
        assert_eq!(widths(&accounts(), 45), Some(vec![16, 16, 9, 0]));
        assert_eq!(widths(&accounts(), 38), None);
    }

    #[test]
    fn nothing_is_left_out_of_a_whole_table() {
        assert_eq!(whole_widths(&accounts(), 52), Some(vec![16, 11, 9, 10]));
        assert_eq!(whole_widths(&accounts(), 50), None);
    }

    proptest! {
        #[test]
        fn a_table_fits_or_is_none(
            sizes in prop::collection::vec((0..5usize, 0..90usize), 1..8),
            room in 0..200usize,
        ) {
            let fits = [Fit::Name, Fit::Fact, Fit::List, Fit::Text, Fit::Extra];
            let columns: Vec<_> = sizes.iter().map(|(fit, size)| column(fits[*fit], *size)).collect();
            for widths in [widths(&columns, room), whole_widths(&columns, room)].into_iter().flatten() {
                let shown = widths.iter().filter(|width| **width > 0).count();
                prop_assert!(widths.iter().sum::<usize>() + GAP * shown.saturating_sub(1) <= room);
                for (column, width) in columns.iter().zip(widths) {
                    let left_out = column.fit == Fit::Extra && width == 0;
                    prop_assert!(left_out || width >= column.least);
                }
            }
        }
    }
}
