//! Where data of a request and ids of sessions arrive: at places that models name, and in conditions.

use smol_str::SmolStr;

use super::builtin::builtins;
use super::call::LIBRARY;
use super::effect::Application;
use super::machine::Machine;
use super::trace::{EventKind, TraceEvent};
use super::value::{Atom, Class, Kind, Piece, Val};
use crate::ir::{Name, Span};
use crate::model::{Clause, Labels, words};

/// What is worth to be followed to where it arrives, most telling first.
const TELLING: [Labels; 3] = [Labels::SESSION_ID, Labels::COOKIE, Labels::SECRET];
/// Of a sink: only what the caller does with a function's result makes it one.
pub const RETURNED: &str = "returned";
/// How deep a value is looked into.
const DEPTH: u32 = 4;

impl<'a> Machine<'a> {
    /// Records that a value arrives, when it is or holds something telling.
    pub(super) fn sink(&mut self, clause: &Clause, it: &Application<'a>) {
        let Some(kind) = clause.word("kind") else { return };
        let Some(source) = clause.operand("value") else { return };
        let mut value = self.source(source, it);
        if let Some(shell) = clause.operand("shell") {
            let shell = self.source(shell, it);
            value = self.program_of(&value, &shell);
        }
        if kind == "sql" && begins(&value).is_some_and(words::query_ends_sessions) {
            let event = self.event(EventKind::DestroyOthers, it);
            self.record(event);
        }
        // Handing out a token is what an answer may be for.
        let telling = if kind == "body" { &TELLING[..2] } else { &TELLING[..] };
        let Some(part) = telling.iter().find_map(|label| self.part(&value, *label)) else { return };
        let mut event = self.event(EventKind::Sink, it);
        event.operands.push(("value".into(), part));
        event.flags.push(format!("kind={kind}").into());
        self.record(event);
    }

    /// Of a list of words that no shell reads only the program is a command; the others are its arguments.
    fn program_of(&self, words: &Val, shell: &Val) -> Val {
        let by_shell = !matches!(shell.kind, Kind::Unset | Kind::Bool(false) | Kind::Null);
        match self.known_items(words).as_deref() {
            Some([program, ..]) if !by_shell => {
                let shells = &builtins().shells;
                let is_shell = program.text().is_some_and(|it| {
                    let name = it.rsplit('/').next().unwrap_or(it);
                    shells.contains(name)
                });
                if is_shell { words.clone() } else { program.clone() }
            }
            _ => words.clone(),
        }
    }

    /// Records that a function hands something telling to its caller, which sends it when the function answers requests.
    pub(super) fn answer(&mut self, value: &Val, span: Span) {
        // What a framework's object was given is told where it was given.
        let told = |it: &TraceEvent| it.flags.iter().any(|it| it == "kind=body" || it == "kind=html");
        if matches!(self.class_of(value), Some(Class::Model(_))) || self.trace.events.iter().any(told) {
            return;
        }
        let Some(part) = self.part(value, Labels::SESSION_ID) else { return };
        let mut places = [part.span(), value.span()].into_iter().flatten();
        let place = places.find(|it| span.contains(*it) && *it != span).unwrap_or(span);
        let operands = vec![("value".into(), part)];
        let flags = vec!["kind=body".into(), RETURNED.into()];
        self.record(TraceEvent { operands, flags, ..TraceEvent::new(EventKind::Sink, place) });
    }

    /// The innermost part of a value that has a label and is not sealed.
    fn part(&self, value: &Val, label: Labels) -> Option<Val> {
        self.innermost(value, DEPTH, &|it| it.labels().has(label) && !it.labels().has(Labels::SEALED))
    }

    /// The part of a value that is text of the request as it came: no number, neither escaped nor sealed.
    #[must_use]
    pub fn tainted_part(&self, value: &Val) -> Option<Val> {
        // What came in a cookie holds no `;` either.
        let harmless = Labels::SEALED.with(Labels::ESCAPED).with(Labels::CHECKED).with(Labels::COOKIE);
        self.innermost(value, DEPTH, &|it| {
            it.labels().has(Labels::REQUEST)
                && !it.labels().any(harmless)
                && it.ty().is_none_or(|ty| words::holds_text(&self.peel(ty).last()))
        })
    }

    fn innermost(&self, value: &Val, depth: u32, accepts: &dyn Fn(&Val) -> bool) -> Option<Val> {
        if depth == 0 {
            return None;
        }
        let inner = |it: &Val| self.innermost(it, depth - 1, accepts);
        match &value.kind {
            Kind::Pieces(pieces) => pieces.iter().find_map(|it| match it {
                Piece::Hole(hole) => inner(hole),
                Piece::Text(_) => None,
            }),
            Kind::Tuple(items) => items.iter().find_map(inner),
            Kind::Choice(choice) => {
                let about = &self.atoms[choice.condition as usize].about;
                [&choice.then, &choice.or_else].into_iter().find_map(|side| {
                    let mut side = side.clone();
                    if speaks_of(about, side.names()) {
                        side = side.labelled(Labels::CHECKED);
                    }
                    // The type that was written for both sides.
                    if let (None, Some(ty)) = (side.ty(), value.ty()) {
                        side = side.with_info(|info| info.ty = Some(ty.clone()));
                    }
                    inner(&side)
                })
            }
            Kind::Object(id) => {
                let object = self.state.object(*id)?;
                let parts = object.items.iter().map(|(_, item)| item).chain(object.attributes.values());
                parts.take(32).find_map(inner).or_else(|| accepts(value).then(|| value.clone()))
            }
            Kind::Unknown(LIBRARY) => None,
            Kind::Unknown(_) | Kind::Param(_) => accepts(value).then(|| value.clone()),
            _ => None,
        }
    }

    /// A condition compares `a` with `b`: which names it speaks of, and whether an unverified cookie decides.
    pub(super) fn compared(&mut self, atom: Atom, a: &Val, b: &Val, span: Span) {
        let empty = |it: &Val| it.text().is_some_and(SmolStr::is_empty) || matches!(it.kind, Kind::Null);
        if empty(a) || empty(b) {
            return;
        }
        for (value, other) in [(a, b), (b, a)] {
            let labels = value.labels();
            if !labels.any(Labels::REQUEST.with(Labels::COOKIE)) {
                continue;
            }
            self.atoms[atom as usize].about.extend(value.names().iter().cloned());
            if labels.has(Labels::COOKIE)
                && !labels.has(Labels::SEALED)
                && !other.labels().has(Labels::COOKIE)
            {
                self.decide(value, Some(other), "compared", span);
            }
        }
    }

    /// A condition asks whether a value holds.
    pub(super) fn tested(&mut self, value: &Val, span: Span) {
        if value.labels().has(Labels::COOKIE) && !value.labels().has(Labels::SEALED) {
            self.decide(value, None, "tested", span);
        }
    }

    /// A value gets a name: one that nobody may guess, though it was drawn from a source that can be guessed.
    pub(super) fn drawn(&mut self, name: &Name, value: &Val, span: Span) {
        let labels = value.labels();
        if labels.has(Labels::GUESSABLE) && !labels.has(Labels::RANDOM) && words::is_unguessable(name) {
            let named = value.clone().with_info(|info| info.names = vec![name.clone()]);
            self.arrived(EventKind::Sink, "kind=token", vec![("value".into(), named)], span);
        }
    }

    fn decide(&mut self, value: &Val, other: Option<&Val>, how: &str, span: Span) {
        let other = other.map(|it| (SmolStr::new_static("other"), it.clone()));
        let operands = [("value".into(), value.clone())].into_iter().chain(other).collect();
        self.arrived(EventKind::Decide, how, operands, span);
    }

    fn arrived(&mut self, kind: EventKind, flag: &str, operands: Vec<(SmolStr, Val)>, span: Span) {
        self.record(TraceEvent { operands, flags: vec![flag.into()], ..TraceEvent::new(kind, span) });
    }
}

/// The text that a value begins with.
fn begins(value: &Val) -> Option<&str> {
    match &value.kind {
        Kind::Text(text) => Some(text),
        Kind::Pieces(pieces) => match pieces.first()? {
            Piece::Text(text) => Some(text),
            Piece::Hole(_) => None,
        },
        _ => None,
    }
}

/// Labels of a whole: what can be guessed of it is not all, when another part is not known.
pub(super) fn together<'v>(labels: Labels, mut parts: impl Iterator<Item = &'v Val>) -> Labels {
    let other = |it: &Val| it.is_unknown() && !it.labels().has(Labels::GUESSABLE);
    if labels.has(Labels::GUESSABLE) && parts.any(other) { labels.without(Labels::GUESSABLE) } else { labels }
}

/// Whether a condition about these names asks something of what has those.
#[must_use]
pub fn speaks_of(about: &[Name], names: &[Name]) -> bool {
    !names.is_empty() && about.windows(names.len()).any(|it| it == names)
}

/// What a function that is only known by its name does to labels.
#[must_use]
pub(super) fn transformed(name: &str, labels: Labels) -> Labels {
    if labels == Labels::NONE {
        return labels;
    }
    match words::transform(name) {
        Some("escape") => labels.with(Labels::ESCAPED),
        Some("hide") => labels.with(Labels::SEALED),
        Some("verify") => labels.without(Labels::COOKIE),
        _ => labels,
    }
}
