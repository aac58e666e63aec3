//! A handler without CSRF protection that acts for whoever the session says.

use super::event::{flag, is_on, note};
use crate::facts::{Event, EventKind, Fact};
use crate::rule::evidence::{label, notes, place as written_place, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

const BY_SESSION: &[EventKind] = &[
    EventKind::ReadIdentity,
    EventKind::ReadPayload,
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
    if is_on(fact, "checks_off") {
        draft.case = Some("check-off");
        return vec![draft];
    }
    let by_password = fact.events.iter().any(asks_password);
    let login = fact.events.iter().any(|it| it.kind == EventKind::Login);
    // The answer of another service, such as a single sign-on, says who is logged in, and comes from another site.
    if login && !by_password {
        draft.case = Some("no-session-seen");
        return vec![draft];
    }
    let decides = |it: &&Event| match it.kind {
        // A session that gets something and decides nothing matters when it is a login.
        EventKind::WritePayload => by_password,
        kind => BY_SESSION.contains(&kind),
    };
    match fact.events.iter().find(decides) {
        Some(event) => draft.evidence.push(note(event, "the session decides here")),
        None => draft.case = Some("no-session-seen"),
    }
    vec![draft]
}

fn asks_password(event: &Event) -> bool {
    let secret =
        event.operands.contains_key("secret") || flag(event, "password") || flag(event, "comparison");
    event.kind == EventKind::CheckCredentials && secret
}
