//! What the session says is checked, acted on, and only then changed: a second request passes in between.

use super::event::{after, key_name, note, place, quoted_key, together};
use crate::facts::{Event, EventKind, Fact};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    let reads = fact.events.iter().enumerate().filter(|(_, it)| it.kind == EventKind::ReadPayload);
    reads.filter_map(|(index, read)| draft(fact, index, read)).take(1).collect()
}

fn draft(fact: &Fact, index: usize, read: &Event) -> Option<Draft> {
    let key = key_name(read)?;
    let is_change = |it: &Event| {
        matches!(it.kind, EventKind::RemovePayload | EventKind::WritePayload) && key_name(it) == Some(key)
    };
    let mut later = after(fact, index);
    // The first thing that happens afterwards is the act, not the change.
    let (at, act) = later.find(|(_, it)| it.kind == EventKind::ChangeState || is_change(it))?;
    if act.kind != EventKind::ChangeState {
        return None;
    }
    let (_, change) = after(fact, at).find(|(_, it)| is_change(it) && together(it, read))?;
    let guarded = !act.path.is_empty() && act.path.len() > read.path.len();
    if !guarded {
        return None;
    }
    let mut draft =
        Draft::new(place(change), format!("the value{} is used up only here", quoted_key(change)));
    draft.evidence.push(note(read, format!("the value{} is checked here", quoted_key(read))));
    draft.evidence.push(note(act, "this is done in between"));
    draft.ordered = true;
    draft.subject = Some(key.into());
    Some(draft)
}
