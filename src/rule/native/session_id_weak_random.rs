//! Ids and tokens that can be guessed.

use super::event::{is_on, note, place, sink_kind, value, word_of};
use crate::facts::{EventKind, Fact, FactKind};
use crate::finding::Confidence;
use crate::rule::evidence::{notes, place as written_place, schema_of};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    if fact.kind == FactKind::Cookie {
        return cookie(fact).into_iter().collect();
    }
    let drawn = fact.events.iter().filter(|it| it.kind == EventKind::Sink && sink_kind(it) == Some("token"));
    drawn
        .filter_map(|event| {
            let name = value(event)?.names.last()?.clone();
            let mut draft = Draft::new(place(event), "drawn from a source that can be guessed here");
            if place(event) != event.span {
                draft.evidence.push(note(event, "it is drawn here"));
            }
            draft.confidence = Confidence::Medium;
            draft.values.insert("what", format!("`{name}`"));
            draft.subject = Some(name);
            Some(draft)
        })
        .collect()
}

fn cookie(fact: &Fact) -> Option<Draft> {
    let session_like = matches!(word_of(fact, "role"), Some("session" | "auth" | "csrf"));
    if !is_on(fact, "guessable") || is_on(fact, "removal") || !session_like {
        return None;
    }
    let schemas: Vec<_> = schema_of(fact, "guessable").into_iter().collect();
    let span = written_place(fact, &schemas).map_or(fact.span, |(span, ..)| span);
    let mut draft = Draft::new(span, "drawn from a source that can be guessed here");
    draft.evidence = notes(fact, &schemas, span);
    let name = fact.name.as_ref().map_or_else(|| "a cookie".to_owned(), |name| format!("cookie `{name}`"));
    draft.values.insert("what", format!("the value of {name}"));
    Some(draft)
}
