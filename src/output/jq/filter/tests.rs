use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::text::sanitize::is_hidden;
use crate::text::sanitize::tests::any_text;

mod manual;

fn write(filter: &JqFilter, document: &Value, out: &mut Vec<u8>) -> io::Result<()> {
    filter.write(&serde_json::to_vec(document).unwrap(), out)
}

fn run(expression: &str, document: &Value) -> Result<String, String> {
    let filter = JqFilter::compile(expression, &[]).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    let outcome = write(&filter, document, &mut out);
    let text = String::from_utf8(out).unwrap();
    outcome.map(|()| text).map_err(|error| JqError::within(&error).unwrap().to_string())
}

/// R21: `--arg` was missing, so that text had to be quoted into the expression.
#[test]
fn arguments_are_strings_that_the_expression_knows() {
    let arguments = [("name", "it's \"x\""), ("other", "2")].map(|(name, text)| (name.into(), text.into()));
    let filter = JqFilter::compile("$name, ($other | type), $__prog_args?", &arguments);
    assert!(filter.is_err());
    let filter = JqFilter::compile("$name, ($other | type)", &arguments).unwrap();
    let mut out = Vec::new();
    write(&filter, &json!(null), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "it's \"x\"\nstring\n");
    let missing = JqFilter::compile("$nam", &arguments).map(drop).unwrap_err().to_string();
    assert!(missing.contains("$nam"), "{missing}");
}

#[test]
fn strings_are_raw_and_the_rest_is_json_on_one_line() {
    let document = json!({"names": ["a", "b"], "count": 2, "none": null, "big": 9_007_199_254_740_993_i64});
    for (expression, expected) in [
        (".names[]", "a\nb\n"),
        (".names", "[\"a\",\"b\"]\n"),
        (".count, .none, .missing", "2\nnull\nnull\n"),
        (".big", "9007199254740993\n"),
        ("{count}", "{\"count\":2}\n"),
        (".names | @tsv", "a\tb\n"),
        (".names | join(\"\\n\")", "a\nb\n"),
        ("[\"a\\tb\\\\\", 1, null, true] | @tsv", "a\\tb\\\\\t1\t\ttrue\n"),
        ("[\"say \\\"hi\\\"\", 1, null] | @csv", "\"say \"\"hi\"\"\",1,\n"),
        ("[] | @csv", "\n"),
        (".names | map(ascii_upcase) | @json", "[\"A\",\"B\"]\n"),
        ("empty", ""),
        (".names[] | select(test(\"^b\"))", "b\n"),
        ("1, halt, 2", "1\n"),
        ("def twice: . + .; .names[0] | twice", "aa\n"),
        (".count / 4", "0.5\n"),
        ("keys_unsorted", "[\"names\",\"count\",\"none\",\"big\"]\n"),
    ] {
        assert_eq!(run(expression, &document).as_deref(), Ok(expected), "{expression}");
    }
}

#[test]
fn what_is_no_expression_is_told_with_its_place() {
    for (expression, expected) in [
        (".a | nonsense", "unknown function nonsense at character 6"),
        ("é | f(1; 2)", "token is expected at character 1, not é | f(1; 2)"),
        (".[0", "closing bracket is expected at character 4, not the end"),
        (".a |", "term is expected at character 5, not the end"),
        ("", "term is expected at character 1, not the end"),
        (". + $x", "unknown variable $x at character 5"),
        ("env", "unknown function env at character 1"),
        ("$ENV", "unknown variable $ENV at character 1"),
        ("input", "unknown function input at character 1"),
        ("f(.; .)", "unknown function f/2 at character 1"),
        ("include \"x\"; .", "the module x cannot be used: modules are not supported"),
        (". ; .", "nothing is expected at character 3, not ;"),
    ] {
        assert_eq!(run(expression, &Value::Null).unwrap_err(), expected, "{expression}");
    }
}

/// An answer may hold a password: what the expression does not ask for is not in its error.
#[test]
fn a_failure_names_types_and_not_values() {
    let document = json!({"password": "Hunter-2!", "count": 1, "list": ["Hunter-2!"]});
    for (expression, expected) in [
        (".count.x", "cannot index 1 with a string"),
        ("[.] | .x", "cannot index an array with a string"),
        (".password[0]", "cannot index a string with 0"),
        (".list.x", "cannot index an array with a string"),
        (".password - 1", "cannot calculate a string - 1"),
        ("error(\"my own words\")", "my own words"),
        ("[[]] | @csv", "a row can only have strings, numbers, booleans and null"),
        ("halt(3)", "it was halted"),
        ("{(1): 2}", "a result is not JSON: it has bytes, or a key that is not a string"),
        ("1 / 0", "cannot divide by zero"),
    ] {
        assert_eq!(run(expression, &document).unwrap_err(), expected, "{expression}");
    }
    for expression in
        [".password | tonumber", ".password | fromjson", ".password | implode", ".list | implode"]
    {
        let error = run(expression, &document).unwrap_err();
        assert!(!error.contains("Hunter"), "{expression}: {error}");
    }
}

#[test]
fn results_before_a_failure_are_written() {
    let mut out = Vec::new();
    let outcome = write(&JqFilter::compile("1, .x", &[]).unwrap(), &json!([]), &mut out);
    assert!(outcome.is_err());
    assert_eq!(out, b"1\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// P5: nothing that a server says commands a terminal, raw or as JSON.
    #[test]
    fn nothing_unsafe_is_left(texts in prop::collection::vec(any_text(), 1..40)) {
        let document = json!(texts);
        let mut out = Vec::new();
        write(&JqFilter::compile(".[], .", &[]).unwrap(), &document, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        prop_assert!(!text.contains(|one: char| !matches!(one, '\n' | '\t') && is_hidden(one)), "{text:?}");
        let json = text.lines().last().unwrap();
        prop_assert!(!json.contains(is_hidden), "{json:?}");
        prop_assert_eq!(serde_json::from_str::<Value>(json).unwrap(), document);
    }

    /// No expression makes the compiler panic.
    #[test]
    fn any_text_is_an_expression_or_an_error(text in "[\\PC]{0,24}|[.|\\[\\](){}\"$@a-c0-9 ,;:?+-]{0,24}") {
        let _ = JqFilter::compile(&text, &[]);
    }
}
