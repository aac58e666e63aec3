//! Expressions.

use std::rc::Rc;

use crate::ir::{
    BinaryOp, Comprehension, ComprehensionKind, Expr, ExprKind, FormatPart, Ident, Literal, Pattern, Span,
    UnaryOp,
};

use super::super::join::{decided, join, truth};
use super::super::value::{
    Cast, Closure, Dict, EnvVal, FileVal, Item, Lift, Object, Sequence, Val, map, map2,
};
use super::super::words;
use super::side::{decisive, sided};
use super::statement::unpacked;
use super::{DEPTH, Evaluator, operator};

/// Elements that a comprehension is run for.
const MOST_ELEMENTS: usize = 500;

pub(super) fn literal(literal: &Literal) -> Val {
    match literal {
        Literal::Null => Val::Null,
        Literal::Bool(it) => Val::Bool(*it),
        Literal::Int(it) => i64::try_from(*it).map_or_else(|_| Val::opaque("a huge number"), Val::Int),
        Literal::Float(it) => Val::Float(*it),
        Literal::Str(it) => Val::Text(it.clone()),
        Literal::Bytes(it) => Val::Bytes(it.clone()),
        Literal::Char(it) => Val::text(it.to_string()),
    }
}

impl Evaluator<'_> {
    pub(super) fn eval(&mut self, expr: &Expr) -> Val {
        if !self.step() || self.depth > DEPTH {
            return Val::opaque("too much to evaluate");
        }
        self.depth += 1;
        let val = self.kind(expr);
        self.depth -= 1;
        val
    }

    fn kind(&mut self, expr: &Expr) -> Val {
        match &expr.kind {
            ExprKind::Literal(it) => literal(it),
            ExprKind::Path(path) => match path.segments.as_slice() {
                [name] => self.name(name),
                _ => Val::opaque("a path"),
            },
            ExprKind::Field(base, field) => {
                let object = self.eval(base);
                let val = self.field(&object, field);
                self.or_default_nearby(base, &field.name, val)
            }
            ExprKind::Index(base, index) => {
                let base = self.eval(base);
                let index = self.eval(index);
                self.index(&base, &index)
            }
            ExprKind::Call(call) => self.call(call, expr.span),
            ExprKind::Method(call) => self.method(call, expr.span),
            ExprKind::Tuple(items) => self.sequence(Sequence::Tuple, items),
            ExprKind::List(items) => self.sequence(Sequence::List, items),
            ExprKind::Set(items) => self.sequence(Sequence::Set, items),
            ExprKind::Map(entries) => self.mapping(entries),
            ExprKind::Comprehension(it) => self.comprehension(it, expr.span),
            ExprKind::Unary(op, inner) => {
                let inner = self.eval(inner);
                unary(*op, &inner)
            }
            ExprKind::Binary(BinaryOp::And, a, b) => self.and_or(a, b, true),
            ExprKind::Binary(BinaryOp::Or, a, b) => self.and_or(a, b, false),
            ExprKind::Binary(op, a, b) => {
                let a = self.eval(a);
                let b = self.eval(b);
                operator::binary(*op, &a, &b)
            }
            ExprKind::If(branch) => self.ternary(branch),
            ExprKind::Assign { target, op: None, value } => {
                let val = self.eval(value);
                self.store(target, &val, value.span);
                val
            }
            ExprKind::Closure(function) => {
                let captured = self.captured();
                let home = self.file();
                Val::Object(Object::Function(Rc::new(Closure { home, function: function.clone(), captured })))
            }
            ExprKind::Format(parts) => self.format(parts),
            ExprKind::Block(block) => {
                self.block(block);
                block.value.as_ref().map_or(Val::Null, |_| Val::opaque("part of a value"))
            }
            ExprKind::Cast(inner, _) | ExprKind::Await(inner) | ExprKind::Spread(inner) => self.eval(inner),
            _ => Val::opaque("an expression that is not evaluated"),
        }
    }

    /// What reading a name gives.
    pub(super) fn name(&mut self, name: &str) -> Val {
        let Some(binding) = self.binding(name) else { return self.missing(name) };
        let val = self.resolved(&binding.val);
        if words::is_constant_name(name) && val.as_noted() {
            self.note(binding.span, format!("`{name}` is set here"));
            for note in binding.trail.iter().take(2) {
                self.note(note.span, note.text.clone());
            }
        }
        if matches!(val, Val::Unbound) {
            return self.missing(name);
        }
        sided(name, val)
    }

    fn missing(&mut self, name: &str) -> Val {
        if operator::is_builtin(name) {
            return Val::Object(Object::Foreign(format!("builtins.{name}").into()));
        }
        if name == "__file__" {
            return Val::opaque("the path of this file");
        }
        if name == "__name__" {
            return Val::text("settings");
        }
        if self.layers().is_some_and(|it| it.is_open()) {
            return Val::opaque("it may come from code outside the project");
        }
        self.attempt.unbound = true;
        Val::opaque(format!("`{name}` is not set here"))
    }

    /// The truth of a condition; flags that name a side of the world are taken as that side.
    pub(super) fn condition(&mut self, expr: &Expr) -> Val {
        let val = self.eval(expr);
        truth(&decisive(&truth(&val)))
    }

    fn and_or(&mut self, a: &Expr, b: &Expr, and: bool) -> Val {
        let left = self.eval(a);
        let known = truth(&decisive(&left));
        match decided(&known) {
            Some(is_true) if is_true == and => return self.eval(b),
            Some(_) => return left,
            None => {}
        }
        let right = self.eval(b);
        // `VALUE or "default"`: the variable decides, and the default stands in for it.
        if !and {
            if let Val::Env(env) = &left {
                return match &env.fallback {
                    Some(fallback) => Val::Env(Rc::new(EnvVal {
                        fallback: Some(join(&truth(fallback), fallback, &right)),
                        ..(**env).clone()
                    })),
                    None => left,
                };
            }
            if let Val::File(file) = &left {
                let fallback =
                    file.fallback.as_ref().map_or_else(|| right.clone(), |it| join(&truth(it), it, &right));
                return Val::File(Rc::new(FileVal { fallback: Some(fallback), ..(**file).clone() }));
            }
        }
        if and { join(&known, &right, &left) } else { join(&known, &left, &right) }
    }

    fn ternary(&mut self, branch: &crate::ir::If) -> Val {
        let value = |block: &crate::ir::Block| block.value.clone();
        let then = value(&branch.then);
        let or_else = branch.or_else.as_ref().and_then(value);
        let is = |it: &Option<Box<Expr>>, wanted: bool| {
            it.as_ref()
                .is_some_and(|it| matches!(it.kind, ExprKind::Literal(Literal::Bool(it)) if it == wanted))
        };
        // Nothing but the truth of the condition.
        if is(&then, true) && is(&or_else, false) {
            let val = self.eval(&branch.condition);
            return truth(&val);
        }
        let condition = self.condition(&branch.condition);
        let mut side = |it: Option<Box<Expr>>| it.map_or(Val::Null, |it| self.eval(&it));
        match decided(&condition) {
            Some(true) => side(then),
            Some(false) => side(or_else),
            None => {
                let (then, or_else) = (side(then), side(or_else));
                self.note(branch.condition.span, "decided by this condition");
                join(&condition, &then, &or_else)
            }
        }
    }

    pub(super) fn field(&mut self, base: &Val, field: &Ident) -> Val {
        let name = &field.name;
        match base {
            Val::Object(Object::Module(file)) => {
                let val = self.member(*file, name);
                sided(name, val)
            }
            Val::Object(Object::Foreign(path)) => self.foreign_field(path, name),
            Val::Object(Object::Globals) => self.name(name),
            Val::Object(Object::Class(class)) => {
                let class = class.clone();
                self.class_attribute(&class, name)
            }
            Val::Object(Object::Instance(namespace)) => {
                namespace.names.get(name).map_or_else(|| Val::opaque("an attribute"), |it| it.val.clone())
            }
            Val::Object(Object::Member(file, member)) => {
                let base = self.member(*file, member);
                if matches!(base, Val::Object(Object::Member(..))) {
                    return Val::opaque("a name that is not found");
                }
                self.field(&base, field)
            }
            Val::Dict(_) | Val::List(_) | Val::Text(_) | Val::Int(_) => Val::opaque("an attribute"),
            // A setting of an object that holds the configuration.
            _ if words::is_constant_name(name) => sided(
                name,
                Val::File(Rc::new(FileVal { key: name.clone(), fallback: None, cast: Cast::Any })),
            ),
            _ => Val::opaque(format!("`{name}` of an unknown object")),
        }
    }

    fn foreign_field(&mut self, path: &str, name: &str) -> Val {
        let path = format!("{path}.{name}");
        let parts: Vec<smol_str::SmolStr> = path.split('.').map(Into::into).collect();
        if let Some(file) = self.workspace.python_module(self.file(), 0, &parts) {
            return Val::Object(Object::Module(file));
        }
        if path == "django.conf.settings.DEBUG" {
            return Val::debug(&Val::Bool(true), &Val::Bool(false), false);
        }
        Val::Object(Object::Foreign(path.into()))
    }

    pub(super) fn index(&mut self, base: &Val, index: &Val) -> Val {
        if let Val::Object(Object::Parser(parser)) = base {
            return index
                .as_text()
                .map_or_else(|| Val::opaque("a part of a configuration file"), |key| parser.at(key));
        }
        if let Val::Object(Object::Foreign(path)) = base {
            if let (Some(_), Some(name)) =
                (super::super::environment::function(&format!("{path}.get")), index.as_text())
            {
                let fallback = self.variables.get(name).cloned();
                self.attempt.lacking |= fallback.is_none();
                return Val::Env(Rc::new(EnvVal {
                    name: name.into(),
                    fallback,
                    set: None,
                    cast: Cast::Text,
                    when_on: Some(true),
                }));
            }
            // The module itself, as it is written nearly always.
            if path == "sys.modules" {
                return Val::Object(Object::Globals);
            }
            return Val::opaque(format!("an element of `{path}`"));
        }
        if let (Val::Object(Object::Globals), Some(name)) = (base, index.as_text()) {
            return self.name(name);
        }
        map2(base, index, Lift { cast: Some(Cast::Any), when_on: |it| it }, &mut |base, index| match (
            base, index,
        ) {
            (Val::List(list), Val::Int(at)) if list.items.iter().all(|it| !it.maybe) => {
                let length = i64::try_from(list.items.len()).unwrap_or(i64::MAX);
                let at = if *at < 0 && list.complete { at + length } else { *at };
                let item = usize::try_from(at).ok().and_then(|at| list.items.get(at));
                item.map_or_else(|| Val::opaque("an element of a list"), |it| it.val.clone())
            }
            (Val::Dict(dict), key) => {
                dict.get(key).map_or_else(|| Val::opaque("an entry of a mapping"), Val::clone)
            }
            _ => Val::opaque("a part of a value"),
        })
    }

    fn sequence(&mut self, kind: Sequence, elements: &[Expr]) -> Val {
        let mut items = Vec::with_capacity(elements.len());
        let mut complete = true;
        for element in elements {
            if let ExprKind::Spread(inner) = &element.kind {
                let inner = self.eval(inner);
                let spread = operator::as_list(&inner);
                complete &= spread.complete;
                items.extend(spread.items);
                continue;
            }
            let val = self.eval(element);
            items.push(Item { val, span: element.span, maybe: false });
        }
        // The default of an element that some configurations leave out is judged with the list.
        Val::list(kind, items, complete)
    }

    fn mapping(&mut self, entries: &[(Option<Expr>, Expr)]) -> Val {
        let mut dict = Dict::default();
        for (key, value) in entries {
            let val = self.eval(value);
            let Some(key) = key else {
                match &val {
                    Val::Dict(other) => dict.extend(other),
                    _ => dict.incomplete = true,
                }
                continue;
            };
            let key = self.eval(key);
            if key.is_leaf() {
                dict.set(key, val, value.span);
            } else {
                dict.incomplete = true;
            }
        }
        Val::dict(dict)
    }

    fn format(&mut self, parts: &[FormatPart]) -> Val {
        let mut text = Val::text("");
        for part in parts {
            let part = match part {
                FormatPart::Text(it) => Val::Text(it.clone()),
                FormatPart::Value(it) => {
                    let val = self.eval(it);
                    operator::to_text(&val)
                }
            };
            text = map2(&text, &part, Lift::cast(Cast::Any), &mut |a, b| match (a.as_text(), b.as_text()) {
                (Some(a), Some(b)) => Val::text(format!("{a}{b}")),
                _ => Val::opaque("a text with an unknown part"),
            });
        }
        text
    }

    /// The elements to run a loop for; `None` when they are not known.
    pub(super) fn elements(&mut self, iterable: &Expr) -> Option<Vec<Val>> {
        let val = self.eval(iterable);
        let list = match &val {
            Val::Dict(dict) if !dict.incomplete => {
                return Some(dict.entries.iter().map(|it| it.key.clone()).collect());
            }
            Val::List(list) if list.complete => list,
            _ => return None,
        };
        list.items.iter().map(|it| (!it.maybe).then(|| it.val.clone())).collect()
    }

    /// `[x for x in LIST if ..]` with one clause; everything else is an unknown list.
    fn comprehension(&mut self, it: &Comprehension, span: Span) -> Val {
        let kind = match it.kind {
            ComprehensionKind::Set => Sequence::Set,
            _ => Sequence::List,
        };
        let unknown = Val::list(kind, Vec::new(), false);
        let [clause] = it.clauses.as_slice() else { return unknown };
        let source = self.eval(&clause.iterable);
        if let Val::Env(env) = &source {
            let of = |this: &mut Self, val: &Val| {
                this.filtered(it, &clause.pattern, &clause.conditions, val, kind, span)
            };
            let fallback = env.fallback.as_ref().map(|val| of(self, val));
            let set = Some(of(self, &Val::opaque("the elements of a variable")));
            return Val::Env(Rc::new(EnvVal {
                fallback,
                set,
                cast: Cast::List,
                when_on: None,
                ..(**env).clone()
            }));
        }
        if let Val::Debug(debug) = &source {
            let in_debug =
                self.filtered(it, &clause.pattern, &clause.conditions, &debug.in_debug, kind, span);
            let in_release =
                self.filtered(it, &clause.pattern, &clause.conditions, &debug.in_release, kind, span);
            return Val::debug(&in_debug, &in_release, debug.read_as_true);
        }
        self.filtered(it, &clause.pattern, &clause.conditions, &source, kind, span)
    }

    fn filtered(
        &mut self,
        it: &Comprehension,
        pattern: &Pattern,
        conditions: &[Expr],
        source: &Val,
        kind: Sequence,
        span: Span,
    ) -> Val {
        let mut list = operator::as_list(source);
        // One turn shows what elements are like.
        if list.items.is_empty() && !list.complete {
            let val = Val::opaque("an element of an unknown list");
            list.items.push(Item { val, span, maybe: true });
        }
        let mut complete = list.complete && list.items.len() <= MOST_ELEMENTS;
        let mut items = Vec::new();
        let mut dict = Dict { entries: Vec::new(), incomplete: !complete };
        self.push();
        for item in list.items.iter().take(MOST_ELEMENTS) {
            self.bind_pattern(pattern, &item.val, span);
            let mut maybe = item.maybe;
            let mut kept = true;
            for condition in conditions {
                match decided(&self.condition(condition)) {
                    Some(true) => {}
                    Some(false) => kept = false,
                    None => maybe = true,
                }
            }
            if !kept {
                continue;
            }
            let val = self.eval(&it.element);
            match it.key.as_ref().map(|key| self.eval(key)) {
                Some(key) if key.is_leaf() && !maybe => dict.set(key, val, item.span),
                Some(_) => dict.incomplete = true,
                None => items.push(Item { val, span: item.span, maybe }),
            }
            complete &= !maybe || !items.is_empty();
        }
        self.pop();
        if it.kind == ComprehensionKind::Map {
            return Val::dict(dict);
        }
        Val::list(kind, items, complete)
    }

    pub(super) fn assign(&mut self, target: &Expr, value: &Expr) {
        if let ExprKind::Assign { target: inner, op: None, value: innermost } = &value.kind {
            self.assign(inner, innermost);
            let trail = self.trail.clone();
            let mut at = &**innermost;
            while let ExprKind::Assign { value, .. } = &at.kind {
                at = value;
            }
            let val = self.eval(at);
            self.trail = trail;
            self.store(target, &val, at.span);
            return;
        }
        let val = self.eval(value);
        self.store(target, &val, value.span);
    }

    pub(super) fn store(&mut self, target: &Expr, val: &Val, span: Span) {
        match &target.kind {
            ExprKind::Path(path) => {
                if let [name] = path.segments.as_slice() {
                    self.bind(name, val.clone(), span);
                }
            }
            ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                let items = unpacked(val, parts.len());
                for (at, part) in parts.iter().enumerate() {
                    let item = items.as_ref().and_then(|it| it.get(at).cloned());
                    self.store(
                        part,
                        &item.unwrap_or_else(|| Val::opaque("a part of an unknown value")),
                        span,
                    );
                }
            }
            ExprKind::Index(base, index) => {
                let index = self.eval(index);
                if self.is_globals(base) {
                    self.store_global(&index, val, span);
                    return;
                }
                self.update(base, &mut |_, old| with_entry(old, &index, val, span));
            }
            ExprKind::Field(base, field) => self.store_field(base, field, val, span),
            _ => {}
        }
    }

    /// An attribute of a class that is being made, or what stands before the variables of a reader.
    fn store_field(&mut self, base: &Expr, field: &Ident, val: &Val, span: Span) {
        let ExprKind::Path(path) = &base.kind else { return };
        let [name] = path.segments.as_slice() else { return };
        match self.binding(name).map(|it| it.val.clone()) {
            Some(Val::Object(Object::Globals)) => self.store_global(&Val::text(&field.name), val, span),
            Some(Val::Object(Object::Reader(reader)))
                if super::super::environment::prefix(reader.row) == Some(&field.name) =>
            {
                let reader = super::super::value::Reader {
                    prefix: val.as_text().unwrap_or_default().into(),
                    row: reader.row,
                    scheme: reader.scheme.clone(),
                };
                let changed = Val::Object(Object::Reader(Rc::new(reader)));
                self.update(base, &mut |_, _| changed.clone());
            }
            _ => {}
        }
    }

    /// Replaces what stands at a place by a function of it.
    pub(super) fn update(&mut self, place: &Expr, change: &mut dyn FnMut(&mut Self, &Val) -> Val) {
        match &place.kind {
            ExprKind::Path(path) => {
                let [name] = path.segments.as_slice() else { return };
                let Some(binding) = self.binding(name) else {
                    let old = self.missing(name);
                    let val = change(self, &old);
                    self.bind(name, val, place.span);
                    return;
                };
                let old = self.resolved(&binding.val);
                let val = change(self, &old);
                if let Some(layers) = self.layers() {
                    let changed = super::super::scope::Binding { val, later: None, ..(*binding).clone() };
                    layers.bind(name.clone(), Rc::new(changed));
                }
            }
            ExprKind::Index(base, index) => {
                let index = self.eval(index);
                if let (true, Some(name)) = (self.is_globals(base), index.as_text()) {
                    let old = self.name(name);
                    let val = change(self, &old);
                    self.store_global(&index, &val, place.span);
                    return;
                }
                self.update(base, &mut |this, old| {
                    let inner = this.index(old, &index);
                    let val = change(this, &inner);
                    with_entry(old, &index, &val, place.span)
                });
            }
            _ => {}
        }
    }

    pub(super) fn delete(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Path(path) => {
                if let [name] = path.segments.as_slice() {
                    self.bind(name, Val::Unbound, target.span);
                }
            }
            ExprKind::Tuple(parts) => parts.iter().for_each(|it| self.delete(it)),
            ExprKind::Index(base, index) => {
                let index = self.eval(index);
                self.update(base, &mut |_, old| match old {
                    Val::Dict(dict) => Val::Dict(Rc::new(dict.without(&index))),
                    _ => old.clone(),
                });
            }
            _ => {}
        }
    }

    fn is_globals(&mut self, base: &Expr) -> bool {
        matches!(base.kind, ExprKind::Call(_) | ExprKind::Path(_))
            && matches!(self.eval(base), Val::Object(Object::Globals))
    }

    pub(super) fn store_global(&mut self, name: &Val, val: &Val, span: Span) {
        match name.as_text() {
            Some(name) => self.bind(&name.into(), val.clone(), span),
            None => self.opened(span, "a change of `globals()`", false),
        }
    }
}

impl Val {
    /// Worth a note when a name that holds it is read.
    fn as_noted(&self) -> bool {
        !matches!(self, Self::Object(_) | Self::List(_) | Self::Dict(_) | Self::Unbound)
    }
}

fn with_entry(old: &Val, index: &Val, val: &Val, span: Span) -> Val {
    map(old, Lift::KEEP, &mut |old| match (old, index) {
        (Val::Dict(dict), key) if key.is_leaf() => {
            let mut dict = (**dict).clone();
            dict.set(key.clone(), val.clone(), span);
            Val::dict(dict)
        }
        (Val::Dict(dict), _) => Val::Dict(Rc::new(Dict { incomplete: true, ..(**dict).clone() })),
        (Val::List(list), Val::Int(at)) => {
            let mut list = (**list).clone();
            match usize::try_from(*at).ok().and_then(|at| list.items.get_mut(at)) {
                Some(item) => item.val = val.clone(),
                None => list.complete = false,
            }
            Val::List(Rc::new(list)).sized()
        }
        _ => Val::opaque("a value that was changed in place"),
    })
}

fn unary(op: UnaryOp, val: &Val) -> Val {
    match op {
        UnaryOp::Not => {
            let cast = match val {
                Val::Env(env) if env.cast == Cast::Text => Cast::Truthiness,
                _ => Cast::Bool,
            };
            let lift = Lift { cast: Some(cast), when_on: |it| it.map(|it| !it) };
            map(val, lift, &mut |leaf| {
                leaf.truth().map_or_else(|| Val::opaque("its truth is not known"), |it| Val::Bool(!it))
            })
        }
        UnaryOp::Minus => map(val, Lift::KEEP, &mut |leaf| match leaf {
            Val::Int(it) => Val::Int(it.saturating_neg()),
            Val::Float(it) => Val::Float(-it),
            Val::Seconds(it) => Val::Seconds(-it),
            _ => Val::opaque("a negated value"),
        }),
        UnaryOp::Plus => val.clone(),
        UnaryOp::Invert => Val::opaque("inverted bits"),
    }
}
