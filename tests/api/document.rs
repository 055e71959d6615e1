//! The OpenAPI document is valid and is the one of this router, and so is the table of routes.

use std::collections::BTreeSet;

use sactl::api::routes::ApiOperation;
use serde_json::Value;

use crate::common::env::Env;
use crate::common::platform::Server;

/// Follows a local reference.
fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Calls `visit` for every object of the document.
fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|value| walk(value, visit));
        }
        Value::Array(array) => array.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

fn document() -> Value {
    serde_json::to_value(sactl::platform::router::document()).unwrap()
}

#[test]
fn it_is_served_and_printed_as_it_is_made() {
    let server = Server::sandbox();
    let env = Env::new();
    assert_eq!(env.sactl("openapi").ok().json(), document());
    assert_eq!(env.sactl("openapi --jq .openapi").ok().stdout, "3.1.0\n");
    let reply = server.anonymous().get("/openapi.json");
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_eq!(reply.json(), document());
}

#[test]
fn it_is_openapi_3_1() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    for member in ["title", "version"] {
        assert!(document["info"][member].as_str().is_some_and(|text| !text.is_empty()), "info.{member}");
    }
    let license = &document["info"]["license"];
    assert!(
        license["name"].is_string() && license.get("url").is_none_or(|_| license.get("identifier").is_none())
    );
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    walk(&document, &mut |object| {
        if let Some(Value::String(reference)) = object.get("$ref") {
            assert!(resolve(&document, reference).is_some(), "{reference}");
        }
    });
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{at}: the id is repeated");
            assert!(operation["summary"].is_string(), "{at}: no summary");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{at}: no success");
            assert!(responses.contains_key("500") && responses.contains_key("503"), "{at}: no failure");
            for (status, response) in responses {
                let text = response["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{at}: {status} is not described");
            }
            assert_eq!(responses.contains_key("401"), operation.get("security").is_some(), "{at}");
        }
    }
}

#[test]
fn every_place_of_a_path_is_a_parameter() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        let places: BTreeSet<_> =
            path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect();
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let mut named = BTreeSet::new();
            for parameter in &parameters {
                assert!(["path", "query", "header"].contains(&parameter["in"].as_str().unwrap()));
                let is_in_path = parameter["in"] == "path";
                assert!(!is_in_path || parameter["required"] == true, "{method} {path}");
                named.extend(parameter["name"].as_str().filter(|_| is_in_path));
            }
            assert_eq!(places, named, "{method} {path}");
        }
    }
}

#[test]
fn what_needs_a_token_says_so() {
    let document = document();
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let is_protected = path.starts_with("/api/") || path.starts_with("/dry-run/api/");
            assert_eq!(operation.get("security").is_some(), is_protected, "{path}");
        }
    }
}

/// The path with its places unnamed: the table names them in its own words.
fn unnamed(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Operations, each with its method and path.
type Operations = BTreeSet<(String, String, String)>;

#[test]
fn the_table_of_routes_is_that_of_the_router() {
    let document = document();
    let mut documented = Operations::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            documented.insert((id, method.to_uppercase(), unnamed(path)));
        }
    }
    let table: toml::Table = toml::from_str(include_str!("../../src/api/routes.toml")).unwrap();
    let text = |route: &toml::Value, name: &str| route[name].as_str().unwrap().to_owned();
    let table: Operations = table
        .iter()
        .map(|(id, route)| (id.clone(), text(route, "method"), unnamed(&text(route, "path"))))
        .collect();
    assert!(table.is_subset(&documented), "{:?}", table.difference(&documented).collect::<Vec<_>>());
    assert_eq!(table.len(), ApiOperation::ALL.len());
}

/// A URL or a header has no null: a parameter is there or it is not.
#[test]
fn no_parameter_is_null() {
    let document = document();
    let mut parameters = 0;
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(!parameter["schema"].to_string().contains("\"null\""), "{parameter}");
                parameters += 1;
            }
        }
    }
    assert!(parameters > 50, "{parameters}");
}
