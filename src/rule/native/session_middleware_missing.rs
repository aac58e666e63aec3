//! Sessions are used in an application that does not provide them.

use super::event::{is_on, note, of_stack};
use crate::facts::{EventKind, Fact, FactKind, Note};
use crate::rule::evidence::{notes, place, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// What fails or is lost without a session.
const NEEDS_SESSION: &[EventKind] = &[
    EventKind::WritePayload,
    EventKind::ReadPayload,
    EventKind::RemovePayload,
    EventKind::ClearPayload,
    EventKind::MutateNested,
    EventKind::RotateId,
    EventKind::Destroy,
    EventKind::SetExpiry,
    EventKind::Login,
    EventKind::Logout,
];

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    let declared = is_on(fact, "uses_sessions");
    let seen = use_of_session(fact, context);
    if !declared && seen.is_none() {
        return Vec::new();
    }
    let schemas: Vec<_> = schema_of(fact, "middleware").into_iter().collect();
    let span = place(fact, &schemas).map_or(fact.span, |(span, ..)| span);
    let mut draft = Draft::new(span, "no session middleware among these");
    draft.evidence.extend(seen);
    draft.evidence.extend(notes(fact, &schemas, span));
    vec![draft]
}

/// The first handler of the same framework that touches a session.
fn use_of_session(application: &Fact, context: &Context<'_>) -> Option<Note> {
    let handlers = of_stack(application, FactKind::Handler, context);
    let event = handlers.iter().flat_map(|it| &it.events).find(|it| NEEDS_SESSION.contains(&it.kind))?;
    Some(note(event, "a session is used here"))
}
