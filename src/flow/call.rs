//! Calls: into the project, into frameworks, of plain values.

use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::builtins;
use super::index::{Meaning, ScopeId};
use super::machine::{Call, Machine, Truth};
use super::scope::Definition;
use super::state::{Frame, choose};
use super::trace::{EventKind, TraceEvent};
use super::value::{Callee, Class, Kind, Ty, Val};
use crate::ir::{self, Function, Ident, Name, ParamKind, Path, PatternKind, Span, Spread};
use crate::model::{Labels, words};
use crate::source::Note;

/// Why nothing is known of what a function outside answers: what it was given may or may not be in it.
pub(super) const LIBRARY: &str = "result of a library";

/// Why nothing is known of a part of a value: what a library answered is its own in every part.
pub(super) fn part_of(whole: &Val, why: &'static str) -> Kind {
    match whole.kind {
        Kind::Unknown(LIBRARY) => Kind::Unknown(LIBRARY),
        _ => Kind::Unknown(why),
    }
}

/// Evaluated arguments.
#[derive(Clone, Default, Debug)]
pub struct Args {
    pub positional: Vec<Val>,
    pub named: Vec<(Name, Val)>,
    /// An unknown `*args` or `**kwargs` may bring more.
    pub open: bool,
}

impl Args {
    #[must_use]
    pub fn positional(positional: Vec<Val>) -> Self {
        Self { positional, ..Self::default() }
    }

    pub fn all(&self) -> impl Iterator<Item = &Val> {
        self.positional.iter().chain(self.named.iter().map(|(_, value)| value))
    }

    #[must_use]
    pub fn labels(&self) -> Labels {
        self.all().fold(Labels::NONE, |labels, value| labels.with(value.labels()))
    }
}

impl Machine<'_> {
    pub fn args(&mut self, written: &[ir::Arg]) -> Args {
        let mut args = Args::default();
        for arg in written {
            let value = self.eval(&arg.value);
            match arg.spread {
                Spread::No => match &arg.name {
                    Some(name) => args.named.push((name.name.clone(), value)),
                    None => args.positional.push(value),
                },
                Spread::Sequence => match self.known_items(&value) {
                    Some(items) => args.positional.extend(items),
                    None => args.open = true,
                },
                Spread::Mapping => match &value.kind {
                    Kind::Object(id)
                        if self.state.object(*id).is_some_and(|it| matches!(it.class, Class::Map)) =>
                    {
                        if let Some(object) = self.state.object(*id) {
                            args.open |= object.open;
                            let entries = object
                                .items
                                .iter()
                                .filter_map(|(key, value)| Some((key.text()?.clone(), value.clone())));
                            args.named.extend(entries);
                        }
                    }
                    _ => args.open = true,
                },
            }
        }
        args
    }

    pub fn call(&mut self, call: &ir::Call, span: Span) -> Val {
        if let ir::ExprKind::Path(path) = &call.callee.kind
            && (path.segments.len() > 1 || !path.type_args.is_empty())
        {
            return self.call_path(path, &call.args, span);
        }
        let callee = self.eval(&call.callee);
        let args = self.args(&call.args);
        let name_span = call.callee.span;
        self.apply(&callee, args, span, name_span)
    }

    /// `a::b::f(..)`.
    pub(super) fn call_path(&mut self, path: &Path, args: &[ir::Arg], span: Span) -> Val {
        let args = self.args(args);
        let mut callee = self.path(path);
        if let Kind::Function(function) = &callee.kind
            && let Callee::Project(definition, None) = function.as_ref()
            && definition.owner.is_some()
            && takes_self(&definition.function)
            && let Some((receiver, rest)) = args.positional.split_first()
        {
            let bound = Callee::Project(definition.clone(), Some(receiver.clone()));
            callee = Val { kind: Kind::Function(Rc::new(bound)), ..callee };
            let rest = Args { positional: rest.to_vec(), ..args };
            return self.apply(&callee, rest, span, path.span);
        }
        let type_args: Vec<Ty> = path.type_args.iter().map(|arg| self.local_ty(arg)).collect();
        if let Kind::External(name) = &callee.kind
            && callee.ty().is_none()
        {
            let name = name.clone();
            return self.call_external(&name, args, span, path.span, &type_args);
        }
        self.apply(&callee, args, span, path.span)
    }

    /// Calls a value.
    pub fn apply(&mut self, callee: &Val, args: Args, span: Span, name_span: Span) -> Val {
        let callee = self.state.refine(callee);
        match &callee.kind {
            Kind::Function(function) => match function.as_ref() {
                Callee::Project(definition, receiver) => {
                    self.inline(definition, receiver.clone(), args, span)
                }
                Callee::Closure(function, scope, frame) => self.invoke(function, *scope, frame, args, span),
                Callee::Bound(receiver, name) => {
                    let name = Ident { name: name.clone(), span: name_span };
                    self.call_method(&receiver.clone(), &name, args, span, &[])
                }
            },
            Kind::Type(id) => self.construct_type(&id.clone(), args, span),
            Kind::External(path) => {
                let path = path.clone();
                let made = self.call_external(&path, args, span, name_span, &[]);
                // A function that a derive made for a type of the project.
                match callee.ty() {
                    Some(ty) if made.is_unknown() => made.with_info(|info| info.ty = Some(ty.clone())),
                    _ => made,
                }
            }
            Kind::Choice(choice) => {
                let truth = Truth::Atom(choice.condition, true);
                let choice = choice.clone();
                let other = args.clone();
                self.branch(
                    &truth,
                    |it| it.apply(&choice.then, args, span, name_span),
                    |it| it.apply(&choice.or_else, other, span, name_span),
                )
            }
            // A function that a model tells in one word.
            Kind::Word(_) | Kind::Bool(_) | Kind::Duration(_) => {
                self.escape(&args, span);
                Val::at(callee.kind, span)
            }
            _ => {
                if let Some(class) = self.class_of(&callee) {
                    let name = Ident { name: "__call__".into(), span: name_span };
                    let _ = class;
                    return self.call_method(&callee, &name, args, span, &[]);
                }
                self.escape(&args, span)
            }
        }
    }

    /// An unknown function got these: closures are looked into, what flows in flows out.
    pub fn escape(&mut self, args: &Args, span: Span) -> Val {
        args.all().for_each(|value| self.share(value));
        self.look_into_closures(args, span);
        let flowing = args.labels().without(Labels::COLLECTION);
        // What a cookie, an id or a number leads to is none of these.
        let led = Labels::SESSION_ID.with(Labels::COOKIE).with(Labels::GUESSABLE);
        // That a cookie came with the request says no more of it then.
        let led = if flowing.has(Labels::COOKIE) { led.with(Labels::REQUEST) } else { led };
        let labels = flowing.without(led);
        let value = Val { origin: super::value::Decided::At(span), ..Val::unknown(LIBRARY) }.labelled(labels);
        if labels.has(Labels::REQUEST) {
            let given = given(args.all());
            return value.with_info(|info| info.given = given);
        }
        value
    }

    /// Whoever got closures may call them.
    pub(super) fn look_into_closures(&mut self, args: &Args, span: Span) {
        for value in args.all() {
            if let Kind::Function(function) = &value.kind {
                let function = function.clone();
                let atom = self.fresh_atom(span);
                self.branch(
                    &Truth::Atom(atom, true),
                    |machine| match function.as_ref() {
                        Callee::Closure(function, scope, frame) => {
                            let unknown =
                                function.params.iter().map(|_| Val::unknown("given by a library")).collect();
                            machine.invoke(function, *scope, frame, Args::positional(unknown), span)
                        }
                        _ => Val::null(),
                    },
                    |_| Val::null(),
                );
            }
        }
    }

    /// A value that others hold now too: what lies behind its locks may change at any time.
    pub(super) fn share(&mut self, value: &Val) {
        let Kind::Object(id) = value.kind else { return };
        let Some(object) = self.state.object(id) else { return };
        let Class::Project(ty) = &object.class else { return };
        let locked: Vec<Val> = ty
            .def
            .fields
            .iter()
            .filter(|field| field.ty.as_ref().is_some_and(is_lock))
            .filter_map(|field| object.attributes.get(&field.name.name).cloned())
            .collect();
        for inner in locked {
            let Kind::Object(id) = inner.kind else { continue };
            if let Some(object) = self.state.object_mut(id) {
                for (name, value) in &mut object.attributes {
                    *value = Val::unknown("others may have changed it")
                        .with_info(|info| info.names = vec![name.clone()]);
                }
            }
        }
    }

    // ---- the project's functions

    pub fn inline(&mut self, definition: &Definition, receiver: Option<Val>, args: Args, span: Span) -> Val {
        let flipped = if self.quiet == 0 { flipped(&args) } else { None };
        let again = flipped.map(|it| (it, receiver.clone()));
        let before = self.trace.events.len();
        let value = self.enter(definition, receiver, args, span, Some(span));
        let value = self.named_check(&definition.function.name.name, before, value, span);
        let Some(((place, args), receiver)) = again.filter(|_| is_line(&value)) else { return value };
        // The caller answers for what only its switch keeps out of a line.
        let state = self.state.clone();
        self.quiet += 1;
        let other = self.enter(definition, receiver, args, span, Some(span));
        self.quiet -= 1;
        self.state = state;
        if !is_line(&other) {
            return value;
        }
        value.with_info(|info| info.otherwise = Some(Rc::new((place, other))))
    }

    /// Evaluates a call. Without a `site` what happens inside counts as done by the caller itself.
    pub(super) fn enter(
        &mut self,
        definition: &Definition,
        receiver: Option<Val>,
        args: Args,
        span: Span,
        site: Option<Span>,
    ) -> Val {
        let function = &definition.function;
        let owner = self.owner_type(definition);
        let caller_owner = std::mem::replace(&mut self.owner, owner.clone());
        let result_type = function.result.as_ref().map(|ty| self.ty(ty, definition.scope));
        self.owner = caller_owner;
        if function.is_async && self.dropped == Some(span) {
            return Val::at(Kind::Unknown("never awaited"), span);
        }
        let follows = self.may_call(function.span) && self.program.relevance.worth_a_call(function.span);
        let Some(body) = function.body.as_ref().filter(|_| follows) else {
            self.hand_over(&function.name.name, Labels::NONE, &args, span);
            let value = self.escape(&args, span);
            let labels = super::reach::transformed(&function.name.name, value.labels());
            let value = value.with_labels(labels);
            return match result_type {
                Some(ty) => value.with_info(|info| info.ty = Some(ty)),
                None => value,
            };
        };
        self.inlined.insert(function.span);
        let item = self.definition_path(definition);
        let caller_frame = std::mem::take(&mut self.state.frame);
        let caller_scope = std::mem::replace(&mut self.scope, definition.scope);
        let caller_owner = std::mem::replace(&mut self.owner, owner);
        let caller_loops = std::mem::take(&mut self.loops);
        self.calls.push(Call { function: function.span, item, site, returns: Vec::new(), yields: false });
        self.bind_params(function, receiver, args);
        let before = self.state.path.len();
        let value = self.block(body);
        let value = self.finish(value, before);
        // A body that only panics (`todo!()`) stands for one that is not written yet, unless the type says never.
        if !self.state.alive && function.result.as_ref().is_some_and(|it| it.path != ["!"]) {
            self.state.alive = true;
        }
        self.scope = caller_scope;
        self.owner = caller_owner;
        self.loops = caller_loops;
        self.state.frame = caller_frame;
        if words::ends_others(&function.name.name) {
            self.record(TraceEvent {
                target: function.name.name.clone(),
                ..TraceEvent::new(EventKind::DestroyOthers, span)
            });
        }
        let value = self.wrap(value, &function.attributes, span);
        match result_type {
            Some(ty) if value.ty().is_none() && value.is_unknown() => {
                value.with_info(|info| info.ty = Some(ty))
            }
            _ => value,
        }
    }

    /// Decorators of a framework may say what a function's result is.
    pub(super) fn wrap(&mut self, value: Val, _attributes: &[ir::Attribute], _span: Span) -> Val {
        value
    }

    pub(super) fn invoke(
        &mut self,
        function: &Function,
        scope: ScopeId,
        frame: &Rc<Frame>,
        args: Args,
        span: Span,
    ) -> Val {
        let Some(body) = function.body.as_ref().filter(|_| self.may_call(function.span)) else {
            return Val::unknown("too deep");
        };
        let caller_scope = std::mem::replace(&mut self.scope, scope);
        let caller_loops = std::mem::take(&mut self.loops);
        let item = self.item();
        self.calls.push(Call {
            function: function.span,
            item,
            site: None,
            returns: Vec::new(),
            yields: false,
        });
        // What the closure captured is what the enclosing function holds now, as long as that one still runs.
        let caller_frame = self.state.frame.clone();
        let mut captured = frame.as_ref().clone();
        for (name, value) in &caller_frame.variables {
            if captured.variables.contains_key(name) {
                captured.variables.insert(name.clone(), value.clone());
            }
        }
        self.state.frame = Rc::new(captured);
        self.bind_params(function, None, args);
        let before = self.state.path.len();
        let value = self.block(body);
        let value = self.finish(value, before);
        self.scope = caller_scope;
        self.loops = caller_loops;
        let inner = std::mem::replace(&mut self.state.frame, caller_frame);
        // Assignments to captured variables stay.
        for (name, value) in &inner.variables {
            if frame.variables.contains_key(name)
                && self.state.variable(name).is_some_and(|known| !known.same(value))
                && !binds(function, name)
            {
                self.state.bind(name.clone(), value.clone());
            }
        }
        let _ = span;
        value
    }

    /// Joins the returns of the innermost call and pops it.
    pub fn finish(&mut self, value: Val, before: usize) -> Val {
        let Some(call) = self.calls.pop() else { return value };
        let mut result = self.state.alive.then_some(value);
        for (state, returned) in call.returns.into_iter().rev() {
            let Some(current) = result else {
                self.state = state;
                result = Some(returned);
                continue;
            };
            let ours = std::mem::take(&mut self.state);
            let parting = ours.path.iter().zip(&state.path).take_while(|(a, b)| a == b).count();
            match (state.path.get(parting), ours.path.get(parting)) {
                (Some((atom, true)), _) | (_, Some((atom, false))) => {
                    let atom = *atom;
                    self.state = super::state::join(atom, state, ours, parting);
                    result = Some(choose(atom, returned, current));
                }
                (Some((atom, false)), _) | (_, Some((atom, true))) => {
                    let atom = *atom;
                    self.state = super::state::join(atom, ours, state, parting);
                    result = Some(choose(atom, current, returned));
                }
                (None, None) => {
                    self.state = ours;
                    result = Some(current);
                }
            }
        }
        self.state.path.truncate(before);
        match result {
            Some(value) => {
                self.state.alive = true;
                value
            }
            None => Val::unknown("never returns"),
        }
    }

    pub fn bind_params(&mut self, function: &Function, receiver: Option<Val>, args: Args) {
        let mut positional =
            receiver.into_iter().chain(args.positional).collect::<std::collections::VecDeque<_>>();
        let mut named = args.named;
        for param in &function.params {
            let name = match &param.pattern.kind {
                PatternKind::Bind(name, _) => Some(name.clone()),
                _ => None,
            };
            let by_name = name.as_ref().and_then(|name| {
                let at = named.iter().position(|(known, _)| known == name)?;
                Some(named.swap_remove(at).1)
            });
            let value = match param.kind {
                ParamKind::Rest => {
                    let rest: Vec<Val> = positional.drain(..).collect();
                    self.list(rest, args.open, param.span)
                }
                ParamKind::RestKeywords => {
                    let rest =
                        named.drain(..).map(|(name, value)| (Val::new(Kind::Text(name)), value)).collect();
                    self.map(rest, args.open, param.span)
                }
                ParamKind::Keyword => by_name.unwrap_or_else(|| self.default_argument(param, args.open)),
                ParamKind::Ordinary => match by_name {
                    Some(value) => value,
                    None => positional.pop_front().unwrap_or_else(|| self.default_argument(param, args.open)),
                },
            };
            let value = match &param.ty {
                Some(written) if value.ty().is_none() && !matches!(value.kind, Kind::Object(_)) => {
                    let ty = self.ty(written, self.scope);
                    value.with_info(|info| info.ty = Some(ty))
                }
                None if value.is_unknown() && value.ty().is_none() => {
                    match name.as_ref().and_then(|name| self.param_hint(name, self.scope.file)) {
                        Some(ty) => value.with_info(|info| info.ty = Some(ty)),
                        None => value,
                    }
                }
                _ => value,
            };
            self.bind(&param.pattern, value);
        }
    }

    pub(super) fn default_argument(&mut self, param: &ir::Param, open: bool) -> Val {
        match &param.default {
            Some(default) if !open => self.eval(default),
            _ => Val::unknown("an argument that is not seen"),
        }
    }

    /// Full paths of what decorates a function: decorators themselves and the names among their arguments.
    #[must_use]
    pub fn decorators(&self, attributes: &[ir::Attribute], scope: ScopeId) -> Vec<(SmolStr, Span)> {
        let mut found = Vec::new();
        for attribute in attributes {
            let mut names = vec![&attribute.expr];
            if let ir::ExprKind::Call(call) = &attribute.expr.kind {
                names = vec![&call.callee];
                names.extend(call.args.iter().map(|arg| &arg.value));
            }
            if let ir::ExprKind::Method(call) = &attribute.expr.kind {
                names.extend(call.args.iter().map(|arg| &arg.value));
            }
            for name in names {
                if let Some(path) = dotted(name)
                    && let Some(Meaning::External(path)) = self.program.index.resolve(scope, &path)
                {
                    found.push((path, attribute.span));
                }
            }
        }
        found
    }

    #[must_use]
    pub fn definition_path(&self, definition: &Definition) -> SmolStr {
        let name = &definition.function.name.name;
        let full: SmolStr = match definition.owner.as_ref() {
            Some(super::scope::Owner::Type(def)) => {
                format!("{}{}{name}", def.name.name, self.program.index.separator(definition.scope.file))
                    .into()
            }
            Some(super::scope::Owner::Extend(extend)) => {
                let target = extend.target.path.last().cloned().unwrap_or_default();
                format!("{target}::{name}").into()
            }
            None => name.clone(),
        };
        self.program.index.item_path(definition.scope, &full)
    }
}

/// The lone `super`: `self` as its base classes have it.
pub fn is_super(path: &ir::Path) -> bool {
    matches!(path.segments.as_slice(), [only] if only == "super")
}

pub(super) fn takes_self(function: &Function) -> bool {
    function
        .params
        .first()
        .is_some_and(|param| matches!(&param.pattern.kind, PatternKind::Bind(name, _) if name == "self"))
}

pub(super) fn binds(function: &Function, name: &Name) -> bool {
    function
        .params
        .iter()
        .any(|param| matches!(&param.pattern.kind, PatternKind::Bind(known, _) if known == name))
}

/// Whether a type holds something that is changed through a shared reference.
pub(super) fn is_lock(ty: &ir::TypeRef) -> bool {
    ty.path.last().is_some_and(|it| builtins().locks.contains(it.as_str())) || ty.args.iter().any(is_lock)
}

/// The names of `a.b.c`.
#[must_use]
pub fn dotted(expr: &ir::Expr) -> Option<Vec<Name>> {
    match &expr.kind {
        ir::ExprKind::Path(path) => Some(path.segments.clone()),
        ir::ExprKind::Field(base, name) => {
            let mut names = dotted(base)?;
            names.push(name.name.clone());
            Some(names)
        }
        ir::ExprKind::Call(call) => dotted(&call.callee),
        ir::ExprKind::Method(call) => {
            let mut names = dotted(&call.receiver)?;
            names.push(call.method.name.clone());
            Some(names)
        }
        _ => None,
    }
}

/// A constant where it is used: the use is what a reader looks at, the definition goes with it.
pub(super) fn used(value: Val, span: Span) -> Val {
    match value.kind {
        Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Text(_)
        | Kind::Duration(_)
        | Kind::Null
        | Kind::Word(_) => {
            let defined = value.span();
            let mut value = Val { origin: super::value::Decided::At(span), ..value };
            if let Some(defined) = defined.filter(|it| *it != span) {
                value = value.with_info(|info| {
                    info.trail.insert(0, Note { span: defined, text: "value given here".into() });
                });
            }
            value
        }
        _ => value,
    }
}

/// Arguments with the only switch among them turned, and where that stands.
fn flipped(args: &Args) -> Option<(Span, Args)> {
    let switch = |it: &&Val| matches!(it.kind, Kind::Bool(_));
    if args.all().filter(switch).count() != 1 {
        return None;
    }
    let mut args = args.clone();
    let mut all = args.positional.iter_mut().chain(args.named.iter_mut().map(|(_, value)| value));
    let found = all.find(|it| matches!(it.kind, Kind::Bool(_)))?;
    let place = found.span()?;
    found.kind = Kind::Bool(!matches!(found.kind, Kind::Bool(true)));
    Some((place, args))
}

/// Text of several parts, as a header has them.
fn is_line(value: &Val) -> bool {
    match &value.kind {
        Kind::Text(text) => text.contains(';'),
        Kind::Pieces(pieces) => {
            pieces.iter().any(|it| matches!(it, super::value::Piece::Text(text) if text.contains(';')))
        }
        _ => false,
    }
}

/// Names of the data of the request among these.
pub(super) fn given<'v>(values: impl Iterator<Item = &'v Val>) -> Vec<Name> {
    let of_request = values.filter(|it| it.labels().has(Labels::REQUEST));
    of_request.flat_map(|it| it.names().iter().cloned()).take(8).collect()
}
