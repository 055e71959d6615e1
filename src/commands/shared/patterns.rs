//! Permissions as patterns, such as `devices:*`.
//!
//! Responsible for writing a pattern out as the permissions of the server's catalogue. Refuses a pattern that matches
//! none of them.

use super::access_args::AccessSpec;
use super::company_session::CompanySession;
use crate::domain::Violation;
use crate::domain::pattern::{is_pattern, written_out};
use crate::error::{CliError, Result};
use crate::text::CommandLine;

impl CompanySession<'_> {
    /// The names, with each pattern written out. Without a pattern, the server is not asked.
    ///
    /// # Errors
    /// `invalid_input` for a pattern that matches no permission, and those of reading.
    pub(in crate::commands) async fn written_out(&self, names: Vec<String>) -> Result<Vec<String>> {
        if !names.iter().any(|name| is_pattern(name)) {
            return Ok(names);
        }
        let catalogue = self.client.list_permissions().await?;
        let known: Vec<&str> = catalogue.iter().map(|entry| entry.name.as_str()).collect();
        written_out(&names, &known).map_err(|patterns| unmatched(&patterns))
    }

    /// The access, with the patterns of an individual list written out.
    ///
    /// # Errors
    /// As [`Self::written_out`].
    pub(in crate::commands) async fn spelled_out(&self, access: AccessSpec) -> Result<AccessSpec> {
        Ok(match access {
            AccessSpec::Permissions(names) => AccessSpec::Permissions(self.written_out(names).await?),
            AccessSpec::Role(role) => AccessSpec::Role(role),
        })
    }
}

fn unmatched(patterns: &[String]) -> CliError {
    let broken = |pattern: &String| {
        Violation::new("permissions", "unknown_permission", format!("no permission matches {pattern}"))
    };
    CliError::invalid_input(patterns.iter().map(broken).collect())
        .hint(CommandLine::new("permission list").after("list the permissions with: "))
}
