//! A new password, and whoever is logged in elsewhere stays so.

use super::event::{before, flag, key_is, note, place, value, word_is};
use crate::facts::{Event, EventKind, Fact, FactKind, Labels};
use crate::finding::Confidence;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    if !word_is(fact, "purpose", "password-change") || ends_others(fact) {
        return Vec::new();
    }
    let Some(change) = change(fact) else { return Vec::new() };
    // Sessions that hold a hash of the password end with it.
    let Some(login) = login_by_id(context) else { return Vec::new() };
    let mut draft = Draft::new(place(change), "the password is changed here");
    if place(change) != change.span {
        draft.evidence.push(note(change, "the new password is made here"));
    }
    draft.evidence.push(note(login, "sessions know their user by this, whatever the password is"));
    draft.confidence = Confidence::Medium;
    vec![draft]
}

/// A hash of a password that is stored afterwards.
fn change(fact: &Fact) -> Option<&Event> {
    if let Some(event) =
        fact.events.iter().find(|it| it.kind == EventKind::ChangePassword && flag(it, "keeps-sessions"))
    {
        return Some(event);
    }
    let stored = fact.events.iter().rposition(|it| it.kind == EventKind::ChangeState)?;
    before(fact, stored).find(|it| it.kind == EventKind::HashPassword)
}

fn ends_others(fact: &Fact) -> bool {
    // A session that is opened by its id is not the one of the request. Code that is not seen may do it.
    let opened = fact.events.iter().any(|it| it.kind == EventKind::OpenSession);
    fact.events.iter().any(|it| match it.kind {
        EventKind::DestroyOthers | EventKind::HandOver => true,
        EventKind::DeleteRecord => opened,
        _ => false,
    })
}

/// Where sessions learn who is logged in and nothing of the password: by the project's own hand or by a framework that
/// keeps an id.
fn login_by_id<'f>(context: &Context<'f>) -> Option<&'f Event> {
    let writes = |it: &Event| {
        it.kind == EventKind::WritePayload
            && key_is(it, "identity")
            && value(it).is_some_and(|it| !it.labels.has(Labels::SEALED))
    };
    let logs_in = |it: &Event| it.kind == EventKind::Login && flag(it, "by-id");
    let handlers = context.facts.iter().filter(|it| it.kind == FactKind::Handler && !it.test);
    handlers
        .flat_map(|it| it.events.iter().map(|event| (word_is(it, "purpose", "login"), event)))
        .find(|(login, event)| logs_in(event) || *login && writes(event))
        .map(|(_, event)| event)
}
