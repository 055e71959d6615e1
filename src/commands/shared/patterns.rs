//! Permissions as patterns, such as `devices:*`.
//!
//! Responsible for writing a pattern out as the permissions of the server's catalogue. Refuses a pattern that matches
//! none of them.

use super::access_args::AccessSpec;
use super::company_session::CompanySession;
use crate::domain::Violation;
use crate::error::{CliError, Result};
use crate::text::CommandLine;

/// The letter that matches any text in a pattern.
const ANY: char = '*';

impl CompanySession<'_> {
    /// The names, with each pattern written out. Without a pattern, the server is not asked.
    ///
    /// # Errors
    /// `invalid_input` for a pattern that matches no permission, and those of reading.
    pub(in crate::commands) async fn written_out(&self, names: Vec<String>) -> Result<Vec<String>> {
        if !names.iter().any(|name| name.contains(ANY)) {
            return Ok(names);
        }
        let catalogue = self.session.list_permissions().await?;
        let known: Vec<&str> = catalogue.iter().map(|entry| entry.name.as_str()).collect();
        let mut written: Vec<String> = Vec::new();
        for name in names {
            let matched = matching(&name, &known);
            if matched.is_empty() {
                return Err(unmatched(&name));
            }
            written.extend(matched);
        }
        written.sort_unstable();
        written.dedup();
        Ok(written)
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

/// The known names that `pattern` matches; a name without a pattern is itself, known or not.
fn matching(pattern: &str, known: &[&str]) -> Vec<String> {
    let Some((begin, end)) = pattern.split_once(ANY) else { return vec![pattern.to_owned()] };
    let is_long = |name: &&&str| name.len() >= begin.len() + end.len();
    let found = known.iter().filter(is_long).filter(|name| name.starts_with(begin) && name.ends_with(end));
    found.map(|name| (*name).to_owned()).collect()
}

fn unmatched(pattern: &str) -> CliError {
    let message = format!("no permission matches {pattern}");
    let broken =
        Violation { field: "permissions".into(), code: "unknown_permission".into(), message: message.into() };
    CliError::invalid_input(vec![broken])
        .hint(CommandLine::new("permission list").after("list the permissions with: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_names_that_it_matches() {
        let known = ["alerts:view", "devices:edit", "devices:view"];
        for (pattern, wanted) in [
            ("devices:*", &["devices:edit", "devices:view"][..]),
            ("*:view", &["alerts:view", "devices:view"]),
            ("*", &known),
            ("device:view", &["device:view"]),
            ("users:*", &[]),
            ("devices:view*view", &[]),
        ] {
            assert_eq!(matching(pattern, &known), wanted, "{pattern}");
        }
    }
}
