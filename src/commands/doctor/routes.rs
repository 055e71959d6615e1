//! Checks of the routes of the server.
//!
//! Responsible for trying the operations that only read. Refuses to try one that changes something.

use super::finding::{Finding, PATIENCE};
use crate::api::routes::ApiOperation;
use crate::client::{Session, Tried};
use crate::domain::CompanyId;
use crate::error::{CliError, Result};
use crate::text::CommandLine;

const NAME: &str = "operations";

/// Tries what reads without naming one thing, in `company` where there is one.
pub(super) async fn look(session: &Session, company: Option<CompanyId>) -> Finding {
    match tokio::time::timeout(PATIENCE, tried(session, company)).await {
        Ok(Ok(finding)) => finding,
        Ok(Err(error)) => Finding::failed(NAME, &error),
        Err(_) => Finding::warning(
            NAME,
            "not all checked: the server does not answer within 5 s",
            "try again later",
        ),
    }
}

async fn tried(session: &Session, company: Option<CompanyId>) -> Result<Finding> {
    let (mut there, mut absent) = (0, Vec::new());
    for operation in ApiOperation::ALL {
        let is_tried = operation.is_general() && (company.is_some() || !operation.is_of_company());
        let found = match (session.has_route(*operation), is_tried) {
            (false, _) => Tried::Unlisted,
            (true, false) => continue,
            (true, true) => session.tries(*operation, company).await.map_err(|error| {
                let error = CliError::from(error);
                let message = format!("{operation}: {}", error.message());
                error.worded(message)
            })?,
        };
        match found {
            Tried::Answered | Tried::Refused => there += 1,
            Tried::Absent => absent.push(format!("{operation}")),
            Tried::Unlisted => absent.push(format!("{operation} (not in the routes)")),
        }
    }
    if absent.is_empty() {
        return Ok(Finding::ok(NAME, format!("the server has all {there} that were tried")));
    }
    let message = format!("the server has {there} that were tried, and lacks {}", absent.join(", "));
    let fix = CommandLine::new("profile edit --routes FILE");
    Ok(Finding::warning(NAME, message, fix.after("if it has them elsewhere, say where with: ")))
}
