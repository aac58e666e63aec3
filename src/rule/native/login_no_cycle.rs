//! A session gains an identity and keeps its id.

use super::event::{
    after, any_with, before, flag, has_label, held_by_client, is_nothing, is_on, key_is, key_name, note,
    place, quoted_key, text, value, word_is,
};
use crate::facts::{Event, EventKind, Fact, FactKind, Labels};
use crate::finding::Confidence;
use crate::model::words;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// Anything after which an id that was known before is of no use. Whether it works in this order is the business of
/// `session_fixed_write_order`.
const NEW_ID: &[EventKind] = &[EventKind::RotateId, EventKind::Destroy, EventKind::DeleteRecord];

pub(super) fn check(rule: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    // The framework's own login was before.
    if is_on(fact, "after_login") {
        return Vec::new();
    }
    let login_path = word_is(fact, "purpose", "login");
    let gain = fact.events.iter().enumerate().find(|(index, event)| {
        gains_identity(rule, fact, *index, event, login_path)
            && !gets_new_id(fact, event)
            && !finished_elsewhere(event, context)
            && !begun_anew(fact, *index, context)
    });
    let Some((index, event)) = gain else { return Vec::new() };
    let checked = credential_check(fact, index);
    let mut draft =
        Draft::new(place(event), format!("the identity{} enters the session here", quoted_key(event)));
    draft.evidence.extend(checked.map(|it| note(it, "credentials checked here")));
    if place(event) != event.span {
        draft.evidence.push(note(event, format!("the identity{} is written here", quoted_key(event))));
    }
    let kept = any_with(fact, event, NEW_ID).find(|it| shows_new_data(fact, it));
    draft.evidence.extend(kept.map(|it| note(it, "the old id stays valid and shows the same data")));
    draft.ordered = !draft.evidence.is_empty();
    draft.case = held_by_client(fact, context).then_some("cookie-held");
    if checked.is_none() && !has_label(event, Labels::AUTHENTICATED) {
        draft.confidence = Confidence::Medium;
    }
    vec![draft]
}

fn gains_identity(rule: &Rule, fact: &Fact, index: usize, event: &Event, login_path: bool) -> bool {
    if event.kind == EventKind::Login {
        return flag(event, "rotates=never");
    }
    if event.kind != EventKind::WritePayload || flag(event, "new-session") {
        return false;
    }
    let checked = credential_check(fact, index).is_some() || has_label(event, Labels::AUTHENTICATED);
    let contact = key_name(event).is_some_and(|key| rule.words("contact").iter().any(|it| it == key));
    let identity =
        key_is(event, "identity") || (contact && checked) || holds_checked_record(rule, fact, index);
    let logs_in = checked || login_path || follows_reset(fact, index);
    identity && logs_in && !established(rule, fact, index) && !taken_back(fact, index)
}

/// Whatever the key is called: the id of the record whose password was compared.
fn holds_checked_record(rule: &Rule, fact: &Fact, index: usize) -> bool {
    let event = &fact.events[index];
    let about_others = ["pending", "preference"].iter().any(|it| key_is(event, it));
    let names = |list: &str, name: &str| rule.words(list).iter().any(|it| it == name);
    let Some([owner @ .., last]) = value(event).map(|it| it.names.as_slice()) else { return false };
    let checks = |it: &Event| {
        let of = it.operands.get("of").filter(|_| it.kind == EventKind::CheckCredentials);
        of.is_some_and(|it| it.names == owner || it.names.split_last().is_some_and(|(_, it)| it == owner))
    };
    let record = !owner.is_empty() && names("ids", last) && before(fact, index).any(checks);
    record && !about_others
}

/// Nobody was logged in, a password was set, and whose it is now is: a record of a database says who.
fn follows_reset(fact: &Fact, index: usize) -> bool {
    let knew = |it: &Event| it.kind == EventKind::ReadIdentity || reads(it, "identity");
    has_label(&fact.events[index], Labels::RECORD)
        && before(fact, index).any(|it| it.kind == EventKind::HashPassword)
        && !fact.events.iter().any(knew)
}

fn reads(event: &Event, kind: &str) -> bool {
    event.kind == EventKind::ReadPayload && key_is(event, kind)
}

/// The first half of a login, which another handler finished before, made the new id.
fn begun_anew(fact: &Fact, index: usize, context: &Context<'_>) -> bool {
    let Some(key) = before(fact, index).filter(|it| reads(it, "pending")).find_map(key_name) else {
        return false;
    };
    let writes = |it: &&Event| it.kind == EventKind::WritePayload && key_name(it) == Some(key);
    let handlers = context.facts.iter().filter(|it| it.kind == FactKind::Handler && !it.test);
    handlers
        .flat_map(|it| it.events.iter().filter(writes).map(move |event| (it, event)))
        .any(|(handler, event)| gets_new_id(handler, event))
}

/// Whatever happens, the identity does not stay.
fn taken_back(fact: &Fact, index: usize) -> bool {
    let event = &fact.events[index];
    let always = |it: &Event| it.path.iter().all(|step| event.path.contains(step));
    let removes = |it: &Event| match it.kind {
        EventKind::ClearPayload => true,
        EventKind::RemovePayload => key_name(it).is_some() && key_name(it) == key_name(event),
        _ => false,
    };
    let mut gone = false;
    for (_, it) in after(fact, index) {
        gone = gone && it.kind != EventKind::WritePayload || removes(it) && always(it);
    }
    gone
}

fn credential_check(fact: &Fact, index: usize) -> Option<&Event> {
    before(fact, index).filter(|it| it.kind == EventKind::CheckCredentials).last()
}

/// The value is nothing, or an identity that the session had already; one that waited for its second half was none yet.
fn established(rule: &Rule, fact: &Fact, index: usize) -> bool {
    let event = &fact.events[index];
    let waited = before(fact, index).any(|it| reads(it, "pending"))
        && !fact.events.iter().any(|it| reads(it, "identity"));
    value(event).is_some_and(|it| {
        let path = it.names.join(" ");
        let known = rule.words("established").iter().any(|known| path.starts_with(known.as_str()));
        // What is found by something else that the session has is not its identity yet.
        let named = it.names.last().and_then(|it| words::session_key(it)) == Some("identity");
        let knew = named || fact.events.iter().any(knows_identity);
        let from_session = it.labels.has(Labels::SESSION)
            && knew
            && !waited
            && !it.labels.has(Labels::AUTHENTICATED)
            && !it.labels.has(Labels::REQUEST);
        is_nothing(it) || known || from_session
    })
}

/// The session is asked who is logged in, or for something of which nobody knows what it is.
fn knows_identity(event: &Event) -> bool {
    match event.kind {
        EventKind::ReadIdentity => true,
        EventKind::ReadPayload => key_name(event).is_none_or(|_| key_is(event, "identity")),
        _ => false,
    }
}

/// An identity waits in the session for another handler, which reads it and logs in: until it does, nobody is.
fn finished_elsewhere(event: &Event, context: &Context<'_>) -> bool {
    let Some(key) = text(event, "key") else { return false };
    context.facts.iter().filter(|it| it.kind == FactKind::Handler && !it.test).any(|handler| {
        let reads = |it: &Event| it.kind == EventKind::ReadPayload && text(it, "key") == Some(key);
        let read = handler.events.iter().position(reads);
        read.is_some_and(|at| after(handler, at).any(|(_, it)| rotating_login(it)))
    })
}

fn rotating_login(event: &Event) -> bool {
    event.kind == EventKind::Login && !flag(event, "rotates=never")
}

fn gets_new_id(fact: &Fact, event: &Event) -> bool {
    let by_login = any_with(fact, event, &[EventKind::Login]).any(rotating_login);
    by_login || any_with(fact, event, NEW_ID).any(|it| !shows_new_data(fact, it))
}

/// A store in memory hands the new session's data out under the old id too.
fn shows_new_data(fact: &Fact, event: &Event) -> bool {
    flag(event, "keeps-old-record") && !flag(event, "keeps-nothing") && word_is(fact, "store", "memory")
}
