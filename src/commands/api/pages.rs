//! `sactl api GET PATH --paginate`: reads a list to its end.
//!
//! Responsible for printing each row as it comes. Refuses an answer that is not a list.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::api::Code;
use crate::client::{RawPages, RawRequest};
use crate::context::Context;
use crate::domain::Company;
use crate::error::{CliError, Result};
use crate::output::{Format, OutputContext, RawView, RowWriter};
use crate::ui::{self, Ui, output_context};

/// Most bytes of the rows of one document: about 300,000 accounts.
const MOST: usize = 128 << 20;

/// Most bytes of the rows that are understood at once, and of one that is written by itself: understood, a row takes
/// up to forty times the space of its text.
const AT_ONCE: usize = 256 * 1024;

/// What a row takes beside its text.
const ROW: usize = 32;

/// Prints every row: one by one where the form allows it, which takes no more memory for a longer list, else as
/// one document.
///
/// # Errors
/// `usage` when the request is no GET or the answer no list; those of reading.
pub(super) async fn print(request: &RawRequest, context: &Context) -> Result<()> {
    if !request.method.eq_ignore_ascii_case("GET") {
        return Err(CliError::usage("--paginate works only with GET"));
    }
    let ui = context.ui();
    let mut pages = context.session().await?.raw_pages(&request.path)?;
    let output_context = output_context(ui);
    let lines = ui.is_default_format() && !ui.selection().is_columns();
    let format = if lines { Some(Format::Jsonl) } else { output_context.format };
    let output_context = OutputContext { format, ..output_context };
    if output_context.streams() {
        return stream(&mut pages, ui, RowWriter::selecting(&output_context, ui.selection())).await;
    }
    let (mut kept, mut total, mut company): (Kept, Option<u64>, Option<Company>) = Default::default();
    while let Some(page) = pages.next().await? {
        (total, company) = (page.total.or(total), company.or(page.company));
        page.rows.iter().try_for_each(|row| kept.take(row))?;
    }
    let Kept { rows, .. } = kept;
    let mut document = json!({ "success": true, "data": rows, "next": null });
    if let Some(total) = total {
        document["total"] = total.into();
    }
    if let Some(Company { id, name }) = company {
        document["company"] = json!({ "id": id, "name": name });
    }
    ui::show(ui, &RawView(document))
}

/// The rows of one document.
#[derive(Default)]
struct Kept {
    rows: Vec<Value>,
    length: usize,
}

impl Kept {
    fn take(&mut self, row: &RawValue) -> Result<()> {
        self.length += row.get().len() + ROW;
        if self.length > MOST {
            let rows = self.rows.len();
            let message =
                format!("the list is too long for one document: {rows} rows are read, and there are more");
            return Err(CliError::new(Code::BadResponse, message)
                .hint("print row by row: use -o jsonl instead of another format"));
        }
        self.rows.push(value(row)?);
        Ok(())
    }
}

async fn stream(pages: &mut RawPages<'_>, ui: &Ui, writer: RowWriter<'_>) -> Result<()> {
    let mut is_begun = false;
    while let Some(page) = pages.next().await? {
        if !std::mem::replace(&mut is_begun, true) {
            ui.answer(|out| writer.begin::<RawView>(out))?;
        }
        let mut rest = page.rows.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(few(rest)?);
            let rows = some.iter().map(|row| value(row).map(RawView)).collect::<Result<Vec<_>>>()?;
            ui.answer(|out| writer.write_each(&rows, out))?;
            rest = others;
        }
    }
    Ok(())
}

/// How many of the first of `rows` are understood at once.
fn few(rows: &[Box<RawValue>]) -> Result<usize> {
    let mut length = 0;
    let mut fits = |row: &RawValue| {
        length += row.get().len();
        length <= AT_ONCE
    };
    match rows.iter().take_while(|row| fits(row)).count() {
        0 => {
            let message = format!("a row is longer than {} KiB", AT_ONCE / 1024);
            Err(CliError::new(Code::BadResponse, message))
        }
        few => Ok(few),
    }
}

fn value(row: &RawValue) -> Result<Value> {
    serde_json::from_str(row.get()).map_err(|error| {
        CliError::new(
            Code::BadResponse,
            "the response of the server is not what sactl \
            expects",
        )
        .caused_by(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P9: a list that never ends does not fill the memory.
    #[test]
    fn one_document_does_not_grow_without_end() {
        let mut kept = Kept::default();
        let row = RawValue::from_string(format!("\"{}\"", "x".repeat(1 << 20))).unwrap();
        let error = (0..).find_map(|_| kept.take(&row).err()).unwrap();
        assert_eq!(error.exit_code(), 1);
        assert_eq!(kept.rows.len(), 127);
        assert!(error.hints()[0].on(&crate::text::Target::default()).contains("-o jsonl"));
    }

    #[test]
    fn some_rows_are_understood_at_once() {
        let row = |length: usize| RawValue::from_string(format!("\"{}\"", "x".repeat(length - 2))).unwrap();
        let many = |length: usize| {
            few(&(0..9).map(|_| row(length)).collect::<Vec<_>>()).map_err(|error| error.code())
        };
        assert_eq!((many(2), many(AT_ONCE / 3), many(AT_ONCE)), (Ok(9), Ok(3), Ok(1)));
        assert_eq!(many(AT_ONCE + 1), Err(Code::BadResponse));
    }
}
