//! Calls: into the project, into frameworks, of plain values.

use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::{Operation, builtins};
use super::index::{Definition, Meaning, ScopeId, TypeId};
use super::machine::{Call, Machine, Truth};
use super::state::{Frame, choose};
use super::value::{Callee, Class, Kind, Piece, Ty, TyDef, Val};
use crate::ir::{
    self, BinaryOp, Function, Ident, MethodCall, Name, ParamKind, Path, PatternKind, Span, Spread,
};
use crate::model::Labels;
use crate::source::Note;

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
            && path.segments.len() > 1
        {
            return self.call_path(path, &call.args, span);
        }
        let callee = self.eval(&call.callee);
        let args = self.args(&call.args);
        let name_span = call.callee.span;
        self.apply(&callee, args, span, name_span)
    }

    /// `a::b::f(..)`.
    fn call_path(&mut self, path: &Path, args: &[ir::Arg], span: Span) -> Val {
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
        let type_args: Vec<Ty> = path.type_args.iter().map(|arg| self.ty(arg, self.scope)).collect();
        if let Kind::External(name) = &callee.kind {
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
                self.call_external(&path, args, span, name_span, &[])
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
        let labels = args.labels().without(Labels::COLLECTION);
        Val { origin: super::value::Decided::At(span), ..Val::unknown("result of a library") }
            .labelled(labels)
    }

    /// A value that others hold now too: what lies behind its locks may change at any time.
    fn share(&mut self, value: &Val) {
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
        self.enter(definition, receiver, args, span, Some(span))
    }

    /// Evaluates a call. Without a `site` what happens inside counts as done by the caller itself.
    fn enter(
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
        let Some(body) = function.body.as_ref().filter(|_| self.may_call(function.span)) else {
            let value = self.escape(&args, span);
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
        let value = self.wrap(value, &function.attributes, span);
        match result_type {
            Some(ty) if value.ty().is_none() && value.is_unknown() => {
                value.with_info(|info| info.ty = Some(ty))
            }
            _ => value,
        }
    }

    /// Decorators of a framework may say what a function's result is.
    fn wrap(&mut self, value: Val, _attributes: &[ir::Attribute], _span: Span) -> Val {
        value
    }

    fn invoke(
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
                    match name
                        .as_ref()
                        .and_then(|name| self.program.catalog.param_hint(name, self.scope.file))
                    {
                        Some(ty) => value.with_info(|info| info.ty = Some(ty)),
                        None => value,
                    }
                }
                _ => value,
            };
            self.bind(&param.pattern, value);
        }
    }

    fn default_argument(&mut self, param: &ir::Param, open: bool) -> Val {
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
            Some(super::index::Owner::Type(def)) => {
                format!("{}{}{name}", def.name.name, self.program.index.separator(definition.scope.file))
                    .into()
            }
            Some(super::index::Owner::Extend(extend)) => {
                let target = extend.target.path.last().cloned().unwrap_or_default();
                format!("{target}::{name}").into()
            }
            None => name.clone(),
        };
        self.program.index.item_path(definition.scope, &full)
    }

    // ---- types of the project

    fn construct_type(&mut self, id: &TypeId, args: Args, span: Span) -> Val {
        let object = self.new_object(Class::Project(id.clone()), Some(span));
        let value = Val::at(Kind::Object(object), span).labelled(args.labels().without(Labels::COLLECTION));
        if let Some(init) = self.find_method(id, "__init__", 4) {
            self.inline(&init, Some(value.clone()), args, span);
            return value;
        }
        let named = args.named.clone();
        if let Some(object) = self.state.object_mut(object) {
            for (at, arg) in args.positional.iter().enumerate() {
                object.attributes.insert(at.to_string().into(), arg.clone());
            }
            // Data classes and the like take their fields by name or order.
            for ((at, arg), field) in args.positional.iter().enumerate().zip(&id.def.fields) {
                let _ = at;
                object.attributes.insert(field.name.name.clone(), arg.clone());
            }
            for (name, arg) in named {
                object.attributes.insert(name, arg);
            }
        }
        value
    }

    pub fn construct_record(
        &mut self,
        path: &Path,
        fields: Vec<(Name, Val)>,
        rest: Option<Val>,
        span: Span,
    ) -> Val {
        let target = if path.segments.len() == 1 && path.segments[0] == "Self" {
            match self.owner.as_ref().map(|ty| ty.def.clone()) {
                Some(TyDef::Project(id)) => Some(Kind::Type(id)),
                Some(TyDef::External(path)) => Some(Kind::External(path)),
                _ => None,
            }
        } else {
            match self.program.index.resolve(self.scope, &path.segments) {
                Some(Meaning::Type(id)) => Some(Kind::Type(id)),
                Some(Meaning::External(path)) => Some(Kind::External(path)),
                _ => None,
            }
        };
        match target {
            Some(Kind::External(path)) => {
                if let Some(class) = self.program.catalog.class(&path, self.scope.file) {
                    let object = self.framework_object(class, span);
                    let rest = rest.and_then(|rest| match rest.kind {
                        Kind::Object(id) => self.state.object(id).map(|it| it.attributes.clone()),
                        _ => None,
                    });
                    if let Some(object) = self.state.object_mut(object) {
                        object.attributes.extend(rest.unwrap_or_default());
                        object.attributes.extend(fields);
                    }
                    return Val::at(Kind::Object(object), span);
                }
                let labels =
                    fields.iter().fold(Labels::NONE, |all, (_, value)| all.with(value.labels().of_part()));
                Val::typed("a value of a library", Ty::external(path)).labelled(labels)
            }
            Some(Kind::Type(id)) => {
                let object = self.new_object(Class::Project(id), Some(span));
                let (base, open) = match rest {
                    Some(rest) => match rest.kind {
                        Kind::Object(id) => (self.state.object(id).map(|it| it.attributes.clone()), false),
                        _ => (None, true),
                    },
                    None => (None, false),
                };
                let labels =
                    fields.iter().fold(Labels::NONE, |all, (_, value)| all.with(value.labels().of_part()));
                if let Some(object) = self.state.object_mut(object) {
                    object.attributes.extend(base.unwrap_or_default());
                    object.attributes.extend(fields);
                    object.open = open;
                    object.labels = labels;
                }
                Val::at(Kind::Object(object), span).labelled(labels.without(Labels::COLLECTION))
            }
            _ => Val::unknown("a record of an unknown type"),
        }
    }

    // ---- names

    /// The value of a path.
    pub fn path(&mut self, path: &Path) -> Val {
        if let [name] = path.segments.as_slice() {
            if let Some(value) = self.state.variable(name) {
                let value = value.clone();
                return self.state.refine(&value);
            }
            if is_super(path) {
                return self.state.variable("self").cloned().unwrap_or_else(|| Val::unknown("no object"));
            }
            if name == "Self" {
                return match self.owner.as_ref().map(|ty| ty.def.clone()) {
                    Some(TyDef::Project(id)) => Val::at(Kind::Type(id), path.span),
                    Some(TyDef::External(name)) => Val::at(Kind::External(name), path.span),
                    _ => Val::unknown("a type that is not seen"),
                };
            }
            if name == "None" {
                return Val::at(Kind::Null, path.span);
            }
        }
        if let Some((last, prefix)) = path.segments.split_last()
            && !prefix.is_empty()
        {
            let owner = if prefix == ["Self"] {
                self.owner.clone().map(|ty| ty.def)
            } else {
                match self.program.index.resolve(self.scope, prefix) {
                    Some(Meaning::Type(id)) => Some(self.alias_target(id)),
                    Some(Meaning::External(_)) | None => None,
                    Some(_) => None,
                }
            };
            match owner {
                Some(TyDef::Project(id)) => return self.associated(&id, last, path.span),
                Some(TyDef::External(name)) => {
                    let full = format!("{name}::{last}");
                    return self.meaning(Meaning::External(full.into()), path.span);
                }
                _ => {}
            }
            // A local value in front of a path: `module.name` is a field, this is a generic parameter or the like.
            if prefix.len() == 1 && self.state.variable(&prefix[0]).is_some() {
                let base = self.state.variable(&prefix[0]).cloned().unwrap_or_else(Val::null);
                return self.field(&base, &Ident { name: last.clone(), span: path.span });
            }
        }
        if let Some(meaning) = self.program.index.resolve(self.scope, &path.segments) {
            self.meaning(meaning, path.span)
        } else {
            let name = path.segments.join(self.program.index.separator(self.scope.file));
            self.meaning(Meaning::External(name.into()), path.span)
        }
    }

    fn alias_target(&self, id: TypeId) -> TyDef {
        if id.def.kind == ir::TypeKind::Alias
            && let Some(target) = id.def.bases.first()
        {
            return self.ty(target, id.scope).def;
        }
        TyDef::Project(id)
    }

    /// `Type::name`.
    fn associated(&mut self, id: &TypeId, name: &Name, span: Span) -> Val {
        if let Some(definition) = self.find_method(id, name, 4) {
            return Val::at(Kind::Function(Rc::new(Callee::Project(definition, None))), span);
        }
        if let Some((constant, scope)) = self.program.index.associated_constant(id, name) {
            return self.constant(&constant, scope, span);
        }
        if id.def.variants.iter().any(|variant| variant.name.name == *name) {
            return Val::at(Kind::External(format!("{}::{name}", id.def.name.name).into()), span);
        }
        if name == "default"
            && let Some(value) = self.derived_default(id, span)
        {
            return value;
        }
        if let Some(value) = self.class_attribute(id, name) {
            return value;
        }
        if let Some(value) = self.inherited_associated(id, name, span, 4) {
            return value;
        }
        // A trait's method on a type parameter, or one that a derive made.
        let made = Ty { def: TyDef::Project(id.clone()), args: Rc::from([]) };
        if matches!(name.as_str(), "parse" | "load" | "from_env" | "read" | "new" | "deserialize") {
            return Val::at(Kind::External(format!("{}::{name}", id.def.name.name).into()), span)
                .with_info(|info| info.ty = Some(made));
        }
        Val::unknown("an associated item that is not seen").with_info(|info| info.names = vec![name.clone()])
    }

    /// A member that a class has from a framework's base class.
    fn inherited_associated(&mut self, id: &TypeId, name: &Name, span: Span, depth: u32) -> Option<Val> {
        if depth == 0 {
            return None;
        }
        for written in id.def.bases.clone() {
            match self.ty(&written, id.scope).def {
                TyDef::Project(parent) if parent != *id => {
                    if let Some(value) = self.inherited_associated(&parent, name, span, depth - 1) {
                        return Some(value);
                    }
                }
                TyDef::External(path) => {
                    let Some(class) = self.program.catalog.class(&path, self.scope.file) else { continue };
                    let base =
                        Val::typed("a class", Ty { def: TyDef::Project(id.clone()), args: Rc::from([]) });
                    let ident = Ident { name: name.clone(), span };
                    let names = [id.def.name.name.clone(), name.clone()];
                    if let Some(value) = self.field_of_class(&class, &base, &ident, &names) {
                        return Some(value);
                    }
                    let separator = self.program.index.separator(self.scope.file);
                    let full = format!("{path}{separator}{name}");
                    if !self.program.catalog.functions(&full, self.scope.file).is_empty() {
                        return Some(Val::at(Kind::External(full.into()), span));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// `#[derive(Default)]`: unset flags are off, numbers zero.
    fn derived_default(&mut self, id: &TypeId, span: Span) -> Option<Val> {
        let derived = super::settings::derives(&id.def.attributes, "Default");
        if !derived {
            return None;
        }
        let object = self.new_object(Class::Project(id.clone()), Some(span));
        let fields: Vec<(Name, Val)> = id
            .def
            .fields
            .iter()
            .map(|field| {
                let kind = match field.ty.as_ref().and_then(|ty| ty.path.last()).map(SmolStr::as_str) {
                    Some("bool") => Kind::Bool(false),
                    Some("Option") => Kind::Null,
                    Some("String") => Kind::Text(SmolStr::default()),
                    Some("u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize") => {
                        Kind::Int(0)
                    }
                    _ => Kind::Unknown("a default"),
                };
                (field.name.name.clone(), Val::at(kind, field.span))
            })
            .collect();
        let holder = self.state.object_mut(object)?;
        holder.attributes.extend(fields);
        let function = Callee::Bound(Val::at(Kind::Object(object), span), "clone".into());
        Some(Val::at(Kind::Function(Rc::new(function)), span))
    }

    /// Calls the function that `#[serde(default = "path")]` names.
    pub fn call_default(&mut self, path: &[Name], id: &TypeId, span: Span) -> Val {
        let definition = match self.program.index.resolve(id.scope, path) {
            Some(Meaning::Function(definition)) => Some(definition),
            _ => path.split_last().and_then(|(last, owner)| {
                match self.program.index.resolve(id.scope, owner) {
                    Some(Meaning::Type(owner)) => self.find_method(&owner, last, 2),
                    _ if owner == ["Self"] => self.find_method(id, last, 2),
                    _ => None,
                }
            }),
        };
        match definition {
            Some(definition) => self.inline(&definition, None, Args::default(), span),
            None => Val::unknown("a default that is not seen"),
        }
    }

    /// `Type::default()`.
    pub fn default_of_path(&mut self, path: &Path, span: Span) -> Val {
        let mut segments = path.segments.clone();
        segments.push("default".into());
        let callee = self.path(&Path { segments, type_args: Vec::new(), span });
        self.apply(&callee, Args::default(), span, span)
    }

    /// A field of `Type::default()`.
    pub fn default_field(&mut self, id: &TypeId, name: &Name, span: Span) -> Option<Val> {
        let definition = self.find_method(id, "default", 2)?;
        let made = self.inline(&definition, None, Args::default(), span);
        match made.kind {
            Kind::Object(object) => self.state.object(object)?.attributes.get(name).cloned(),
            _ => None,
        }
    }

    fn class_attribute(&mut self, id: &TypeId, name: &Name) -> Option<Val> {
        let field = id.def.fields.iter().rev().find(|field| field.name.name == *name)?;
        let default = field.default.as_ref()?;
        Some(self.elsewhere(id.scope, field.span, |machine| machine.eval(default)))
    }

    /// The value of a constant, evaluated where it stands.
    fn constant(&mut self, constant: &ir::Constant, scope: ScopeId, span: Span) -> Val {
        let Some(expr) = &constant.value else { return Val::unknown("a constant that is not seen") };
        let mut value = self.elsewhere(scope, constant.name.span, |machine| machine.eval(expr));
        if let Some(written) = &constant.ty
            && value.ty().is_none()
            && value.is_unknown()
        {
            let ty = self.ty(written, scope);
            value = value.with_info(|info| info.ty = Some(ty));
        }
        used(value, span)
    }

    /// Evaluates something that stands elsewhere, without the local variables.
    fn elsewhere(&mut self, scope: ScopeId, key: Span, eval: impl FnOnce(&mut Self) -> Val) -> Val {
        if self.constants.contains(&key) || self.constants.len() > 16 {
            return Val::unknown("defined by itself");
        }
        self.constants.push(key);
        let frame = std::mem::take(&mut self.state.frame);
        let caller = std::mem::replace(&mut self.scope, scope);
        let owner = self.owner.take();
        let loops = std::mem::take(&mut self.loops);
        let value = eval(self);
        self.constants.pop();
        self.scope = caller;
        self.owner = owner;
        self.loops = loops;
        self.state.frame = frame;
        value
    }

    /// The value that a meaning stands for.
    pub fn meaning(&mut self, meaning: Meaning, span: Span) -> Val {
        match meaning {
            Meaning::Function(definition) => {
                Val::at(Kind::Function(Rc::new(Callee::Project(definition, None))), span)
            }
            Meaning::Type(id) => match self.alias_target(id) {
                TyDef::Project(id) => Val::at(Kind::Type(id), span),
                TyDef::External(path) => self.meaning(Meaning::External(path), span),
                TyDef::Unresolved(name) => Val::at(Kind::External(name), span),
            },
            Meaning::Constant(constant, scope) => self.constant(&constant, scope, span),
            Meaning::Variable(expr, scope) => {
                let key = expr.span;
                let name = match self.program.index.variable_name(scope, &expr) {
                    Some(name) => vec![name],
                    None => Vec::new(),
                };
                let value = self.elsewhere(scope, key, |machine| machine.eval(&expr));
                let value = used(value, span);
                if value.is_unknown() && value.names().is_empty() {
                    value.with_info(|info| info.names = name)
                } else {
                    value
                }
            }
            Meaning::Module(scope) => Val::at(Kind::Module(scope), span),
            Meaning::Macro(..) => Val::unknown("a macro"),
            Meaning::External(path) => {
                if let Some(kind) = self.program.catalog.value(&path, self.scope.file) {
                    return Val::at(kind, span);
                }
                Val::at(Kind::External(path), span)
            }
        }
    }

    // ---- fields and elements

    pub fn field(&mut self, base: &Val, name: &Ident) -> Val {
        let base = self.state.refine(base);
        match &base.kind {
            Kind::Choice(_) => self.lift(&base, &mut |machine, it| machine.field(&it, name)),
            Kind::Module(scope) => {
                let meaning =
                    self.program.index.descend(Meaning::Module(*scope), std::slice::from_ref(&name.name), 12);
                match meaning {
                    Some(meaning) => self.meaning(meaning, name.span),
                    None => Val::unknown("a name that the module does not define"),
                }
            }
            Kind::Type(id) => self.associated(&id.clone(), &name.name, name.span),
            Kind::External(path) => {
                if builtins().settings_objects.contains(path.as_str()) {
                    return self.program.settings.project_setting(self.scope.file, &name.name, name.span);
                }
                let separator = self.program.index.separator(self.scope.file);
                let full: SmolStr = format!("{path}{separator}{}", name.name).into();
                self.meaning(Meaning::External(full), name.span)
            }
            Kind::Object(id) => {
                if let Some(value) = self.state.object(*id).and_then(|it| it.attributes.get(&name.name)) {
                    let value = value.clone();
                    return self.state.refine(&value);
                }
                self.unknown_field(&base, name)
            }
            Kind::Tuple(items) => match name.name.parse::<usize>() {
                Ok(at) if at < items.len() => items[at].clone(),
                _ => self.unknown_field(&base, name),
            },
            _ => self.unknown_field(&base, name),
        }
    }

    fn unknown_field(&mut self, base: &Val, name: &Ident) -> Val {
        let mut names = base.names().to_vec();
        if names.len() < 8 {
            names.push(name.name.clone());
        }
        let labels = base.labels().without(Labels::COLLECTION);
        let class = self.class_of(base).or_else(|| {
            let peeled = self.peel(base.ty()?);
            self.class_of_type(&peeled)
        });
        match class {
            Some(Class::Model(_)) => {
                if let Some(value) = self.framework_field(base, name, &names) {
                    return value;
                }
                if let Some(inner) = self.wrapped(base) {
                    return if name.name == "0" { inner } else { self.unknown_field(&inner, name) };
                }
            }
            Some(Class::Project(id)) => {
                if let Some(definition) = self.find_method(&id, &name.name, 4) {
                    // A property is called by being read.
                    if super::settings::is_property(&definition.function.attributes) {
                        return self.inline(&definition, Some(base.clone()), Args::default(), name.span);
                    }
                    let bound = Callee::Project(definition, Some(base.clone()));
                    return Val::at(Kind::Function(Rc::new(bound)), name.span);
                }
                if let Some(value) = self.program.settings.field(self, &id, &name.name, name.span) {
                    return value;
                }
                if let Some(value) = self.class_attribute(&id, &name.name) {
                    return value.labelled(labels);
                }
                if let Some(written) =
                    id.def.fields.iter().find(|it| it.name.name == name.name).and_then(|it| it.ty.as_ref())
                {
                    let ty = self.ty(written, id.scope);
                    return Val::typed("a field", ty).labelled(labels).with_info(|info| info.names = names);
                }
                // A base outside the project may define it: a view's `request`.
                if let Some(value) = self.inherited_field(&id, base, name, &names, 4) {
                    return value;
                }
                // Attributes that the constructor sets.
                if let Some(value) = self.constructed_field(base, &id, name) {
                    return value;
                }
            }
            _ => {}
        }
        let nested = base.info.as_ref().and_then(|info| info.nested.clone());
        Val { origin: base.origin.clone(), ..Val::unknown("a field") }.labelled(labels).with_info(|info| {
            info.names = names;
            info.nested = nested;
        })
    }

    /// What a framework's wrapper (`Form<T>`) holds, with the wrapper's labels.
    fn wrapped(&self, value: &Val) -> Option<Val> {
        let ty = value.ty()?;
        let inner = ty.args.first()?.clone();
        let labels = self.program.catalog.type_labels(ty, self.scope.file);
        let kind = if matches!(value.kind, Kind::Object(_)) {
            Kind::Unknown("what a wrapper holds")
        } else {
            value.kind.clone()
        };
        Some(Val { kind, ..value.clone() }.labelled(labels).with_info(|info| info.ty = Some(inner)))
    }

    fn inherited_field(
        &mut self,
        id: &TypeId,
        base: &Val,
        name: &Ident,
        names: &[Name],
        depth: u32,
    ) -> Option<Val> {
        if depth == 0 {
            return None;
        }
        for written in id.def.bases.clone() {
            match self.ty(&written, id.scope).def {
                TyDef::Project(parent) if parent != *id => {
                    if let Some(value) = self.inherited_field(&parent, base, name, names, depth - 1) {
                        return Some(value);
                    }
                }
                TyDef::External(path) => {
                    if let Some(class) = self.program.catalog.class(&path, self.scope.file)
                        && let Some(value) = self.field_of_class(&class, base, name, names)
                    {
                        return Some(value);
                    }
                }
                _ => {}
            }
        }
        self.program
            .catalog
            .field_hint(&name.name, self.scope.file)
            .map(|ty| Val::typed("a field", ty).with_info(|info| info.names = names.to_vec()))
    }

    /// Runs `__init__` once on an unknown instance, to learn its attributes.
    fn constructed_field(&mut self, base: &Val, id: &TypeId, name: &Ident) -> Option<Val> {
        let init = self.find_method(id, "__init__", 4)?;
        if !self.may_call(init.function.span)
            || self.calls.iter().any(|call| call.function == init.function.span)
        {
            return None;
        }
        let object = self.materialise(base, Class::Project(id.clone()));
        let marker: SmolStr = "<constructed>".into();
        if self.state.object(object)?.attributes.contains_key(&marker) {
            return None;
        }
        self.state.object_mut(object)?.attributes.insert(marker, Val::null());
        let args: Vec<Val> = init
            .function
            .params
            .iter()
            .skip(1)
            .map(|param| match &param.pattern.kind {
                PatternKind::Bind(name, _) => {
                    let hinted = self.program.catalog.param_hint(name, init.scope.file);
                    let value = hinted
                        .map_or_else(|| Val::unknown("an argument"), |ty| Val::typed("an argument", ty));
                    value.with_info(|info| info.names = vec![name.clone()])
                }
                _ => Val::unknown("an argument"),
            })
            .collect();
        self.quiet += 1;
        let receiver = Val { kind: Kind::Object(object), ..base.clone() };
        self.inline(&init, Some(receiver), Args::positional(args), name.span);
        self.quiet -= 1;
        self.state.object(object)?.attributes.get(&name.name).cloned()
    }

    pub fn index(&mut self, base: &Val, index: &Val, span: Span) -> Val {
        let base = self.state.refine(base);
        let index = self.state.refine(index);
        if let Kind::Choice(_) = &base.kind {
            return self.lift(&base, &mut |machine, it| machine.index(&it, &index, span));
        }
        if let Some(items) = self.known_items(&base)
            && let Kind::Int(at) = index.kind
            && !self.is_map(&base)
        {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let at = if at < 0 { at + length } else { at };
            if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                return item.clone();
            }
        }
        if let Kind::Object(id) = base.kind
            && let Some(object) = self.state.object(id)
            && matches!(object.class, Class::Map)
            && let Some((_, value)) = object.items.iter().rev().find(|(key, _)| key.same(&index))
        {
            return value.clone();
        }
        let name = Ident { name: "__getitem__".into(), span };
        if let Some(Class::Model(_) | Class::Project(_)) = self.class_of(&base) {
            return self.call_method(&base, &name, Args::positional(vec![index]), span, &[]);
        }
        self.item_of(&base, &index, span)
    }

    fn is_map(&self, value: &Val) -> bool {
        matches!(&value.kind, Kind::Object(id) if self.state.object(*id).is_some_and(|it| matches!(it.class, Class::Map)))
    }

    /// An element of an unknown value, under a key.
    pub fn item_of(&mut self, base: &Val, index: &Val, span: Span) -> Val {
        let mut names = base.names().to_vec();
        match index.text() {
            Some(text) => names.push(text.clone()),
            None => names.extend(index.names().last().cloned()),
        }
        let nested = base.info.as_ref().and_then(|info| info.nested.clone());
        let slice = matches!(index.kind, Kind::Unknown(_)) && index.names().is_empty();
        // A slice has a bound, an element is no collection.
        let labels = base.labels().without(Labels::COLLECTION);
        let inner = base.ty().and_then(|ty| {
            let ty = self.peel(ty);
            if slice { Some(ty) } else { ty.args.last().cloned() }
        });
        Val::at(Kind::Unknown("an element"), span).labelled(labels).with_info(|info| {
            info.names = names;
            info.nested = nested;
            info.ty = inner;
            info.bounded = slice;
        })
    }

    pub fn assign(&mut self, target: &ir::Expr, value: Val, span: Span) {
        match &target.kind {
            ir::ExprKind::Path(path) if path.segments.len() == 1 => {
                let named = if value.is_unknown() && value.names().is_empty() {
                    value.with_info(|info| info.names.clone_from(&path.segments))
                } else {
                    value
                };
                self.state.bind(path.segments[0].clone(), named);
            }
            ir::ExprKind::Field(base, name) => {
                let base = self.eval(base);
                self.set_field(&base, name, value, span);
            }
            ir::ExprKind::Index(base, index) => {
                let base = self.eval(base);
                let index = self.eval(index);
                self.set_item(&base, index, value, span);
            }
            ir::ExprKind::Tuple(targets) | ir::ExprKind::List(targets) => {
                let items = self.known_items(&value);
                for (at, target) in targets.iter().enumerate() {
                    let part = match &items {
                        Some(items) if items.len() == targets.len() => items[at].clone(),
                        _ => {
                            let labels = value.labels();
                            let ty = value.ty().and_then(|ty| ty.args.get(at)).cloned();
                            Val::unknown("part of a value").labelled(labels).with_info(|info| info.ty = ty)
                        }
                    };
                    self.assign(target, part, span);
                }
            }
            ir::ExprKind::Spread(inner) | ir::ExprKind::Unary(_, inner) => self.assign(inner, value, span),
            _ => {}
        }
    }

    fn set_field(&mut self, base: &Val, name: &Ident, value: Val, span: Span) {
        let base = self.state.refine(base);
        if let Kind::Choice(choice) = &base.kind {
            let choice = choice.clone();
            let other = value.clone();
            self.branch(
                &Truth::Atom(choice.condition, true),
                |it| {
                    it.set_field(&choice.then, name, value, span);
                    Val::null()
                },
                |it| {
                    it.set_field(&choice.or_else, name, other, span);
                    Val::null()
                },
            );
            return;
        }
        let Some(class) = self.class_of(&base) else {
            self.mutation(&base, Some(&value), span);
            return;
        };
        if let Class::Model(_) = class {
            let setter = Ident { name: format!("{}=", name.name).into(), span: name.span };
            if self.has_method(&class, &setter.name) {
                self.call_method(&base, &setter, Args::positional(vec![value]), span, &[]);
                return;
            }
        }
        let id = self.materialise(&base, class);
        let value = value.with_info(|info| info.set_at = Some(span));
        if let Some(object) = self.state.object_mut(id) {
            object.attributes.insert(name.name.clone(), value);
        }
    }

    fn set_item(&mut self, base: &Val, index: Val, value: Val, span: Span) {
        let base = self.state.refine(base);
        let index = self.state.refine(&index);
        if let Kind::Object(id) = base.kind
            && let Some(object) = self.state.object_mut(id)
            && matches!(object.class, Class::Map | Class::List)
        {
            object.labels = object.labels.with(value.labels());
            object.items.retain(|(key, _)| !key.same(&index));
            object.items.push((index, value.clone()));
            self.mutation(&base, Some(&value), span);
            return;
        }
        if let Some(Class::Model(_) | Class::Project(_)) = self.class_of(&base) {
            let name = Ident { name: "__setitem__".into(), span };
            self.call_method(&base, &name, Args::positional(vec![index, value]), span, &[]);
            return;
        }
        self.mutation(&base, Some(&value), span);
    }

    pub fn delete(&mut self, target: &ir::Expr) {
        if let ir::ExprKind::Index(base, index) = &target.kind {
            let base = self.eval(base);
            let index = self.eval(index);
            if let Some(Class::Model(_) | Class::Project(_)) = self.class_of(&base) {
                let name = Ident { name: "__delitem__".into(), span: target.span };
                self.call_method(&base, &name, Args::positional(vec![index]), target.span, &[]);
            } else {
                self.mutation(&base, None, target.span);
            }
        }
    }

    // ---- methods

    pub fn method(&mut self, call: &MethodCall, span: Span) -> Val {
        if matches!(&call.receiver.kind, ir::ExprKind::Path(path) if is_super(path)) {
            return self.method_of_bases(call, span);
        }
        let receiver = self.eval(&call.receiver);
        let receiver = self.state.refine(&receiver);
        // A call on a module or a path is a call of a function.
        if let Kind::Module(_) | Kind::External(_) | Kind::Type(_) = receiver.kind {
            let callee = self.field(&receiver, &call.method);
            let args = self.args(&call.args);
            return self.apply(&callee, args, span, call.method.span);
        }
        let args = self.args(&call.args);
        let types: Vec<Ty> = call.type_args.iter().map(|ty| self.ty(ty, self.scope)).collect();
        self.call_method(&receiver, &call.method, args, span, &types)
    }

    /// A method of `self` as the base classes of the class at hand have it.
    fn method_of_bases(&mut self, call: &MethodCall, span: Span) -> Val {
        let receiver = self.state.variable("self").cloned().unwrap_or_else(|| Val::unknown("no object"));
        let args = self.args(&call.args);
        let Some(Ty { def: TyDef::Project(id), .. }) = self.owner.clone() else {
            return self.unknown_method(&receiver, &call.method, &args, span);
        };
        if let Some(definition) = self.find_inherited(&id, &call.method.name, 4) {
            // Both are one method of one object: the place is where it happens.
            return self.enter(&definition, Some(receiver), args, span, None);
        }
        self.inherited_method(&id, &receiver, &call.method, &args, span, 4)
            .unwrap_or_else(|| self.unknown_method(&receiver, &call.method, &args, span))
    }

    pub fn call_method(&mut self, receiver: &Val, name: &Ident, args: Args, span: Span, types: &[Ty]) -> Val {
        if !self.step() {
            return Val::unknown("the budget is used up");
        }
        let receiver = self.state.refine(receiver);
        if let Kind::Choice(choice) = &receiver.kind
            && [&choice.then, &choice.or_else].iter().any(|it| matches!(it.kind, Kind::Object(_)))
        {
            let choice = choice.clone();
            let other = args.clone();
            return self.branch(
                &Truth::Atom(choice.condition, true),
                |it| it.call_method(&choice.then, name, args, span, types),
                |it| it.call_method(&choice.or_else, name, other, span, types),
            );
        }
        if let Kind::Object(id) = receiver.kind
            && let Some(Val { kind: Kind::Function(_), .. }) =
                self.state.object(id).and_then(|it| it.attributes.get(&name.name))
        {
            let callee = self.field(&receiver, name);
            return self.apply(&callee, args, span, name.span);
        }
        let mut receiver = receiver;
        // A wrapper's own methods first (`unwrap_or`), then those of what it holds.
        let class = match self.class_of(&receiver) {
            Some(class) => Some(class),
            None => receiver.ty().map(|ty| self.peel(ty)).and_then(|inner| {
                let class = self.class_of_type(&inner);
                if class.is_some() {
                    receiver = receiver.clone().with_info(|info| info.ty = Some(inner));
                }
                class
            }),
        };
        if let Some(class) = &class
            && let Some(value) = self.method_of_class(class, &receiver, name, &args, span, types)
        {
            return value;
        }
        let path = match (&class, receiver.ty().map(|ty| &ty.def)) {
            (Some(Class::Model(path)), _) => Some(path.clone()),
            (_, Some(TyDef::External(path))) => Some(path.clone()),
            _ => None,
        };
        if let Some(definition) = self.program.index.extension_method(&name.name, path.as_deref()) {
            return self.inline(&definition, Some(receiver), args, span);
        }
        self.plain_method(&receiver, name, &args, span)
    }

    fn method_of_class(
        &mut self,
        class: &Class,
        receiver: &Val,
        name: &Ident,
        args: &Args,
        span: Span,
        types: &[Ty],
    ) -> Option<Val> {
        match class {
            Class::Model(_) => {
                self.framework_method(class, receiver, name, args, span, types).or_else(|| {
                    let inner = self.wrapped(receiver)?;
                    let class = self.class_of(&inner)?;
                    self.method_of_class(&class, &inner, name, args, span, types)
                })
            }
            Class::Project(id) => {
                if let Some(definition) = self.find_method(id, &name.name, 4) {
                    return Some(self.inline(&definition, Some(receiver.clone()), args.clone(), span));
                }
                // Deref to what a newtype wraps.
                if let Some(inner) = self.newtype_content(id, receiver, name.span) {
                    let class = self.class_of(&inner)?;
                    return self.method_of_class(&class, &inner, name, args, span, types);
                }
                self.inherited_method(id, receiver, name, args, span, 4)
            }
            Class::List | Class::Map => None,
        }
    }

    /// The only field of a wrapper, when that is an object of a framework or of the project.
    fn newtype_content(&mut self, id: &TypeId, receiver: &Val, span: Span) -> Option<Val> {
        let [field] = id.def.fields.as_slice() else { return None };
        if id.def.kind != ir::TypeKind::Struct {
            return None;
        }
        let inner = self.field(receiver, &Ident { name: field.name.name.clone(), span });
        self.class_of(&inner).is_some().then_some(inner)
    }

    fn inherited_method(
        &mut self,
        id: &TypeId,
        receiver: &Val,
        name: &Ident,
        args: &Args,
        span: Span,
        depth: u32,
    ) -> Option<Val> {
        if depth == 0 {
            return None;
        }
        for written in id.def.bases.clone() {
            match self.ty(&written, id.scope).def {
                TyDef::Project(parent) if parent != *id => {
                    if let Some(value) = self.inherited_method(&parent, receiver, name, args, span, depth - 1)
                    {
                        return Some(value);
                    }
                }
                TyDef::External(path) => {
                    if let Some(class) = self.program.catalog.class(&path, self.scope.file)
                        && self.has_method(&class, &name.name)
                    {
                        return self.framework_method(&class, receiver, name, args, span, &[]);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// A method of a plain value.
    fn plain_method(&mut self, receiver: &Val, name: &Ident, args: &Args, span: Span) -> Val {
        let Some(operation) = builtins().methods.get(name.name.as_str()).copied() else {
            return self.unknown_method(receiver, name, args, span);
        };
        self.operation(operation, receiver, name, args, span)
    }

    fn unknown_method(&mut self, receiver: &Val, name: &Ident, args: &Args, span: Span) -> Val {
        let result = self.escape(args, span);
        let mut names = receiver.names().to_vec();
        if names.len() < 8 {
            names.push(name.name.clone());
        }
        let labels = receiver.labels().with(result.labels());
        let labels = self.program.catalog.method_labels(&name.name, labels, self.scope.file);
        Val { origin: super::value::Decided::At(span), ..Val::unknown("result of a method that is not seen") }
            .labelled(labels)
            .with_info(|info| info.names = names)
    }

    /// One of the languages' own operations.
    pub fn operation(
        &mut self,
        operation: Operation,
        receiver: &Val,
        name: &Ident,
        args: &Args,
        span: Span,
    ) -> Val {
        let first = args.positional.first().cloned();
        match operation {
            Operation::Same => receiver.clone(),
            Operation::Fallback => {
                first.map_or_else(|| receiver.clone(), |fallback| self.or_fallback(receiver, fallback, span))
            }
            Operation::FallbackCall => {
                let fallback = first.map_or_else(Val::null, |callee| {
                    self.apply(&callee, Args::positional(vec![Val::unknown("an error")]), span, name.span)
                });
                if self.state.alive { self.or_fallback(receiver, fallback, span) } else { receiver.clone() }
            }
            Operation::FallbackDefault => self.or_fallback(receiver, Val::unknown("a default"), span),
            Operation::Map => match first {
                Some(callee) => self.map_value(receiver, &callee, span),
                None => receiver.clone(),
            },
            Operation::MapOr | Operation::MapOrElse => {
                let mapped = match args.positional.get(1) {
                    Some(callee) => self.map_value(receiver, &callee.clone(), span),
                    None => return receiver.clone(),
                };
                let fallback = match (operation, first) {
                    (Operation::MapOrElse, Some(callee)) => {
                        self.apply(&callee, Args::positional(vec![Val::unknown("an error")]), span, name.span)
                    }
                    (_, Some(fallback)) => fallback,
                    (_, None) => Val::null(),
                };
                self.or_fallback(&mapped, fallback, span)
            }
            Operation::IsSomeAnd => {
                let mapped = first.map_or_else(Val::null, |callee| self.map_value(receiver, &callee, span));
                self.or_fallback(&mapped, Val::at(Kind::Bool(false), span), span)
            }
            Operation::Tap => {
                if let Some(callee) = first {
                    self.apply(&callee, Args::positional(vec![receiver.clone()]), span, name.span);
                }
                receiver.clone()
            }
            Operation::Then | Operation::ThenSome => {
                let truth = self.truth(receiver, span);
                self.branch(
                    &truth,
                    |it| match (operation, first) {
                        (Operation::Then, Some(callee)) => {
                            it.apply(&callee, Args::default(), span, name.span)
                        }
                        (_, Some(value)) => value,
                        (_, None) => Val::null(),
                    },
                    |_| Val::at(Kind::Null, span),
                )
            }
            Operation::Equals | Operation::Differs => {
                let op = if operation == Operation::Equals { BinaryOp::Equal } else { BinaryOp::NotEqual };
                let other = first.unwrap_or_else(Val::null);
                self.note_comparison(op, receiver, &other, span);
                self.combine(op, receiver, &other, span)
            }
            Operation::IsSome | Operation::IsNone => {
                let some = operation == Operation::IsSome;
                match self.presence_of(receiver, span) {
                    Truth::Known(known) => Val::at(Kind::Bool(known == some), span),
                    Truth::Atom(atom, polarity) => choose(
                        atom,
                        Val::at(Kind::Bool(polarity == some), span),
                        Val::at(Kind::Bool(polarity != some), span),
                    ),
                }
            }
            Operation::Not => self.unary(ir::UnaryOp::Not, receiver, span),
            Operation::Append | Operation::Extend | Operation::Insert | Operation::Mutate => {
                self.mutate(operation, receiver, args, span);
                if receiver.is_unknown() {
                    args.all().for_each(|value| self.share(value));
                }
                Val::null()
            }
            Operation::Item => {
                let index = first.unwrap_or_else(Val::null);
                let found = self.index_plain(receiver, &index, span);
                match args.positional.get(1) {
                    Some(default) if found.is_unknown() => {
                        let info = found.info.clone();
                        let labels = default.labels();
                        Val { info, ..found }.labelled(labels)
                    }
                    _ => found,
                }
            }
            Operation::Iterate => receiver.clone(),
            Operation::First => self.element_of(receiver),
            Operation::Copy => self.copy(receiver, span),
            Operation::Length => Val::at(Kind::Unknown("a length"), span),
            Operation::Call => {
                first.map_or_else(Val::null, |callee| self.apply(&callee, Args::default(), span, name.span))
            }
            Operation::EmptyList => self.list(Vec::new(), false, span),
            Operation::EmptyMap => self.map(Vec::new(), false, span),
            Operation::Bool => {
                let value = first.unwrap_or_else(Val::null);
                let negated = self.unary(ir::UnaryOp::Not, &value, span);
                self.unary(ir::UnaryOp::Not, &negated, span)
            }
            Operation::Null => Val::at(Kind::Null, span),
            Operation::Repeat => {
                let times = first.unwrap_or_else(Val::null);
                self.combine(BinaryOp::Multiply, receiver, &times, span)
            }
            Operation::Int => {
                let value = first.unwrap_or_else(Val::null);
                self.lift(&value, &mut |_, it| super::operator::parse(&it))
            }
            _ => self.lift(receiver, &mut |_, it| super::operator::text(operation, &it, first.as_ref())),
        }
    }

    fn index_plain(&mut self, base: &Val, index: &Val, span: Span) -> Val {
        if matches!(base.kind, Kind::Object(_))
            && self.class_of(base).is_some_and(|it| matches!(it, Class::List | Class::Map))
        {
            return self.index(base, index, span);
        }
        self.item_of(base, index, span)
    }

    /// A copy that no longer is the original.
    fn copy(&mut self, value: &Val, span: Span) -> Val {
        let mut value = value.clone();
        if let Kind::Object(id) = value.kind
            && let Some(object) = self.state.object(id).cloned()
        {
            let fresh = self.new_object(object.class.clone(), Some(span));
            if let Some(target) = self.state.object_mut(fresh) {
                target.attributes = object.attributes;
                target.items = object.items;
                target.open = object.open;
                target.labels = object.labels;
            }
            value.kind = Kind::Object(fresh);
        }
        value.with_info(|info| info.nested = None)
    }

    fn mutate(&mut self, operation: Operation, receiver: &Val, args: &Args, span: Span) {
        if let Kind::Object(id) = receiver.kind {
            let more = match operation {
                Operation::Extend => args.positional.first().and_then(|it| self.known_items(it)),
                _ => None,
            };
            let labels = args.labels();
            if let Some(object) = self.state.object_mut(id)
                && matches!(object.class, Class::List | Class::Map)
            {
                object.labels = object.labels.with(labels);
                let full = object.items.len() >= super::state::ITEMS;
                object.open |= full;
                match (operation, args.positional.as_slice()) {
                    _ if full => {}
                    (Operation::Append, [item]) => object.items.push((Val::new(Kind::Unset), item.clone())),
                    (Operation::Insert, [key, value]) if matches!(object.class, Class::Map) => {
                        object.items.retain(|(known, _)| !known.same(key));
                        object.items.push((key.clone(), value.clone()));
                    }
                    (Operation::Extend, _) => match more {
                        Some(items) => {
                            object.items.extend(items.into_iter().map(|item| (Val::new(Kind::Unset), item)));
                        }
                        None => object.open = true,
                    },
                    _ => object.open = true,
                }
            }
        }
        self.mutation(receiver, None, span);
    }

    /// The value, or `fallback` where it is missing.
    pub fn or_fallback(&mut self, value: &Val, fallback: Val, span: Span) -> Val {
        let value = self.state.refine(value);
        match &value.kind {
            Kind::Null | Kind::Unset => fallback,
            Kind::Env { name, fallback: None } => Val {
                kind: Kind::Env { name: name.clone(), fallback: Some(Rc::new(fallback)) },
                ..value.clone()
            },
            // A fallback that cannot be read falls back further.
            Kind::Env { name, fallback: Some(inner) } if inner.is_unknown() && inner.names().is_empty() => {
                Val {
                    kind: Kind::Env { name: name.clone(), fallback: Some(Rc::new(fallback)) },
                    ..value.clone()
                }
            }
            Kind::Choice(choice) => {
                let choice = choice.clone();
                let then = self.or_fallback(&choice.then, fallback.clone(), span);
                let or_else = self.or_fallback(&choice.or_else, fallback, span);
                choose(choice.condition, then, or_else)
            }
            Kind::Unknown(_) | Kind::Param(_) => {
                if fallback.is_unknown() {
                    return value;
                }
                match self.presence_of(&value, span) {
                    Truth::Known(true) => value,
                    Truth::Known(false) => fallback,
                    Truth::Atom(atom, polarity) if polarity => choose(atom, value, fallback),
                    Truth::Atom(atom, _) => choose(atom, fallback, value),
                }
            }
            _ => value,
        }
    }

    /// A closure applied to what a value holds.
    fn map_value(&mut self, value: &Val, callee: &Val, span: Span) -> Val {
        let value = self.state.refine(value);
        match &value.kind {
            Kind::Null => value,
            Kind::Env { fallback: None, name } => {
                let name = name.clone();
                let variable =
                    Val::unknown("an environment variable").with_info(|info| info.names = vec![name.clone()]);
                let mapped = self.apply(callee, Args::positional(vec![variable]), span, span);
                // A comparison with the name of a deployment decides itself; else the environment decides.
                if matches!(mapped.kind, Kind::Choice(_)) && self.follows_deployment(&mapped) {
                    return mapped;
                }
                Val { kind: Kind::Env { name, fallback: None }, ..value }
            }
            Kind::Env { .. } | Kind::Setting { .. } | Kind::Choice(_) => {
                self.lift(&value, &mut |machine, it| {
                    if matches!(it.kind, Kind::Null) {
                        it
                    } else {
                        machine.apply(callee, Args::positional(vec![it]), span, span)
                    }
                })
            }
            _ => {
                let missing = self.presence_of(&value, span);
                let this = value.clone();
                match missing {
                    Truth::Known(_) => self.apply(callee, Args::positional(vec![value]), span, span),
                    Truth::Atom(..) => {
                        let element = self.inner_value(&value);
                        self.branch(
                            &missing,
                            |it| it.apply(callee, Args::positional(vec![element]), span, span),
                            |_| Val { kind: Kind::Null, ..this },
                        )
                    }
                }
            }
        }
    }

    fn follows_deployment(&self, value: &Val) -> bool {
        matches!(&value.kind, Kind::Choice(choice)
            if self.atoms[choice.condition as usize].kind == super::value::AtomKind::Debug
                && self.known_truth(&choice.then).is_some()
                && self.known_truth(&choice.or_else).is_some())
    }

    /// What an optional value holds when it is there; of a collection, an element.
    fn inner_value(&mut self, value: &Val) -> Val {
        if value.ty().is_some_and(|ty| builtins().collection.contains(ty.last().as_str())) {
            return self.element_of(value);
        }
        value.clone()
    }

    #[must_use]
    pub fn rendered(&self, value: &Val) -> Option<String> {
        match &value.kind {
            Kind::Text(text) => Some(text.to_string()),
            Kind::Int(number) => Some(number.to_string()),
            Kind::Duration(seconds) => Some(seconds.to_string()),
            Kind::Bool(it) => Some(it.to_string()),
            _ => None,
        }
    }

    /// Text of a value with its known pieces.
    #[must_use]
    pub fn pieces(&self, value: &Val) -> Vec<Piece> {
        match &value.kind {
            Kind::Pieces(pieces) => pieces.to_vec(),
            _ => match self.rendered(value) {
                Some(text) => vec![Piece::Text(text.into())],
                None => vec![Piece::Hole(value.clone())],
            },
        }
    }
}

/// The lone `super`: `self` as its base classes have it.
pub fn is_super(path: &ir::Path) -> bool {
    matches!(path.segments.as_slice(), [only] if only == "super")
}

fn takes_self(function: &Function) -> bool {
    function
        .params
        .first()
        .is_some_and(|param| matches!(&param.pattern.kind, PatternKind::Bind(name, _) if name == "self"))
}

fn binds(function: &Function, name: &Name) -> bool {
    function
        .params
        .iter()
        .any(|param| matches!(&param.pattern.kind, PatternKind::Bind(known, _) if known == name))
}

/// Whether a type holds something that is changed through a shared reference.
fn is_lock(ty: &ir::TypeRef) -> bool {
    ty.path.last().is_some_and(|it| builtins().locks.contains(it.as_str())) || ty.args.iter().any(is_lock)
}

/// The names of `a.b.c`.
fn dotted(expr: &ir::Expr) -> Option<Vec<Name>> {
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
fn used(value: Val, span: Span) -> Val {
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
