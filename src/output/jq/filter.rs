//! An expression of the jq language, evaluated in this process.
//!
//! Responsible for compiling it and for writing its results. Refuses files and the environment. Nothing here limits
//! stack or memory, which is why it runs in the [evaluator](super::evaluator).
//!
//! Strings among its results are written raw, each on a line of its own, everything else as JSON on one line. Of the
//! characters that control a terminal only the tab and the line end are left in a raw string, because `@tsv` and lists
//! are made with them.

use std::io::{self, Write};

use jaq_core::data::JustLut;
use jaq_core::load::parse::Def;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, compile};
use jaq_json::{Val, read};
use serde::de::IgnoredAny;

use super::error::JqError;
use super::number;
use super::rewrite::rewritten;
use crate::text::sanitize::{json_visible, sanitise};

/// What jq 1.7 does otherwise than the library.
const DIALECT: &str = include_str!("dialect.jq");

/// The definition that holds the expression.
const MAIN: &str = "_main";

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
        let given = arguments.iter().map(|(name, text)| (format!("${name}"), Val::from(text.clone())));
        let (names, values): (Vec<String>, Vec<Val>) =
            given.chain([("$__loc__".to_owned(), place_of_all())]).unzip();
        let arena = Arena::default();
        let program = File { code: expression, path: () };
        let mut modules = Loader::new(definitions())
            .load(&arena, program)
            .map_err(|errors| unloadable(expression, &errors))?;
        if let Some(term) = load::parse(expression, |parser| parser.term()) {
            let main = Def { name: MAIN, args: Vec::new(), body: rewritten(term) };
            let program = File { code: MAIN, path: () };
            modules = Loader::new(definitions().into_iter().chain([main]))
                .load(&arena, program)
                .map_err(|errors| unloadable(expression, &errors))?;
        }
        // The environment may hold passwords, which belong into no answer.
        let of_library = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let functions = of_library.filter(|(name, ..)| !["env", "tojson"].contains(name));
        let filter = Compiler::default()
            .with_funs(functions.chain(number::functions()))
            .with_global_vars(names.iter().map(String::as_str))
            .compile(modules)
            .map_err(|errors| undefined(expression, &errors))?;
        Ok(Self { filter, values })
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

fn definitions<'s>() -> Vec<Def<&'s str>> {
    let dialect = load::parse(DIALECT, |parser| parser.defs()).unwrap_or_default();
    jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(dialect).collect()
}

/// Where the expression stands, as `$__loc__` says.
fn place_of_all() -> Val {
    read::parse_single(br#"{"file":"<top-level>","line":1}"#).unwrap_or_default()
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
    let json = number::json(result);
    if serde_json::from_str::<IgnoredAny>(&json).is_err() {
        let reason = "a result is not JSON: it has bytes, or a key that is not a string";
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
