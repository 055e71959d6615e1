//! How jq 1.7 writes values, and numbers above all.
//!
//! Responsible for the text of a result. Refuses to round an integer: one of any length is exact.

use jaq_core::native::{self, Filter, Fun, bome, run};
use jaq_core::{DataT, RunPtr};
use jaq_json::{Num, Val};

/// The largest number, which stands for all that are larger.
const LARGEST: &str = "1.7976931348623157e+308";
/// Digits of an integer that a floating-point number holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The functions of the dialect that the language has no words for.
pub(super) fn functions<D: for<'a> DataT<V<'a> = Val>>() -> impl Iterator<Item = Fun<D>> {
    filters().into_vec().into_iter().map(run)
}

fn filters<D: for<'a> DataT<V<'a> = Val>>() -> Box<[Filter<RunPtr<D>>]> {
    Box::new([
        ("tojson", native::v(0), |cv| bome(Ok(Val::utf8_str(json(&cv.1))))),
        ("_number", native::v(0), |cv| bome(Ok(rounded(cv.1, |number| number)))),
        ("_floor", native::v(0), |cv| bome(Ok(rounded(cv.1, f64::floor)))),
        ("_ceil", native::v(0), |cv| bome(Ok(rounded(cv.1, f64::ceil)))),
    ])
}

/// A number that `round` makes whole, as an integer; any other value as it is.
fn rounded(value: Val, round: fn(f64) -> f64) -> Val {
    let float = match &value {
        Val::Num(Num::Float(float)) => *float,
        Val::Num(Num::Dec(digits)) => digits.parse().unwrap_or(f64::NAN),
        _ => return value,
    };
    let whole = round(float);
    if whole.fract() != 0.0 || whole.abs() > EXACT {
        return value;
    }
    format!("{whole:.0}").parse::<isize>().map_or(value, |whole| Val::Num(Num::Int(whole)))
}

/// The value as JSON on one line.
pub(super) fn json(value: &Val) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Val, text: &mut String) {
    match value {
        Val::Num(number) => text.push_str(&written(number)),
        Val::Arr(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Val::Obj(entries) => {
            text.push('{');
            for (place, (key, item)) in entries.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(key, text);
                text.push(':');
                write(item, text);
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
}

fn written(number: &Num) -> String {
    match number {
        Num::Int(_) | Num::BigInt(_) => number.to_string(),
        Num::Float(float) => of_float(*float),
        // A literal keeps its digits.
        Num::Dec(digits) if digits.contains(['e', 'E']) => of_float(digits.parse().unwrap_or(f64::NAN)),
        Num::Dec(digits) => digits.to_string(),
    }
}

/// The shortest digits that mean this number, with an exponent where it is very large or very small.
fn of_float(float: f64) -> String {
    if float.is_nan() {
        return "null".to_owned();
    }
    let sign = if float.is_sign_negative() { "-" } else { "" };
    if float.is_infinite() {
        return format!("{sign}{LARGEST}");
    }
    let scientific = format!("{:e}", float.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = i32::try_from(mantissa.len()).unwrap_or(i32::MAX) - i32::from(mantissa.contains('.'));
    if exponent < -4 || exponent + 1 > digits + 15 {
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{direction}{:02}", exponent.abs());
    }
    format!("{sign}{}", float.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_jq_writes_them() {
        for (float, expected) in [
            (2.0, "2"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000"),
            (1e17, "1e+17"),
            (123_456_789_012_345_680.0, "123456789012345680"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-1.234e-5, "-1.234e-05"),
            (5e-324, "5e-324"),
            (f64::MAX, LARGEST),
            (f64::NEG_INFINITY, "-1.7976931348623157e+308"),
            (f64::NAN, "null"),
            (-0.0, "-0"),
        ] {
            assert_eq!(of_float(float), expected);
        }
    }
}
