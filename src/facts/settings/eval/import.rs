//! Imports: names of other files of the project, and of code that is not part of it.

use std::rc::Rc;

use smol_str::SmolStr;

use crate::ir::{Import, Span};
use crate::source::FileId;

use super::super::environment;
use super::super::scope::Later;
use super::super::value::{Cast, FileVal, Object, Reader, Val};
use super::Evaluator;

impl Evaluator<'_> {
    pub(super) fn import(&mut self, import: &Import) {
        if import.star {
            self.import_all(import);
            return;
        }
        let Some(alias) = &import.alias else { return };
        let val = self.imported(import);
        self.trail.clear();
        self.bind(alias, val, import.span);
    }

    fn imported(&mut self, import: &Import) -> Val {
        let from = self.file();
        if let Some((name, module)) = import.path.split_last() {
            if let Some(file) =
                self.find(from, import.level, module).filter(|_| !module.is_empty() || import.level > 0)
            {
                self.edges.insert((from, file));
                let submodule = || self.workspace.python_module(from, import.level, &import.path);
                let bound = file == from || self.member_binding(file, name).is_some();
                if !bound && let Some(submodule) = submodule() {
                    return Val::Object(Object::Module(submodule));
                }
                return Val::Object(Object::Member(file, name.clone()));
            }
            if let Some(file) = self.workspace.python_module(from, import.level, &import.path) {
                self.edges.insert((from, file));
                return Val::Object(Object::Module(file));
            }
        }
        let dotted = import.path.join(".");
        if let Some(row) = environment::instance(&dotted) {
            return Val::Object(Object::Reader(Rc::new(Reader::of(row))));
        }
        self.attempt.missing.get_or_insert_with(|| later(import.span, &format!("`{dotted}`"), false));
        if import.level > 0 {
            return Val::File(Rc::new(FileVal { key: dotted.into(), fallback: None, cast: Cast::Any }));
        }
        Val::Object(Object::Foreign(dotted.into()))
    }

    /// A module of the project. An absolute path may be meant relative to the file itself, as it once was.
    fn find(&self, from: FileId, level: u32, path: &[SmolStr]) -> Option<FileId> {
        self.workspace.python_module(from, level, path)
    }

    fn import_all(&mut self, import: &Import) {
        let from = self.file();
        let found = self.find(from, import.level, &import.path).or_else(|| {
            // What a file beside this one is called without dots in old code.
            (import.level == 0 && import.path.len() == 1).then(|| self.find(from, 1, &import.path)).flatten()
        });
        let Some(file) = found.filter(|it| *it != from) else {
            let what = import.path.join(".");
            let certain = is_meant(&what, import.level);
            let later = later(import.span, &format!("`{what}`"), certain);
            self.attempt.missing.get_or_insert_with(|| later.clone());
            if let Some(layers) = self.layers() {
                layers.opened(&later);
            }
            return;
        };
        self.edges.insert((from, file));
        let namespace = self.module(file);
        let listed = namespace.names.get("__all__").map(|it| super::operator::as_list(&it.val));
        let public = |name: &str| match &listed {
            Some(list) if list.complete => list.items.iter().any(|it| it.val.as_text() == Some(name)),
            _ => !name.starts_with('_'),
        };
        let Some(layers) = self.layers() else { return };
        for (name, binding) in namespace.names.iter().filter(|(name, _)| public(name)) {
            layers.bind(name.clone(), binding.clone());
        }
        for later in &namespace.open {
            layers.left_open(later);
        }
    }

    pub(super) fn opened(&mut self, span: Span, what: &str, certain: bool) {
        let later = Rc::new(Later { span, what: what.into(), certain, module: false });
        if let Some(layers) = self.layers() {
            layers.opened(&later);
        }
    }

    /// Runs another file in the namespace of this one.
    pub(super) fn run_here(&mut self, file: FileId) {
        let Some(unit) = self.units.get(file) else { return };
        let Some(frame) = self.frames.last_mut() else { return };
        let outer = std::mem::replace(&mut frame.file, file);
        self.edges.insert((outer, file));
        self.block(&unit.body);
        if let Some(frame) = self.frames.last_mut() {
            frame.file = outer;
        }
    }
}

fn later(span: Span, what: &str, certain: bool) -> Rc<Later> {
    Rc::new(Later { span, what: what.into(), certain, module: true })
}

/// A module that settings are meant to come from; anything else is an addition that an installation may have.
fn is_meant(module: &str, level: u32) -> bool {
    use super::super::words::{Role, is_private, module_role};
    let last = module.rsplit('.').next().unwrap_or(module);
    match module_role(last) {
        Some(Role::Base) => !is_private(last),
        Some(Role::Development | Role::Test | Role::Build | Role::Example) => false,
        _ => level == 0 && !is_private(last),
    }
}
