//! A change below the first level that nobody marks, so that it is never saved.

use std::collections::BTreeSet;

use super::event::{any_with, flag, is_nothing, is_on, key_name, note, place, sessions, text, value};
use crate::facts::{Event, EventKind, Fact, Value};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// Each of these marks the session as changed, wherever in the request it happens.
const MARKS: &[EventKind] = &[
    EventKind::WritePayload,
    EventKind::MarkModified,
    EventKind::RemovePayload,
    EventKind::ClearPayload,
    EventKind::RotateId,
    EventKind::Destroy,
    EventKind::SetExpiry,
    EventKind::Login,
    EventKind::Logout,
];

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    if sessions(fact, context).iter().any(|it| is_on(it, "always_save")) {
        return Vec::new();
    }
    let lost = |it: &&Event| {
        is_unmarked(it) && !any_with(fact, it, MARKS).any(|mark| marks(mark) && !only_prepares(mark, it))
    };
    let mut keys = BTreeSet::new();
    // One mark mends all changes under a key: the first one stands for them.
    let first = |it: &&Event| key_name(it).is_none_or(|key| keys.insert(key.to_owned()));
    fact.events
        .iter()
        .filter(lost)
        .filter(first)
        .map(|event| {
            let taken = |it: &&Event| {
                it.kind == EventKind::ReadPayload
                    && it.span.file == event.span.file
                    && it.span.start < event.span.start
                    && key_name(it).is_some()
                    && key_name(it) == key_name(event)
            };
            let what = text(event, "key")
                .map_or("a stored value".to_owned(), |key| format!("the value under `{key}`"));
            let mut draft = Draft::new(event.span, format!("{what} is changed here"));
            draft.subject = key_name(event).map(Into::into);
            let empty = value(event).is_some_and(|it| it.value != Value::Unset && is_nothing(it));
            draft.case = match (event.kind, empty) {
                (_, true) => Some("empty"),
                (EventKind::WritePayload, _) => Some("unmarked"),
                _ => None,
            };
            if place(event) != event.span {
                draft
                    .evidence
                    .push(crate::facts::Note { span: place(event), text: "called from here".into() });
            }
            // in the statement itself it is seen anyway
            let reads = any_with(fact, event, &[EventKind::ReadPayload]).filter(taken);
            let earlier = reads.filter(|it| !event.span.contains(it.span)).last();
            draft.evidence.extend(earlier.map(|it| note(it, "taken out of the session here")));
            draft.evidence.extend(
                any_with(fact, event, &[EventKind::WritePayload])
                    .filter(|it| flag(it, "if-absent"))
                    .take(1)
                    .map(|it| note(it, "this stores only when the key is missing")),
            );
            draft
        })
        .collect()
}

fn is_unmarked(event: &Event) -> bool {
    match event.kind {
        EventKind::MutateNested => true,
        EventKind::WritePayload => flag(event, "unmarked"),
        _ => false,
    }
}

fn marks(event: &Event) -> bool {
    !flag(event, "unmarked") && !flag(event, "if-absent")
}

/// A write that makes the value where it is missing (`if "cart" not in session: session["cart"] = {}`): the change that
/// follows is lost whenever it was there.
fn only_prepares(write: &Event, change: &Event) -> bool {
    let conditional = write.path.iter().any(|it| !change.path.contains(it));
    write.kind == EventKind::WritePayload
        && conditional
        && write.span.start < change.span.start
        && key_name(write).is_some()
        && key_name(write) == key_name(change)
}
