//! An expression of the jq language, evaluated in this very process: nothing here keeps it from exhausting the
//! stack or the memory, which is why it runs in the [evaluator](super::evaluator).
//!
//! It reads no file and no environment. Strings among its results are written raw, one after the other on lines
//! of their own, everything else as JSON on one line. Of what a terminal obeys only the tab and the line end are
//! left in a raw string, for `@tsv` and lists are made with them: they move to the next column or line and do
//! nothing else.

use std::io::{self, Write};

use jaq_core::data::JustLut;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, compile};
use jaq_json::{Val, read};
use serde::de::IgnoredAny;

use super::error::JqError;
use crate::text::sanitize::{json_visible, sanitise};

/// Forms of the language that its library lacks: a row as comma- and as tab-separated values.
const ROWS: &str = r#"
    def cell(text): if isstring then text elif . == null then "" elif isnumber or isboolean then tostring
        else error("a row can only have strings, numbers, booleans and null") end;
    def put($old; $new): . / $old | join($new);
    def @csv: map(cell("\"" + put("\""; "\"\"") + "\"")) | join(",");
    def @tsv: map(cell(put("\\"; "\\\\") | put("\t"; "\\t") | put("\n"; "\\n") | put("\r"; "\\r"))) | join("\t");
"#;

/// Longest text of an error of the expression's own making.
const LONGEST: usize = 200;

/// A compiled expression.
pub(super) struct JqFilter {
    filter: Filter<JustLut<Val>>,
    /// What its variables stand for.
    values: Vec<Val>,
}

impl JqFilter {
    /// Compiles an expression with variables: each a name without the dollar sign, and a string.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(super) fn compile(expression: &str, arguments: &[(String, String)]) -> Result<Self, JqError> {
        let names: Vec<String> = arguments.iter().map(|(name, _)| format!("${name}")).collect();
        let rows = load::parse(ROWS, |parser| parser.defs()).unwrap_or_default();
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(rows);
        // The environment may hold passwords, which belong into no answer.
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let functions = functions.filter(|(name, ..)| *name != "env");
        let arena = Arena::default();
        let program = File { code: expression, path: () };
        let modules = Loader::new(definitions)
            .load(&arena, program)
            .map_err(|errors| unloadable(expression, &errors))?;
        let filter = Compiler::default()
            .with_funs(functions)
            .with_global_vars(names.iter().map(String::as_str))
            .compile(modules)
            .map_err(|errors| undefined(expression, &errors))?;
        let value = |(_, text): &(String, String)| Val::from(text.clone());
        Ok(Self { filter, values: arguments.iter().map(value).collect() })
    }

    /// Writes the results for a document, each as soon as it is there: `out` is flushed after every one.
    ///
    /// # Errors
    /// A [`JqError`] where the expression fails; those of `out`.
    pub(super) fn write(&self, json: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let value = read::parse_single(json).map_err(io::Error::other)?;
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new(self.values.iter().cloned()));
        for result in self.filter.id.run((context, value)) {
            let failed = match result {
                Ok(result) => {
                    write_result(&result, out)?;
                    out.flush()?;
                    continue;
                }
                Err(exception) => match exception.get_err() {
                    Ok(error) => shown(&error.to_string()),
                    Err(exception) => match exception.get_halt() {
                        Ok(0) => return Ok(()),
                        _ => "it was halted".to_owned(),
                    },
                },
            };
            return Err(io::Error::other(JqError::new(failed)));
        }
        Ok(())
    }
}

fn write_result(result: &Val, out: &mut dyn Write) -> io::Result<()> {
    if let Val::TStr(text) = result {
        let text = String::from_utf8_lossy(text);
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| line.split('\t').map(sanitise).collect::<Vec<_>>().join("\t"))
            .collect();
        return writeln!(out, "{}", lines.join("\n"));
    }
    let json = result.to_string();
    if serde_json::from_str::<IgnoredAny>(&json).is_err() {
        let reason =
            "a result is not JSON: it has a NaN or infinite number, bytes, or a key that is not a string";
        return Err(io::Error::other(JqError::new(reason)));
    }
    writeln!(out, "{}", json_visible(&json))
}

/// The place of `part` in `expression`, counted in characters from 1.
fn place(expression: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize).wrapping_sub(expression.as_ptr() as usize);
    expression.get(..offset).map_or(0, |before| before.chars().count()) + 1
}

/// The text at the place of an error.
fn found(part: &str) -> String {
    let start: String = part.chars().take(20).collect();
    if start.is_empty() { "the end".to_owned() } else { start }
}

fn unloadable(expression: &str, errors: &load::Errors<&str, ()>) -> JqError {
    let expected = |what: &str, part: &str| {
        JqError::new(format!(
            "{what} is expected at character {}, not {}",
            place(expression, part),
            found(part)
        ))
    };
    let end = &expression[expression.len()..];
    match errors.first().map(|(_, error)| error) {
        Some(load::Error::Lex(errors)) if !errors.is_empty() => {
            let (what, part) = &errors[0];
            expected(what.as_str(), part)
        }
        Some(load::Error::Parse(errors)) if !errors.is_empty() => {
            let (what, part) = &errors[0];
            expected(what.as_str(), if part.is_empty() { end } else { part })
        }
        Some(load::Error::Io(errors)) if !errors.is_empty() => {
            JqError::new(format!("the module {} cannot be used: modules are not supported", errors[0].0))
        }
        _ => JqError::new("it is not a valid expression"),
    }
}

fn undefined(expression: &str, errors: &compile::Errors<&str, ()>) -> JqError {
    let Some((name, what)) = errors.iter().flat_map(|(_, errors)| errors).next() else {
        return JqError::new("it is not a valid expression");
    };
    let what = match what {
        compile::Undefined::Filter(0) => format!("function {name}"),
        compile::Undefined::Filter(arity) => format!("function {name}/{arity}"),
        other => format!("{} {name}", other.as_str()),
    };
    JqError::new(format!("unknown {what} at character {}", place(expression, name)))
}

/// The text of an error at run time. It quotes values, which may be long and may be secrets: their types are named
/// instead. What the expression itself says with `error` stays, but for what it quotes.
fn shown(text: &str) -> String {
    let said = serde_json::from_str::<String>(text).ok();
    let mut shown = String::new();
    let mut rest = said.as_deref().unwrap_or(text);
    while let Some(start) = rest.find(['{', '[', '"']) {
        shown.push_str(&rest[..start]);
        shown.push_str(match rest.as_bytes()[start] {
            b'{' => "an object",
            b'[' => "an array",
            _ => "a string",
        });
        let mut values = serde_json::Deserializer::from_str(&rest[start..]).into_iter::<IgnoredAny>();
        let is_whole = values.next().is_some_and(|value| value.is_ok());
        rest = if is_whole { &rest[start + values.byte_offset()..] } else { "" };
    }
    shown.push_str(rest);
    shown.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
