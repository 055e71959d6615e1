//! Variables of `serve` that replace options.
//!
//! Responsible for the order: option, then variable. Refuses an invalid value, without repeating it: it may contain a
//! password.

use std::fmt::Display;

use crate::config::Environment;
use crate::config::env::Variable;
use crate::error::{CliError, Result};

/// What was typed, else the value of the variable.
///
/// # Errors
/// `config` for a value that makes no sense.
pub(super) fn or_variable<T, E: Display>(
    typed: Option<T>,
    variable: Variable,
    environment: &Environment,
    parse: impl FnOnce(&str) -> std::result::Result<T, E>,
) -> Result<Option<T>> {
    match typed {
        Some(typed) => Ok(Some(typed)),
        None => environment.get(variable)?.map(|text| parsed(variable, &text, parse)).transpose(),
    }
}

/// The value of a variable. The error does not repeat it: it may have a password.
///
/// # Errors
/// `config`.
pub(super) fn parsed<T, E: Display>(
    variable: Variable,
    text: &str,
    parse: impl FnOnce(&str) -> std::result::Result<T, E>,
) -> Result<T> {
    parse(text).map_err(|error| CliError::config(format!("{}: {error}", variable.name)))
}

/// Whether the variable of an option without a value asks for it: any value but `0`.
///
/// # Errors
/// `config` for a variable that cannot be read.
pub(super) fn is_on(variable: Variable, environment: &Environment) -> Result<bool> {
    Ok(environment.get(variable)?.is_some_and(|value| value != "0"))
}
