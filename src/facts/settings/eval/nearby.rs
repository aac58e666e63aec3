//! What lies beside the code: data files that it reads, and mappings with the defaults of a configuration object.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::ir::data::Document;
use crate::ir::walk::{Part, parts};
use crate::ir::{Expr, ExprKind, Literal, Name};
use crate::source::FileId;
use crate::workspace::{FileKind, FileRole, Profile, Workspace};

use super::super::value::{Cast, FileVal, Object, Val};
use super::super::words::is_constant_name;
use super::side::sided;
use super::{Evaluator, layer, read};

/// A file by the last text in the expressions of its path.
pub(super) fn file_named(path: &[&Expr]) -> Val {
    let mut name = None;
    for part in path {
        last_text(part, &mut name);
    }
    let key = name.unwrap_or_else(|| "a file".into());
    Val::File(Rc::new(FileVal { key, fallback: None, cast: Cast::Any }))
}

fn last_text(expr: &Expr, last: &mut Option<Name>) {
    match &expr.kind {
        // What a file is opened for is no part of its name.
        ExprKind::Literal(Literal::Str(text)) if text.contains('.') => *last = Some(text.as_ref().into()),
        _ => parts(expr, &mut |part| {
            if let Part::Expr(inner) = part {
                last_text(inner, last);
            }
        }),
    }
}

impl Evaluator<'_> {
    /// What a data file of the project holds that was opened; `None` when it is none.
    pub(super) fn loaded(&mut self, opened: &Val) -> Option<Val> {
        let document = self.document_of(opened)?;
        Some(layer::value(&document.root, layer::DEPTH))
    }

    pub(super) fn document_of(&mut self, opened: &Val) -> Option<Arc<Document>> {
        match opened {
            Val::File(file) => self.document_named(&file.key),
            _ => None,
        }
    }

    /// The data file of this name that is nearest to the module; none that is for development, tests or to be copied.
    pub(super) fn document_named(&mut self, path: &str) -> Option<Arc<Document>> {
        let wanted = path.trim_start_matches("./");
        let here = &self.workspace.files.get(self.file().0 as usize)?.path;
        let folder = |path: &str| path.rsplit_once('/').map_or(0, |(folder, _)| shared(folder, here));
        let fits = |path: &str| {
            let rest = path.strip_suffix(wanted);
            let name = path.rsplit('/').next().unwrap_or(path);
            let profile = Workspace::profile_of(name);
            rest.is_some_and(|it| it.is_empty() || it.ends_with('/'))
                && !matches!(profile, Profile::Development | Profile::Test | Profile::Example)
        };
        let data = |kind: FileKind| !matches!(kind, FileKind::Rust | FileKind::Python | FileKind::Env);
        let files = self.workspace.files.iter();
        let found = files
            .filter(|it| data(it.kind) && it.role == FileRole::Application && fits(&it.path))
            .max_by_key(|it| {
                (folder(&it.path), std::cmp::Reverse(it.path.len()), std::cmp::Reverse(it.id))
            })?;
        self.units.document(found.id)
    }

    /// An attribute of an object that holds the configuration: its default stands in a mapping of the file that makes the
    /// object, or of one that this imports.
    pub(super) fn or_default_nearby(&mut self, base: &Expr, name: &Name, val: Val) -> Val {
        // Classes that build on one that is not done would be missing its attributes for good.
        if self.making > 0 {
            return val;
        }
        let open = match &val {
            Val::File(file) => file.fallback.is_none() && file.key == *name,
            Val::Opaque(why) => why == "an attribute" || why == "an attribute of a class",
            _ => false,
        };
        let ExprKind::Path(path) = &base.kind else { return val };
        let ([object], true) = (path.segments.as_slice(), open && is_constant_name(name)) else { return val };
        let Some(binding) = self.binding(object) else { return val };
        let home = match &binding.val {
            Val::Object(Object::Member(file, _)) => *file,
            _ => binding.span.file,
        };
        let edges = self.edges.range((home, FileId(0))..=(home, FileId(u32::MAX)));
        let imported: Vec<FileId> = edges.map(|(_, to)| *to).collect();
        let own = self.defaults_in(home).get(name).cloned();
        let default = own.or_else(|| imported.iter().find_map(|it| self.defaults_in(*it).get(name).cloned()));
        let Some(default) = default else { return val };
        let cast = read::type_of(&default);
        sided(name, Val::File(Rc::new(FileVal { key: name.clone(), fallback: Some(default), cast })))
    }

    /// Plain values in mappings of the file, those of its classes too; names with two values are left out.
    fn defaults_in(&mut self, file: FileId) -> Rc<BTreeMap<Name, Val>> {
        if let Some(known) = self.nearby.get(&file) {
            return known.clone();
        }
        // Whoever asks while it is worked out sees nothing.
        self.nearby.insert(file, Rc::default());
        let mut found: BTreeMap<Name, Option<Val>> = BTreeMap::new();
        let mut take = |val: &Val| {
            let Val::Dict(dict) = val else { return };
            for entry in dict.entries.iter().filter(|it| it.val.is_leaf()) {
                let Some(key) = entry.key.as_text().filter(|it| is_constant_name(it)) else { continue };
                let known = found.entry(key.into()).or_insert_with(|| Some(entry.val.clone()));
                if known.as_ref().is_some_and(|it| !it.same(&entry.val)) {
                    *known = None;
                }
            }
        };
        for binding in self.module(file).names.values() {
            match &binding.val {
                Val::Object(Object::Class(class)) if class.home == file => {
                    self.class(class).names.values().for_each(|it| take(&it.val));
                }
                val => take(val),
            }
        }
        let found: BTreeMap<Name, Val> =
            found.into_iter().filter_map(|(key, val)| Some((key, val?))).collect();
        let found = Rc::new(found);
        self.nearby.insert(file, found.clone());
        found
    }
}

/// Folders that two paths have in common from the root on.
fn shared(folder: &str, path: &str) -> usize {
    folder.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count()
}
