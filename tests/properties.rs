//! What must hold for every input, tried with inputs made to a plan: by chance, near to what is right, and
//! right but for one place. The fuzz targets below `tests/fuzz` go on where this ends.

mod checks;

use proptest::prelude::*;

use crate::common::answers;

const CONFIG: &str = r#"current = "acme"

[profiles.acme]
server = "https://gateway.example:8443"
username = "admin@acme.example"
credential_store = "file"
cacert = "/etc/ssl/private.pem"

[profiles.acme.company]
id = 1
name = "Acme MSP"
"#;

const CREDENTIALS: &str = r#"{"version": 1, "slots": [
    {"server": "https://gateway.example", "username": "admin", "token": "canary-1", "expires_at":
     "2026-01-02T03:04:05Z", "password": "canary-2"},
    {"server": "http://127.0.0.1:8080", "username": "robot", "token": "canary-3"}
]}"#;

/// `document` with some places changed: cut out, doubled, overwritten with anything, or cut off.
fn damaged(document: String) -> impl Strategy<Value = Vec<u8>> {
    let bytes = document.into_bytes();
    let place = any::<prop::sample::Index>;
    let change = (0..4u8, place(), place(), prop::collection::vec(any::<u8>(), 0..12));
    prop::collection::vec(change, 0..4).prop_map(move |changes| {
        let mut bytes = bytes.clone();
        for (kind, from, length, other) in changes {
            if bytes.is_empty() {
                break;
            }
            let from = from.index(bytes.len());
            let to = (from + 1 + length.index(16)).min(bytes.len());
            match kind {
                0 => drop(bytes.drain(from..to)),
                1 => {
                    let twice = bytes[from..to].to_vec();
                    drop(bytes.splice(from..from, twice));
                }
                2 => drop(bytes.splice(from..to, other)),
                _ => bytes.truncate(from),
            }
        }
        bytes
    })
}

/// Bytes of any kind, or a damaged document.
fn bytes_like(document: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..200), 4 => damaged(document.to_owned())]
}

/// Texts of any characters, with many that a terminal obeys: `any::<String>()` has hardly one.
fn any_text() -> impl Strategy<Value = String> {
    let hidden = prop::sample::select("\t\n\r\u{1b}\u{7f}\u{9b}\u{2028}\u{202e}".chars().collect::<Vec<_>>());
    let character = prop_oneof![3 => any::<char>(), 5 => prop::char::range(' ', '~'), 1 => hidden];
    prop::collection::vec(character, 0..30).prop_map(String::from_iter)
}

/// A page of two accounts whose texts are anything.
fn page() -> impl Strategy<Value = String> {
    (any_text(), any_text(), any_text(), any::<i64>(), any::<bool>()).prop_map(
        |(name, description, company, id, is_owned)| {
            let mut account = answers::account(&name);
            account["description"] = description.into();
            account["owner"]["name"] = company.clone().into();
            account["id"] = id.into();
            account["ownership"] = if is_owned { "owned" } else { "external" }.into();
            account["access"]["role"] = company.into();
            answers::page(&[account, answers::account("robot")]).to_string()
        },
    )
}

proptest! {
    #[test]
    fn a_configuration_file_is_read_or_refused(bytes in bytes_like(CONFIG)) {
        let folder = tempfile::tempdir().unwrap();
        checks::config_file(folder.path(), &bytes);
    }

    /// P1: the refusal of a broken file repeats nothing of it.
    #[test]
    fn a_credential_file_is_read_or_refused(bytes in bytes_like(CREDENTIALS)) {
        let folder = tempfile::tempdir().unwrap();
        checks::credential_file(folder.path(), &bytes);
    }

    #[test]
    fn any_answer_without_success_is_a_decent_error(
        status in any::<u16>(),
        body in bytes_like(&answers::problem(403, "not_owner", "no").to_string()),
    ) {
        checks::error_body(status, &body);
    }

    #[test]
    fn any_words_of_a_refusal_are_a_decent_error(text in any_text(), id in any_text()) {
        let mut problem = answers::problem(422, "invalid_input", &text);
        problem["request_id"] = id.into();
        problem["errors"] = serde_json::json!([{"field": text, "code": text, "message": text}]);
        checks::error_body(422, problem.to_string().as_bytes());
        let refusal = serde_json::json!({"error": "invalid_grant", "error_description": text});
        checks::error_body(400, refusal.to_string().as_bytes());
    }

    #[test]
    fn a_damaged_list_is_read_or_refused(
        body in bytes_like(&answers::page(&[answers::account("robot")]).to_string()),
    ) {
        checks::account_list(&body);
    }

    /// P5: whatever names and descriptions are made of, in every form.
    #[test]
    fn any_list_is_shown_tame(page in page()) {
        checks::account_list(page.as_bytes());
    }

    #[test]
    fn any_text_is_made_safe(text in any_text()) {
        checks::sanitiser(&text);
    }

    /// The policy as it is told in the documentation, in characters, with every broken rule at once.
    #[test]
    fn the_password_policy_is_what_it_says(text in prop_oneof![
        any_text(),
        "[A-Za-z0-9!é ]{0,16}",
        "[A-Z][0-9]![a-z]{250,256}",
    ]) {
        checks::password_policy(&text);
    }
}

/// The files that the plans above start from are good ones: without this they would only try refusals.
#[test]
fn the_starting_points_are_good() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), CONFIG).unwrap();
    let read = sactl::config::ConfigFile::load(folder.path()).unwrap();
    assert_eq!(read.current.as_deref(), Some("acme"));
    checks::credential_file(folder.path(), CREDENTIALS.as_bytes());
    let store = sactl::config::credentials::FileStore::new(folder.path());
    let slot = sactl::config::credentials::Slot {
        origin: "https://gateway.example".parse().unwrap(),
        username: "admin".to_owned(),
    };
    assert_eq!(store.load(&slot).unwrap().unwrap().token.unwrap().expose(), "canary-1");
}
