//! Comma-separated values (RFC 4180).
//!
//! Responsible for quoting. Refuses cells that a spreadsheet would evaluate as a formula.

use std::io::{self, Write};

use crate::output::view::Field;
use crate::text::sanitize::sanitise;

/// What makes a spreadsheet compute a cell, in ASCII and full width.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes one record. A secret is written unchanged, because a changed one would be useless.
pub(in crate::output) fn write(cells: &[Field<'_>], out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<_> = cells
        .iter()
        .map(|cell| match cell {
            Field::Secret(_) => cell.text(),
            _ => disarm(&cell.text()).into(),
        })
        .collect();
    // Quotes around everything keep a spreadsheet that splits at `;` from finding a cell of its own there.
    let style = if cells.iter().any(|cell| cell.contains(';')) {
        csv::QuoteStyle::Always
    } else {
        csv::QuoteStyle::Necessary
    };
    let mut record = Vec::with_capacity(128);
    let mut writer =
        csv::WriterBuilder::new().quote_style(style).buffer_capacity(256).from_writer(&mut record);
    writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    writer.flush()?;
    drop(writer);
    out.write_all(&record)
}

/// The cell without control characters, and with an apostrophe before what would be a formula: the sign by
/// which spreadsheets know text.
fn disarm(cell: &str) -> String {
    let safe = sanitise(cell);
    if safe.trim_start().starts_with(FORMULA) { format!("'{safe}") } else { safe.into_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Password;
    use crate::text::sanitize::tests::any_text;

    fn round_trip(cells: &[String]) -> Vec<String> {
        let mut out = Vec::new();
        let cells: Vec<Field<'_>> = cells.iter().map(|cell| cell.as_str().into()).collect();
        write(&cells, &mut out).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice());
        let records: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
        assert_eq!(records.len(), 1);
        records[0].iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_record_as_it_is_written() {
        let mut out = Vec::new();
        write(&["owned", "a,b", "say \"hi\"", "=1+1", ""].map(Field::from), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "owned,\"a,b\",\"say \"\"hi\"\"\",'=1+1,\n");
    }

    /// R2: a password that began with = + - @ got an apostrophe in front, and did not sign in.
    #[test]
    fn secret_is_written_as_it_is() {
        let secrets = ["=1+1", "+a", "-b", "@c", "'d", "plain"].map(Password::new);
        let cells: Vec<Field<'_>> = secrets.iter().map(Field::from).collect();
        let mut out = Vec::new();
        write(&cells, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "=1+1,+a,-b,@c,'d,plain\n");
    }

    proptest! {
        /// P6: CSV never becomes a formula.
        #[test]
        fn no_cell_is_a_formula(cells in prop::collection::vec("[ \t\r\n]{0,2}[-=+@＝＋－＠;,\"']?\\PC{0,8}", 1..5)) {
            for cell in round_trip(&cells) {
                prop_assert!(!cell.trim_start().starts_with(FORMULA), "{cell:?}");
            }
        }

        /// P6: quoting round-trips.
        #[test]
        fn text_comes_back(cells in prop::collection::vec("[a-z,;\"' é]{1,12}", 1..5)) {
            prop_assert_eq!(round_trip(&cells), cells);
        }

        #[test]
        fn anything_comes_back_disarmed(cells in prop::collection::vec(any_text(), 1..5)) {
            let expected: Vec<_> = cells.iter().map(|cell| disarm(cell)).collect();
            prop_assert_eq!(round_trip(&cells), expected);
        }
    }
}
