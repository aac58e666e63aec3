//! What calls do to sessions and identities.

use smol_str::SmolStr;

use super::call::Args;
use super::effect::Application;
use super::machine::Machine;
use super::trace::EventKind;
use super::trace::TraceEvent;
use super::value::{Class, Kind, Object, Val};
use crate::ir::Span;
use crate::model::Labels;
use crate::model::{Clause, Source, words};

/// Flag of what is written into a session that the project has just made: nobody knows its id.
const NEW: &str = "new-session";

impl<'a> Machine<'a> {
    pub(super) fn session_event(
        &mut self,
        kind: EventKind,
        clause: &Clause,
        it: &Application<'a>,
    ) -> Option<Val> {
        let mut event = self.event(kind, it);
        for (name, source) in &clause.operands {
            match source {
                Source::On => event.flags.push(name.clone()),
                Source::Text(word) => event.flags.push(format!("{name}={word}").into()),
                source => {
                    let value = self.source(source, it);
                    event.operands.push((name.clone(), value));
                }
            }
        }
        if kind == EventKind::CheckCredentials && super::effect::names_a_password(&it.args) {
            event.flags.push("password".into());
        }
        self.record(event);
        None
    }

    /// Arguments of a call of code that is not seen: an id out of a cookie may end the session of that id there.
    pub(super) fn hand_over(&mut self, name: &str, receiver: Labels, args: &Args, span: Span) {
        let given = args.labels().has(Labels::COOKIE) && !receiver.has(Labels::COOKIE);
        if !given && !words::ends_session(name) && !words::ends_others(name) {
            return;
        }
        self.record(TraceEvent { target: name.into(), ..TraceEvent::new(EventKind::HandOver, span) });
    }

    pub(super) fn session_get(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let key = clause.operand("key").map_or_else(Val::null, |source| self.source(source, it));
        let mut event = self.event(EventKind::ReadPayload, it);
        event.operands.push(("key".into(), key.clone()));
        self.record(event);
        let id = it.receiver.as_ref().and_then(|receiver| match receiver.kind {
            Kind::Object(id) => Some(id),
            _ => None,
        });
        let key = self.key_text(&key);
        let stored = super::state::stored(&key);
        let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
        names.push(key.clone());
        let before = Val::at(Kind::Unknown("stored in the session"), it.span)
            .labelled(Labels::SESSION)
            .with_info(|info| {
                info.names = names;
                info.nested = id.map(|id| (id, key));
            });
        // What this very handler stored, where it did.
        match id.and_then(|id| self.state.object(id)).and_then(|it| it.attributes.get(&stored)) {
            Some(value) => or_before(&self.state.refine(value), &before),
            None => before,
        }
    }

    pub(super) fn session_write(&mut self, clause: &Clause, it: &Application<'a>) -> Option<Val> {
        let key = clause.operand("key").map(|source| self.source(source, it));
        let value = clause.operand("value").map_or_else(Val::null, |source| self.source(source, it));
        // What is poured in are entries, when they are known.
        if key.is_none()
            && let Some(entries) = self.known_entries(&value).filter(|it| !it.is_empty())
            && !self.is_open(&value)
        {
            for (key, value) in entries {
                self.write_one(clause, it, Some(key), value);
            }
            return None;
        }
        self.write_one(clause, it, key, value)
    }

    fn write_one(
        &mut self,
        clause: &Clause,
        it: &Application<'a>,
        key: Option<Val>,
        value: Val,
    ) -> Option<Val> {
        let mut event = self.event(EventKind::WritePayload, it);
        if let Some(key) = &key {
            event.operands.push(("key".into(), key.clone()));
        }
        event.operands.push(("value".into(), value.clone()));
        for (name, source) in &clause.operands {
            if matches!(source, Source::On) {
                event.flags.push(name.clone());
            }
        }
        let if_absent = clause.flag("if-absent");
        let id = event.object;
        if id.and_then(|id| self.state.object(id)).is_some_and(|it| it.born.is_some()) {
            event.flags.push(NEW.into());
        }
        self.record(event);
        let key = key.as_ref().map(|key| self.key_text(key));
        self.identity_within(clause, it, key.as_deref(), &value);
        if let (Some(id), Some(key), false) = (id, &key, if_absent) {
            let stored = super::state::stored(key);
            // Stored at the first level by this handler: what is done to it afterwards is saved with it.
            let fresh = value.clone().with_info(|info| info.nested = None);
            if let Some(object) = self.state.object_mut(id) {
                object.attributes.insert(stored, fresh);
            }
        }
        if_absent.then(|| {
            let names = key.iter().cloned().collect();
            value.with_info(|info| {
                info.names = names;
                info.nested = id.zip(key);
            })
        })
    }

    /// A struct under a key that says nothing, with a field that says who is logged in: that is written too.
    fn identity_within(&mut self, clause: &Clause, it: &Application<'a>, key: Option<&str>, value: &Val) {
        if key.is_none_or(|it| words::session_key(it).is_some()) {
            return;
        }
        let Some(object) = self.record_of(value, 2) else { return };
        let named = |name: &SmolStr| words::session_key(name) == Some("identity");
        let fields: Vec<_> = object
            .attributes
            .iter()
            .filter(|(name, _)| named(name))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        for (name, value) in fields {
            let name = Val::at(Kind::Text(name), value.span().unwrap_or(it.span));
            let mut event = self.event(EventKind::WritePayload, it);
            event.operands = vec![("key".into(), name), ("value".into(), value)];
            event.flags = clause
                .operands
                .iter()
                .filter(|(_, it)| matches!(it, Source::On))
                .map(|(it, _)| it.clone())
                .collect();
            self.record(event);
        }
    }

    /// The struct that a value is, or one of those that it may be.
    fn record_of(&self, value: &Val, depth: u32) -> Option<&Object> {
        let value = self.state.refine(value);
        let id = match &value.kind {
            Kind::Object(id) => *id,
            Kind::Choice(choice) if depth > 0 => {
                let mut sides = [&choice.then, &choice.or_else].into_iter();
                return sides.find_map(|it| self.record_of(it, depth - 1));
            }
            _ => *self.state.symbols.get(value.names().join(".").as_str())?,
        };
        self.state.object(id).filter(|it| matches!(it.class, Class::Project(_)))
    }

    pub(super) fn key_text(&self, key: &Val) -> SmolStr {
        match self.rendered(key) {
            Some(text) => text.into(),
            None => key.names().join(".").into(),
        }
    }

    /// Something was changed in place: if it lies below the first level of a session, that is an event.
    /// `given` is what was put into it.
    pub fn mutation(&mut self, value: &Val, given: Option<&Val>, span: Span) {
        let Some((object, key)) = value.info.as_ref().and_then(|info| info.nested.clone()) else { return };
        let target = match self.state.object(object).map(|it| it.class.clone()) {
            Some(Class::Model(path)) => path,
            _ => SmolStr::default(),
        };
        let package = match target.as_str() {
            "" => SmolStr::default(),
            path => self
                .program
                .catalog
                .candidates(path, self.scope.file)
                .package()
                .map(|it| (*it).clone())
                .unwrap_or_default(),
        };
        self.record(TraceEvent {
            operands: [("key".into(), Val::new(Kind::Text(key)))]
                .into_iter()
                .chain(given.map(|it| ("value".into(), it.clone())))
                .collect(),
            target,
            object: Some(object),
            package,
            ..TraceEvent::new(EventKind::MutateNested, span)
        });
    }

    /// The result of a call whose name promises a credential check, when nothing inside of it was seen to be one.
    pub(super) fn named_check(&mut self, name: &str, before: usize, value: Val, span: Span) -> Val {
        if !crate::model::words::checks_credentials(name) {
            return value;
        }
        let seen = self.trace.events.iter().skip(before).any(|it| it.kind == EventKind::CheckCredentials);
        if !seen {
            self.check_seen("by-name", None, span);
        }
        value.labelled(Labels::AUTHENTICATED)
    }

    fn check_seen(&mut self, how: &str, of: Option<&Val>, span: Span) {
        self.record(TraceEvent {
            flags: vec![how.into()],
            operands: of.map(|it| ("of".into(), it.clone())).into_iter().collect(),
            ..TraceEvent::new(EventKind::CheckCredentials, span)
        });
    }

    /// A comparison with something that is named like a secret is a credential check.
    pub fn note_comparison(&mut self, op: crate::ir::BinaryOp, a: &Val, b: &Val, span: Span) {
        if !matches!(op, crate::ir::BinaryOp::Equal | crate::ir::BinaryOp::NotEqual) {
            return;
        }
        let secret = |value: &Val| {
            value.names().last().is_some_and(|name| crate::model::words::sensitive(name) == Some("password"))
                && !matches!(value.kind, Kind::Null | Kind::Text(_))
        };
        if secret(a) && !matches!(b.kind, Kind::Null) || secret(b) && !matches!(a.kind, Kind::Null) {
            // The record whose password it is.
            let record =
                [a, b].into_iter().find(|it| it.names().len() > 1 && it.labels().has(Labels::RECORD));
            self.check_seen("comparison", record, span);
        }
    }
}

/// A value that was stored on some ways here, and what was there before on the others.
fn or_before(stored: &Val, before: &Val) -> Val {
    match &stored.kind {
        Kind::Unset => before.clone(),
        Kind::Choice(choice) => super::state::choose(
            choice.condition,
            or_before(&choice.then, before),
            or_before(&choice.or_else, before),
        ),
        _ => stored.clone(),
    }
}
