//! A request that only asks changes something for whoever the session says.

use super::event::{note, place};
use crate::facts::{Attribute, Event, EventKind, Fact, Scalar, Value};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

const BY_SESSION: &[EventKind] = &[EventKind::ReadIdentity, EventKind::ReadPayload, EventKind::Logout];

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    if !fact.attribute("methods").is_some_and(only_reads) {
        return Vec::new();
    }
    let Some(event) = fact.events.iter().find(|it| changes(it)) else { return Vec::new() };
    let Some(who) = fact.events.iter().find(|it| BY_SESSION.contains(&it.kind)) else { return Vec::new() };
    let mut draft = Draft::new(place(event), "this is changed");
    if who.span != event.span {
        draft.evidence.push(note(who, "the session says for whom"));
    }
    if place(event) != event.span {
        draft.evidence.push(note(event, "this is changed"));
    }
    vec![draft]
}

fn changes(event: &Event) -> bool {
    matches!(event.kind, EventKind::ChangeState | EventKind::Logout | EventKind::ChangePassword)
}

fn only_reads(methods: &Attribute) -> bool {
    let Value::Known(Scalar::List(methods)) = &methods.value else { return false };
    let reads = |it: &Value| matches!(it, Value::Known(Scalar::Text(it)) if matches!(it.as_str(), "GET" | "HEAD" | "OPTIONS"));
    !methods.is_empty() && methods.iter().all(reads)
}
