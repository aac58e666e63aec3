//! Questions about events and their order.

use crate::facts::{Event, EventKind, Fact, FactKind, Labels, Note, Operand, Scalar, Size, Span, Value};
use crate::model::words;
use crate::rule::Context;

/// Whether both can happen in one run: no condition went both ways.
pub(super) fn together(a: &Event, b: &Event) -> bool {
    let contradicts = |x: &(u32, bool)| b.path.iter().any(|y| x.0 == y.0 && x.1 != y.1);
    !a.path.iter().any(contradicts)
}

pub(super) fn flag(event: &Event, name: &str) -> bool {
    event.flags.iter().any(|it| it == name)
}

/// Events of these kinds that can happen in one run with `event`, wherever they stand.
pub(super) fn any_with<'f>(
    fact: &'f Fact,
    event: &'f Event,
    kinds: &'f [EventKind],
) -> impl Iterator<Item = &'f Event> {
    fact.events.iter().filter(move |it| kinds.contains(&it.kind) && together(it, event))
}

/// The part of the events after the one at `index` that can happen in one run with it.
pub(super) fn after(fact: &Fact, index: usize) -> impl Iterator<Item = (usize, &Event)> {
    let event = &fact.events[index];
    fact.events.iter().enumerate().skip(index + 1).filter(move |(_, it)| together(it, event))
}

pub(super) fn before(fact: &Fact, index: usize) -> impl Iterator<Item = &Event> {
    let event = &fact.events[index];
    fact.events[..index].iter().filter(move |it| together(it, event))
}

/// Whether the record that is deleted at `index` is there again when the handler is done: what changed before is saved
/// then, and so is what changes later, unless the data has to be read first and is no longer there.
pub(super) fn is_recreated(fact: &Fact, index: usize) -> bool {
    let event = &fact.events[index];
    let lost_before = fact.events[..index].iter().enumerate().any(|(at, it)| {
        it.kind == EventKind::DeleteRecord && together(it, event) && !is_saved_again(fact, at)
    });
    // What is written after the loss is another session's.
    !lost_before && is_saved_again(fact, index)
}

fn is_saved_again(fact: &Fact, index: usize) -> bool {
    use EventKind::{ClearPayload, ReadPayload, RemovePayload, RotateId, WritePayload};
    if !flag(&fact.events[index], "keeps-id") || after(fact, index).any(|(_, it)| it.kind == RotateId) {
        return false;
    }
    let changes = |it: &Event| matches!(it.kind, WritePayload | RemovePayload | ClearPayload);
    let known = before(fact, index).any(|it| it.kind == ReadPayload);
    // Emptying is the one change for which nothing has to be read.
    let next = after(fact, index).find(|(_, it)| changes(it) || it.kind == ReadPayload);
    before(fact, index).any(changes)
        || next.is_some_and(|(_, it)| it.kind == ClearPayload)
        || known && after(fact, index).any(|(_, it)| changes(it))
}

/// A constant text operand.
pub(super) fn text<'e>(event: &'e Event, operand: &str) -> Option<&'e str> {
    let mut value = &event.operands.get(operand)?.value;
    while let Value::Setting { value: Some(inner), .. } = value {
        value = inner;
    }
    match value {
        Value::Known(Scalar::Text(text)) => Some(text),
        _ => None,
    }
}

/// What a cookie is for, by its name alone or because the project's framework sends one of that name.
pub(super) fn cookie_role<'c>(name: &str, context: &Context<'c>) -> &'c str {
    let named = words::cookie_role(name);
    let same = |it: &&Fact| it.kind == FactKind::Cookie && it.name.as_deref() == Some(name);
    let role = || context.facts.iter().filter(same).find_map(|it| word_of(it, "role"));
    if named == "unknown" { role().unwrap_or(named) } else { named }
}

/// What the key of an event is called: its text, else the name of the constant or variable.
pub(super) fn key_name(event: &Event) -> Option<&str> {
    text(event, "key").or_else(|| Some(event.operands.get("key")?.names.last()?.as_str()))
}

pub(super) fn value(event: &Event) -> Option<&Operand> {
    event.operands.get("value")
}

/// A constant that gives nothing: `false`, `None`, `""`, `0`, an empty list or mapping.
pub(super) fn is_nothing(operand: &Operand) -> bool {
    // The brackets alone.
    if matches!(operand.value, Value::Opaque(_)) && operand.size == Some(Size::AtMost(2)) {
        return true;
    }
    match &operand.value {
        Value::Unset | Value::Known(Scalar::Bool(false) | Scalar::Null | Scalar::Int(0)) => true,
        Value::Known(Scalar::Text(text)) => text.is_empty(),
        Value::Known(Scalar::List(elements)) => elements.is_empty(),
        _ => false,
    }
}

pub(super) fn has_label(event: &Event, label: Labels) -> bool {
    value(event).is_some_and(|it| it.labels.has(label))
}

/// Whether data of this kind of key is written: `identity`, `pending`, ..
pub(super) fn key_is(event: &Event, kind: &str) -> bool {
    key_name(event).and_then(words::session_key) == Some(kind)
}

/// Where to point: in the handler itself, at the call when the event happens in a helper.
pub(super) fn place(event: &Event) -> Span {
    event.via.first().copied().unwrap_or(event.span)
}

/// The event as evidence; with the place in the helper when the finding stands at the call.
pub(super) fn note(event: &Event, text: impl Into<String>) -> Note {
    Note { span: event.span, text: text.into() }
}

/// Whether the fact's word attribute has this value for sure.
pub(super) fn word_is(fact: &Fact, attribute: &str, word: &str) -> bool {
    word_of(fact, attribute).is_some_and(|it| it == word)
}

pub(super) fn word_of<'f>(fact: &'f Fact, attribute: &str) -> Option<&'f str> {
    fact.word(attribute).map(smol_str::SmolStr::as_str)
}

pub(super) fn is_on(fact: &Fact, attribute: &str) -> bool {
    fact.attribute(attribute).is_some_and(|it| it.value == Value::Known(Scalar::Bool(true)))
}

/// The sessions that a handler may be using: those of its framework.
pub(super) fn sessions<'c>(handler: &Fact, context: &Context<'c>) -> Vec<&'c Fact> {
    of_stack(handler, FactKind::Session, context)
}

/// Facts of application code of one kind that are about the same framework.
pub(super) fn of_stack<'c>(fact: &Fact, kind: FactKind, context: &Context<'c>) -> Vec<&'c Fact> {
    let Some(stack) = word_of(fact, "stack") else { return Vec::new() };
    let facts = context.facts.iter().filter(|it| it.kind == kind && !it.test);
    facts.filter(|it| word_of(it, "stack") == Some(stack)).collect()
}

/// The session's data is in the client's hands: the handler says so, or all sessions of its framework do.
pub(super) fn held_by_client(handler: &Fact, context: &Context<'_>) -> bool {
    if let Some(store) = word_of(handler, "store") {
        return store == "cookie";
    }
    let sessions = sessions(handler, context);
    !sessions.is_empty() && sessions.iter().all(|it| word_is(it, "store", "cookie"))
}

/// As `held_by_client`, and the client can read it.
pub(super) fn readable_by_client(handler: &Fact, context: &Context<'_>) -> bool {
    let encrypted = |it: &Fact| word_is(it, "protection", "encrypted");
    held_by_client(handler, context)
        && !encrypted(handler)
        && !sessions(handler, context).into_iter().any(encrypted)
}

/// `key` in backticks for a label, or nothing.
pub(super) fn quoted_key(event: &Event) -> String {
    text(event, "key").map(|it| format!(" `{it}`")).unwrap_or_default()
}

/// Where a `Sink` is: `sql`, `log`, ..
pub(super) fn sink_kind(event: &Event) -> Option<&str> {
    event.flags.iter().find_map(|it| it.strip_prefix("kind="))
}

/// The cookie of the request that a value came from: where it is read, and its name.
pub(super) fn cookie_behind<'f>(fact: &'f Fact, value: &Operand) -> Option<(&'f Event, &'f str)> {
    let reads = fact.events.iter().filter(|it| it.kind == EventKind::ReadCookie);
    reads
        .filter_map(|it| Some((it, text(it, "name")?)))
        .find(|(_, name)| value.names.iter().any(|it| it == name))
}

/// Whether a value is text that nobody looked at, neither a number nor escaped, encrypted or checked.
pub(super) fn is_raw_text(value: &Operand) -> bool {
    let harmless = Labels::SEALED.with(Labels::ESCAPED).with(Labels::CHECKED);
    let holds_text = value.types.first().is_none_or(|it| words::holds_text(it));
    holds_text && !value.labels.any(harmless) && !matches!(value.value, Value::Known(_) | Value::Unset)
}
