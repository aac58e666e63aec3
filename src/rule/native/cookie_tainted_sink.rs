//! The text of a cookie arrives where it is taken for a command, markup, a place or a query.

use super::event::{cookie_behind, is_raw_text, note, place, sink_kind, value};
use crate::facts::{Event, EventKind, Fact, Labels};
use crate::finding::Confidence;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    fact.events.iter().filter(|it| it.kind == EventKind::Sink).filter_map(|it| draft(fact, it)).collect()
}

fn draft(fact: &Fact, event: &Event) -> Option<Draft> {
    let (what, case) = match sink_kind(event)? {
        "sql" => ("the text of a query", None),
        "html" => ("markup that is not escaped", None),
        "command" => ("a command", None),
        "code" => ("what is run or deserialized", None),
        "path" => ("a path of a file", None),
        "template" => ("the name of a template", None),
        "redirect" => ("the target of a redirect", Some("redirect")),
        _ => return None,
    };
    let operand = value(event)?;
    if !operand.labels.has(Labels::COOKIE) || !is_raw_text(operand) {
        return None;
    }
    // What stands behind a fixed beginning leads nowhere else.
    if case.is_some() && operand.is_partly_fixed() {
        return None;
    }
    let cookie = cookie_behind(fact, operand);
    let mut draft = Draft::new(place(event), format!("it becomes {what} here"));
    draft.evidence.extend(cookie.map(|(read, _)| note(read, "the cookie is read here")));
    if place(event) != event.span {
        draft.evidence.push(note(event, format!("it becomes {what} here")));
    }
    draft.ordered = !draft.evidence.is_empty();
    draft.case = case;
    if cookie.is_none() {
        draft.confidence = Confidence::Medium;
    }
    draft.values.insert("what", what.to_owned());
    draft
        .values
        .insert("cookie", cookie.map_or_else(|| "a cookie".into(), |(_, name)| format!("cookie `{name}`")));
    draft.subject = cookie.map(|(_, name)| name.into());
    Some(draft)
}
