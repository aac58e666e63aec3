//! Settings that are attributes of a class.

use std::rc::Rc;

use crate::ir::{Expr, ExprKind, Function, ItemKind, Name, Path, PatternKind, StmtKind, TypeRef};

use super::super::environment;
use super::super::scope::{Binding, Namespace};
use super::super::value::{Cast, Class, Closure, Object, Val};
use super::super::words::is_constant_name;
use super::call::Args;
use super::{Evaluator, Frame, FrameKind, read};

/// Classes above a class that are followed.
const ANCESTORS: usize = 12;

impl Evaluator<'_> {
    /// All attributes of a class: those of its bases first, its own last; properties are called.
    pub(in crate::facts::settings) fn class(&mut self, class: &Rc<Class>) -> Rc<Namespace> {
        if let Some(done) = self.classes.get(&class.def.span) {
            return done.clone();
        }
        // Whoever asks while the class is being worked out sees nothing.
        self.classes.insert(class.def.span, Rc::default());
        self.making += 1;
        let mut names = Namespace::default();
        if self.frames.len() < ANCESTORS * 2 {
            for base in class.def.bases.iter().rev() {
                if let Some(base) = self.base(class, base) {
                    let base = self.class(&base);
                    names.names.extend(base.names.iter().map(|(name, it)| (name.clone(), it.clone())));
                    names.open.extend(base.open.iter().cloned());
                }
            }
            let trail = std::mem::take(&mut self.trail);
            let mut frame = Frame::new(class.home, FrameKind::Class);
            for (name, binding) in &names.names {
                frame.layers.bind(name.clone(), binding.clone());
            }
            self.frames.push(frame);
            self.block(&class.def.body);
            let own = self.frames.pop().map_or_else(Namespace::default, |it| it.layers.finish());
            names.names.extend(own.names);
            names.open.extend(own.open);
            self.properties(class, &mut names);
            self.hooks(class, &mut names);
            self.trail = trail;
        }
        self.making -= 1;
        let names = Rc::new(names);
        self.classes.insert(class.def.span, names.clone());
        names
    }

    pub(super) fn class_attribute(&mut self, class: &Rc<Class>, name: &Name) -> Val {
        let namespace = self.class(class);
        namespace.names.get(name).map_or_else(|| Val::opaque("an attribute of a class"), |it| it.val.clone())
    }

    /// An object of a class.
    pub(super) fn construct(&mut self, class: &Rc<Class>) -> Val {
        if let Some(row) = self.reader_base(class) {
            return Val::Object(Object::Reader(Rc::new(super::super::value::Reader::of(row))));
        }
        let names = self.class(class);
        let mut lineage = Vec::new();
        let filled = self.is_configuration(class, ANCESTORS, &mut lineage);
        Val::Object(Object::Instance(if filled { configured(&lineage, &names) } else { names }))
    }

    /// Whether variables of their names fill the attributes of the class; it and its bases on the way.
    fn is_configuration(&mut self, class: &Rc<Class>, depth: usize, lineage: &mut Vec<Rc<Class>>) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        lineage.push(class.clone());
        class.def.bases.iter().any(|base| match self.type_value(class, base) {
            Val::Object(Object::Foreign(path)) => {
                environment::configuration().bases.iter().any(|it| *it == path)
            }
            Val::Object(Object::Class(it)) if it.def.span != class.def.span => {
                self.is_configuration(&it, depth, lineage)
            }
            _ => false,
        })
    }

    /// A class of the project that only changes a reader of the environment.
    fn reader_base(&mut self, class: &Rc<Class>) -> Option<usize> {
        class.def.bases.iter().find_map(|base| match self.type_value(class, base) {
            Val::Object(Object::Foreign(path)) => super::super::environment::reader(&path),
            _ => None,
        })
    }

    fn base(&mut self, class: &Rc<Class>, base: &TypeRef) -> Option<Rc<Class>> {
        match self.type_value(class, base) {
            Val::Object(Object::Class(it)) if it.def.span != class.def.span => Some(it),
            _ => None,
        }
    }

    pub(in crate::facts::settings) fn type_value(&mut self, class: &Rc<Class>, base: &TypeRef) -> Val {
        let Some((first, rest)) = base.path.split_first() else { return Val::Unbound };
        let mut val = self.member(class.home, first);
        for name in rest {
            val = self.field(&val, &crate::ir::Ident { name: name.clone(), span: base.span });
        }
        val
    }

    /// Class methods that change the settings before they are read.
    fn hooks(&mut self, class: &Rc<Class>, names: &mut Namespace) {
        for hook in self.hooks_of(class, ANCESTORS) {
            let (Some(body), Some(this)) = (&hook.function.body, hook.function.params.first()) else {
                continue;
            };
            let mut frame = Frame::new(hook.home, FrameKind::Function);
            for (name, binding) in &names.names {
                frame.layers.bind(name.clone(), binding.clone());
            }
            self.frames.push(frame);
            if let PatternKind::Bind(name, _) = &this.pattern.kind {
                self.bind(name, Val::Object(Object::Globals), this.span);
            }
            self.block(body);
            let own = self.frames.pop().map_or_else(Namespace::default, |it| it.layers.finish());
            names.names.extend(own.names.into_iter().filter(|(name, _)| is_constant_name(name)));
            names.open.extend(own.open);
        }
    }

    /// Those of the bases first.
    fn hooks_of(&mut self, class: &Rc<Class>, depth: usize) -> Vec<Closure> {
        let mut found = Vec::new();
        let Some(depth) = depth.checked_sub(1) else { return found };
        for base in class.def.bases.iter().rev() {
            if let Some(base) = self.base(class, base) {
                found.extend(self.hooks_of(&base, depth));
            }
        }
        for hook in environment::hooks() {
            found.extend(class.def.body.stmts.iter().filter_map(|stmt| match &stmt.kind {
                StmtKind::Item(item) => match &item.kind {
                    ItemKind::Function(function) if function.name.name == hook.as_str() => {
                        Some(Closure { home: class.home, function: function.clone(), captured: Rc::new([]) })
                    }
                    _ => None,
                },
                _ => None,
            }));
        }
        found
    }

    fn properties(&mut self, class: &Rc<Class>, names: &mut Namespace) {
        let this = Rc::new(Namespace { names: names.names.clone(), open: names.open.clone() });
        for stmt in &class.def.body.stmts {
            let StmtKind::Item(item) = &stmt.kind else { continue };
            let ItemKind::Function(function) = &item.kind else { continue };
            // A method that is called like a setting is one to the libraries that have settings classes.
            if !is_property(function) && !is_constant_name(&function.name.name) {
                continue;
            }
            let closure =
                Rc::new(Closure { home: class.home, function: function.clone(), captured: Rc::new([]) });
            let args =
                Args { positional: vec![Val::Object(Object::Instance(this.clone()))], ..Args::default() };
            let val = self.invoke(&Val::Object(Object::Function(closure)), args, None);
            let span = returned(function).map_or(function.name.span, |it| it.span);
            names.names.insert(function.name.name.clone(), Rc::new(Binding::new(val, span)));
        }
    }
}

fn is_property(function: &Function) -> bool {
    function.attributes.iter().any(|it| match &it.expr.kind {
        ExprKind::Path(Path { segments, .. }) => segments
            .last()
            .is_some_and(|it| it == "property" || it == "cached_property" || it == "classproperty"),
        ExprKind::Field(_, name) => name.name == "property" || name.name == "cached_property",
        _ => false,
    })
}

/// The value of a function that only returns one.
fn returned(function: &Function) -> Option<&Expr> {
    let last = function.body.as_ref()?.stmts.last()?;
    match &last.kind {
        StmtKind::Expr(Expr { kind: ExprKind::Return(Some(value)), .. }) => Some(value),
        _ => None,
    }
}

/// The attributes of a configuration class as its objects have them.
fn configured(lineage: &[Rc<Class>], names: &Namespace) -> Rc<Namespace> {
    let words = environment::configuration();
    let options = names.names.get(words.options_in.as_str()).map(|it| &it.val);
    let prefix = match options {
        Some(Val::Dict(options)) => options.get(&Val::text(&words.prefix)).and_then(Val::as_text),
        _ => None,
    };
    let variable = |name: &Name| format!("{}{}", prefix.unwrap_or_default(), name).to_uppercase();
    let mut all = Namespace { names: names.names.clone(), open: names.open.clone() };
    all.names.retain(|_, it| !matches!(it.val, Val::Unbound));
    for (name, binding) in &mut all.names {
        let plain = !matches!(binding.val, Val::Object(_) | Val::Env(_));
        if plain && name != words.options_in.as_str() {
            let cast = read::type_of(&binding.val);
            let val = read::variable(&variable(name), Some(binding.val.clone()), cast);
            *binding = Rc::new(Binding { val, ..(**binding).clone() });
        }
    }
    // What is only declared has to be given.
    for field in lineage.iter().flat_map(|it| &it.def.fields) {
        let Some(ty) = field.ty.as_ref().filter(|_| field.default.is_none()) else { continue };
        let name = &field.name;
        let required = || read::variable(&variable(&name.name), None, written_cast(ty));
        all.names.entry(name.name.clone()).or_insert_with(|| Rc::new(Binding::new(required(), name.span)));
    }
    Rc::new(all)
}

fn written_cast(ty: &TypeRef) -> Cast {
    match ty.path.last().map(smol_str::SmolStr::as_str) {
        Some("bool") => Cast::Bool,
        Some("int") => Cast::Int,
        Some("str") => Cast::Text,
        _ => Cast::Any,
    }
}
