//! JSON Schemas (draft 2020-12) of the documents, derived from the views that are printed.
//!
//! Responsible for the schema of one document. Refuses schemas that are written by hand.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The schema of what `T` prints.
pub(super) fn of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::DOCUMENTS;
    use super::*;

    /// Every object of the schema that has properties, with where it stands.
    fn objects<'a>(place: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
        if value["properties"].is_object() {
            found.push((place.to_owned(), value));
        }
        let below: Vec<(String, &Value)> = match value {
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(values) => {
                values.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        for (name, value) in below {
            objects(&format!("{place}/{name}"), value, found);
        }
    }

    #[test]
    fn every_schema_keeps_the_rules_of_its_draft() {
        for document in DOCUMENTS {
            let schema = document.schema();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            jsonschema::draft202012::meta::validate(&schema)
                .unwrap_or_else(|error| panic!("{}: {error}", document.name));
        }
    }

    /// A schema says what each field means and that it is always present: an absent value is null.
    #[test]
    fn every_field_is_described_and_required_but_those_that_are_shown_at_times() {
        let mut at_times = std::collections::BTreeSet::new();
        // People write manifests, and leave out what they do not manage.
        for document in DOCUMENTS.iter().filter(|document| document.name != "manifest") {
            let schema = document.schema();
            let mut found = Vec::new();
            objects(document.name, &schema, &mut found);
            for (place, object) in found {
                let required: Vec<&str> = object["required"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|name| name.as_str().unwrap())
                    .collect();
                for (name, field) in object["properties"].as_object().unwrap() {
                    assert!(field["description"].is_string(), "{place}: say what {name} is");
                    if !required.contains(&name.as_str()) {
                        at_times.insert(name.clone());
                    }
                }
            }
        }
        assert_eq!(
            at_times.into_iter().collect::<Vec<_>>(),
            ["errors", "hint", "password", "request_id", "status"]
        );
    }

    /// An editor that knows the schema refuses what sactl refuses.
    #[test]
    fn schema_of_the_manifest_refuses_what_the_program_refuses() {
        let document = DOCUMENTS.iter().find(|document| document.name == "manifest").unwrap();
        let validator = jsonschema::validator_for(&document.schema()).unwrap();
        let is_good = |version: u32, entry: Value| {
            let manifest = json!({"version": version, "accounts": {"bot": {"owner": 1, "access": [entry]}}});
            validator.is_valid(&manifest)
        };
        let viewer = json!({"company": 1, "role": "viewer"});
        assert!(is_good(1, viewer.clone()) && !is_good(2, viewer));
        for (entry, wanted) in [
            (json!({"companies": "all", "permissions": ["devices:view"]}), true),
            (json!({"company": 1, "role": null, "permissions": ["devices:view"]}), true),
            (json!({"company": 1}), false),
            (json!({"company": 1, "role": null}), false),
            (json!({"company": 1, "role": "viewer", "permissions": ["devices:view"]}), false),
            (json!({"role": "viewer"}), false),
            (json!({"company": 1, "companies": "all", "role": "viewer"}), false),
        ] {
            assert_eq!(is_good(1, entry.clone()), wanted, "{entry}");
        }
    }
}
