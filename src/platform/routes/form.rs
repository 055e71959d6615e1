//! Forms (`application/x-www-form-urlencoded`) as OAuth defines them.
//!
//! Responsible for reading each field at most once; an empty field counts as absent. Refuses to repair anything:
//! invalid UTF-8 is an error and is not replaced. The number of fields is limited before anything is decoded, so that
//! the cost of a form is proportional to its length.

use percent_encoding::percent_decode;

/// Most fields of a form or a query: several times as many as any route knows.
pub(crate) const MOST_FIELDS: usize = 32;

/// Whether a form or a query has more than [`MOST_FIELDS`] fields. Decodes nothing.
pub(crate) fn has_too_many_fields(encoded: &[u8]) -> bool {
    encoded.iter().filter(|byte| **byte == b'&').nth(MOST_FIELDS - 1).is_some()
}

/// Why a form cannot be read. Names no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormError {
    /// The form has more fields than any route knows.
    #[error("a form has at most {MOST_FIELDS} fields")]
    TooMany,
    /// A field is repeated.
    #[error("a field is repeated")]
    Repeated,
    /// What is there once it is decoded is no UTF-8.
    #[error("a field is not UTF-8")]
    NotText,
}

/// The fields of a form.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Parses a body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, FormError> {
        if has_too_many_fields(body) {
            return Err(FormError::TooMany);
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for field in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
            let mut halves = field.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(FormError::Repeated);
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// Removes and returns a field; an empty one counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(place).1).filter(|value| !value.is_empty())
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        for (_, value) in &mut self.0 {
            zeroize::Zeroize::zeroize(value);
        }
    }
}

fn decode(bytes: &[u8]) -> Result<String, FormError> {
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&spaced).collect()).map_err(|_| FormError::NotText)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_taken_once() {
        let mut form = Form::parse(b"a=1+2&b=%C3%A9%26&c=&d").unwrap();
        assert_eq!(form.take("a").as_deref(), Some("1 2"));
        assert_eq!(form.take("b").as_deref(), Some("é&"));
        assert_eq!(form.take("c"), None);
        assert_eq!(form.take("d"), None);
        assert_eq!(form.take("a"), None);
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        assert_eq!(Form::parse(b"a=1&b=2&a=1").err(), Some(FormError::Repeated));
        assert_eq!(Form::parse(b"a=1&%61=2").err(), Some(FormError::Repeated));
        assert_eq!(Form::parse(b"a=%ff").err(), Some(FormError::NotText));
    }

    proptest! {
        /// P18: what a client encodes arrives byte for byte.
        #[test]
        fn p18_values_round_trip(value in "\\PC{1,40}|[ -~\t\r\n]{1,40}") {
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("password", &value).finish();
            prop_assert_eq!(Form::parse(body.as_bytes()).unwrap().take("password"), Some(value));
        }
    }
}
