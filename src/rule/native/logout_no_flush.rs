//! A logout that leaves the record and its id alive.

use super::event::{
    any_with, cookie_role, flag, held_by_client, is_nothing, is_recreated, key_is, key_name, note, place,
    quoted_key, text, together, value, word_is,
};
use crate::facts::{Event, EventKind, Fact};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// After any of these an old copy of the cookie is worth nothing.
const ENDS: &[EventKind] = &[EventKind::Destroy, EventKind::RotateId, EventKind::DestroyOthers];

/// A new session takes its place, and the record of the old one stays.
fn replaces(event: &Event) -> bool {
    event.kind == EventKind::RotateId && flag(event, "keeps-old-record")
}

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    let logout_path = word_is(fact, "purpose", "logout");
    let half =
        |event: &&Event| half_measure(event, logout_path, context).is_some() && !ended(fact, event, context);
    // What speaks most clearly: a key removed, before a cookie removed, before a payload emptied.
    let rank =
        |event: &&Event| half_measure(event, logout_path, context).map(|(_, case)| case.map_or(0, |_| 1));
    let Some(event) = fact.events.iter().filter(half).min_by_key(rank) else { return Vec::new() };
    let Some((label, case)) = half_measure(event, logout_path, context) else { return Vec::new() };
    let mut draft = Draft::new(place(event), label);
    if place(event) != event.span {
        draft.evidence.push(note(event, "this is all that happens"));
    }
    draft.evidence.extend(recreated(fact, event).map(|it| note(it, "what changed is saved after this")));
    draft.case = if held_by_client(fact, context) { Some("cookie-held") } else { case };
    vec![draft]
}

/// What an event does instead of ending the session, and which case of the page it is.
fn half_measure(
    event: &Event,
    logout_path: bool,
    context: &Context<'_>,
) -> Option<(String, Option<&'static str>)> {
    match event.kind {
        EventKind::Logout if flag(event, "how=cookie-only") => {
            Some(("only the cookie goes here".into(), None))
        }
        EventKind::Logout if flag(event, "how=keeps-session") => {
            Some(("only the identity is removed here".into(), None))
        }
        EventKind::Logout if flag(event, "how=keeps-payload") => {
            Some(("the other data of the session stays".into(), Some("keeps-payload")))
        }
        // What else would a logout take out of the session?
        EventKind::RemovePayload if logout_path && !says_nothing(event) => {
            Some((format!("only the key{} is removed here", quoted_key(event)), None))
        }
        EventKind::WritePayload
            if logout_path && key_is(event, "identity") && value(event).is_some_and(is_nothing) =>
        {
            Some((format!("only the key{} is emptied here", quoted_key(event)), None))
        }
        EventKind::EmitRemoval if logout_path => match cookie_role(text(event, "name")?, context) {
            "session" => Some(("only the cookie is removed here".into(), None)),
            "auth" => Some(("only the cookie is removed here".into(), Some("token"))),
            _ => None,
        },
        EventKind::RotateId if logout_path && replaces(event) => {
            Some(("the old session stays, under its old id".into(), None))
        }
        EventKind::ClearPayload if logout_path && !flag(event, "ends-session") => {
            Some(("the data goes here, the id lives on".into(), Some("cleared")))
        }
        _ => None,
    }
}

/// What is removed has nothing to do with who is logged in.
fn says_nothing(event: &Event) -> bool {
    key_name(event).is_none() || key_is(event, "preference") || key_is(event, "pending")
}

fn ended(fact: &Fact, event: &Event, context: &Context<'_>) -> bool {
    // What happens after that happens to the new session.
    let replaced = fact.events.iter().find(|it| replaces(it) && together(it, event)).map(|it| it.span);
    let mut ends = any_with(fact, event, ENDS).take_while(|it| Some(it.span) != replaced);
    let by_logout = any_with(fact, event, &[EventKind::Logout]).any(|it| {
        half_measure(it, true, context).is_none() || flag(it, "how=keeps-payload") && it.span != event.span
    });
    let own_store = event.kind == EventKind::EmitRemoval
        && any_with(fact, event, &[EventKind::ChangeState, EventKind::HandOver]).next().is_some();
    let emptied = event.kind != EventKind::ClearPayload
        && any_with(fact, event, &[EventKind::ClearPayload]).any(|it| flag(it, "ends-session"));
    let deleted = deletions(fact, event).any(|(index, _)| !is_recreated(fact, index));
    by_logout || own_store || emptied || deleted || ends.any(|it| !flag(it, "cookie-only"))
}

fn recreated<'f>(fact: &'f Fact, event: &'f Event) -> Option<&'f Event> {
    deletions(fact, event).find(|(index, _)| is_recreated(fact, *index)).map(|(_, it)| it)
}

fn deletions<'f>(fact: &'f Fact, event: &'f Event) -> impl Iterator<Item = (usize, &'f Event)> {
    let deletes = |it: &Event| it.kind == EventKind::DeleteRecord && !flag(it, "cookie-only");
    fact.events.iter().enumerate().filter(move |(_, it)| deletes(it) && together(it, event))
}
