//! Statements, and which of them run.

use std::rc::Rc;

use crate::ir::{
    Arm, BinaryOp, Block, Expr, ExprKind, Handler, If, Item, ItemKind, Loop, Name, Pattern, PatternKind,
    Span, Stmt, StmtKind, TryCatch,
};

use super::super::environment;
use super::super::join::{decided, join, truth};
use super::super::scope::{Binding, Layer};
use super::super::value::{self, Class, Closure, EnvVal, FileVal, Object, Sequence, Val};
use super::side::decisive;
use super::{Attempt, DEPTH, Evaluator, FrameKind, Outcome};

/// Elements of a list that a loop is run for.
const MOST_TURNS: usize = 64;

impl Evaluator<'_> {
    pub(super) fn block(&mut self, block: &Block) -> Outcome {
        let outcome = self.statements(&block.stmts);
        if let (Outcome::Fall, Some(value)) = (&outcome, &block.value) {
            self.eval(value);
        }
        outcome
    }

    fn statements(&mut self, stmts: &[Stmt]) -> Outcome {
        for (at, stmt) in stmts.iter().enumerate() {
            if !self.step() || self.depth > DEPTH {
                return Outcome::Fall;
            }
            self.depth += 1;
            let ended = self.statement(stmt, &stmts[at + 1..]);
            self.depth -= 1;
            if let Some(outcome) = ended {
                return outcome;
            }
        }
        Outcome::Fall
    }

    /// `None`: go on with the next statement. A branch that leaves the block runs the `rest` itself.
    fn statement(&mut self, stmt: &Stmt, rest: &[Stmt]) -> Option<Outcome> {
        self.trail.clear();
        match &stmt.kind {
            StmtKind::Item(item) => {
                self.item(item);
                None
            }
            StmtKind::Let { pattern, value, .. } => {
                let val = value.as_ref().map_or(Val::Unbound, |it| self.eval(it));
                self.bind_pattern(pattern, &val, value.as_ref().map_or(pattern.span, |it| it.span));
                None
            }
            StmtKind::Expr(expr) => self.effect(expr, rest),
        }
    }

    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Import(import) => self.import(import),
            ItemKind::Function(function) => {
                let captured = self.captured();
                let closure = Closure { home: self.file(), function: function.clone(), captured };
                let val = Val::Object(Object::Function(Rc::new(closure)));
                self.bind(&function.name.name, val, function.name.span);
            }
            ItemKind::Type(def) => {
                let val = Val::Object(Object::Class(Rc::new(Class { home: self.file(), def: def.clone() })));
                self.bind(&def.name.name, val, def.name.span);
            }
            _ => {}
        }
    }

    pub(super) fn captured(&self) -> Rc<[(Name, Rc<Binding>)]> {
        match self.frames.last() {
            Some(frame) if frame.kind == FrameKind::Function => frame.layers.visible().into(),
            _ => Rc::new([]),
        }
    }

    /// An expression that stands as a statement.
    fn effect(&mut self, expr: &Expr, rest: &[Stmt]) -> Option<Outcome> {
        match &expr.kind {
            ExprKind::If(branch) => return self.branch(branch, rest),
            ExprKind::Return(value) => {
                return Some(Outcome::Return(value.as_ref().map_or(Val::Null, |it| self.eval(it))));
            }
            ExprKind::Raise(_) => return Some(Outcome::Raise),
            ExprKind::Break(_) | ExprKind::Continue => return Some(Outcome::Jump),
            ExprKind::Block(block) | ExprKind::Async(block) => return ended(self.block(block)),
            ExprKind::With(with) => {
                let mut outside = Vec::new();
                for (context, pattern) in &with.items {
                    let val = self.eval(context);
                    outside.extend(self.prefixed(context, &val));
                    if let Some(pattern) = pattern {
                        self.bind_pattern(pattern, &val, context.span);
                    }
                }
                let outcome = self.block(&with.body);
                for (name, binding) in outside.into_iter().rev() {
                    if let Some(layers) = self.layers() {
                        layers.bind(name, binding);
                    }
                }
                return ended(outcome);
            }
            ExprKind::TryCatch(attempt) => return self.attempt(attempt, rest),
            ExprKind::Loop(each) => return self.repeat(each),
            ExprKind::Match(choice) => {
                let subject = self.eval(&choice.subject);
                return self.arms(&choice.arms, &subject, rest);
            }
            ExprKind::Delete(targets) => {
                for target in targets {
                    self.delete(target);
                }
            }
            ExprKind::Assign { target, op: None, value } => self.assign(target, value),
            ExprKind::Assign { target, op: Some(op), value } => {
                let added = self.eval(value);
                let trail = std::mem::take(&mut self.trail);
                let op = *op;
                self.update(target, &mut |_, old| super::operator::binary(op, old, &added));
                self.trail = trail;
            }
            ExprKind::Method(call) if self.mutate(call, expr.span) => {}
            _ => {
                let val = self.eval(expr);
                if matches!(val, Val::Unbound) && matches!(expr.kind, ExprKind::Call(_) | ExprKind::Method(_))
                {
                    // A call that never comes back.
                    return Some(Outcome::Raise);
                }
            }
        }
        None
    }

    /// `with env.prefixed("X_"):` changes `env` itself until the block ends; what it was before.
    fn prefixed(&mut self, context: &Expr, val: &Val) -> Option<(Name, Rc<Binding>)> {
        let ExprKind::Method(call) = &context.kind else { return None };
        let ExprKind::Path(path) = &call.receiver.kind else { return None };
        let ([name], Val::Object(Object::Reader(reader))) = (path.segments.as_slice(), val) else {
            return None;
        };
        if environment::prefixed(reader.row) != Some(&call.method.name) {
            return None;
        }
        let before = self.binding(name)?;
        self.layers()?.bind(name.clone(), Rc::new(Binding { val: val.clone(), ..(*before).clone() }));
        Some((name.clone(), before))
    }

    pub(super) fn push(&mut self) {
        if let Some(layers) = self.layers() {
            layers.push();
        }
    }

    pub(super) fn pop(&mut self) -> Layer {
        self.layers().map(super::super::scope::Layers::pop).unwrap_or_default()
    }

    fn apply(&mut self, layer: Layer) {
        if let Some(layers) = self.layers() {
            layers.apply(layer);
        }
    }

    pub(super) fn merge(&mut self, condition: &Val, at: Span, then: Layer, or_else: Layer) {
        if let Some(layers) = self.layers() {
            layers.merge(condition, at, then, or_else);
        }
    }

    fn branch(&mut self, branch: &If, rest: &[Stmt]) -> Option<Outcome> {
        let condition = self.condition(&branch.condition);
        let nothing = Block::default();
        let or_else = branch.or_else.as_ref().unwrap_or(&nothing);
        if let Some(taken) = decided(&condition) {
            return ended(self.block(if taken { &branch.then } else { or_else }));
        }
        let at = branch.condition.span;
        let refusals = self.refusals;
        self.push();
        let first = self.block(&branch.then);
        let then = self.pop();
        self.push();
        let second = self.block(or_else);
        let otherwise = self.pop();
        let refuses = matches!((&first, &second), (Outcome::Raise, _) | (_, Outcome::Raise));
        let outcome = self.rejoin(&condition, at, (first, then), (second, otherwise), rest);
        // A refusal further in asks all the questions around it.
        if refuses || self.refusals > refusals {
            self.guard(&branch.condition);
        }
        outcome
    }

    /// Puts two branches together again.
    fn rejoin(
        &mut self,
        condition: &Val,
        at: Span,
        (first, then): (Outcome, Layer),
        (second, otherwise): (Outcome, Layer),
        rest: &[Stmt],
    ) -> Option<Outcome> {
        match (first, second) {
            (Outcome::Raise, Outcome::Raise) => Some(Outcome::Raise),
            (Outcome::Raise, outcome) => {
                self.apply(otherwise);
                ended(outcome)
            }
            (outcome, Outcome::Raise) => {
                self.apply(then);
                ended(outcome)
            }
            (Outcome::Return(a), Outcome::Return(b)) => Some(Outcome::Return(join(condition, &a, &b))),
            (Outcome::Return(a), _) => {
                self.apply(otherwise);
                let b = self.remainder(rest);
                Some(Outcome::Return(b.map_or_else(|| a.clone(), |b| join(condition, &a, &b))))
            }
            (_, Outcome::Return(b)) => {
                self.apply(then);
                let a = self.remainder(rest);
                Some(Outcome::Return(a.map_or_else(|| b.clone(), |a| join(condition, &a, &b))))
            }
            (Outcome::Fall | Outcome::Jump, Outcome::Fall | Outcome::Jump) => {
                self.merge(condition, at, then, otherwise);
                None
            }
        }
    }

    /// The arms of a `match`, as the chain of questions that they are.
    fn arms(&mut self, arms: &[Arm], subject: &Val, rest: &[Stmt]) -> Option<Outcome> {
        let (arm, others) = arms.split_first()?;
        let mut condition = truth(&decisive(&truth(&arm_holds(&arm.pattern, subject))));
        self.bind_pattern(&arm.pattern, subject, arm.span);
        if let Some(guard) = &arm.guard
            && decided(&condition) != Some(false)
        {
            let guard = self.condition(guard);
            condition = if decided(&condition) == Some(true) {
                guard
            } else {
                Val::opaque("which case holds is not known")
            };
        }
        match decided(&condition) {
            Some(true) => return self.effect(&arm.body, rest),
            Some(false) => return self.arms(others, subject, rest),
            None => {}
        }
        self.push();
        let first = self.effect(&arm.body, &[]).unwrap_or(Outcome::Fall);
        let then = self.pop();
        self.push();
        let second = self.arms(others, subject, rest).unwrap_or(Outcome::Fall);
        let otherwise = self.pop();
        self.rejoin(&condition, arm.pattern.span, (first, then), (second, otherwise), rest)
    }

    /// What the rest of a function gives; `None` when it does not come back.
    fn remainder(&mut self, rest: &[Stmt]) -> Option<Val> {
        match self.statements(rest) {
            Outcome::Return(val) => Some(val),
            Outcome::Raise => None,
            Outcome::Fall | Outcome::Jump => Some(Val::Null),
        }
    }

    /// A check that ends the program: names in its condition do not keep the value it refuses.
    fn guard(&mut self, condition: &Expr) {
        if self.frames.last().is_none_or(|it| it.kind != FrameKind::Module) {
            return;
        }
        self.refusals += 1;
        let mut names = Vec::new();
        collect_names(condition, &mut names);
        for name in names {
            let Some(layers) = self.layers() else { return };
            if let Some(binding) = layers.get(&name).cloned() {
                layers.bind(name, Rc::new(Binding { guarded: true, ..(*binding).clone() }));
            }
        }
    }

    fn attempt(&mut self, attempt: &TryCatch, rest: &[Stmt]) -> Option<Outcome> {
        let outer = std::mem::take(&mut self.attempt);
        self.push();
        let mut outcome = self.block(&attempt.body);
        let mut body = self.pop();
        let failure = std::mem::replace(&mut self.attempt, outer);
        let handler = attempt.handlers.iter().find(|it| catches(it, &failure));
        if failure.unbound && handler.is_some() {
            body = Layer::default();
            outcome = Outcome::Fall;
        }
        if let Some(handler) = handler {
            self.push();
            let second = self.block(&handler.body);
            let layer = self.pop();
            outcome = self.recover((outcome, second), body, &layer, &failure, rest);
        } else {
            self.apply(body);
        }
        if let (Outcome::Fall, Some(or_else)) = (&outcome, &attempt.or_else) {
            outcome = self.block(or_else);
        }
        if let Some(finally) = &attempt.finally {
            self.block(finally);
        }
        ended(outcome)
    }

    /// Joins a `try` with the handler of what may have failed in it: how both end, and what they wrote.
    fn recover(
        &mut self,
        (outcome, handled): (Outcome, Outcome),
        body: Layer,
        stand_in: &Layer,
        failure: &Attempt,
        rest: &[Stmt],
    ) -> Outcome {
        let written: Vec<_> = body.names.keys().cloned().collect();
        self.apply(body);
        if !matches!(handled, Outcome::Raise) {
            for (name, binding) in &stand_in.names {
                let Some(layers) = self.layers() else { break };
                let mine = layers.get(name).filter(|_| written.contains(name)).cloned();
                let binding = if let Some(mine) = mine {
                    let Some(val) = with_fallback(&mine.val, &binding.val) else { continue };
                    let span = if matches!(mine.val, Val::Env(_)) { mine.span } else { binding.span };
                    Binding { val, span, trail: binding.trail.clone(), ..(*mine).clone() }
                } else {
                    let later = binding.later.clone().or_else(|| failure.missing.clone());
                    Binding { later, ..(**binding).clone() }
                };
                layers.bind(name.clone(), Rc::new(binding));
            }
        }
        let or = |val: Val, fallback: Option<Val>| match fallback {
            Some(fallback) => Outcome::Return(with_fallback(&val, &fallback).unwrap_or(val)),
            None => Outcome::Return(val),
        };
        match (outcome, handled) {
            (Outcome::Return(a), Outcome::Return(b)) => or(a, Some(b)),
            (Outcome::Return(a), Outcome::Fall) => {
                let b = self.remainder(rest);
                or(a, b)
            }
            (Outcome::Fall, Outcome::Return(b)) => match self.remainder(rest) {
                Some(a) => or(a, Some(b)),
                None => Outcome::Return(b),
            },
            (outcome, _) => outcome,
        }
    }

    fn repeat(&mut self, each: &Loop) -> Option<Outcome> {
        if let Some((pattern, iterable)) = &each.each {
            let items = self.elements(iterable);
            if let Some(items) = items.filter(|it| it.len() <= MOST_TURNS) {
                for item in items {
                    self.bind_pattern(pattern, &item, iterable.span);
                    match self.block(&each.body) {
                        outcome @ (Outcome::Return(_) | Outcome::Raise) => return Some(outcome),
                        Outcome::Fall | Outcome::Jump => {}
                    }
                }
                return None;
            }
            self.bind_pattern(pattern, &Val::opaque("an element of an unknown list"), iterable.span);
        }
        self.push();
        self.block(&each.body);
        let layer = self.pop();
        let at =
            each.each.as_ref().map(|(_, it)| it.span).or_else(|| each.condition.as_ref().map(|it| it.span));
        if let Some(at) = at {
            let unknown = Val::opaque("how often the loop runs is not known");
            self.merge(&unknown, at, layer, Layer::default());
        }
        None
    }

    pub(super) fn bind_pattern(&mut self, pattern: &Pattern, val: &Val, span: Span) {
        match &pattern.kind {
            PatternKind::Bind(name, _) => self.bind(name, val.clone(), span),
            PatternKind::Tuple(parts) | PatternKind::List(parts) => {
                let items = unpacked(val, parts.len());
                for (at, part) in parts.iter().enumerate() {
                    let item = items.as_ref().and_then(|it| it.get(at).cloned());
                    self.bind_pattern(
                        part,
                        &item.unwrap_or_else(|| Val::opaque("a part of an unknown value")),
                        span,
                    );
                }
            }
            PatternKind::Rest(Some(name)) => self.bind(name, Val::opaque("the rest of a list"), span),
            PatternKind::Target(target) => self.store(target, val, span),
            _ => {}
        }
    }
}

/// A block that was run in place: nothing more to do when it came to its end.
fn ended(outcome: Outcome) -> Option<Outcome> {
    match outcome {
        Outcome::Fall => None,
        outcome => Some(outcome),
    }
}

/// The elements of a list that is unpacked to `count` names.
pub(super) fn unpacked(val: &Val, count: usize) -> Option<Vec<Val>> {
    match val {
        Val::List(list) if list.complete && list.items.len() == count && list.kind != Sequence::Set => {
            Some(list.items.iter().map(|it| it.val.clone()).collect())
        }
        _ => None,
    }
}

fn catches(handler: &Handler, failure: &Attempt) -> bool {
    let named = |names: &[&str]| {
        handler.types.is_empty()
            || handler.types.iter().any(|it| match &it.kind {
                ExprKind::Path(path) => {
                    path.segments.last().is_some_and(|name| names.contains(&name.as_str()))
                }
                ExprKind::Field(_, name) => names.contains(&name.name.as_str()),
                _ => false,
            })
    };
    (failure.missing.is_some()
        && named(&["ImportError", "ModuleNotFoundError", "Exception", "BaseException"]))
        || (failure.unbound && named(&["NameError", "Exception", "BaseException"]))
        || (failure.lacking
            && named(&[
                "KeyError",
                "Exception",
                "BaseException",
                "ImproperlyConfigured",
                "UndefinedValueError",
                "IOError",
                "OSError",
                "FileNotFoundError",
                "EnvError",
                "EnvironmentError",
            ]))
}

/// A value that may be missing, with what stands in for it; `None` when it is never missing.
pub(super) fn with_fallback(val: &Val, fallback: &Val) -> Option<Val> {
    match val {
        Val::Env(env) if env.fallback.is_none() => {
            Some(Val::Env(Rc::new(EnvVal { fallback: Some(fallback.clone()), ..(**env).clone() })))
        }
        Val::File(file) if file.fallback.is_none() => {
            Some(Val::File(Rc::new(FileVal { fallback: Some(fallback.clone()), ..(**file).clone() })))
        }
        Val::Object(Object::Foreign(path)) if !matches!(fallback, Val::Object(_)) => {
            Some(Val::File(Rc::new(FileVal {
                key: path.clone(),
                fallback: Some(fallback.clone()),
                cast: super::super::value::Cast::Any,
            })))
        }
        _ => None,
    }
}

/// Whether a pattern takes the subject, as a value like that of a comparison.
fn arm_holds(pattern: &Pattern, subject: &Val) -> Val {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Bind(_, None) => Val::Bool(true),
        PatternKind::Literal(literal) => {
            super::operator::binary(BinaryOp::Equal, subject, &super::expression::literal(literal))
        }
        PatternKind::Or(parts) => {
            let literals = parts.iter().map(|it| match &it.kind {
                PatternKind::Literal(literal) => Some(super::expression::literal(literal)),
                _ => None,
            });
            let Some(literals) = literals.collect::<Option<Vec<_>>>() else {
                return Val::opaque("which case holds is not known");
            };
            let items = literals
                .into_iter()
                .map(|val| value::Item { val, span: pattern.span, maybe: false })
                .collect();
            super::operator::binary(BinaryOp::In, subject, &Val::list(Sequence::Tuple, items, true))
        }
        _ => Val::opaque("which case holds is not known"),
    }
}

fn collect_names(expr: &Expr, names: &mut Vec<Name>) {
    match &expr.kind {
        ExprKind::Path(path) => names.extend(path.segments.first().cloned()),
        ExprKind::Unary(_, inner) => collect_names(inner, names),
        ExprKind::Binary(_, a, b) => {
            collect_names(a, names);
            collect_names(b, names);
        }
        ExprKind::Call(call) => call.args.iter().for_each(|it| collect_names(&it.value, names)),
        ExprKind::Method(call) => {
            collect_names(&call.receiver, names);
            call.args.iter().for_each(|it| collect_names(&it.value, names));
        }
        _ => {}
    }
}
