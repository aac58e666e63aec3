//! Statements and expressions.

use std::rc::Rc;

use smol_str::SmolStr;

use super::machine::{Machine, Truth};
use super::operator;
use super::state::choose;
use super::value::{Atom, AtomKind, Callee, Class, Kind, Piece, Val};
use crate::ir::{
    BinaryOp, Block, Expr, ExprKind, FormatPart, ItemKind, Literal, Name, Path, Pattern, PatternKind, Record,
    Span, Stmt, StmtKind, UnaryOp,
};

/// Why an expression without a value of its own is not known: a slice, say.
pub const NO_VALUE: &str = "not understood";
/// Pieces of a text that are told apart.
pub const PIECES: usize = 48;
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
                            self.discarded = self.dropped;
                        }
                        self.eval(value)
                    }
                    None => Val::unknown("declared without a value"),
                };
                if let Some(ty) = ty
                    && bound.ty().is_none()
                    && !matches!(bound.kind, Kind::Object(_))
                {
                    let ty = self.local_ty(ty);
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
    pub(super) fn condition(&mut self, condition: &Expr) -> Truth {
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

    pub(super) fn take_subject(&mut self) -> Option<Val> {
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

    fn map_literal(&mut self, entries: &[(Option<Expr>, Expr)], span: Span) -> Val {
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

    fn record_literal(&mut self, record: &Record, span: Span) -> Val {
        let rest = record.rest.as_ref().map(|rest| match &rest.kind {
            // `..Default::default()` means the default of the record's own type.
            ExprKind::Call(call) if is_default(&call.callee) => self.default_of_path(&record.path, rest.span),
            _ => self.eval(rest),
        });
        let fields: Vec<(Name, Val)> =
            record.fields.iter().map(|(name, value)| (name.name.clone(), self.eval(value))).collect();
        self.construct_record(&record.path, fields, rest, span)
    }

    fn format(&mut self, parts: &[FormatPart], span: Span) -> Val {
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

    fn macro_call(&mut self, path: &Path, args: &[Expr], span: Span) -> Val {
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

    pub fn unary(&mut self, op: UnaryOp, value: &Val, span: Span) -> Val {
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

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Val {
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
    pub fn combine(&mut self, op: BinaryOp, a: &Val, b: &Val, span: Span) -> Val {
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
    fn compared_deployment(&mut self, op: BinaryOp, a: &Val, b: &Val, span: Span) -> Option<Val> {
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

    // ---- leaving

    pub fn leave(&mut self, value: Val) {
        let state = self.state.clone();
        if let Some(call) = self.calls.last_mut() {
            call.returns.push((state, value));
        }
        self.state.alive = false;
    }
}

const SUBJECT: Name = Name::new_static("<subject>");

impl Val {
    /// The side of `a and b`, `a or b` that the left operand decided.
    fn into_condition(self, outcome: bool, span: Span) -> Self {
        match self.kind {
            Kind::Unknown(_) | Kind::Param(_) | Kind::Choice(_) => Self::at(Kind::Bool(outcome), span),
            _ => self,
        }
    }
}

fn negated(machine: &mut Machine<'_>, value: &Val, span: Span) -> Val {
    match machine.truth(value, span) {
        Truth::Known(known) => Val::at(Kind::Bool(!known), span),
        Truth::Atom(atom, polarity) => boolean_choice(atom, !polarity, span),
    }
}

fn boolean_choice(atom: Atom, polarity: bool, span: Span) -> Val {
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
fn presence(value: Val, op: BinaryOp, span: Span) -> Val {
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
pub(super) fn binding(condition: &Expr) -> Option<(&Pattern, &Expr)> {
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
