//! Keys that are too weak for what they protect.

use crate::facts::{Fact, Scalar, Value};
use crate::rule::evidence::{label, notes, place, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// Different characters that a random key of usual length always has.
const FEWEST_CHARACTERS: i64 = 5;

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    let Some((case, attribute)) = weakness(fact) else { return Vec::new() };
    let schemas: Vec<_> = [attribute, "source"].into_iter().filter_map(|it| schema_of(fact, it)).collect();
    let span = place(fact, &schemas).map_or(fact.span, |(span, ..)| span);
    let text = match (schemas.first(), fact.attribute(attribute)) {
        (Some(schema), Some(attribute)) if case == "short" => label(schema, attribute),
        _ => "the key is made here".into(),
    };
    let mut draft = Draft::new(span, text);
    draft.evidence = notes(fact, &schemas, span);
    draft.case = Some(case);
    vec![draft]
}

/// The case of the page, and the attribute that shows it.
fn weakness(fact: &Fact) -> Option<(&'static str, &'static str)> {
    if let Some(Value::Known(Scalar::Text(source))) = fact.attribute("source").map(|it| &it.value) {
        match source.as_str() {
            "generated" => return Some(("generated", "source")),
            "empty" => return Some(("empty", "source")),
            "derived" => return Some(("derived", "source")),
            "request" => return Some(("request", "source")),
            _ => {}
        }
    }
    if number(fact, "length").zip(number(fact, "minimum")).is_some_and(|(length, minimum)| length < minimum) {
        return Some(("short", "length"));
    }
    if fact.attribute("insecure_prefix").is_some_and(|it| it.value == Value::Known(Scalar::Bool(true))) {
        return Some(("insecure-prefix", "insecure_prefix"));
    }
    number(fact, "entropy").filter(|it| *it < FEWEST_CHARACTERS).map(|_| ("low-entropy", "entropy"))
}

fn number(fact: &Fact, attribute: &str) -> Option<i64> {
    match fact.attribute(attribute)?.value {
        Value::Known(Scalar::Int(number)) => Some(number),
        _ => None,
    }
}
