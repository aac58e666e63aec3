//! A new id was wanted, and a later call of the same request takes it back.

use super::event::{
    after, any_with, before, flag, has_label, is_recreated, key_is, key_name, note, place, quoted_key,
    word_is,
};
use crate::facts::{Event, EventKind, Fact, Labels};
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, _: &Context<'_>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, event) in fact.events.iter().enumerate() {
        let found = match event.kind {
            EventKind::Destroy if flag(event, "keeps-id") => revived(fact, index),
            EventKind::DeleteRecord if is_recreated(fact, index) => {
                revived(fact, index).or_else(|| saved_again(fact, index))
            }
            EventKind::RotateId => undone(fact, index),
            EventKind::Logout if flag(event, "keeps-id") => login_after_logout(fact, index),
            _ => None,
        };
        if let Some(draft) = found
            && !drafts.iter().any(|it| it.span == draft.span)
        {
            drafts.push(draft);
        }
    }
    drafts
}

/// A write after the end of the session brings it back under its old id.
fn revived(fact: &Fact, index: usize) -> Option<Draft> {
    let (at, write) = after(fact, index).find(|(_, it)| it.kind == EventKind::WritePayload)?;
    if has_other_id(fact, index) || ends_again(fact, at) {
        return None;
    }
    let matters = word_is(fact, "purpose", "login")
        || after(fact, index).any(|(_, it)| it.kind == EventKind::WritePayload && gives_identity(it))
        || fact.events[..at].iter().any(|it| it.kind == EventKind::CheckCredentials);
    let case = if matters { "revived" } else { "revived-empty" };
    let text = format!("this write{} brings the session back under its old id", quoted_key(write));
    Some(draft(&fact.events[index], "the session is ended here", write, &text, case))
}

/// An identity that was written before the record was deleted is saved all the same.
fn saved_again(fact: &Fact, index: usize) -> Option<Draft> {
    let writes = |it: &&Event| it.kind == EventKind::WritePayload && gives_identity(it);
    let write = before(fact, index).filter(writes).last()?;
    let at = fact.events.iter().position(|it| std::ptr::eq(it, write))?;
    if has_other_id(fact, index) || ends_again(fact, at) {
        return None;
    }
    let text = format!("this write{} is saved after that, under the same id", quoted_key(write));
    Some(draft(&fact.events[index], "the record is deleted here", write, &text, "revived"))
}

/// A write after the rotation cancels it.
fn undone(fact: &Fact, index: usize) -> Option<Draft> {
    let rotation = &fact.events[index];
    let last_only = flag(rotation, "only-if-last");
    let writes = [EventKind::WritePayload, EventKind::RemovePayload, EventKind::ClearPayload];
    let cancels = |it: &Event| writes.contains(&it.kind) && (last_only || flag(it, "cancels-rotate"));
    let (at, write) = after(fact, index).find(|(_, it)| cancels(it))?;
    let again = after(fact, at).any(|(_, it)| it.kind == EventKind::RotateId);
    let text = format!("this call{} cancels the new id", quoted_key(write));
    (!again).then(|| draft(rotation, "a new id is asked for here", write, &text, "undone"))
}

/// A login that rotates for anonymous sessions only, right after a logout that the session object has not noticed.
fn login_after_logout(fact: &Fact, index: usize) -> Option<Draft> {
    let conditional = |it: &Event| it.kind == EventKind::Login && flag(it, "rotates=if-anonymous");
    let (at, login) = after(fact, index).find(|(_, it)| conditional(it))?;
    let logout = &fact.events[index];
    (!has_other_id(fact, index) && !ends_again(fact, at))
        .then(|| draft(logout, "logged out here", login, "this login keeps the old id", "login-after-logout"))
}

/// Some other call of the same run makes a new id.
fn has_other_id(fact: &Fact, index: usize) -> bool {
    any_with(fact, &fact.events[index], &[EventKind::RotateId]).next().is_some()
}

/// What was written at `index` does not stay, whatever happens.
fn ends_again(fact: &Fact, index: usize) -> bool {
    let written = &fact.events[index];
    let always = |it: &Event| it.path.iter().all(|step| written.path.contains(step));
    let ends = |it: &Event| {
        let same_key = key_name(it).is_some() && key_name(it) == key_name(written);
        match it.kind {
            EventKind::Destroy | EventKind::ClearPayload | EventKind::Logout => true,
            EventKind::RemovePayload => same_key,
            _ => false,
        }
    };
    after(fact, index).any(|(_, it)| ends(it) && always(it))
}

fn gives_identity(event: &Event) -> bool {
    key_is(event, "identity") || has_label(event, Labels::AUTHENTICATED)
}

fn draft(first: &Event, first_text: &str, second: &Event, second_text: &str, case: &'static str) -> Draft {
    let mut draft = Draft::new(place(second), second_text);
    draft.evidence = vec![note(first, first_text), note(second, second_text)];
    draft.ordered = true;
    draft.case = Some(case);
    draft
}
