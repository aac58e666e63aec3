//! The client chooses under which key the session keeps something.

use super::event::{is_raw_text, note, place, value};
use crate::facts::{Event, EventKind, Fact, Labels, Operand};
use crate::finding::Confidence;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(rule: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    let writes = fact.events.iter().filter(|it| it.kind == EventKind::WritePayload);
    writes.filter_map(|it| draft(rule, it)).collect()
}

fn draft(rule: &Rule, event: &Event) -> Option<Draft> {
    let (operand, what) = match event.operands.get("key") {
        Some(key) if chosen(rule, key) => (key, "the client chooses the key here"),
        Some(_) => return None,
        None => (value(event).filter(|it| poured(rule, it))?, "whatever the client sends is poured in here"),
    };
    let mut draft = Draft::new(place(event), what);
    if place(event) != event.span {
        draft.evidence.push(note(event, what));
    }
    if operand.span != event.span {
        draft.evidence.push(crate::facts::Note { span: operand.span, text: "data of the request".into() });
    }
    draft.case = (!event.operands.contains_key("key")).then_some("poured");
    draft.confidence = Confidence::Medium;
    Some(draft)
}

/// The whole key is text of the request; a fixed part keeps it away from other keys.
fn chosen(rule: &Rule, key: &Operand) -> bool {
    key.labels.has(Labels::REQUEST) && is_raw_text(key) && !key.is_partly_fixed() && !is_fixed(rule, key)
}

fn poured(rule: &Rule, value: &Operand) -> bool {
    value.labels.has(Labels::REQUEST.with(Labels::COLLECTION)) && is_raw_text(value) && !is_fixed(rule, value)
}

/// Data whose names the application fixed: the fields of a checked form.
fn is_fixed(rule: &Rule, operand: &Operand) -> bool {
    operand.names.iter().any(|it| rule.words("fixed").contains(it))
}
