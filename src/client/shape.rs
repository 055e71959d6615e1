//! Members under the names that another gateway gives them.
//!
//! Responsible for renaming them in requests and answers; values stay the text that came, so that a long answer takes
//! no more memory than its bytes. Refuses an object of very many members.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::reply::LIMIT;
use crate::api::bounds::Rows;
use crate::api::routes::{Place, Route};

/// Most members of an object that is renamed.
const MOST_MEMBERS: usize = 1_000;

/// Gives members their names at the gateway.
pub(super) fn rename(members: &mut Map<String, Value>, names: &BTreeMap<String, String>) {
    for (ours, theirs) in names {
        if let Some(value) = members.shift_remove(ours) {
            members.insert(theirs.clone(), value);
        }
    }
}

/// The document of an answer with our names in `data`, one thing or a list of them. What is no such document, or
/// becomes longer than an answer may be, stays as it is.
pub(super) fn answer(body: &[u8], route: &Route, place: &Place) -> Option<Vec<u8>> {
    let mut document: Members<'_> = serde_json::from_slice(body).ok()?;
    let data = document.remove("data")?;
    let mut text = String::with_capacity(body.len());
    text.push('{');
    document.write_members(&mut text);
    text.push_str(if document.0.is_empty() { "\"data\":" } else { ",\"data\":" });
    if data.starts_with('{') {
        write_row(data, route, place, &mut text)?;
    } else {
        let Rows(rows): Rows<&RawValue> = serde_json::from_str(data).ok()?;
        text.push('[');
        for (number, row) in rows.into_iter().map(RawValue::get).enumerate() {
            if number > 0 {
                text.push(',');
            }
            if row.starts_with('{') {
                write_row(row, route, place, &mut text)?;
            } else {
                text.push_str(row);
            }
        }
        text.push(']');
    }
    text.push('}');
    Some(text.into_bytes())
}

/// Writes one thing with our names; `None` if it has too many members, or if the text becomes too long.
fn write_row(row: &str, route: &Route, place: &Place, text: &mut String) -> Option<()> {
    let theirs: Members<'_> = serde_json::from_str(row).ok()?;
    let mut ours = theirs.clone();
    for (name, path) in &route.response {
        if let Some(value) = at(&theirs, path) {
            ours.set(name, value);
        }
    }
    // Whether the company owns the account, where the gateway says only which one does.
    if let Some(company) = place.company.filter(|_| ours.get("ownership").is_none())
        && let Some(owner) = at(&ours, "owner.id").and_then(|id| id.parse::<i64>().ok())
    {
        ours.set("ownership", if owner == company.0 { "\"owned\"" } else { "\"external\"" });
    }
    text.push('{');
    ours.write_members(text);
    text.push('}');
    (text.len() <= LIMIT).then_some(())
}

/// The value at a path of names with dots.
fn at<'a>(members: &Members<'a>, path: &str) -> Option<&'a str> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = members.get(name)?;
    if rest.is_empty() {
        return Some(value);
    }
    at(&serde_json::from_str(value).ok()?, rest)
}

/// An object: the names of its members, each with its value as it is written.
#[derive(Clone)]
struct Members<'a>(Vec<(String, &'a str)>);

impl<'a> Members<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    fn set(&mut self, name: &str, value: &'a str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, present)) => *present = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    fn remove(&mut self, name: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(place).1)
    }

    /// Writes the members without the braces around them.
    fn write_members(&self, text: &mut String) {
        for (number, (name, value)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}{}:{value}", Value::from(name.as_str()));
        }
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an object of at most {MOST_MEMBERS} members")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = entries.next_entry::<String, &RawValue>()? {
                    if members.len() == MOST_MEMBERS {
                        return Err(A::Error::invalid_length(MOST_MEMBERS + 1, &self));
                    }
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::CompanyId;

    fn route() -> Route {
        toml::from_str(
            "method = \"GET\"\npath = \"/x\"\nresponse = { owner = \"company\", name = \"login.name\", description = \"note\" }",
        )
        .unwrap()
    }

    #[test]
    fn members_of_one_thing_and_of_a_list_get_our_names() {
        let place = Place { company: Some(CompanyId(1)), ..Place::default() };
        let row =
            |owner: i64| json!({"id": 7, "login": {"name": "ci"}, "company": {"id": owner, "name": "A"}});
        let read = |document: Value| -> Value {
            let bytes = serde_json::to_vec(&document).unwrap();
            serde_json::from_slice(&answer(&bytes, &route(), &place).unwrap()).unwrap()
        };
        let one = read(json!({"success": true, "data": row(1)}));
        assert_eq!((&one["data"]["name"], &one["data"]["ownership"]), (&json!("ci"), &json!("owned")));
        assert_eq!(one["data"].get("description"), None);
        let list = read(json!({"data": [row(1), row(2), 3]}));
        assert_eq!(list["data"][1]["owner"], json!({"id": 2, "name": "A"}));
        assert_eq!(list["data"][1]["ownership"], "external");
        assert_eq!(read(json!({"data": []})), json!({"data": []}));
        assert_eq!(answer(b"{}", &route(), &place), None);
        assert_eq!(answer(b"<html>", &route(), &place), None);
    }

    #[test]
    fn one_member_of_theirs_may_be_two_of_ours() {
        let mut route = route();
        route.response = BTreeMap::from([("description".to_owned(), "name".to_owned())]);
        let read = answer(br#"{"data": {"name": "ci"}}"#, &route, &Place::default()).unwrap();
        let read: Value = serde_json::from_slice(&read).unwrap();
        assert_eq!(read["data"], json!({"name": "ci", "description": "ci"}));
    }

    #[test]
    fn an_object_of_very_many_members_stays_as_it_is() {
        let many = (0..=MOST_MEMBERS).map(|number| format!("\"{number}\":[]")).collect::<Vec<_>>().join(",");
        let document = |row: &str| format!(r#"{{"data": [{row}]}}"#).into_bytes();
        assert_eq!(answer(&document(&format!("{{{many}}}")), &route(), &Place::default()), None);
        assert!(answer(&document("{}"), &route(), &Place::default()).is_some());
        assert_eq!(answer(&document(&vec!["0"; 10_001].join(",")), &route(), &Place::default()), None);
    }

    #[test]
    fn members_of_a_request_get_their_names() {
        let mut members = json!({"name": "ci", "password": "x"}).as_object().unwrap().clone();
        rename(&mut members, &BTreeMap::from([("name".to_owned(), "login".to_owned())]));
        assert_eq!(Value::Object(members), json!({"login": "ci", "password": "x"}));
    }
}
