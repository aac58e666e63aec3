//! Settings that are attributes of a class.

use std::rc::Rc;

use crate::ir::{Expr, ExprKind, Function, ItemKind, Name, Path, StmtKind, TypeRef};

use super::super::scope::{Binding, Namespace};
use super::super::value::{Class, Closure, Object, Val};
use super::super::words;
use super::call::Args;
use super::{Evaluator, Frame, FrameKind};

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
            self.trail = trail;
        }
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
        match self.reader_base(class) {
            Some(row) => Val::Object(Object::Reader(Rc::new(super::super::value::Reader::of(row)))),
            None => Val::Object(Object::Instance(self.class(class))),
        }
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

    fn properties(&mut self, class: &Rc<Class>, names: &mut Namespace) {
        let this = Rc::new(Namespace { names: names.names.clone(), open: names.open.clone() });
        for stmt in &class.def.body.stmts {
            let StmtKind::Item(item) = &stmt.kind else { continue };
            let ItemKind::Function(function) = &item.kind else { continue };
            // A method that is called like a setting is one to the libraries that have settings classes.
            if !is_property(function) && !words::is_constant_name(&function.name.name) {
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
