//! Members under the names that another gateway gives them.
//!
//! Responsible for renaming them in requests and answers. Refuses to know which gateway that is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::api::routes::{Place, Route};

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
    let mut document: Value = serde_json::from_slice(body).ok()?;
    match document.get_mut("data")? {
        Value::Object(row) => read(row, route, place),
        Value::Array(rows) => {
            rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| read(row, route, place));
        }
        _ => return None,
    }
    serde_json::to_vec(&document).ok()
}

fn read(row: &mut Map<String, Value>, route: &Route, place: &Place) {
    for (ours, theirs) in &route.response {
        let found = theirs.split('.').try_fold(None::<&Value>, |at, name| {
            Some(Some(match at {
                None => row.get(name)?,
                Some(value) => value.get(name)?,
            }))
        });
        if let Some(Some(value)) = found {
            let value = value.clone();
            row.insert(ours.clone(), value);
        }
    }
    own(row, place);
}

/// Whether the company owns the account, where the gateway says only which one does.
fn own(row: &mut Map<String, Value>, place: &Place) {
    let Some(company) = place.company.filter(|_| !row.contains_key("ownership")) else { return };
    if let Some(owner) = row.get("owner").and_then(|owner| owner.get("id")).and_then(Value::as_i64) {
        let ownership = if owner == company.0 { "owned" } else { "external" };
        row.insert("ownership".to_owned(), ownership.into());
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
    fn members_of_a_request_get_their_names() {
        let mut members = json!({"name": "ci", "password": "x"}).as_object().unwrap().clone();
        rename(&mut members, &BTreeMap::from([("name".to_owned(), "login".to_owned())]));
        assert_eq!(Value::Object(members), json!({"login": "ci", "password": "x"}));
    }
}
