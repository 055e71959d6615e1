//! `sactl api GET PATH --paginate`: a list to its end.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::super::acting::{self, surroundings};
use crate::api::Code;
use crate::client::{RawPages, RawRequest};
use crate::context::Context;
use crate::domain::Company;
use crate::error::{CliError, Result};
use crate::output::{Format, RawView, RowWriter, Surroundings};
use crate::ui::Ui;

/// Prints every row: one by one where the form allows it, which takes no more memory for a longer list, else as
/// one document.
///
/// # Errors
/// `usage` when the request is no GET or the answer no list; those of reading.
pub(super) async fn print(request: &RawRequest, context: &Context) -> Result<()> {
    if !request.method.eq_ignore_ascii_case("GET") {
        return Err(CliError::usage("--paginate follows lists, which are read with GET"));
    }
    let ui = context.ui();
    let mut pages = context.session().await?.raw_pages(&request.path)?;
    let surroundings = surroundings(ui);
    let lines = ui.is_default_format() && !ui.selection().is_columns();
    let format = if lines { Some(Format::Jsonl) } else { surroundings.format };
    let surroundings = Surroundings { format, ..surroundings };
    if surroundings.streams() {
        return stream(&mut pages, ui, RowWriter::selecting(&surroundings, ui.selection())).await;
    }
    let (mut rows, mut total, mut company): (Vec<Value>, Option<u64>, Option<Company>) = Default::default();
    while let Some(page) = pages.next().await? {
        (total, company) = (page.total.or(total), company.or(page.company));
        for row in &page.rows {
            rows.push(value(row)?);
        }
    }
    let mut document = json!({ "success": true, "data": rows, "next": null });
    if let Some(total) = total {
        document["total"] = total.into();
    }
    if let Some(Company { id, name }) = company {
        document["company"] = json!({ "id": id, "name": name });
    }
    acting::show(ui, &RawView(document))
}

async fn stream(pages: &mut RawPages<'_>, ui: &Ui, writer: RowWriter<'_>) -> Result<()> {
    let mut is_begun = false;
    while let Some(page) = pages.next().await? {
        let rows = page.rows.iter().map(|row| value(row).map(RawView)).collect::<Result<Vec<_>>>()?;
        ui.answer(|out| {
            if !std::mem::replace(&mut is_begun, true) {
                writer.begin::<RawView>(out)?;
            }
            writer.write_each(&rows, out)
        })?;
    }
    Ok(())
}

fn value(row: &RawValue) -> Result<Value> {
    serde_json::from_str(row.get()).map_err(|error| {
        CliError::new(Code::BadResponse, "the server's answer is not of this contract").caused_by(error)
    })
}
