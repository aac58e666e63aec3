//! Secrets and personal data go into the session.

use super::event::{key_name, note, place, quoted_key, readable_by_client, text, value};
use smol_str::SmolStr;

use crate::facts::{Event, EventKind, Fact, Labels, Operand, Value};
use crate::finding::Confidence;
use crate::model::words;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(rule: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    let readable = readable_by_client(fact, context);
    let writes = fact.events.iter().filter(|it| it.kind == EventKind::WritePayload);
    writes.filter_map(|event| draft(rule, event, readable)).collect()
}

fn draft(rule: &Rule, event: &Event, readable: bool) -> Option<Draft> {
    let value = value(event)?;
    if is_harmless(rule, value)
        || text(event, "key").is_some_and(|it| rule.words("own-keys").iter().any(|own| own == it))
    {
        return None;
    }
    let (kind, confidence) = kind(event, value)?;
    // A random password or code is as secret as any other; a random token is what sessions are for.
    if value.labels.has(Labels::RANDOM) && !matches!(kind, "password" | "one-time") {
        return None;
    }
    let mut draft = Draft::new(place(event), format!("{} is stored here", article(kind)));
    if place(event) != event.span {
        draft.evidence.push(note(event, format!("written{} here", quoted_key(event))));
    }
    draft.confidence = confidence;
    draft.case = Some(match (kind, readable) {
        (_, true) => "readable",
        ("token" | "one-time", false) => "token",
        ("personal", false) => "personal",
        _ => "kept",
    });
    draft.values.insert("kind", article(kind).to_owned());
    draft.subject = key_name(event).map(Into::into);
    Some(draft)
}

/// Constants, hashes, and types that hold no text.
pub(super) fn is_harmless(rule: &Rule, value: &Operand) -> bool {
    let sealed = value.labels.has(Labels::SEALED);
    let plain = value.types.first().is_some_and(|ty| rule.words("plain-types").contains(ty));
    matches!(value.value, Value::Known(_) | Value::Unset) || sealed || plain
}

/// By the value's own name first; the key's name counts when the value has none that says otherwise.
pub(super) fn kind(event: &Event, value: &Operand) -> Option<(&'static str, Confidence)> {
    let last = value.names.last().map(SmolStr::as_str);
    if let Some(kind) = words::sensitive_path(&value.names) {
        return Some((kind, Confidence::High));
    }
    if value.labels.has(Labels::SECRET) {
        return Some(("secret", Confidence::High));
    }
    if last.is_some_and(words::looks_harmless) {
        return None;
    }
    Some((words::sensitive(key_name(event)?)?, Confidence::Medium))
}

fn article(kind: &str) -> &'static str {
    match kind {
        "password" => "a password",
        "card" => "a card or account number",
        "api-token" => "an API token",
        "token" => "an access token",
        "one-time" => "a one-time code or its secret",
        "personal" => "personal data",
        _ => "a secret",
    }
}
