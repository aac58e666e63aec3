//! Statements and expressions.

use std::rc::Rc;

use smol_str::SmolStr;

use super::machine::{Machine, Truth};
use super::operator;
use super::state::choose;
use super::value::{AtomKind, Callee, Class, Kind, Piece, Val};
use crate::ir::{
    BinaryOp, Block, Comprehension, ComprehensionKind, Expr, ExprKind, FormatPart, ItemKind, Literal, Loop,
    Match, Name, Path, Pattern, PatternKind, Record, Stmt, StmtKind, TryCatch, UnaryOp, With,
};
use crate::model::Labels;

/// Why an expression without a value of its own is not known: a slice, say.
pub const NO_VALUE: &str = "not understood";
/// Pieces of a text that are told apart.
pub const PIECES: usize = 48;
/// Arms of a match that are decided one after the other.
const WIDE: usize = 128;
/// Guards of a match that are decided apart from their patterns: what follows an arm with a guard is reached in two
/// ways (another pattern, or the guard says no), so each such arm doubles the work.
const GUARDED: usize = 4;

/// Elements of a known list that a loop goes through one by one.
const UNROLL: usize = 12;

impl Machine<'_> {
    pub fn block(&mut self, block: &Block) -> Val {
        for stmt in &block.stmts {
            if !self.state.alive {
                return Val::unknown("after a return");
            }
            self.stmt(stmt);
        }
        match &block.value {
            Some(value) if self.state.alive => self.eval(value),
            _ => Val::null(),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pattern, ty, value, or_else } => {
                let mut bound = match value {
                    Some(value) => {
                        if matches!(pattern.kind, PatternKind::Wildcard) {
                            self.dropped = Some(value.span);
                        }
                        self.eval(value)
                    }
                    None => Val::unknown("declared without a value"),
                };
                if let Some(ty) = ty
                    && bound.ty().is_none()
                    && !matches!(bound.kind, Kind::Object(_))
                {
                    let ty = self.ty(ty, self.scope);
                    bound = bound.with_info(|info| info.ty = Some(ty));
                }
                if let Some(or_else) = or_else {
                    let truth = self.matches(pattern, &bound);
                    let this = bound.clone();
                    self.branch(
                        &truth,
                        |it| {
                            it.bind(pattern, this);
                            Val::null()
                        },
                        |it| it.block(or_else),
                    );
                } else {
                    self.bind(pattern, bound);
                }
            }
            StmtKind::Expr(expr) => {
                self.dropped = Some(expr.span);
                self.eval(expr);
            }
            StmtKind::Item(item) => match &item.kind {
                ItemKind::Function(function) => {
                    let callee = Callee::Closure(function.clone(), self.scope, self.state.frame.clone());
                    self.state.bind(
                        function.name.name.clone(),
                        Val::at(Kind::Function(Rc::new(callee)), function.span),
                    );
                }
                ItemKind::Import(import) if !import.star => {
                    if let (Some(alias), Some(meaning)) =
                        (&import.alias, self.program.index.import_target(self.scope, import))
                    {
                        let value = self.meaning(meaning, import.span);
                        self.state.bind(alias.clone(), value);
                    }
                }
                ItemKind::Constant(constant) => {
                    if let Some(value) = &constant.value {
                        let value = self.eval(value);
                        self.state.bind(constant.name.name.clone(), value);
                    }
                }
                _ => {}
            },
        }
    }

    pub fn eval(&mut self, expr: &Expr) -> Val {
        if !self.state.alive || !self.step() {
            return Val::unknown("not reached");
        }
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => Val::at(literal_kind(literal), span),
            ExprKind::Path(path) => self.path(path),
            ExprKind::Field(base, name) => {
                let base = self.eval(base);
                self.field(&base, name)
            }
            ExprKind::Index(base, index) => {
                let base = self.eval(base);
                let index = self.eval(index);
                self.index(&base, &index, span)
            }
            ExprKind::Call(call) => self.call(call, span),
            ExprKind::Method(call) => self.method(call, span),
            ExprKind::Record(record) => self.record_literal(record, span),
            ExprKind::Tuple(items) => {
                let items = self.elements(items);
                let mut labels =
                    items.iter().fold(crate::model::Labels::NONE, |all, item| all.with(item.labels()));
                labels = super::reach::together(labels, items.iter());
                Val::at(Kind::Tuple(Rc::from(items)), span).labelled(labels)
            }
            ExprKind::List(items) | ExprKind::Set(items) => {
                if let Some(bytes) = byte_list(items) {
                    return Val::at(Kind::Bytes(Rc::from(bytes)), span);
                }
                let open = items.iter().any(|item| matches!(item.kind, ExprKind::Spread(_)));
                let items = self.elements(items);
                self.list(items, open, span)
            }
            ExprKind::Repeat(item, count) => {
                let item = self.eval(item);
                let count = self.eval(count);
                match (&item.kind, &count.kind) {
                    (Kind::Int(byte), Kind::Int(count)) if (0..=4096).contains(count) => {
                        let byte = u8::try_from(*byte).unwrap_or(0);
                        Val::at(Kind::Bytes(Rc::from(vec![byte; usize::try_from(*count).unwrap_or(0)])), span)
                    }
                    _ => self.list(vec![item], true, span),
                }
            }
            ExprKind::Map(entries) => self.map_literal(entries, span),
            ExprKind::Comprehension(it) => self.comprehension(it, span),
            ExprKind::Unary(op, inner) => {
                let value = self.eval(inner);
                self.unary(*op, &value, span)
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, span),
            ExprKind::If(branch) => {
                let truth = self.condition(&branch.condition);
                let pattern = binding(&branch.condition);
                let subject = pattern.map(|(pattern, _)| pattern);
                let value = self.take_subject();
                self.branch(
                    &truth,
                    |it| {
                        if let (Some(pattern), Some(value)) = (subject, value) {
                            it.bind(pattern, value);
                        }
                        it.block(&branch.then)
                    },
                    |it| branch.or_else.as_ref().map_or_else(Val::null, |block| it.block(block)),
                )
            }
            ExprKind::Let(pattern, value) => {
                let value = self.eval(value);
                let truth = self.matches(pattern, &value);
                self.bind(pattern, value);
                truth_value(&truth)
            }
            ExprKind::Match(it) => self.match_(it),
            ExprKind::Block(block) | ExprKind::Async(block) => self.block(block),
            ExprKind::Loop(it) => self.loop_(it, span),
            ExprKind::Closure(function) => {
                let callee = Callee::Closure(function.clone(), self.scope, self.state.frame.clone());
                Val::at(Kind::Function(Rc::new(callee)), span)
            }
            ExprKind::Format(parts) => self.format(parts, span),
            ExprKind::Await(inner) | ExprKind::Try(inner) => self.eval(inner),
            ExprKind::Cast(inner, ty) => {
                let value = self.eval(inner);
                if value.is_unknown() {
                    let ty = self.ty(ty, self.scope);
                    return value.with_info(|info| info.ty = Some(ty));
                }
                value
            }
            ExprKind::Assign { target, op, value } => {
                let value = match op {
                    Some(op) => self.binary(*op, target, value, span),
                    None => self.eval(value),
                };
                self.assign(target, value.clone(), span);
                value
            }
            ExprKind::Delete(targets) => {
                for target in targets {
                    self.delete(target);
                }
                Val::null()
            }
            ExprKind::Return(value) => {
                let value = value.as_ref().map_or_else(Val::null, |value| self.eval(value));
                self.leave(value);
                Val::unknown("after a return")
            }
            ExprKind::Break(value) => {
                if let Some(value) = value {
                    self.eval(value);
                }
                self.exit_loop();
                Val::unknown("after a break")
            }
            ExprKind::Continue => {
                self.exit_loop();
                Val::unknown("after a continue")
            }
            ExprKind::Raise(value) => {
                if let Some(value) = value {
                    self.eval(value);
                }
                self.state.alive = false;
                Val::unknown("after a raise")
            }
            ExprKind::TryCatch(it) => self.try_catch(it, span),
            ExprKind::With(it) => self.with(it),
            ExprKind::Macro { path, args } => self.macro_call(path, args, span),
            ExprKind::Spread(inner) => self.eval(inner),
            ExprKind::BuildFlag(flag) => {
                let kind = match flag.as_str() {
                    "debug_assertions" => AtomKind::Debug,
                    "test" => return Val::at(Kind::Bool(false), span),
                    _ => AtomKind::Other,
                };
                let atom = self.atom(&format!("build {flag}"), kind);
                choose(atom, Val::at(Kind::Bool(true), span), Val::at(Kind::Bool(false), span))
            }
            ExprKind::Unknown => Val::unknown(NO_VALUE),
        }
    }

    /// Evaluates a condition; a binding condition leaves its subject for `take_subject`.
    fn condition(&mut self, condition: &Expr) -> Truth {
        self.trace_subject(None);
        if let ExprKind::Let(pattern, value) = &condition.kind {
            let value = self.eval(value);
            let truth = self.matches(pattern, &value);
            self.trace_subject(Some(value));
            truth
        } else {
            let value = self.eval(condition);
            self.tested(&value, condition.span);
            self.truth(&value, condition.span)
        }
    }

    fn trace_subject(&mut self, value: Option<Val>) {
        match value {
            Some(value) => self.state.bind(SUBJECT, value),
            None => {
                if self.state.variable(&SUBJECT).is_some() {
                    Rc::make_mut(&mut self.state.frame).variables.remove(&SUBJECT);
                }
            }
        }
    }

    fn take_subject(&mut self) -> Option<Val> {
        self.state.variable(&SUBJECT).cloned()
    }

    fn elements(&mut self, items: &[Expr]) -> Vec<Val> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let value = self.eval(item);
            if matches!(item.kind, ExprKind::Spread(_)) {
                match self.known_items(&value) {
                    Some(items) => out.extend(items),
                    None => out.push(value),
                }
            } else {
                out.push(value);
            }
        }
        out
    }

    /// The elements of a list or tuple whose length is known.
    #[must_use]
    pub fn known_items(&self, value: &Val) -> Option<Vec<Val>> {
        match &value.kind {
            Kind::Tuple(items) => Some(items.to_vec()),
            Kind::Object(id) => {
                let object = self.state.object(*id)?;
                match object.class {
                    Class::List if !object.open => {
                        Some(object.items.iter().map(|(_, item)| item.clone()).collect())
                    }
                    Class::Map if !object.open => {
                        Some(object.items.iter().map(|(key, _)| key.clone()).collect())
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn map_literal(&mut self, entries: &[(Option<Expr>, Expr)], span: crate::ir::Span) -> Val {
        let mut items = Vec::new();
        let mut open = false;
        for (key, value) in entries {
            if let Some(key) = key {
                let key = self.eval(key);
                let value = self.eval(value);
                items.retain(|(known, _): &(Val, Val)| !known.same(&key));
                items.push((key, value));
            } else {
                let spread = self.eval(value);
                match &spread.kind {
                    Kind::Object(id)
                        if self.state.object(*id).is_some_and(|it| matches!(it.class, Class::Map)) =>
                    {
                        if let Some(object) = self.state.object(*id) {
                            open |= object.open;
                            items.extend(object.items.iter().cloned());
                        }
                    }
                    _ => open = true,
                }
            }
        }
        self.map(items, open, span)
    }

    fn record_literal(&mut self, record: &Record, span: crate::ir::Span) -> Val {
        let rest = record.rest.as_ref().map(|rest| match &rest.kind {
            // `..Default::default()` means the default of the record's own type.
            ExprKind::Call(call) if is_default(&call.callee) => self.default_of_path(&record.path, rest.span),
            _ => self.eval(rest),
        });
        let fields: Vec<(Name, Val)> =
            record.fields.iter().map(|(name, value)| (name.name.clone(), self.eval(value))).collect();
        self.construct_record(&record.path, fields, rest, span)
    }

    fn format(&mut self, parts: &[FormatPart], span: crate::ir::Span) -> Val {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut labels = crate::model::Labels::NONE;
        let mut names = Vec::new();
        for part in parts {
            match part {
                FormatPart::Text(text) => push_text(&mut pieces, text),
                FormatPart::Value(value) => {
                    let value = self.eval(value);
                    let value = self.state.refine(&value);
                    labels = labels.with(value.labels());
                    names.extend(value.names().iter().cloned());
                    if let Some(text) = self.rendered(&value) {
                        push_text(&mut pieces, &text);
                    } else if let Kind::Pieces(inner) = &value.kind {
                        pieces.extend(inner.iter().cloned());
                    } else {
                        pieces.push(Piece::Hole(value));
                    }
                }
            }
        }
        names.truncate(8);
        let holes = pieces.iter().filter_map(|it| match it {
            Piece::Hole(value) => Some(value),
            Piece::Text(_) => None,
        });
        labels = super::reach::together(labels, holes);
        if pieces.len() > PIECES {
            pieces = vec![Piece::Hole(Val::unknown("a long text"))];
        }
        let value = match pieces.as_slice() {
            [] => Val::at(Kind::Text(SmolStr::default()), span),
            [Piece::Text(text)] => Val::at(Kind::Text(text.clone()), span),
            _ => Val::at(Kind::Pieces(Rc::from(pieces)), span),
        };
        value.labelled(labels).with_info(|info| info.names = names)
    }

    fn comprehension(&mut self, it: &Comprehension, span: crate::ir::Span) -> Val {
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

    fn match_(&mut self, it: &Match) -> Val {
        let subject = self.eval(&it.subject);
        self.arms(&subject, &it.arms)
    }

    fn arms(&mut self, subject: &Val, arms: &[crate::ir::Arm]) -> Val {
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

    fn loop_(&mut self, it: &Loop, span: crate::ir::Span) -> Val {
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
    fn round(&mut self, start: impl FnOnce(&mut Self), body: &Block) {
        let before = self.state.path.len();
        self.loops.push(Vec::new());
        start(self);
        self.block(body);
        let exits = self.loops.pop().unwrap_or_default();
        for exit in exits {
            self.state = rejoin(std::mem::take(&mut self.state), exit, before);
        }
    }

    fn exit_loop(&mut self) {
        let state = self.state.clone();
        if let Some(exits) = self.loops.last_mut() {
            exits.push(state);
        }
        self.state.alive = false;
    }

    fn try_catch(&mut self, it: &TryCatch, span: crate::ir::Span) -> Val {
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

    fn with(&mut self, it: &With) -> Val {
        for (context, target) in &it.items {
            let value = self.eval(context);
            if let Some(target) = target {
                self.bind(target, value);
            }
        }
        self.block(&it.body)
    }

    fn macro_call(&mut self, path: &Path, args: &[Expr], span: crate::ir::Span) -> Val {
        if let Some(super::index::Meaning::Macro(definition, scope)) =
            self.program.index.resolve(self.scope, &path.segments)
            && let Some(arm) = definition.arms.iter().find(|arm| arm.params.len() == args.len())
            && self.may_call(definition.name.span)
        {
            let values: Vec<Val> = args.iter().map(|arg| self.eval(arg)).collect();
            let caller = std::mem::replace(&mut self.scope, scope);
            for (name, value) in arm.params.iter().zip(values) {
                self.state.bind(name.clone(), value);
            }
            let value = self.block(&arm.body);
            self.scope = caller;
            return value;
        }
        let values: Vec<Val> = args.iter().map(|arg| self.eval(arg)).collect();
        let name = match self.program.index.resolve(self.scope, &path.segments) {
            Some(super::index::Meaning::External(full)) => format!("{full}!"),
            _ => path.segments.join("::") + "!",
        };
        if let ([place, _], [text, more]) = (args, values.as_slice())
            && super::builtin::builtins().function(&name) == Some(super::builtin::Operation::AppendText)
        {
            self.append_text(place, text, more, span);
            return Val::null();
        }
        self.call_external(&name, super::call::Args::positional(values), span, span, &[])
    }

    pub fn unary(&mut self, op: UnaryOp, value: &Val, span: crate::ir::Span) -> Val {
        match op {
            UnaryOp::Not => {
                let truth = self.truth(value, span);
                let value = self.state.refine(value);
                match (&value.kind, truth) {
                    (Kind::Env { .. } | Kind::Setting { .. } | Kind::Choice(_), _) => {
                        self.lift(&value, &mut |machine, inner| match machine.known_truth(&inner) {
                            Some(known) => Val { kind: Kind::Bool(!known), ..inner },
                            None => negated(machine, &inner, span),
                        })
                    }
                    (_, Truth::Known(known)) => {
                        Val { kind: Kind::Bool(!known), origin: value.origin, info: value.info }
                    }
                    (_, truth) => {
                        let Truth::Atom(atom, polarity) = truth else { return Val::unknown("negated") };
                        boolean_choice(atom, !polarity, span)
                    }
                }
            }
            UnaryOp::Minus => self.lift(value, &mut |_, it| match it.kind {
                Kind::Int(number) => Val { kind: Kind::Int(-number), ..it },
                Kind::Float(number) => Val { kind: Kind::Float(-number), ..it },
                Kind::Duration(seconds) => Val { kind: Kind::Duration(-seconds), ..it },
                _ => Val { kind: Kind::Unknown("negated"), ..it },
            }),
            UnaryOp::Plus => value.clone(),
            UnaryOp::Invert => Val::unknown("inverted"),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: crate::ir::Span) -> Val {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let value = self.eval(left);
                let value = self.state.refine(&value);
                // `env or default`: the fallback of a value that may be missing.
                if op == BinaryOp::Or
                    && let Kind::Env { name, fallback } = &value.kind
                    && fallback.as_deref().is_none_or(|it| self.known_truth(it) == Some(false))
                {
                    let name = name.clone();
                    let right = self.eval(right);
                    return Val { kind: Kind::Env { name, fallback: Some(Rc::new(right)) }, ..value };
                }
                let truth = self.truth(&value, left.span);
                let this = value.clone();
                let known_bool = |it: &Self, value: &Val, outcome: bool| match it.known_truth(value) {
                    Some(_) => value.clone(),
                    None if value.ty().is_none() && value.names().is_empty() => {
                        Val::at(Kind::Bool(outcome), span)
                    }
                    None => value.clone(),
                };
                if op == BinaryOp::And {
                    self.branch(
                        &truth,
                        |it| it.eval(right),
                        |it| known_bool(it, &this, false).into_condition(false, span),
                    )
                } else {
                    self.branch(
                        &truth,
                        |it| known_bool(it, &this, true).into_condition(true, span),
                        |it| it.eval(right),
                    )
                }
            }
            _ => {
                let a = self.eval(left);
                let b = self.eval(right);
                self.note_comparison(op, &a, &b, span);
                self.combine(op, &a, &b, span)
            }
        }
    }

    /// Applies a binary operator to two values.
    pub fn combine(&mut self, op: BinaryOp, a: &Val, b: &Val, span: crate::ir::Span) -> Val {
        let a = self.state.refine(a);
        let b = self.state.refine(b);
        if let Some(decided) = self.compared_deployment(op, &a, &b, span) {
            return decided;
        }
        let lifted = |it: &Val| matches!(it.kind, Kind::Choice(_) | Kind::Env { .. } | Kind::Setting { .. });
        if lifted(&a) {
            let lifted = self.lift(&a, &mut |machine, it| machine.combine(op, &it, &b, span));
            return if is_presence(op, &b) { presence(lifted, op, span) } else { lifted };
        }
        if lifted(&b) {
            return self.lift(&b, &mut |machine, it| machine.combine(op, &a, &it, span));
        }
        operator::apply(self, op, &a, &b, span)
    }

    /// `environment == "production"`: holds in production, whatever the environment says by default.
    fn compared_deployment(&mut self, op: BinaryOp, a: &Val, b: &Val, span: crate::ir::Span) -> Option<Val> {
        let equal = match op {
            BinaryOp::Equal | BinaryOp::Is => true,
            BinaryOp::NotEqual | BinaryOp::IsNot => false,
            _ => return None,
        };
        let open = |it: &Val| {
            matches!(it.kind, Kind::Env { .. } | Kind::Setting { .. } | Kind::Unknown(_) | Kind::Param(_))
        };
        let word = |it: &Val| match &it.kind {
            Kind::Text(text) | Kind::Word(text) => Self::deployment(text),
            Kind::External(path) => Self::deployment(path.rsplit([':', '.']).next()?),
            _ => None,
        };
        let development = match (open(a), open(b)) {
            (true, false) => word(b)?,
            (false, true) => word(a)?,
            _ => return None,
        };
        Some(self.by_deployment(development == equal, span))
    }

    // ---- patterns

    /// Whether a pattern takes a value.
    pub fn matches(&mut self, pattern: &Pattern, value: &Val) -> Truth {
        let value = self.state.refine(value);
        match &pattern.kind {
            PatternKind::Wildcard
            | PatternKind::Bind(_, None)
            | PatternKind::Rest(_)
            | PatternKind::Target(_) => Truth::Known(true),
            PatternKind::Bind(_, Some(inner)) => self.matches(inner, &value),
            PatternKind::Literal(literal) => {
                let literal = Val::at(literal_kind(literal), pattern.span);
                let equal = self.combine(BinaryOp::Equal, &value, &literal, pattern.span);
                self.truth(&equal, pattern.span)
            }
            PatternKind::Path(path) => self.matches_name(path, &value, pattern),
            PatternKind::TupleRecord(path, inner) => {
                let name = path.segments.last().map_or("", |it| it.as_str());
                if name == "Some" || name == "Ok" {
                    let present = self.presence_of(&value, pattern.span);
                    if let (Truth::Known(true), [only]) = (&present, inner.as_slice()) {
                        return self.matches(only, &value);
                    }
                    return present;
                }
                if name == "Err" {
                    return match self.presence_of(&value, pattern.span) {
                        Truth::Known(true) => Truth::Atom(self.fresh_atom(pattern.span), true),
                        Truth::Known(false) => Truth::Known(true),
                        Truth::Atom(atom, polarity) => Truth::Atom(atom, !polarity),
                    };
                }
                self.matches_name(path, &value, pattern)
            }
            PatternKind::Record(path, _) => self.matches_name(path, &value, pattern),
            PatternKind::Tuple(items) => {
                if let Kind::Tuple(values) = &value.kind
                    && values.len() == items.len()
                {
                    let mut unknown = None;
                    for (item, value) in items.iter().zip(values.clone().iter()) {
                        match self.matches(item, value) {
                            Truth::Known(true) => {}
                            Truth::Known(false) => return Truth::Known(false),
                            atom @ Truth::Atom(..) if unknown.is_none() => unknown = Some(atom),
                            Truth::Atom(..) => {
                                unknown = Some(Truth::Atom(self.fresh_atom(pattern.span), true));
                            }
                        }
                    }
                    return unknown.unwrap_or(Truth::Known(true));
                }
                let irrefutable = items
                    .iter()
                    .all(|it| matches!(it.kind, PatternKind::Bind(_, None) | PatternKind::Wildcard));
                if irrefutable {
                    Truth::Known(true)
                } else {
                    Truth::Atom(self.fresh_atom(pattern.span), true)
                }
            }
            PatternKind::Or(alternatives) => {
                let mut unknown = None;
                for alternative in alternatives {
                    match self.matches(alternative, &value) {
                        Truth::Known(true) => return Truth::Known(true),
                        Truth::Known(false) => {}
                        atom @ Truth::Atom(..) if unknown.is_none() => unknown = Some(atom),
                        Truth::Atom(..) => unknown = Some(Truth::Atom(self.fresh_atom(pattern.span), true)),
                    }
                }
                unknown.unwrap_or(Truth::Known(false))
            }
            PatternKind::List(_) | PatternKind::Other => Truth::Atom(self.fresh_atom(pattern.span), true),
        }
    }

    /// Whether an optional value is there.
    pub fn presence_of(&mut self, value: &Val, span: crate::ir::Span) -> Truth {
        let value = self.state.refine(value);
        match &value.kind {
            Kind::Null | Kind::Unset => Truth::Known(false),
            Kind::Choice(choice) => {
                let absent = |it: &Val| matches!(it.kind, Kind::Null | Kind::Unset);
                match (absent(&choice.then), absent(&choice.or_else)) {
                    (false, true) => Truth::Atom(choice.condition, true),
                    (true, false) => Truth::Atom(choice.condition, false),
                    (true, true) => Truth::Known(false),
                    (false, false) => Truth::Known(true),
                }
            }
            Kind::Env { name, fallback: None } => Truth::Atom(
                self.atom(&format!("env {name} present"), AtomKind::Env(name.clone(), Some(false))),
                true,
            ),
            Kind::Unknown(_) | Kind::Param(_) | Kind::Setting { value: None, .. } => {
                if value.names().is_empty() {
                    Truth::Atom(self.fresh_atom(span), true)
                } else {
                    let key = format!("some {}", Self::names_key(value.names()));
                    Truth::Atom(self.atom(&key, AtomKind::Other), true)
                }
            }
            Kind::Object(id) if self.state.object(*id).is_some_and(|it| it.born.is_none()) => {
                Truth::Atom(self.atom(&format!("some object {id}"), AtomKind::Other), true)
            }
            _ => Truth::Known(true),
        }
    }

    fn matches_name(&mut self, path: &Path, value: &Val, pattern: &Pattern) -> Truth {
        let name = path.segments.last().map_or("", |it| it.as_str());
        if name == "None" {
            return match self.presence_of(value, pattern.span) {
                Truth::Known(known) => Truth::Known(!known),
                Truth::Atom(atom, polarity) => Truth::Atom(atom, !polarity),
            };
        }
        let target = self.path(path);
        match (&value.kind, &target.kind) {
            (Kind::Word(a), Kind::Word(b)) | (Kind::External(a), Kind::External(b)) => Truth::Known(a == b),
            (Kind::Env { .. } | Kind::Setting { .. } | Kind::Unknown(_) | Kind::Param(_), _)
                if Self::deployment(name).is_some() =>
            {
                let development = Self::deployment(name) == Some(true);
                Truth::Atom(self.atom("build debug_assertions", AtomKind::Debug), development)
            }
            _ if !value.names().is_empty() => {
                let key = format!("{} is {name}", Self::names_key(value.names()));
                Truth::Atom(self.atom(&key, AtomKind::Other), true)
            }
            _ => Truth::Atom(self.fresh_atom(pattern.span), true),
        }
    }

    /// Binds the names of a pattern.
    pub fn bind(&mut self, pattern: &Pattern, value: Val) {
        let value = self.state.refine(&value);
        match &pattern.kind {
            PatternKind::Bind(name, inner) => {
                let named = if value.is_unknown() && value.names().is_empty() {
                    value.with_info(|info| info.names = vec![name.clone()])
                } else {
                    value
                };
                if let Some(inner) = inner {
                    self.bind(inner, named.clone());
                }
                self.drawn(name, &named, pattern.span);
                self.state.bind(name.clone(), named);
            }
            PatternKind::Tuple(items) | PatternKind::List(items) => {
                let values = self.known_items(&value);
                for (at, item) in items.iter().enumerate() {
                    let part = match &values {
                        Some(values) if values.len() == items.len() => values[at].clone(),
                        _ => {
                            let ty = value.ty().and_then(|ty| ty.args.get(at)).cloned();
                            let labels = value.labels();
                            let part = ty.map_or_else(
                                || Val::unknown("part of a value"),
                                |ty| Val::typed("part of a value", ty),
                            );
                            part.labelled(labels)
                        }
                    };
                    self.bind(item, part);
                }
            }
            PatternKind::TupleRecord(path, items) => {
                let name = path.segments.last().map_or("", |it| it.as_str());
                match items.as_slice() {
                    [only] if name == "Some" || name == "Ok" => self.bind(only, unwrap_choice(&value)),
                    [only] if name == "Err" => self.bind(only, Val::unknown("an error")),
                    [only] => {
                        let part = self.unwrapped(&value);
                        self.bind(only, part);
                    }
                    _ => {
                        for (at, item) in items.iter().enumerate() {
                            let part = self.field(
                                &value,
                                &crate::ir::Ident { name: at.to_string().into(), span: item.span },
                            );
                            self.bind(item, part);
                        }
                    }
                }
            }
            PatternKind::Record(_, fields) => {
                for (name, inner) in fields {
                    let part = self.field(&value, &crate::ir::Ident { name: name.clone(), span: inner.span });
                    self.bind(inner, part);
                }
            }
            PatternKind::Or(alternatives) => {
                if let Some(first) = alternatives.first() {
                    self.bind(first, value);
                }
            }
            PatternKind::Target(target) => self.assign(target, value, pattern.span),
            PatternKind::Rest(Some(name)) => {
                self.state.bind(name.clone(), Val::unknown("the rest"));
            }
            _ => {}
        }
    }

    /// What a one-field wrapper pattern (`State(x)`, `Json(x)`, a newtype) holds.
    fn unwrapped(&mut self, value: &Val) -> Val {
        if let Kind::Object(id) = value.kind
            && let Some(object) = self.state.object(id)
        {
            return object.attributes.get("0").cloned().unwrap_or_else(|| value.clone());
        }
        let Some(ty) = value.ty() else { return value.clone() };
        if let super::value::TyDef::Project(id) = &ty.def {
            if let Some(field) = id.def.fields.iter().find(|field| field.name.name == "0")
                && let Some(written) = &field.ty
            {
                let ty = self.ty(written, id.scope);
                return value.clone().with_info(|info| info.ty = Some(ty));
            }
            return value.clone();
        }
        let labels = self.program.catalog.type_labels(ty, self.scope.file);
        let inner = ty.args.first().cloned();
        let value = value.clone().labelled(labels);
        match inner {
            Some(inner) => value.with_info(|info| info.ty = Some(inner)),
            None => value,
        }
    }

    /// A value of the elements of a collection.
    /// Whether no more elements come out of it than are known, than one client sends, or than its type holds.
    fn is_few(&self, iterable: &Val) -> bool {
        if let Kind::Choice(choice) = &iterable.kind {
            return self.is_few(&choice.then) && self.is_few(&choice.or_else);
        }
        let by_type = match self.class_of(iterable) {
            Some(Class::Model(path)) => self.program.catalog.is_bounded(&path, self.scope.file),
            _ => false,
        };
        by_type
            || iterable.info.as_ref().is_some_and(|info| info.bounded)
            || self.known_items(iterable).is_some()
    }

    pub fn element_of(&mut self, iterable: &Val) -> Val {
        if let Kind::Object(id) = iterable.kind
            && let Some(object) = self.state.object(id)
            && matches!(object.class, Class::List)
            && let Some((_, first)) = object.items.first()
        {
            return first.clone();
        }
        match &iterable.kind {
            // What a closure makes of each element is one of them.
            Kind::Choice(choice) => {
                let then = self.element_of(&choice.then);
                let or_else = self.element_of(&choice.or_else);
                return choose(choice.condition, then, or_else);
            }
            Kind::Pieces(_) | Kind::Null => return iterable.clone(),
            _ => {}
        }
        let labels = iterable.labels().without(crate::model::Labels::COLLECTION);
        let names = iterable.names().to_vec();
        let inner = iterable
            .ty()
            .map(|ty| self.peel(ty))
            .filter(|ty| super::builtin::builtins().collection.contains(ty.last().as_str()))
            .and_then(|ty| ty.args.last().cloned());
        let nested = iterable.info.as_ref().and_then(|info| info.nested.clone());
        let bounded = iterable.info.as_ref().is_some_and(|info| info.bounded);
        Val::unknown("an element").labelled(labels).with_info(|info| {
            info.names = names;
            info.ty = inner;
            info.bounded = bounded;
            info.nested = nested;
        })
    }

    // ---- leaving

    pub fn leave(&mut self, value: Val) {
        let state = self.state.clone();
        if let Some(call) = self.calls.last_mut() {
            call.returns.push((state, value));
        }
        self.state.alive = false;
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

const SUBJECT: Name = Name::new_static("<subject>");

impl Val {
    /// The side of `a and b`, `a or b` that the left operand decided.
    fn into_condition(self, outcome: bool, span: crate::ir::Span) -> Self {
        match self.kind {
            Kind::Unknown(_) | Kind::Param(_) | Kind::Choice(_) => Self::at(Kind::Bool(outcome), span),
            _ => self,
        }
    }
}

/// Joins a state that left a loop early.
fn rejoin(state: super::state::State, exit: super::state::State, before: usize) -> super::state::State {
    let parting = exit.path.iter().zip(state.path.iter()).take_while(|(a, b)| a == b).count();
    match exit.path.get(parting) {
        Some((atom, true)) => super::state::join(*atom, exit, state, before),
        Some((atom, false)) => super::state::join(*atom, state, exit, before),
        None if state.alive => state,
        None => exit,
    }
}

fn unwrap_choice(value: &Val) -> Val {
    if let Kind::Choice(choice) = &value.kind {
        if matches!(choice.or_else.kind, Kind::Null) {
            return choice.then.clone();
        }
        if matches!(choice.then.kind, Kind::Null) {
            return choice.or_else.clone();
        }
    }
    value.clone()
}

fn negated(machine: &mut Machine<'_>, value: &Val, span: crate::ir::Span) -> Val {
    match machine.truth(value, span) {
        Truth::Known(known) => Val::at(Kind::Bool(!known), span),
        Truth::Atom(atom, polarity) => boolean_choice(atom, !polarity, span),
    }
}

fn boolean_choice(atom: super::value::Atom, polarity: bool, span: crate::ir::Span) -> Val {
    choose(atom, Val::at(Kind::Bool(polarity), span), Val::at(Kind::Bool(!polarity), span))
}

fn truth_value(truth: &Truth) -> Val {
    match truth {
        Truth::Known(known) => Val::new(Kind::Bool(*known)),
        Truth::Atom(atom, polarity) => {
            choose(*atom, Val::new(Kind::Bool(*polarity)), Val::new(Kind::Bool(!*polarity)))
        }
    }
}

/// Comparison with a missing value: `x is None`.
fn is_presence(op: BinaryOp, other: &Val) -> bool {
    matches!(op, BinaryOp::Is | BinaryOp::IsNot | BinaryOp::Equal | BinaryOp::NotEqual)
        && matches!(other.kind, Kind::Null)
}

/// An environment variable without fallback, compared with nothing: missing is the outcome that is known.
fn presence(value: Val, op: BinaryOp, span: crate::ir::Span) -> Val {
    match value.kind {
        Kind::Env { name, fallback: None } => {
            let missing = matches!(op, BinaryOp::Is | BinaryOp::Equal);
            Val::at(Kind::Env { name, fallback: Some(Rc::new(Val::at(Kind::Bool(missing), span))) }, span)
        }
        kind => Val { kind, ..value },
    }
}

fn is_default(callee: &Expr) -> bool {
    matches!(&callee.kind, ExprKind::Path(path) if path.segments == ["Default", "default"])
}

/// The pattern of a condition that binds.
fn binding(condition: &Expr) -> Option<(&Pattern, &Expr)> {
    match &condition.kind {
        ExprKind::Let(pattern, value) => Some((pattern, value)),
        _ => None,
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        if last.len() + text.len() > super::operator::TEXT {
            pieces.push(Piece::Hole(Val::unknown("a long text")));
            return;
        }
        *last = format!("{last}{text}").into();
    } else if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
}

fn byte_list(items: &[Expr]) -> Option<Vec<u8>> {
    if items.len() < 8 {
        return None;
    }
    items
        .iter()
        .map(|item| match &item.kind {
            ExprKind::Literal(Literal::Int(byte)) => u8::try_from(*byte).ok(),
            _ => None,
        })
        .collect()
}

#[must_use]
pub fn literal_kind(literal: &Literal) -> Kind {
    match literal {
        Literal::Null => Kind::Null,
        Literal::Bool(it) => Kind::Bool(*it),
        Literal::Int(it) => i64::try_from(*it).map_or(Kind::Unknown("a huge number"), Kind::Int),
        Literal::Float(it) => Kind::Float(*it),
        Literal::Str(text) => Kind::Text(text.as_ref().into()),
        Literal::Bytes(bytes) => Kind::Bytes(Rc::from(bytes.as_ref())),
        Literal::Char(letter) => Kind::Text(letter.to_string().into()),
    }
}
