//! One broken rule of an input: which field, which rule, and what to do about it.
//!
//! Responsible for its code, field and message. Refuses to check a rule: the types of the input do.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One broken rule of an input: an entry in `errors[]` of a refusal with `invalid_input`.
///
/// `code` is the stable name that scripts match on; `message` is for people and may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// The input that broke the rule, for example `password` or `access[1].role`.
    pub field: Cow<'static, str>,
    /// The rule, for example `password_policy`.
    pub code: Cow<'static, str>,
    /// What is wrong and what would be right.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A violation of the rule `code` by `field`.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field: field.into(), code: Cow::Borrowed(code), message: message.into() }
    }

    /// The same violation of another field.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = field.into();
        self
    }
}
