//! A session is opened under an id that did not come in its cookie.

use super::event::{any_with, is_on, note, place, word_is};
use crate::facts::{Event, EventKind, Fact, FactKind, Labels, Scalar, Value};
use crate::finding::Confidence;
use crate::rule::evidence::{notes, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// Whoever ends a session by its id does not use it.
const ENDS: &[EventKind] = &[EventKind::Destroy, EventKind::DeleteRecord, EventKind::DestroyOthers];

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    match fact.kind {
        FactKind::Session => return layer(fact).into_iter().collect(),
        FactKind::Cookie => return planted(fact).into_iter().collect(),
        _ => {}
    }
    let opened = fact.events.iter().filter(|it| it.kind == EventKind::OpenSession);
    opened.filter(|it| any_with(fact, it, ENDS).next().is_none()).filter_map(opened_by_client).collect()
}

fn opened_by_client(event: &Event) -> Option<Draft> {
    let id = event.operands.get("id")?;
    let given = id.labels.has(Labels::REQUEST) && !id.labels.any(Labels::COOKIE.with(Labels::SEALED));
    if !given {
        return None;
    }
    let mut draft = Draft::new(place(event), "the session is opened under it here");
    if place(event) != event.span {
        draft.evidence.push(note(event, "the session is opened under it here"));
    }
    draft.confidence = Confidence::Medium;
    Some(draft)
}

/// The session's cookie is given a value that came in an address or a form.
fn planted(fact: &Fact) -> Option<Draft> {
    let parts = fact.attribute("tainted")?;
    let value = Value::Known(Scalar::Text("value".into()));
    let given = matches!(&parts.value, Value::Known(Scalar::List(all)) if all.contains(&value));
    let is_session = word_is(fact, "role", "session") && !is_on(fact, "removal");
    if !given || !is_session {
        return None;
    }
    let sent = fact.trail.last().map_or(fact.span, |it| it.span);
    let mut draft = Draft::new(sent, "it is sent to whoever follows the link");
    draft.evidence = notes(fact, &[schema_of(fact, "tainted")?], sent);
    draft.confidence = Confidence::Medium;
    draft.case = Some("planted");
    Some(draft)
}

/// A layer that takes over what it never issued.
fn layer(fact: &Fact) -> Option<Draft> {
    let schema = schema_of(fact, "adopts_ids")?;
    if !is_on(fact, "adopts_ids") {
        return None;
    }
    let mut draft = Draft::new(fact.span, "the layer takes over any id");
    draft.evidence = notes(fact, &[schema], fact.span);
    draft.case = Some("layer");
    Some(draft)
}
