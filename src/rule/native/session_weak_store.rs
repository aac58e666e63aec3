//! Session records that get lost, cannot be ended, or can be read.

use super::event::{is_on, note, of_stack, readable_by_client, value, word_is};
use super::session_sensitive_data;
use crate::facts::{EventKind, Fact, FactKind, Labels, Note};
use crate::rule::evidence::{label, notes, place, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// What a server cannot do to a session that the client holds.
const NEEDS_SERVER: &[EventKind] = &[EventKind::Logout, EventKind::Destroy, EventKind::DestroyOthers];

pub(super) fn check(rule: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    let because = if word_is(fact, "store", "cookie") {
        let handlers = of_stack(fact, FactKind::Handler, context);
        let declared = is_on(fact, "needs_server_logout") || is_on(fact, "holds_sensitive");
        let seen = secret(rule, &handlers, context).or_else(|| server_logout(&handlers));
        if !declared && seen.is_none() {
            return Vec::new();
        }
        seen
    } else {
        None
    };
    let schemas: Vec<_> =
        ["store", "store_type", "temp_dir"].iter().filter_map(|it| schema_of(fact, it)).collect();
    let (span, text) = match place(fact, &schemas) {
        Some((span, schema, attribute)) => (span, label(schema, attribute)),
        None => (fact.span, String::new()),
    };
    let mut draft = Draft::new(span, text);
    draft.evidence.extend(because);
    draft.evidence.extend(notes(fact, &schemas, span));
    vec![draft]
}

fn server_logout(handlers: &[&Fact]) -> Option<Note> {
    let event = handlers.iter().flat_map(|it| &it.events).find(|it| NEEDS_SERVER.contains(&it.kind))?;
    Some(note(event, "this is to end the session, and cannot"))
}

fn secret(rule: &Rule, handlers: &[&Fact], context: &Context<'_>) -> Option<Note> {
    let readable = handlers.iter().filter(|it| readable_by_client(it, context));
    let mut writes = readable.flat_map(|it| &it.events).filter(|it| it.kind == EventKind::WritePayload);
    let event = writes.find(|event| {
        value(event).is_some_and(|it| {
            !it.labels.has(Labels::RANDOM)
                && !session_sensitive_data::is_harmless(rule, it)
                && session_sensitive_data::kind(event, it).is_some()
        })
    })?;
    Some(note(event, "sensitive data is stored here"))
}
