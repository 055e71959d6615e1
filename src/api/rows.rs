//! Pages of accounts in the form in which the platform writes them: every field in its place, and no gap between them.
//! Such a row is taken field by field, several times faster than a reader of JSON finds out what stands where. That
//! reader takes every other row and all that is around the rows, so that nothing but time depends on the form.

use std::str::FromStr;

use memchr::memchr2;
use serde_json::Deserializer;

use super::bounds::{self, LONGEST_STRING, has_long_string, is_full};
use super::shared::Repeated;
use super::{Account, Listed, Page, Shared};
use crate::domain::{AccountId, Ownership};

impl Listed for Account {
    fn key(&self) -> (String, i64) {
        (self.name.to_lowercase(), 0)
    }

    fn read_page(text: &str) -> serde_json::Result<Page<Self>> {
        read(text).map_or_else(|| bounds::read(text), Ok)
    }
}

/// What stands before the rows.
const BEGIN: &str = r#"{"success":true,"data":["#;

/// Reads a page; `None` where the reader of JSON has to do that, which also says what is wrong.
pub(super) fn read(text: &str) -> Option<Page<Account>> {
    let mut rest = Rest { text, is_bounded: false };
    rest.skip(BEGIN)?;
    let mut data = Vec::new();
    while !rest.text.starts_with(']') {
        if is_full(&data) {
            return None;
        }
        if !data.is_empty() {
            rest.skip(",")?;
        }
        data.push(rest.row()?);
    }
    if rest.text.len() > LONGEST_STRING {
        return None;
    }
    // What is around the rows is a page without any, to the reader of JSON.
    let around: Page<Account> = serde_json::from_str(&[BEGIN, rest.text].concat()).ok()?;
    Some(Page { data, ..around })
}

/// Text that is taken from its beginning.
struct Rest<'a> {
    text: &'a str,
    /// Whether it is known that no string is too long for the reader of JSON.
    is_bounded: bool,
}

impl<'a> Rest<'a> {
    /// A row, in whatever form.
    fn row(&mut self) -> Option<Account> {
        let begin = self.text;
        self.account().or_else(|| {
            self.is_bounded = self.is_bounded || !has_long_string(begin);
            if !self.is_bounded {
                return None;
            }
            let mut rows = Deserializer::from_str(begin).into_iter();
            let row = rows.next()?.ok()?;
            self.text = &begin[rows.byte_offset()..];
            Some(row)
        })
    }

    /// A row in the form in which the platform writes it.
    fn account(&mut self) -> Option<Account> {
        let account = Account {
            id: self.field(r#"{"id":"#, Self::number).map(AccountId)?,
            name: self.field(r#","name":"#, Self::string)?.to_owned(),
            description: self.nullable(r#","description":"#, Self::string)?.map(str::to_owned),
            ownership: self.field(r#","ownership":"#, Self::ownership)?,
            owner: self.field(r#","owner":"#, Self::shared)?,
            access: self.nullable(r#","access":"#, Self::shared)?,
            company_count: self.nullable(r#","company_count":"#, Self::number)?,
            created_at: self.field(r#","created_at":"#, Self::parsed)?,
            password_changed_at: self.field(r#","password_changed_at":"#, Self::parsed)?,
            last_used_at: self.nullable(r#","last_used_at":"#, Self::parsed)?,
        };
        self.skip("}")?;
        Some(account)
    }

    /// Takes `text`; `None` where something else stands there.
    fn skip(&mut self, text: &str) -> Option<()> {
        self.text = self.text.strip_prefix(text)?;
        Some(())
    }

    /// What `take` takes behind `key`.
    fn field<T>(&mut self, key: &str, take: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.skip(key)?;
        take(self)
    }

    /// Null, or what `take` takes, behind `key`.
    #[expect(clippy::option_option, reason = "it is something else, or null, or there")]
    fn nullable<T>(&mut self, key: &str, take: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        self.field(key, |rest| match rest.skip("null") {
            Some(()) => Some(None),
            None => take(rest).map(Some),
        })
    }

    /// A number of digits alone.
    fn number<N: FromStr>(&mut self) -> Option<N> {
        let end = self.text.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.text.split_at(end);
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        self.text = rest;
        digits.parse().ok()
    }

    /// A string in which nothing is written otherwise than it is.
    fn string(&mut self) -> Option<&'a str> {
        self.skip("\"")?;
        let (text, rest) = self.text.split_at(memchr2(b'"', b'\\', self.text.as_bytes())?);
        self.text = rest;
        self.skip("\"")?;
        let is_plain = text.len() <= LONGEST_STRING && text.bytes().min().is_none_or(|least| least >= b' ');
        is_plain.then_some(text)
    }

    fn parsed<T: FromStr>(&mut self) -> Option<T> {
        self.string()?.parse().ok()
    }

    fn ownership(&mut self) -> Option<Ownership> {
        let word = self.string()?;
        [Ownership::Owned, Ownership::External].into_iter().find(|ownership| ownership.as_str() == word)
    }

    /// A part that rows repeat.
    fn shared<T: Repeated>(&mut self) -> Option<Shared<T>> {
        let (part, rest) = T::lately().with_borrow_mut(|lately| lately.take(self.text))?;
        self.text = rest;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::{Access, Time, bounds};
    use crate::domain::{Company, CompanyId};
    use crate::text::sanitize::tests::any_text;

    /// Whether a row is in the form of the platform.
    fn is_taken(row: &str) -> bool {
        let mut rest = Rest { text: row, is_bounded: true };
        rest.account().is_some() && rest.text.is_empty()
    }

    fn account(number: i64, text: &str) -> Account {
        let company = |id| Company { id: CompanyId(id), name: format!("Acme {id}") };
        let is_owned = number % 3 > 0;
        let permissions = (0..number % 5).map(|at| format!("devices:view{at}")).collect();
        let access = Access { company: company(1), role: Some(text.to_owned()), permissions };
        let time: Time = "2026-11-22T11:59:59Z".parse().unwrap();
        Account {
            id: AccountId(number),
            name: format!("account-{number}"),
            description: (number % 2 > 0).then(|| text.to_owned()),
            ownership: if is_owned { Ownership::Owned } else { Ownership::External },
            owner: company(number % 12).into(),
            access: (number % 4 > 0).then(|| access.into()),
            company_count: is_owned.then_some(number.unsigned_abs()),
            created_at: time,
            password_changed_at: time,
            last_used_at: is_owned.then_some(time),
        }
    }

    fn page(data: Vec<Account>, next: Option<String>) -> Page<Account> {
        let company = Some(Company { id: CompanyId(1), name: "Acme 1".to_owned() });
        Page { success: true, total: Some(data.len() as u64), data, next, company }
    }

    /// What both readers say of a text, as JSON.
    fn both(text: &str) -> (Option<String>, Option<String>) {
        let json = |page: Page<Account>| serde_json::to_string(&page).unwrap();
        (read(text).map(json), bounds::read(text).ok().map(json))
    }

    /// This is what makes lists fast: a field that is new has its place here too.
    #[test]
    fn the_platform_writes_what_is_taken() {
        for number in [0, 1, 2, 3, 4, 5, i64::MAX] {
            let row = serde_json::to_string(&account(number, "what it is for, é")).unwrap();
            assert!(is_taken(&row), "{row}");
        }
        for next in [None, Some("cursor".to_owned())] {
            let pages =
                [page(Vec::new(), next.clone()), page((0..30).map(|at| account(at, "x")).collect(), next)];
            for text in pages.map(|page| serde_json::to_string(&page).unwrap()) {
                assert_eq!(both(&text), (Some(text.clone()), Some(text)));
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_the_reader_of_json() {
        let row = |from: &str, to: &str| {
            let row = serde_json::to_string(&account(5, "x")).unwrap();
            assert!(row.contains(from), "{row}");
            row.replacen(from, to, 1)
        };
        let same = [
            row(r#""id":5"#, r#""id": 5"#),
            row(r#""name":"account-5""#, r#""name":"account\u002d5""#),
            row(r#"{"id":5,"#, r#"{"new":[{}],"id":5,"#),
            row(r#"{"id":5,"name":"account-5","#, r#"{"name":"account-5","id":5,"#),
            row("11:59:59Z", "11:59:59+00:00"),
            row(r#""company_count":5"#, r#""company_count":18446744073709551615"#),
        ];
        let wrong = [
            row(r#""id":5"#, r#""id":05"#),
            row(r#""id":5"#, r#""id":5.0"#),
            row(r#""id":5"#, r#""id":1e3"#),
            row(r#""id":5"#, r#""id":-"#),
            row(r#""company_count":5"#, r#""company_count":18446744073709551616"#),
            row("}", r#","name":"account-5"}"#),
            row("x", &"x".repeat(LONGEST_STRING + 1)),
            row(r#""id":5"#, r#""id":9223372036854775808"#),
            row(r#""description":"x""#, "\"description\":\"\u{1}\""),
            row(r#""ownership":"owned""#, r#""ownership":"Owned""#),
            row(r#""owner":{"id":5,"#, r#""owner":{"#),
            row("11:59:59Z", "25:59:59Z"),
            row("2026-11-22", "2026-11-31"),
            row("}", ""),
        ];
        let page = |rows: &[&str]| format!(r#"{BEGIN}{}],"next":null,"total":3}}"#, rows.join(","));
        let plain = row("5", "5");
        for row in &same {
            let (ours, known) = both(&page(&[&plain, row, &plain]));
            assert!(ours.is_some() && ours == known, "{row}");
        }
        for row in &wrong {
            assert_eq!(both(&page(&[&plain, row, &plain])), (None, None), "{row}");
        }
        let plain = page(&[&plain]);
        for (from, to) in [
            ("],", ",],"),
            ("],", ""),
            ("[{", "[,{"),
            ("[{", "{"),
            ("],", r#"],"data":[],"#),
            ("],", r#"],"success":true,"#),
            ("3}", "3}}"),
            ("null", "nul"),
        ] {
            assert_eq!(both(&plain.replacen(from, to, 1)), (None, None), "{from} {to}");
        }
    }

    proptest! {
        /// Whatever is said, and wherever a text is spoiled, both readers say the same where both say something.
        #[test]
        fn a_row_is_what_the_reader_of_json_says(
            numbers in prop::collection::vec(0..40_i64, 0..12),
            said in any_text(),
            spoiled in prop::option::of((any::<prop::sample::Index>(), "[ -~]")),
        ) {
            let rows = numbers.into_iter().map(|number| account(number, &said)).collect();
            let mut text = serde_json::to_string(&page(rows, None)).unwrap();
            if let Some((at, other)) = &spoiled {
                let at = at.index(text.len());
                if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                    text.replace_range(at..=at, other);
                }
            }
            let (ours, known) = both(&text);
            prop_assert!(ours.is_none() || ours == known, "{ours:?} {known:?}");
            prop_assert!(ours.is_some() || spoiled.is_some(), "{text}");
        }
    }
}
