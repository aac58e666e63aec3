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
    // Sessions of the framework's own users end with the password; those that the project fills itself do not.
    let Some(login) = own_login(context) else { return Vec::new() };
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
    fact.events.iter().any(|it| it.kind == EventKind::DestroyOthers)
}

/// Where the project itself writes into a session who is logged in.
fn own_login<'f>(context: &Context<'f>) -> Option<&'f Event> {
    let handlers = context.facts.iter().filter(|it| it.kind == FactKind::Handler && !it.test);
    let writes = handlers
        .filter(|it| word_is(it, "purpose", "login"))
        .flat_map(|it| &it.events)
        .filter(|it| it.kind == EventKind::WritePayload && key_is(it, "identity"));
    let mut writes = writes.filter(|it| value(it).is_some_and(|it| !it.labels.has(Labels::SEALED)));
    writes.next()
}
