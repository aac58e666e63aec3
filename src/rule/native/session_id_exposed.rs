//! The id of a session, or a token, leaves in a log, an address or an answer.

use super::event::{any_with, cookie_behind, cookie_role, note, place, sink_kind, value};
use crate::facts::{Event, EventKind, Fact, Labels};
use crate::finding::Confidence;
use crate::model::words;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    fact.events
        .iter()
        .filter(|it| it.kind == EventKind::Sink)
        .filter_map(|it| draft(fact, it, context))
        .collect()
}

fn draft(fact: &Fact, event: &Event, context: &Context<'_>) -> Option<Draft> {
    let (way, case) = match sink_kind(event)? {
        "log" => ("a log", None),
        "redirect" => ("an address", None),
        "body" | "html" => ("an answer", Some("answer")),
        _ => return None,
    };
    let operand = value(event)?;
    let labels = operand.labels;
    if labels.any(Labels::SEALED.with(Labels::RANDOM)) {
        return None;
    }
    let is_token = |name: &str| words::sensitive(name) == Some("token");
    let role = |name: &str| cookie_role(name, context);
    let cookie = cookie_behind(fact, operand)
        .filter(|(_, name)| role(name) == "session" || role(name) == "auth" && is_token(name));
    let (what, confidence) = if labels.has(Labels::SESSION_ID) {
        ("the id of the session", Confidence::High)
    } else if let Some((_, name)) = cookie.filter(|_| labels.has(Labels::COOKIE)) {
        match role(name) {
            "session" => ("the session cookie", Confidence::High),
            _ => ("the token of a login cookie", Confidence::Medium),
        }
    } else if case.is_none() && labels.has(Labels::SECRET) && names_token(&operand.names) {
        ("a token", Confidence::Medium)
    } else {
        return None;
    };
    let mut draft = Draft::new(place(event), format!("{what} goes into {way} here"));
    draft.evidence.extend(cookie.map(|(read, _)| note(read, "the cookie is read here")));
    if labels.has(Labels::SESSION_ID) {
        let read = any_with(fact, event, &[EventKind::ReadId]).filter(|it| it.span != event.span).last();
        draft.evidence.extend(read.map(|it| note(it, "the id is read here")));
    }
    if place(event) != event.span {
        draft.evidence.push(note(event, format!("it goes into {way} here")));
    }
    draft.confidence = confidence;
    draft.case = case;
    draft.values.insert("what", what.to_owned());
    draft.values.insert("way", way.to_owned());
    Some(draft)
}

fn names_token(names: &[smol_str::SmolStr]) -> bool {
    names.last().and_then(|it| words::sensitive(it)) == Some("token")
}
