//! A handler without CSRF protection that acts for whoever the session says.

use super::event::note;
use crate::facts::{EventKind, Fact};
use crate::rule::evidence::{label, notes, place as written_place, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

const BY_SESSION: &[EventKind] = &[
    EventKind::ReadIdentity,
    EventKind::ReadPayload,
    EventKind::WritePayload,
    EventKind::Login,
    EventKind::Logout,
    EventKind::ChangePassword,
];

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    let Some(schema) = schema_of(fact, "csrf_exempt") else { return Vec::new() };
    let (span, text) = match written_place(fact, &[schema]) {
        Some((span, schema, attribute)) => (span, label(schema, attribute)),
        None => (fact.span, String::new()),
    };
    let mut draft = Draft::new(span, text);
    draft.evidence = notes(fact, &[schema], span);
    match fact.events.iter().find(|it| BY_SESSION.contains(&it.kind)) {
        Some(event) => draft.evidence.push(note(event, "the session decides here")),
        None => draft.case = Some("no-session-seen"),
    }
    vec![draft]
}
