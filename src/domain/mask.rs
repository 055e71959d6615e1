//! Masks the secrets of a call in text that is shown.
//!
//! Responsible for finding a secret as it is, and as JSON, URLs, HTML and base64 encode it. Refuses to change any other
//! text.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

/// The text that replaces a secret.
pub const MASK: &str = "********";

/// Fewer characters are a part of too many words.
const SHORTEST: usize = 4;
/// So many characters of a secret are masked where the text breaks off within it.
const SHORTEST_CUT: usize = 6;
/// Most secrets of one call.
const MOST: usize = 256;

/// The secrets of a call.
#[derive(Clone, Default)]
pub struct Secrets(Vec<SecretString>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secrets]")
    }
}

impl Secrets {
    /// From now on, `secret` is masked. One of fewer than four characters is not.
    pub fn add(&mut self, secret: &str) {
        if secret.chars().count() < SHORTEST || self.knows(secret) || self.0.len() >= MOST {
            return;
        }
        self.0.push(secret.into());
        let spelled = in_base64(secret).filter(|spelled| spelled.len() >= SHORTEST);
        self.0.extend(spelled.map(SecretString::from));
    }

    /// From now on, `secret` is shown: it is what was asked for.
    pub fn remove(&mut self, secret: &str) {
        self.0.retain(|known| known.expose_secret() != secret);
    }

    fn knows(&self, secret: &str) -> bool {
        self.0.iter().any(|known| known.expose_secret() == secret)
    }

    /// The text with every secret masked.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let (mut masked, mut kept, mut at) = (String::new(), 0, 0);
        while let Some(next) = text[at..].chars().next() {
            let rest = &text[at..];
            match self.0.iter().filter_map(|secret| covered(secret.expose_secret(), rest)).max() {
                Some(length) => {
                    masked.push_str(&text[kept..at]);
                    masked.push_str(MASK);
                    at += length;
                    kept = at;
                }
                None => at += next.len_utf8(),
            }
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(&text[kept..]);
        Cow::Owned(masked)
    }
}

/// The base64 of any text that holds `secret`, as far as `secret` alone decides it.
fn in_base64(secret: &str) -> impl Iterator<Item = String> {
    let length = secret.len();
    (0..3usize).flat_map(move |before| {
        let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
        [STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|engine| {
            let text = engine.encode(&bytes);
            let end = text.len() - usize::from(!(before + length).is_multiple_of(3));
            text[(before * 4).div_ceil(3)..end].to_owned()
        })
    })
}

/// How many bytes of the beginning of `text` spell `secret`, or its beginning where the text breaks off.
fn covered(secret: &str, text: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for (matched, wanted) in secret.chars().enumerate() {
        match spelled(wanted, rest) {
            Some(length) => rest = &rest[length..],
            None if matched >= SHORTEST_CUT && (rest.is_empty() || rest.starts_with('…')) => break,
            None => return None,
        }
    }
    Some(text.len() - rest.len())
}

/// How many bytes of the beginning of `text` spell the character `wanted`, in whatever encoding.
fn spelled(wanted: char, text: &str) -> Option<usize> {
    in_json(wanted, text)
        .or_else(|| in_url(wanted, text))
        .or_else(|| in_html(wanted, text))
        .or_else(|| text.starts_with(wanted).then_some(wanted.len_utf8()))
}

/// `\"`, `\/` or `\u0022`, behind any number of backslashes.
fn in_json(wanted: char, text: &str) -> Option<usize> {
    let plain = text.trim_start_matches('\\');
    let skipped = text.len() - plain.len();
    if skipped == 0 {
        return None;
    }
    let mut rest = plain;
    for (at, unit) in wanted.encode_utf16(&mut [0; 2]).iter().enumerate() {
        let behind = if at == 0 { rest } else { rest.trim_start_matches('\\') };
        let digits = behind.strip_prefix('u').and_then(|digits| digits.get(..4));
        if digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) != Some(*unit) {
            let is_escaped = wanted != '\\' && plain.starts_with(wanted);
            return is_escaped.then_some(skipped + wanted.len_utf8());
        }
        rest = &behind[5..];
    }
    Some(text.len() - rest.len())
}

/// `%41`, also `%2541`, or `+` for a space.
fn in_url(wanted: char, text: &str) -> Option<usize> {
    if wanted == ' ' && text.starts_with('+') {
        return Some(1);
    }
    let mut rest = text;
    for byte in wanted.encode_utf8(&mut [0; 4]).bytes() {
        let mut digits = rest.strip_prefix('%')?;
        while byte != b'%' && digits.starts_with("25") {
            digits = &digits[2..];
        }
        let found = u8::from_str_radix(digits.get(..2)?, 16).ok()?;
        if found != byte {
            return None;
        }
        rest = &digits[2..];
    }
    Some(text.len() - rest.len())
}

/// `&quot;`, `&#34;` or `&#x22;`.
fn in_html(wanted: char, text: &str) -> Option<usize> {
    let (entity, _) = text.strip_prefix('&')?.get(..9).or(text.get(1..))?.split_once(';')?;
    let number = |text: &str, radix| u32::from_str_radix(text, radix).ok().and_then(char::from_u32);
    let found = match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match entity.strip_prefix('#')?.strip_prefix(['x', 'X']) {
            Some(digits) => number(digits, 16),
            None => number(&entity[1..], 10),
        },
    };
    (found == Some(wanted)).then_some(entity.len() + 2)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "Pa\"ss/wörd \\&+%1!";

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(SECRET);
        secrets
    }

    #[test]
    fn a_secret_is_masked_however_it_is_spelled() {
        let json = serde_json::to_string(SECRET).unwrap();
        let twice = serde_json::to_string(&json).unwrap();
        let form: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        for spelled in [
            SECRET.to_owned(),
            json.clone(),
            twice,
            json.replace('ö', "\\u00F6").replace('/', "\\/").replace('&', "\\u0026"),
            form.to_lowercase().replacen("pa", "Pa", 1),
            form.replace('+', "%20"),
            form,
            SECRET.replace('&', "&amp;").replace('"', "&#34;").replace('+', "&#x2b;"),
            STANDARD.encode(format!("user:{SECRET}")),
            URL_SAFE_NO_PAD.encode(SECRET),
        ] {
            let masked = secrets().mask(&format!("<{spelled}>")).into_owned();
            assert!(masked.contains(MASK) && masked.len() < MASK.len() + 18, "{spelled} {masked}");
        }
        assert_eq!(secrets().mask(&format!("a {SECRET}{SECRET} b")), format!("a {MASK}{MASK} b"));
    }

    #[test]
    fn a_secret_that_is_cut_off_is_masked() {
        assert_eq!(secrets().mask("no: Pa\"ss/wö"), format!("no: {MASK}"));
        assert_eq!(secrets().mask("no: Pa\"ss/w…: why"), format!("no: {MASK}…: why"));
        assert_eq!(secrets().mask("no: Pa\"ss and more"), "no: Pa\"ss and more");
    }

    #[test]
    fn short_secrets_and_other_text_stay() {
        let mut secrets = secrets();
        secrets.add("a");
        secrets.add("");
        assert_eq!(secrets.mask("a banana"), "a banana");
        secrets.remove(SECRET);
        assert_eq!(secrets.mask(SECRET), SECRET);
    }

    proptest! {
        #[test]
        fn no_secret_survives_in_any_text(secret in "\\PC{4,12}", before in "\\PC{0,9}", after in "\\PC{0,9}") {
            let mut secrets = Secrets::default();
            secrets.add(&secret);
            let masked = secrets.mask(&format!("{before}{secret}{after}")).into_owned();
            prop_assert!(masked.contains(MASK), "{}", masked);
        }
    }
}
