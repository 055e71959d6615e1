//! Members of refusals as servers of other kinds write them.
//!
//! Responsible for reading messages and lists of errors in several forms. Refuses to fail: a member of an unexpected
//! type does not lose the rest of the document.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::Violation;

/// The value, or the default if it is of another type.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// A text for people. A list or an object gives all texts in it.
pub(super) fn message<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(texts(&Value::deserialize(deserializer)?))
}

/// Every text in `value`, in order, with spaces between them; `None` without any.
pub fn texts(value: &Value) -> Option<String> {
    let mut found = Vec::new();
    collect(value, &mut found);
    (!found.is_empty()).then(|| found.join(" "))
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => members.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// The broken rules: a list of objects or of texts, or an object from the name of a field to its text or texts.
pub(super) fn violations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Violation>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(rules) => rules.iter().filter_map(rule).collect(),
        Value::Object(fields) => {
            let of_field = |(field, value): (&String, &Value)| match value {
                Value::Array(values) => values.iter().filter_map(|value| broken(field, value)).collect(),
                value => Vec::from_iter(broken(field, value)),
            };
            fields.iter().flat_map(of_field).collect()
        }
        value => Vec::from_iter(broken("", &value)),
    })
}

/// One broken rule of a list.
fn rule(value: &Value) -> Option<Violation> {
    let member = |names: [&str; 3]| names.into_iter().find_map(|name| value.get(name)?.as_str());
    let Some(message) = member(["message", "detail", "description"]) else { return broken("", value) };
    let field = member(["field", "name", "property"]).unwrap_or_default();
    let mut violation = Violation::new(field.to_owned(), OTHER, message.to_owned());
    if let Some(code) = value.get("code").and_then(Value::as_str) {
        violation.code = code.to_owned().into();
    }
    Some(violation)
}

/// The code of a broken rule that the server gives no code.
const OTHER: &str = "invalid";

fn broken(field: &str, value: &Value) -> Option<Violation> {
    Some(Violation::new(field.to_owned(), OTHER, texts(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, String)> {
        let violations = violations(&mut serde_json::Deserializer::from_str(text)).unwrap();
        let parts =
            |one: Violation| (one.field.into_owned(), one.code.into_owned(), one.message.into_owned());
        violations.into_iter().map(parts).collect()
    }

    fn one(field: &str, code: &str, message: &str) -> (String, String, String) {
        (field.into(), code.into(), message.into())
    }

    #[test]
    fn broken_rules_are_read_as_list_and_as_object() {
        assert_eq!(
            read(
                r#"[{"field": "a", "code": "b", "message": "c"}, "too short", {"detail": "d", "name": "n"}, 1]"#
            ),
            [one("a", "b", "c"), one("", OTHER, "too short"), one("n", OTHER, "d")]
        );
        assert_eq!(
            read(r#"{"name": ["too long", "taken"], "password": "weak", "x": null}"#),
            [one("name", OTHER, "too long"), one("name", OTHER, "taken"), one("password", OTHER, "weak")]
        );
        assert_eq!(read(r#""no""#), [one("", OTHER, "no")]);
        assert!(read("null").is_empty() && read("7").is_empty());
    }

    #[test]
    fn all_texts_of_a_message_are_kept() {
        let read = |text: &str| message(&mut serde_json::Deserializer::from_str(text)).unwrap();
        assert_eq!(read(r#""a""#).as_deref(), Some("a"));
        assert_eq!(read(r#"{"en": "a", "more": ["b", 1]}"#).as_deref(), Some("a b"));
        assert_eq!(read("null"), None);
        assert_eq!(read(r#"" ""#), None);
    }
}
