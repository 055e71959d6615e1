//! An expression in which jq 1.7 and the library would differ, in words in which they do not.
//!
//! Responsible for what is syntax and no function: updates, division, indices, and text with values in it. Refuses to
//! know what the functions do that it calls: `dialect.jq` does.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::ops::Math;
use jaq_core::path::{Part, Path};

/// The value of the right side of an update.
const VALUE: &str = "$_value";

type Tree<'s> = Term<&'s str>;

/// The expression with the meaning of jq 1.7.
pub(super) fn rewritten(term: Tree<'_>) -> Tree<'_> {
    match term {
        Term::Str(format, parts) => text(format, parts),
        Term::Arr(items) => Term::Arr(items.map(boxed)),
        Term::Obj(entries) => {
            let entries = entries.into_iter();
            Term::Obj(entries.map(|(key, value)| (rewritten(key), value.map(rewritten))).collect())
        }
        Term::Neg(inner) => Term::Neg(boxed(inner)),
        Term::BinOp(left, operator, right) => operation(rewritten(*left), operator, rewritten(*right)),
        Term::Label(name, inner) => Term::Label(name, boxed(inner)),
        Term::Fold(name, source, pattern, parts) => {
            Term::Fold(name, boxed(source), in_pattern(pattern), all(parts))
        }
        Term::TryCatch(inner, otherwise) => Term::TryCatch(boxed(inner), otherwise.map(boxed)),
        Term::IfThenElse(cases, otherwise) => {
            let case = |(condition, then)| (rewritten(condition), rewritten(then));
            Term::IfThenElse(cases.into_iter().map(case).collect(), otherwise.map(boxed))
        }
        Term::Def(definitions, inner) => {
            let definition = |one: Def<_, _>| Def { body: rewritten(one.body), ..one };
            Term::Def(definitions.into_iter().map(definition).collect(), boxed(inner))
        }
        Term::Call(name, arguments) => Term::Call(name, all(arguments)),
        Term::Path(inner, Path(parts)) => {
            let parts = parts.into_iter().map(|(part, optional)| (index(part), optional));
            Term::Path(boxed(inner), Path(parts.collect()))
        }
        other => other,
    }
}

fn boxed(mut term: Box<Tree<'_>>) -> Box<Tree<'_>> {
    *term = rewritten(std::mem::take(&mut *term));
    term
}

fn all(terms: Vec<Tree<'_>>) -> Vec<Tree<'_>> {
    terms.into_iter().map(rewritten).collect()
}

fn call<'s>(name: &'s str, arguments: Vec<Tree<'s>>) -> Tree<'s> {
    Term::Call(name, arguments)
}

fn piped<'s>(term: Tree<'s>, into: &'s str) -> Tree<'s> {
    Term::BinOp(Box::new(term), BinaryOp::Pipe(None), Box::new(call(into, Vec::new())))
}

/// Values in a text are written as `tostring` writes them.
fn text<'s>(format: Option<&'s str>, parts: Vec<StrPart<&'s str, Tree<'s>>>) -> Tree<'s> {
    let has_values = parts.iter().any(|part| matches!(part, StrPart::Term(_)));
    let part = |part| match part {
        StrPart::Term(term) => StrPart::Term(rewritten(term)),
        other => other,
    };
    let format = format.or(has_values.then_some("@text"));
    Term::Str(format, parts.into_iter().map(part).collect())
}

fn operation<'s>(left: Tree<'s>, operator: BinaryOp<&'s str>, right: Tree<'s>) -> Tree<'s> {
    let value = || Term::Var(VALUE);
    let updated = |left, change| {
        let update = call("_modify", vec![left, change]);
        let pattern = BinaryOp::Pipe(Some(Pattern::Var(VALUE)));
        Term::BinOp(Box::new(right.clone()), pattern, Box::new(update))
    };
    match operator {
        BinaryOp::Math(Math::Div) => {
            let divided =
                Term::BinOp(Box::new(left), BinaryOp::Math(Math::Div), Box::new(piped(right, "_divisor")));
            piped(divided, "_number")
        }
        BinaryOp::Assign => updated(left, value()),
        BinaryOp::Update => call("_modify", vec![left, right]),
        BinaryOp::UpdateMath(operator) => {
            updated(left, operation(Term::Id, BinaryOp::Math(operator), value()))
        }
        BinaryOp::UpdateAlt => {
            updated(left, Term::BinOp(Box::new(Term::Id), BinaryOp::Alt, Box::new(value())))
        }
        BinaryOp::Pipe(pattern) => {
            Term::BinOp(Box::new(left), BinaryOp::Pipe(pattern.map(in_pattern)), Box::new(right))
        }
        other => Term::BinOp(Box::new(left), other, Box::new(right)),
    }
}

fn in_pattern(pattern: Pattern<&str>) -> Pattern<&str> {
    match pattern {
        Pattern::Arr(items) => Pattern::Arr(items.into_iter().map(in_pattern).collect()),
        Pattern::Obj(entries) => {
            let entry = |(key, value)| (rewritten(key), in_pattern(value));
            Pattern::Obj(entries.into_iter().map(entry).collect())
        }
        variable @ Pattern::Var(_) => variable,
    }
}

/// An index may have a fraction, which does not count.
fn index(part: Part<Tree<'_>>) -> Part<Tree<'_>> {
    match part {
        Part::Index(term @ Term::Str(None, _)) => Part::Index(rewritten(term)),
        Part::Index(term) => Part::Index(piped(rewritten(term), "_floor")),
        Part::Range(from, to) => Part::Range(
            from.map(|term| piped(rewritten(term), "_floor")),
            to.map(|term| piped(rewritten(term), "_ceil")),
        ),
    }
}
