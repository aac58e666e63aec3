//! Methods: of frameworks, of the project, of plain values.

use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::{Operation, builtins};
use super::call::{Args, LIBRARY, is_super};
use super::index::TypeId;
use super::machine::{Machine, Truth};
use super::state::choose;
use super::value::{Class, Kind, ObjectId, Piece, Ty, TyDef, Val};
use crate::ir::{self, BinaryOp, Ident, MethodCall, Span};
use crate::model::Labels;

impl Machine<'_> {
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
        if let [more] = args.positional.as_slice()
            && grows(&receiver, &call.method)
        {
            self.append_text(&call.receiver, &receiver, more, span);
            return Val::null();
        }
        let types: Vec<Ty> = call.type_args.iter().map(|ty| self.local_ty(ty)).collect();
        self.call_method(&receiver, &call.method, args, span, &types)
    }

    /// Text at a place grows by another.
    pub(super) fn append_text(&mut self, place: &ir::Expr, text: &Val, more: &Val, span: Span) {
        let whole = self.combine(BinaryOp::Add, text, more, span);
        let begun = match &text.kind {
            Kind::Text(text) if text.is_empty() => None,
            _ => text.span(),
        };
        let whole = Val { origin: super::value::Decided::At(begun.unwrap_or(span)), ..whole };
        self.assign(place, whole, span);
    }

    /// A method of `self` as the base classes of the class at hand have it.
    pub(super) fn method_of_bases(&mut self, call: &MethodCall, span: Span) -> Val {
        let receiver = self.state.variable("self").cloned().unwrap_or_else(|| Val::unknown("no object"));
        let args = self.args(&call.args);
        let Some(Ty { def: TyDef::Project(id), .. }) = self.owner.clone() else {
            return self.unknown_method(&receiver, &call.method, &args, span);
        };
        if let Some(definition) = self.find_inherited(&id, &call.method.name, 4) {
            // Both are one method of one object: the place is where it happens.
            return self.enter(&definition, Some(receiver), args, span, None);
        }
        self.inherited_method(&id, &receiver, &call.method, &args, span)
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
        let value = self.plain_method(&receiver, name, &args, span);
        // `text.parse::<u32>()`
        let parses = builtins().methods.get(name.name.as_str()) == Some(&Operation::Parse);
        match types {
            [ty] if parses && value.is_unknown() => value.with_info(|info| info.ty = Some(ty.clone())),
            // It is no longer what it was, and what it is now says whoever takes it.
            [] if parses && value.is_unknown() && value.ty().is_some() => {
                value.with_info(|info| info.ty = None)
            }
            // `extensions.get::<User>()`: what is asked for by its type is of that type.
            [ty] if args.positional.is_empty() && value.is_unknown() && value.ty().is_none() => {
                value.with_info(|info| info.ty = Some(ty.clone()))
            }
            _ => value,
        }
    }

    pub(super) fn method_of_class(
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
                // A field that can be called.
                if let Some(callee) = self.constructed_field(receiver, id, name)
                    && self.class_of(&callee).is_some_and(|it| matches!(it, Class::Model(_)))
                {
                    return Some(self.apply(&callee, args.clone(), span, name.span));
                }
                // Deref to what a newtype wraps.
                if let Some(inner) = self.newtype_content(id, receiver, name.span) {
                    let class = self.class_of(&inner)?;
                    return self.method_of_class(&class, &inner, name, args, span, types);
                }
                self.inherited_method(id, receiver, name, args, span)
            }
            Class::List | Class::Map => None,
        }
    }

    /// The only field of a wrapper, when that is an object of a framework or of the project.
    pub(super) fn newtype_content(&mut self, id: &TypeId, receiver: &Val, span: Span) -> Option<Val> {
        let [field] = id.def.fields.as_slice() else { return None };
        if id.def.kind != ir::TypeKind::Struct {
            return None;
        }
        let inner = self.field(receiver, &Ident { name: field.name.name.clone(), span });
        self.class_of(&inner).is_some().then_some(inner)
    }

    pub(super) fn inherited_method(
        &mut self,
        id: &TypeId,
        receiver: &Val,
        name: &Ident,
        args: &Args,
        span: Span,
    ) -> Option<Val> {
        let classes = self.foreign_bases(id).into_iter();
        let mut classes = classes.filter_map(|path| self.program.catalog.class(&path, self.scope.file));
        let class = classes.find(|it| self.has_method(it, &name.name))?;
        self.framework_method(&class, receiver, name, args, span, &[])
    }

    /// A method of a plain value.
    pub(super) fn plain_method(&mut self, receiver: &Val, name: &Ident, args: &Args, span: Span) -> Val {
        let Some(operation) = builtins().methods.get(name.name.as_str()).copied() else {
            return self
                .value_method(receiver, name, args, span)
                .unwrap_or_else(|| self.unknown_method(receiver, name, args, span));
        };
        let value = self.operation(operation, receiver, name, args, span);
        let labels = receiver.labels();
        match self.program.catalog.method_labels(&name.name, labels, self.scope.file) {
            same if same == labels => value,
            more => value.labelled(more).with_info(|info| info.bounded = false),
        }
    }

    pub(super) fn unknown_method(&mut self, receiver: &Val, name: &Ident, args: &Args, span: Span) -> Val {
        self.hand_over(&name.name, receiver.labels(), args, span);
        let before = self.trace.events.len();
        let result = self.escape(args, span);
        let mut names = receiver.names().to_vec();
        if names.len() < 8 {
            names.push(name.name.clone());
        }
        let given = super::call::given([receiver].into_iter().chain(args.all()));
        // Text that is filled in or joined holds its arguments; of any other object the arguments may only be questions.
        let text = matches!(receiver.kind, Kind::Text(_) | Kind::Pieces(_) | Kind::Bytes(_));
        let from_args = if text { args.labels().without(Labels::COLLECTION) } else { result.labels() };
        let labels = receiver.labels().with(from_args);
        // What a library made of something stays its own, whatever is asked of it.
        let library = matches!(receiver.kind, Kind::Unknown(LIBRARY));
        let own = text || !library && !from_args.any(labels.without(receiver.labels()));
        let labels = super::reach::transformed(&name.name, labels);
        let labels = self.program.catalog.method_labels(&name.name, labels, self.scope.file);
        let why = if own { "result of a method that is not seen" } else { LIBRARY };
        let value = Val { origin: super::value::Decided::At(span), ..Val::unknown(why) }.labelled(labels);
        let value = value.with_info(|info| {
            info.names = names;
            info.given = given;
        });
        self.named_check(&name.name, before, value, span)
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
            Operation::FallbackDefault => {
                let plain = match receiver.ty().map(Ty::last) {
                    // A variable as it is is text.
                    None if matches!(receiver.kind, Kind::Env { .. }) => Kind::Text(SmolStr::default()),
                    Some(ty) if ty == "bool" => Kind::Bool(false),
                    _ => Kind::Unknown("a default"),
                };
                self.or_fallback(receiver, Val::at(plain, span), span)
            }
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
            Operation::Append
            | Operation::Extend
            | Operation::Insert
            | Operation::Update
            | Operation::SetDefault
            | Operation::Mutate => {
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
            // `dict(a=1)`, `dict(known, a=1)`
            Operation::Copy if !args.named.is_empty() => {
                let whole = match args.positional.first() {
                    Some(known) => self.copy(known, span),
                    None => self.map(Vec::new(), args.open, span),
                };
                let rest = Args { positional: Vec::new(), ..args.clone() };
                self.mutate(Operation::Update, &whole, &rest, span);
                whole
            }
            Operation::Copy => self.copy(receiver, span),
            Operation::Member => {
                let Some(member) = args.positional.get(1).and_then(Val::text).cloned() else {
                    return self.unknown_method(receiver, name, args, span);
                };
                let found = self.field(receiver, &Ident { name: member, span });
                match (&found.kind, args.positional.get(2)) {
                    (Kind::Setting { key, value: None }, Some(default)) => {
                        let value = Some(Rc::new(default.clone()));
                        Val { kind: Kind::Setting { key: key.clone(), value }, ..found }
                    }
                    _ => found,
                }
            }
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
            Operation::AppendText => Val::null(),
            Operation::EmptyText => Val::at(Kind::Text(smol_str::SmolStr::default()), span),
            Operation::Concat | Operation::Join => self
                .joined(receiver, first.as_ref(), span)
                .unwrap_or_else(|| self.unknown_method(receiver, name, args, span)),
            Operation::Format => match receiver.text().cloned() {
                Some(text) => self.braces(&text, args, span),
                None => self.unknown_method(receiver, name, args, span),
            },
            Operation::Repeat => {
                let times = first.unwrap_or_else(Val::null);
                self.combine(BinaryOp::Multiply, receiver, &times, span)
            }
            Operation::Int => {
                let value = first.unwrap_or_else(Val::null);
                let number = Ty::external("int");
                self.lift(&value, &mut |_, it| {
                    let parsed = super::operator::parse(&it);
                    if parsed.is_unknown() {
                        parsed.with_info(|info| info.ty = Some(number.clone()))
                    } else {
                        parsed
                    }
                })
            }
            _ => self.lift(receiver, &mut |_, it| super::operator::text(operation, &it, first.as_ref())),
        }
    }

    /// The elements of a list as one text; the separator is the argument, or the receiver where the list is the argument.
    fn joined(&mut self, receiver: &Val, argument: Option<&Val>, span: Span) -> Option<Val> {
        let (items, separator) = match (self.known_items(receiver), argument) {
            (Some(items), separator) => (items, separator.cloned()),
            (None, Some(argument)) => (self.known_items(argument)?, Some(receiver.clone())),
            (None, None) => return None,
        };
        let plain = |it: &Val| !matches!(it.kind, Kind::Object(_) | Kind::Tuple(_) | Kind::Bytes(_));
        if items.is_empty() || !items.iter().all(plain) {
            return None;
        }
        let mut whole = Val::at(Kind::Text(smol_str::SmolStr::default()), span);
        for (at, item) in items.iter().enumerate() {
            if let Some(separator) = separator.as_ref().filter(|_| at > 0) {
                whole = self.combine(BinaryOp::Add, &whole, separator, span);
            }
            whole = self.combine(BinaryOp::Add, &whole, item, span);
        }
        Some(Val { origin: super::value::Decided::At(span), ..whole })
    }

    pub(super) fn index_plain(&mut self, base: &Val, index: &Val, span: Span) -> Val {
        if matches!(base.kind, Kind::Object(_))
            && self.class_of(base).is_some_and(|it| matches!(it, Class::List | Class::Map))
        {
            return self.index(base, index, span);
        }
        self.item_of(base, index, span)
    }

    /// A copy that no longer is the original.
    pub(super) fn copy(&mut self, value: &Val, span: Span) -> Val {
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

    pub(super) fn mutate(&mut self, operation: Operation, receiver: &Val, args: &Args, span: Span) {
        if let Kind::Object(id) = receiver.kind {
            let entries = match (operation, args.positional.as_slice()) {
                (Operation::Update, []) if !args.open => Some(self.entries_of(None, args)),
                (Operation::Update, [Val { kind: Kind::Object(other), .. }]) if !args.open => {
                    let known = self.state.object(*other);
                    let is_map = known.is_some_and(|it| matches!(it.class, Class::Map) && !it.open);
                    is_map.then(|| self.entries_of(Some(*other), args))
                }
                _ => None,
            };
            let more = match operation {
                Operation::Extend => args.positional.first().and_then(|it| self.known_items(it)),
                _ => None,
            };
            let labels = args.labels();
            let growing = std::mem::take(&mut self.growing);
            if let Some(object) = self.state.object_mut(id)
                && matches!(object.class, Class::List | Class::Map)
            {
                object.labels = object.labels.with(labels);
                let outside = |place: &Span| object.born.is_none_or(|born| !place.contains(born));
                if operation == Operation::Append && growing.iter().any(outside) {
                    object.labels = object.labels.with(Labels::COLLECTION);
                    object.open = true;
                }
                let full = object.items.len() >= super::state::ITEMS;
                object.open |= full;
                match (operation, args.positional.as_slice()) {
                    _ if full => {}
                    (Operation::Append, [item]) => object.items.push((Val::new(Kind::Unset), item.clone())),
                    (Operation::Insert, [key, value]) if matches!(object.class, Class::Map) => {
                        object.items.retain(|(known, _)| !known.same(key));
                        object.items.push((key.clone(), value.clone()));
                    }
                    (Operation::Update, _) if matches!(object.class, Class::Map) => match entries {
                        Some(entries) => {
                            for (key, value) in entries {
                                object.items.retain(|(known, _)| !known.same(&key));
                                object.items.push((key, value));
                            }
                        }
                        None => object.open = true,
                    },
                    (Operation::SetDefault, [key, value])
                        if matches!(object.class, Class::Map) && !object.open =>
                    {
                        if !object.items.iter().any(|(known, _)| known.same(key)) {
                            object.items.push((key.clone(), value.clone()));
                        }
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
            self.growing = growing;
        }
        self.mutation(receiver, None, span);
    }

    /// What an update of a mapping brings: the entries of another one, then the named arguments.
    fn entries_of(&self, other: Option<ObjectId>, args: &Args) -> Vec<(Val, Val)> {
        let known = other.and_then(|it| self.state.object(it)).map(|it| it.items.clone()).unwrap_or_default();
        let named =
            args.named.iter().map(|(name, value)| (Val::new(Kind::Text(name.clone())), value.clone()));
        known.into_iter().chain(named).collect()
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
            // The settings leave it open.
            Kind::Setting { key, value: Some(inner) } if matches!(inner.kind, Kind::Null | Kind::Unset) => {
                Val {
                    kind: Kind::Setting { key: key.clone(), value: Some(Rc::new(fallback)) },
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
    pub(super) fn map_value(&mut self, value: &Val, callee: &Val, span: Span) -> Val {
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
                let made = match (&mapped.kind, mapped.ty()) {
                    (Kind::Bool(_), _) => Ty::external("bool"),
                    (Kind::Choice(it), _) if self.known_truth(&it.then).is_some() => Ty::external("bool"),
                    (_, Some(ty)) => ty.clone(),
                    _ => Ty::external("_"),
                };
                Val { kind: Kind::Env { name, fallback: None }, ..value }
                    .with_info(|info| info.ty = Some(made))
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

    pub(super) fn follows_deployment(&self, value: &Val) -> bool {
        matches!(&value.kind, Kind::Choice(choice)
            if self.atoms[choice.condition as usize].kind == super::value::AtomKind::Debug
                && self.known_truth(&choice.then).is_some()
                && self.known_truth(&choice.or_else).is_some())
    }

    /// What an optional value holds when it is there; of a collection, an element.
    pub(super) fn inner_value(&mut self, value: &Val) -> Val {
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

/// Whether a method makes text longer where it stands.
fn grows(receiver: &Val, method: &Ident) -> bool {
    let text = matches!(receiver.kind, Kind::Text(_) | Kind::Pieces(_));
    match builtins().methods.get(method.name.as_str()) {
        Some(Operation::AppendText) => text || matches!(receiver.kind, Kind::Choice(_) | Kind::Unknown(_)),
        Some(Operation::Append) => text,
        _ => false,
    }
}
