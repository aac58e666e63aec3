//! Data without a bound goes into the session.

use super::event::{held_by_client, note, place, quoted_key, value};
use crate::facts::{Event, EventKind, Fact, Labels, Operand, Size};
use crate::finding::Confidence;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

/// Browsers drop a cookie whose name and value are longer.
const COOKIE_LIMIT: u64 = 4093;
/// More than this is no session data any more, wherever it is kept.
const RECORD_LIMIT: u64 = 64 * 1024;

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    let in_cookie = held_by_client(fact, context);
    let limit = if in_cookie { COOKIE_LIMIT } else { RECORD_LIMIT };
    let writes = fact.events.iter().filter(|it| it.kind == EventKind::WritePayload);
    writes.filter_map(|event| draft(event, limit, in_cookie)).collect()
}

fn draft(event: &Event, limit: u64, in_cookie: bool) -> Option<Draft> {
    let value = value(event)?;
    let (what, confidence) = match value.size {
        Some(Size::AtMost(bytes)) if bytes <= limit => return None,
        Some(Size::AtMost(bytes)) => (format!("up to {} KB", bytes / 1024), Confidence::High),
        Some(Size::Unbounded) => ("data without a bound".to_owned(), Confidence::High),
        None if value.labels.has(Labels::COLLECTION) => ("a whole collection".to_owned(), Confidence::Medium),
        None => return None,
    };
    let mut draft = Draft::new(place(event), format!("{what} is stored here"));
    if place(event) != event.span {
        draft.evidence.push(note(event, format!("written{} here", quoted_key(event))));
    }
    draft.case = match in_cookie {
        true => Some("cookie-held"),
        false if grown(value) => Some("grown"),
        false => None,
    };
    draft.confidence = confidence;
    draft.values.insert("what", what);
    draft.subject = super::event::key_name(event).map(Into::into);
    Some(draft)
}

/// Nothing but what was in the session before, with a little more: a cart, a history.
fn grown(value: &Operand) -> bool {
    let elsewhere = value.labels.has(Labels::RECORD) || value.labels.has(Labels::REQUEST);
    value.labels.has(Labels::SESSION) && !elsewhere
}
