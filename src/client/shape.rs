//! Members under the names that another gateway gives them.
//!
//! Responsible for renaming them in requests and answers; values stay the text that came, so that a long answer takes no
//! more memory than its bytes. Refuses an object of very many members.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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

/// The document of an answer with our names in `data`, one thing or a list of them. What is no such document stays as
/// it is.
pub(super) fn answer(body: &[u8], route: &Route, place: &Place) -> Option<Vec<u8>> {
    let mut document: Members<'_> = serde_json::from_slice(body).ok()?;
    let data = document.get("data")?;
    let data = if data.starts_with('{') {
        row(data, route, place)?
    } else {
        let Rows(rows): Rows<&RawValue> = serde_json::from_str(data).ok()?;
        let rows = rows.into_iter().map(|one| match one.get() {
            object if object.starts_with('{') => row(object, route, place),
            other => Some(other.to_owned()),
        });
        format!("[{}]", rows.collect::<Option<Vec<_>>>()?.join(","))
    };
    document.set("data", &data);
    Some(document.written().into_bytes())
}

/// One thing with our names; `None` where it has too many members.
fn row(text: &str, route: &Route, place: &Place) -> Option<String> {
    let theirs: Members<'_> = serde_json::from_str(text).ok()?;
    let mut ours: Members<'_> = serde_json::from_str(text).ok()?;
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
    Some(ours.written())
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

    fn written(&self) -> String {
        let members = self.0.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
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
        assert_eq!(answer(b"{}", &route(), &place), None);
        assert_eq!(answer(b"<html>", &route(), &place), None);
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
