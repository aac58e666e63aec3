//! What a plain cookie says of its bearer is believed.

use super::event::{cookie_behind, flag, key_is, note, place, sink_kind, value};
use crate::facts::{Event, EventKind, Fact, Labels, Operand, Value};
use crate::finding::Confidence;
use crate::model::words;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for event in &fact.events {
        if let Some(draft) = draft(fact, event)
            && !drafts.iter().any(|it| it.subject == draft.subject)
        {
            drafts.push(draft);
        }
    }
    drafts
}

fn draft(fact: &Fact, event: &Event) -> Option<Draft> {
    let operand = value(event).or_else(|| event.operands.get("user"))?;
    if !operand.labels.has(Labels::COOKIE) || operand.labels.has(Labels::SEALED) {
        return None;
    }
    let (read, name) = cookie_behind(fact, operand)?;
    if flag(read, "verified") {
        return None;
    }
    let claim = words::claim(name)?;
    let what = decided(event, claim)?;
    let mut draft = Draft::new(place(event), format!("it decides {what} here"));
    draft.evidence.push(note(read, "the cookie is read here"));
    if place(event) != event.span {
        draft.evidence.push(note(event, format!("it decides {what} here")));
    }
    draft.ordered = true;
    draft.confidence = Confidence::Medium;
    draft.values.insert("cookie", name.to_owned());
    draft.values.insert("what", what.to_owned());
    draft.subject = Some(name.into());
    Some(draft)
}

/// What an event lets the cookie decide.
fn decided(event: &Event, claim: &str) -> Option<&'static str> {
    let identity = claim == "identity";
    match event.kind {
        EventKind::Decide if flag(event, "tested") => {
            (claim == "permission").then_some("what the client may do")
        }
        // Compared with something written in the code: a role, an answer, a name.
        EventKind::Decide => {
            let constant = event.operands.get("other").is_some_and(is_constant);
            (constant && claim == "permission").then_some("what the client may do")
        }
        EventKind::Sink if sink_kind(event) == Some("look-up") && identity => Some("whose data is found"),
        EventKind::Login if identity => Some("who is logged in"),
        EventKind::WritePayload if identity && key_is(event, "identity") => Some("who is logged in"),
        _ => None,
    }
}

fn is_constant(operand: &Operand) -> bool {
    matches!(operand.value, Value::Known(_))
}
