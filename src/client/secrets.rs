//! The secrets that a request carries, found by the names of the fields that hold them.
//!
//! Responsible for finding them, so that they can be masked. Refuses to change the request.

use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::api::Written;

/// Parts of names of fields that hold secrets.
const SECRETS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "credential",
    "token",
    "otp",
    "private_key",
    "api_key",
    "apikey",
];

/// Whether a field of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|word| name.contains(word))
}

/// The secrets in a body: a JSON document or, failing that, a form.
pub(super) fn within(body: &[u8]) -> Vec<Zeroizing<String>> {
    let mut found = Vec::new();
    if let Ok(document) = Written::parse(body) {
        collect(document, false, &mut found);
    } else {
        let fields = form_urlencoded::parse(body);
        let secret = fields.filter(|(name, _)| is_secret(name) && name != "token_type_hint");
        found.extend(secret.map(|(_, value)| Zeroizing::new(value.into_owned())));
    }
    found
}

/// Collects every text of `value` that is a secret, or is inside one.
fn collect(value: Written, within_secret: bool, found: &mut Vec<Zeroizing<String>>) {
    match value {
        Written::Object(fields) => {
            for (name, value) in fields {
                collect(value, within_secret || is_secret(&name), found);
            }
        }
        Written::List(values) => values.into_iter().for_each(|value| collect(value, within_secret, found)),
        Written::Text(text) if within_secret => found.push(Zeroizing::new(text)),
        Written::Plain(_) | Written::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_documents_and_in_forms() {
        let found =
            |body: &str| within(body.as_bytes()).iter().map(|one| one.to_string()).collect::<Vec<_>>();
        assert_eq!(found(r#"{"name": "a", "password": "b", "x": [{"apiToken": ["c"]}]}"#), ["b", "c"]);
        assert_eq!(found("grant_type=password&username=a&password=b%26+c&otp=123456"), ["b& c", "123456"]);
        assert_eq!(found("token=t&token_type_hint=access_token"), ["t"]);
        assert!(found("").is_empty());
    }
}
