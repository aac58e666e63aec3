//! Names, fields and elements: what they are and what writing to them does.

use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::builtins;
use super::call::{Args, is_super, part_of, used};
use super::index::{Meaning, ScopeId, TypeId};
use super::machine::{Machine, Truth};
use super::scope::Definition;
use super::value::{Callee, Class, Kind, Ty, TyDef, Val};
use crate::ir::{self, Ident, Name, Path, PatternKind, Span};
use crate::model::Labels;

impl Machine<'_> {
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
        if let [.., owner, name] = path.segments.as_slice()
            && owner == "Option"
            && name == "None"
        {
            return Val::at(Kind::Null, path.span);
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

    pub(super) fn alias_target(&self, id: TypeId) -> TyDef {
        if id.def.kind == ir::TypeKind::Alias
            && let Some(target) = id.def.bases.first()
        {
            return self.ty(target, id.scope).def;
        }
        TyDef::Project(id)
    }

    /// `Type::name`.
    pub(super) fn associated(&mut self, id: &TypeId, name: &Name, span: Span) -> Val {
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
        if let Some(value) = self.inherited_associated(id, name, span) {
            return value;
        }
        // A trait's method on a type parameter, or one that a derive made.
        let made = Ty { def: TyDef::Project(id.clone()), args: Rc::from([]) };
        if super::builtin::builtins().makes.contains(name.as_str()) {
            return Val::at(Kind::External(format!("{}::{name}", id.def.name.name).into()), span)
                .with_info(|info| info.ty = Some(made));
        }
        Val::unknown("an associated item that is not seen").with_info(|info| info.names = vec![name.clone()])
    }

    /// A member that a class has from a framework's base class.
    pub(super) fn inherited_associated(&mut self, id: &TypeId, name: &Name, span: Span) -> Option<Val> {
        let file = self.scope.file;
        for path in self.foreign_bases(id) {
            let Some(class) = self.program.catalog.class(&path, file) else { continue };
            let base = Val::typed("a class", Ty { def: TyDef::Project(id.clone()), args: Rc::from([]) });
            let ident = Ident { name: name.clone(), span };
            let names = [id.def.name.name.clone(), name.clone()];
            if let Some(value) = self.field_of_class(&class, &base, &ident, &names) {
                return Some(value);
            }
            let full = format!("{path}{}{name}", self.program.index.separator(file));
            if !self.program.catalog.functions(&full, file).is_empty() {
                return Some(Val::at(Kind::External(full.into()), span));
            }
        }
        None
    }

    /// `#[derive(Default)]`: unset flags are off, numbers zero.
    pub(super) fn derived_default(&mut self, id: &TypeId, span: Span) -> Option<Val> {
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

    pub(super) fn class_attribute(&mut self, id: &TypeId, name: &Name) -> Option<Val> {
        let field = id.def.fields.iter().rev().find(|field| field.name.name == *name)?;
        let default = field.default.as_ref()?;
        Some(self.elsewhere(id.scope, field.span, |machine| machine.eval(default)))
    }

    /// The value of a constant, evaluated where it stands.
    pub(super) fn constant(&mut self, constant: &ir::Constant, scope: ScopeId, span: Span) -> Val {
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
    pub(super) fn elsewhere(
        &mut self,
        scope: ScopeId,
        key: Span,
        eval: impl FnOnce(&mut Self) -> Val,
    ) -> Val {
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

    pub fn field(&mut self, base: &Val, name: &Ident) -> Val {
        let base = self.state.refine(base);
        match &base.kind {
            Kind::Choice(_) => self.lift(&base, &mut |machine, it| machine.field(&it, name)),
            Kind::Module(scope) => {
                let meaning = self.program.index.member(*scope, &name.name);
                match meaning {
                    Some(meaning) => self.meaning(meaning, name.span),
                    None => Val::unknown("a name that the module does not define"),
                }
            }
            Kind::Type(id) => self.associated(&id.clone(), &name.name, name.span),
            Kind::External(path) => {
                if builtins().settings_objects.contains(path.as_str()) {
                    // That debugging is on is told of the setting; what follows it is right where it runs.
                    if let Some(in_development) = Self::deployment(&name.name)
                        && self.program.settings.is_switch(&name.name)
                    {
                        let names = vec![SmolStr::new_static("settings"), name.name.clone()];
                        return self
                            .by_deployment(in_development, name.span)
                            .with_info(|info| info.names = names);
                    }
                    return self.program.settings.project_setting(self.scope.file, &name.name, name.span);
                }
                // What a class of a framework has by itself, such as a model's manager.
                if let Some(class) = self.program.catalog.class(path, self.scope.file)
                    && let Some(value) = self.field_of_class(&class, &base, name, &[])
                {
                    return value;
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

    pub(super) fn unknown_field(&mut self, base: &Val, name: &Ident) -> Val {
        let mut names = base.names().to_vec();
        if names.len() < 8 {
            names.push(name.name.clone());
        }
        let mut labels = base.labels().without(Labels::COLLECTION);
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
                // The framework has no such field: code of the project put there what it worked out.
                labels = labels.without(Labels::REQUEST);
            }
            Some(Class::Project(id)) => {
                if let Some(definition) = self.find_method(&id, &name.name, 4) {
                    // A property is called by being read.
                    if super::settings::is_property(&definition.function.attributes) {
                        return self.property(&definition, base, name, &names);
                    }
                    let bound = Callee::Project(definition, Some(base.clone()));
                    return Val::at(Kind::Function(Rc::new(bound)), name.span);
                }
                let section = base.info.as_ref().and_then(|info| info.section.clone());
                if let Some(value) =
                    self.program.settings.field(self, &id, &name.name, section.as_deref(), name.span)
                {
                    return value;
                }
                if let Some(value) = self.class_attribute(&id, &name.name) {
                    return value.labelled(labels);
                }
                if let Some(written) =
                    id.def.fields.iter().find(|it| it.name.name == name.name).and_then(|it| it.ty.as_ref())
                {
                    if labels == Labels::NONE
                        && let Some(value) = self.made_field(&id, &name.name)
                    {
                        return value.with_info(|info| info.names = names);
                    }
                    let ty = self.ty(written, id.scope);
                    let section = super::settings::section(&id, &name.name, section.as_deref());
                    return Val::new(part_of(base, "a field")).labelled(labels).with_info(|info| {
                        info.names = names;
                        info.ty = Some(ty);
                        info.section = section.map(Rc::new);
                    });
                }
                // A base outside the project may define it: a view's `request`.
                if let Some(value) = self.inherited_field(&id, base, name, &names) {
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
        let value = Val { origin: base.origin.clone(), ..Val::new(part_of(base, "a field")) };
        value.labelled(labels).with_info(|info| {
            info.names = names;
            info.nested = nested;
        })
    }

    /// Reads a property; one that answered something plain for the same access path answers that again.
    fn property(&mut self, definition: &Definition, base: &Val, name: &Ident, names: &[Name]) -> Val {
        let key = (definition.function.span, SmolStr::from(names.join(".")));
        if let Some(known) = self.properties.get(&key) {
            return known.clone();
        }
        let value = self.inline(definition, Some(base.clone()), Args::default(), name.span);
        let plain = !matches!(
            value.kind,
            Kind::Object(_) | Kind::Tuple(_) | Kind::Choice(_) | Kind::Function(_) | Kind::Pieces(_)
        );
        if plain && !base.names().is_empty() && names.len() < 8 {
            self.properties.insert(key, value.clone());
        }
        value
    }

    /// What a framework's wrapper (`Form<T>`) holds, with the wrapper's labels.
    pub(super) fn wrapped(&self, value: &Val) -> Option<Val> {
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

    pub(super) fn inherited_field(
        &mut self,
        id: &TypeId,
        base: &Val,
        name: &Ident,
        names: &[Name],
    ) -> Option<Val> {
        let file = self.scope.file;
        let classes: Vec<Class> =
            self.foreign_bases(id).iter().filter_map(|path| self.program.catalog.class(path, file)).collect();
        let found = classes.iter().find_map(|it| self.field_of_class(it, base, name, names));
        found.or_else(|| {
            let hint = self.param_hint(&name.name, file)?;
            Some(Val::typed("a field", hint).with_info(|info| info.names = names.to_vec()))
        })
    }

    /// Runs `__init__` once on an unknown instance, to learn its attributes.
    pub(super) fn constructed_field(&mut self, base: &Val, id: &TypeId, name: &Ident) -> Option<Val> {
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
                    let hinted = self.param_hint(name, init.scope.file);
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
        if let Kind::Setting { key: mapping, .. } = &base.kind
            && let Some(key) = index.text()
            && let Some(value) = self.program.settings.setting_entry(mapping, key, span)
        {
            return value;
        }
        let name = Ident { name: "__getitem__".into(), span };
        if let Some(Class::Model(_) | Class::Project(_)) = self.class_of(&base) {
            let slice = is_slice(&index);
            let item = self.call_method(&base, &name, Args::positional(vec![index]), span, &[]);
            return if slice { item.with_info(|info| info.bounded = true) } else { item };
        }
        self.item_of(&base, &index, span)
    }

    pub(super) fn is_map(&self, value: &Val) -> bool {
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
        let slice = is_slice(index);
        // A slice is a copy and has a bound, an element is no collection.
        let mut labels = base.labels().without(Labels::COLLECTION);
        // Part of an id is no id.
        if slice {
            labels = labels.without(Labels::SESSION_ID);
        }
        let inner = base.ty().and_then(|ty| {
            let ty = self.peel(ty);
            if slice { Some(ty) } else { ty.args.last().cloned() }
        });
        Val::at(part_of(base, "an element"), span).labelled(labels).with_info(|info| {
            info.names = names;
            info.nested = nested.filter(|_| !slice);
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
                self.drawn(&path.segments[0], &named, span);
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

    pub(super) fn set_field(&mut self, base: &Val, name: &Ident, value: Val, span: Span) {
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

    pub(super) fn set_item(&mut self, base: &Val, index: Val, value: Val, span: Span) {
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
}

/// `[:20]` has no value of its own.
fn is_slice(index: &Val) -> bool {
    matches!(index.kind, Kind::Unknown(super::expr::NO_VALUE))
}
