//! Choices, loops and what is tried: where paths part and join.

use super::expr::binding;
use super::machine::{Machine, Truth};
use super::state::State;
use super::value::{AtomKind, Val};
use crate::ir::{Arm, Block, Comprehension, ComprehensionKind, ExprKind, Loop, Match, Span, TryCatch, With};
use crate::model::Labels;

/// Arms of a match that are decided one after the other.
const WIDE: usize = 128;

/// Guards of a match that are decided apart from their patterns: what follows an arm with a guard is reached in two
/// ways (another pattern, or the guard says no), so each such arm doubles the work.
const GUARDED: usize = 4;

/// Elements of a known list that a loop goes through one by one.
const UNROLL: usize = 12;

impl Machine<'_> {
    pub(super) fn comprehension(&mut self, it: &Comprehension, span: Span) -> Val {
        let saved = self.state.frame.clone();
        let mut labels = crate::model::Labels::NONE;
        let mut bounded = false;
        for clause in &it.clauses {
            let iterable = self.eval(&clause.iterable);
            labels = labels.with(iterable.labels());
            bounded |= self.is_few(&iterable);
            let element = self.element_of(&iterable);
            self.bind(&clause.pattern, element);
            for condition in &clause.conditions {
                self.eval(condition);
            }
        }
        let key = it.key.as_ref().map(|key| self.eval(key));
        let element = self.eval(&it.element);
        self.state.frame = saved;
        labels = if bounded {
            labels.without(crate::model::Labels::COLLECTION)
        } else {
            labels.with(crate::model::Labels::COLLECTION)
        };
        let value = match (it.kind, key) {
            (ComprehensionKind::Map, Some(key)) => self.map(vec![(key, element)], true, span),
            _ => self.list(vec![element], true, span),
        };
        value.labelled(labels).with_info(|info| info.bounded = bounded)
    }

    pub(super) fn match_(&mut self, it: &Match) -> Val {
        let subject = self.eval(&it.subject);
        self.arms(&subject, &it.arms)
    }

    pub(super) fn arms(&mut self, subject: &Val, arms: &[Arm]) -> Val {
        if arms.len() > WIDE {
            // Deciding one arm after the other would nest as deep as there are arms.
            let (first, second) = arms.split_at(arms.len() / 2);
            let atom = self.fresh_atom(second[0].body.span);
            return self.branch(
                &Truth::Atom(atom, true),
                |machine| machine.arms(subject, first),
                |machine| machine.arms(subject, second),
            );
        }
        if !self.step() {
            return Val::unknown("not reached");
        }
        let Some((arm, rest)) = arms.split_first() else { return Val::unknown("no arm matches") };
        let mut truth = self.matches(&arm.pattern, subject);
        if rest.is_empty() && arm.guard.is_none() {
            truth = Truth::Known(true);
        }
        let guard = arm.guard.as_ref();
        if let (Truth::Atom(atom, polarity), Some(guard)) = (&truth, guard)
            && arms.iter().filter(|arm| arm.guard.is_some()).count() > GUARDED
        {
            let (atom, polarity) = (*atom, *polarity);
            let taken = self.fresh_atom(arm.body.span);
            return self.branch(
                &Truth::Atom(taken, true),
                |machine| {
                    machine.suppose(atom, polarity);
                    machine.bind(&arm.pattern, subject.clone());
                    match machine.condition(guard) {
                        Truth::Known(known) => machine.state.alive &= known,
                        Truth::Atom(atom, polarity) => machine.suppose(atom, polarity),
                    }
                    if machine.state.alive { machine.eval(&arm.body) } else { Val::unknown("not reached") }
                },
                |machine| machine.arms(subject, rest),
            );
        }
        self.branch(
            &truth,
            |machine| {
                machine.bind(&arm.pattern, subject.clone());
                let Some(guard) = guard else { return machine.eval(&arm.body) };
                let truth = machine.condition(guard);
                machine.branch(&truth, |it| it.eval(&arm.body), |it| it.arms(subject, rest))
            },
            |machine| machine.arms(subject, rest),
        )
    }

    pub(super) fn loop_(&mut self, it: &Loop, span: Span) -> Val {
        if let Some((pattern, iterable)) = &it.each {
            let iterable = self.eval(iterable);
            if let Some(items) = self.known_items(&iterable).filter(|items| items.len() <= UNROLL) {
                for item in items {
                    if !self.state.alive {
                        break;
                    }
                    self.round(|machine| machine.bind(pattern, item), &it.body);
                }
            } else {
                let element = self.element_of(&iterable);
                let atom = self.fresh_atom(span);
                let bounded = iterable.info.as_ref().is_some_and(|info| info.bounded);
                let grows = iterable.labels().has(Labels::COLLECTION) && !bounded && !breaks(&it.body);
                if grows {
                    self.growing.push(span);
                }
                self.branch(
                    &Truth::Atom(atom, true),
                    |machine| {
                        machine.round(|machine| machine.bind(pattern, element), &it.body);
                        Val::null()
                    },
                    |_| Val::null(),
                );
                if grows {
                    self.growing.pop();
                }
            }
        } else if let Some(condition) = &it.condition {
            let truth = self.condition(condition);
            let truth = match truth {
                // `while True` runs, everything else may or may not.
                Truth::Known(known) => Truth::Known(known),
                Truth::Atom(..) => Truth::Atom(self.fresh_atom(span), true),
            };
            let pattern = binding(condition).map(|(pattern, _)| pattern);
            let subject = self.take_subject();
            self.branch(
                &truth,
                |machine| {
                    machine.round(
                        |machine| {
                            if let (Some(pattern), Some(subject)) = (pattern, subject) {
                                machine.bind(pattern, subject);
                            }
                        },
                        &it.body,
                    );
                    Val::null()
                },
                |_| Val::null(),
            );
        } else {
            self.round(|_| (), &it.body);
        }
        if let Some(or_else) = &it.or_else {
            self.block(or_else);
        }
        Val::unknown("value of a loop")
    }

    /// One round of a loop: breaks and continues end here.
    pub(super) fn round(&mut self, start: impl FnOnce(&mut Self), body: &Block) {
        let before = self.state.path.len();
        self.loops.push(Vec::new());
        start(self);
        self.block(body);
        let exits = self.loops.pop().unwrap_or_default();
        for exit in exits {
            self.state = rejoin(std::mem::take(&mut self.state), exit, before);
        }
    }

    pub(super) fn exit_loop(&mut self) {
        let state = self.state.clone();
        if let Some(exits) = self.loops.last_mut() {
            exits.push(state);
        }
        self.state.alive = false;
    }

    pub(super) fn try_catch(&mut self, it: &TryCatch, span: Span) -> Val {
        let before = self.state.clone();
        self.block(&it.body);
        if let Some(or_else) = &it.or_else {
            self.block(or_else);
        }
        for handler in &it.handlers {
            let key = format!(
                "@except {}:{}:{}",
                span.file.0,
                handler.body.stmts.first().map_or(span.start, |it| it.span.start),
                self.calls.len()
            );
            let atom = self.atom(&key, AtomKind::Other);
            let after = std::mem::replace(&mut self.state, before.clone());
            let depth = self.state.path.len();
            self.state.path.push((atom, true));
            if let Some(name) = &handler.name {
                self.state.bind(name.name.clone(), Val::unknown("an exception"));
            }
            self.block(&handler.body);
            let caught = std::mem::take(&mut self.state);
            self.state = super::state::join(atom, caught, after, depth);
        }
        if let Some(finally) = &it.finally {
            let alive = self.state.alive;
            self.state.alive = true;
            self.block(finally);
            self.state.alive &= alive;
        }
        Val::null()
    }

    pub(super) fn with(&mut self, it: &With) -> Val {
        for (context, target) in &it.items {
            let value = self.eval(context);
            if let Some(target) = target {
                self.bind(target, value);
            }
        }
        self.block(&it.body)
    }
}

/// Whether a loop's body may end the loop.
fn breaks(body: &Block) -> bool {
    use crate::ir::walk::{Part, parts, parts_of_statement};
    fn in_part(part: Part<'_>, found: &mut bool) {
        match part {
            Part::Block(block) => *found |= breaks(block),
            Part::Expr(expr) => {
                *found |= matches!(expr.kind, ExprKind::Break(_) | ExprKind::Return(_));
                parts(expr, &mut |part| in_part(part, found));
            }
        }
    }
    let mut found = false;
    for stmt in &body.stmts {
        parts_of_statement(stmt, &mut |part| in_part(part, &mut found));
    }
    if let Some(value) = &body.value {
        in_part(Part::Expr(value), &mut found);
    }
    found
}

/// Joins a state that left a loop early.
fn rejoin(state: State, exit: State, before: usize) -> State {
    let parting = exit.path.iter().zip(state.path.iter()).take_while(|(a, b)| a == b).count();
    match exit.path.get(parting) {
        Some((atom, true)) => super::state::join(*atom, exit, state, before),
        Some((atom, false)) => super::state::join(*atom, state, exit, before),
        None if state.alive => state,
        None => exit,
    }
}
