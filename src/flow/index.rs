//! Names: what a path means where it stands.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock, PoisonError};

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::scope::{Definition, Entry, FileIndex, Owner, Scope, index_unit, method, methods, release_gate};
use super::units::Units;
use crate::ir::{Constant, Expr, Extend, FileId, Import, ItemKind, MacroDef, Name, TypeDef};
use crate::workspace::{FileKind, Workspace};

/// A module: a file, or a module written inside one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScopeId {
    pub file: FileId,
    pub index: u32,
}

/// A meaning of a path.
#[derive(Clone)]
pub enum Meaning {
    Function(Definition),
    Type(TypeId),
    Constant(Arc<Constant>, ScopeId),
    Variable(Arc<Expr>, ScopeId),
    Module(ScopeId),
    Macro(Arc<MacroDef>, ScopeId),
    /// Outside the project: the full path in the language's own spelling.
    External(SmolStr),
}

impl Meaning {
    /// Whether a path can go on behind it.
    fn has_members(&self) -> bool {
        matches!(self, Self::Type(_) | Self::Module(_) | Self::External(_))
    }
}

/// A type of the project.
#[derive(Clone)]
pub struct TypeId {
    pub def: Arc<TypeDef>,
    pub scope: ScopeId,
}

impl PartialEq for TypeId {
    fn eq(&self, other: &Self) -> bool {
        self.def.span == other.def.span
    }
}

/// All names of the project, filled in as they are asked for.
pub struct Index<'a> {
    pub units: &'a Units<'a>,
    files: Vec<OnceLock<Option<Arc<FileIndex>>>>,
    /// Files whose extensions of types count, wherever the type is.
    extending: Vec<FileId>,
    extensions: OnceLock<HashMap<Name, Vec<ScopeId>>>,
    /// Implementations of traits of the project outside of tests, by the last segment of the trait.
    implementations: OnceLock<Implementations>,
}

type Implementations = HashMap<Name, Vec<(ScopeId, Arc<Extend>)>>;

/// Longest chain of imports that is followed.
const IMPORT_DEPTH: u32 = 12;

/// The way of one question through the imports.
#[derive(Clone, Copy)]
struct Trail<'t> {
    /// Steps that are left.
    left: u32,
    /// Names that star imports were asked for already: modules may import each other.
    met: &'t RefCell<HashMap<(ScopeId, Name), Option<Meaning>>>,
}

impl<'t> Trail<'t> {
    fn new(met: &'t RefCell<HashMap<(ScopeId, Name), Option<Meaning>>>) -> Self {
        Self { left: IMPORT_DEPTH, met }
    }

    fn deeper(self) -> Option<Self> {
        Some(Self { left: self.left.checked_sub(1)?, ..self })
    }
}

impl<'a> Index<'a> {
    #[must_use]
    pub fn new(units: &'a Units<'a>) -> Self {
        Self {
            units,
            files: units.workspace.files.iter().map(|_| OnceLock::new()).collect(),
            extending: Vec::new(),
            extensions: OnceLock::new(),
            implementations: OnceLock::new(),
        }
    }

    /// With the extensions of types that stand in these files.
    #[must_use]
    pub fn extended_by(self, files: Vec<FileId>) -> Self {
        Self { extending: files, extensions: OnceLock::new(), implementations: OnceLock::new(), ..self }
    }

    #[must_use]
    pub fn workspace(&self) -> &'a Workspace {
        self.units.workspace
    }

    #[must_use]
    pub fn file(&self, file: FileId) -> Option<Arc<FileIndex>> {
        self.files
            .get(file.0 as usize)?
            .get_or_init(|| Some(Arc::new(index_unit(self.units.get(file)?))))
            .clone()
    }

    /// `::` or `.`: how the language of a file joins a path.
    #[must_use]
    pub fn separator(&self, file: FileId) -> &'static str {
        match self.workspace().files[file.0 as usize].kind {
            FileKind::Rust => "::",
            _ => ".",
        }
    }

    fn dotted(&self, file: FileId) -> bool {
        self.separator(file) == "."
    }

    /// What a path means in a module.
    #[must_use]
    pub fn resolve(&self, scope: ScopeId, path: &[Name]) -> Option<Meaning> {
        let file = self.file(scope.file)?;
        let answers = &file.scopes.get(scope.index as usize)?.answers;
        let known = answers.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        known.unwrap_or_else(|| {
            let answer = self.resolve_within(scope, path, Trail::new(&RefCell::default()));
            let mut answers = answers.write().unwrap_or_else(PoisonError::into_inner);
            answers.insert(path.to_vec(), answer.clone());
            answer
        })
    }

    fn resolve_within(&self, scope: ScopeId, path: &[Name], trail: Trail<'_>) -> Option<Meaning> {
        let trail = trail.deeper()?;
        let (first, rest) = path.split_first()?;
        if self.dotted(scope.file) {
            let start = self.name(scope, first, trail)?;
            return self.descend(start, rest, trail);
        }
        match first.as_str() {
            "crate" => self.descend(Meaning::Module(self.crate_root(scope.file)?), rest, trail),
            "self" => self.descend(Meaning::Module(scope), rest, trail),
            "super" => self.descend(Meaning::Module(self.parent(scope)?), rest, trail),
            "" => self.external_or_crate(scope.file, rest, trail),
            _ => match self.beginning(scope, first, rest, trail) {
                Some(start) => self.descend(start, rest, trail),
                None => match self.module_of_glob(scope, first, trail) {
                    Some(start) if !rest.is_empty() => self.descend(start, rest, trail),
                    _ => self.external_or_crate(scope.file, path, trail),
                },
            },
        }
    }

    /// A module that a star import of another package brings, where no crate has its name.
    fn module_of_glob(&self, scope: ScopeId, name: &Name, trail: Trail<'_>) -> Option<Meaning> {
        let file = self.file(scope.file)?;
        let globs = &file.scopes.get(scope.index as usize)?.globs;
        if globs.is_empty()
            || super::builtin::builtins().is_prelude(name)
            || self.workspace().may_be_crate(scope.file, name)
        {
            return None;
        }
        let mut outside = globs.iter().filter_map(|glob| match self.import(scope, glob, trail) {
            Some(Meaning::External(path)) => Some(path),
            _ => None,
        });
        // With several it is not known which one brings it.
        let (Some(only), None) = (outside.next(), outside.next()) else { return None };
        Some(Meaning::External(format!("{only}::{name}").into()))
    }

    /// A path that begins with a crate's name.
    fn external_or_crate(&self, file: FileId, path: &[Name], trail: Trail<'_>) -> Option<Meaning> {
        let (first, rest) = path.split_first()?;
        let first = self.workspace().rust_crate_name(file, first);
        if let Some(package) = self.workspace().rust_crate(file, first)
            && let Some(root) = self.workspace().rust_module(package, &[])
        {
            return self.descend(Meaning::Module(ScopeId { file: root, index: 0 }), rest, trail);
        }
        self.descend(Meaning::External(first.into()), rest, trail)
    }

    /// What a name means with more of a path behind it: functions and constants are in a namespace of their own, and may
    /// be called as a module or a crate is.
    fn beginning(&self, scope: ScopeId, name: &Name, rest: &[Name], trail: Trail<'_>) -> Option<Meaning> {
        let found = self.name(scope, name, trail)?;
        if rest.is_empty() || found.has_members() {
            return Some(found);
        }
        let file = self.file(scope.file)?;
        let entries = file.scopes.get(scope.index as usize)?.names.get(name)?;
        let others = entries.iter().rev().filter_map(|it| self.entry(scope, name, it, trail));
        others.into_iter().find(Meaning::has_members)
    }

    /// A single name in a module, its imports and its globs.
    fn name(&self, scope: ScopeId, name: &Name, trail: Trail<'_>) -> Option<Meaning> {
        if !self.may_name(scope.file, name) {
            return None;
        }
        let file = self.file(scope.file)?;
        let names = file.scopes.get(scope.index as usize)?;
        if let Some(entries) = names.names.get(name) {
            return self.entry(scope, name, select(entries)?, trail);
        }
        if names.globs.is_empty() {
            return None;
        }
        let key = (scope, name.clone());
        if let Some(known) = trail.met.borrow().get(&key) {
            return known.clone();
        }
        // Modules that star-import each other end here.
        trail.met.borrow_mut().insert(key.clone(), None);
        let found = self.name_by_glob(scope, names, name, trail.deeper()?);
        trail.met.borrow_mut().insert(key, found.clone());
        found
    }

    fn name_by_glob(&self, scope: ScopeId, names: &Scope, name: &Name, trail: Trail<'_>) -> Option<Meaning> {
        // Later star imports win, as they do when the module runs.
        let mut external = None;
        for glob in names.globs.iter().rev() {
            match self.import(scope, glob, trail) {
                Some(Meaning::Module(target)) if target != scope => {
                    if let Some(found) = self.name(target, name, trail) {
                        return Some(found);
                    }
                }
                Some(Meaning::Type(ty))
                    if ty.def.variants.iter().any(|variant| variant.name.name == *name) =>
                {
                    return Some(Meaning::External(name.clone()));
                }
                Some(Meaning::External(path)) if external.is_none() => {
                    let joined = format!("{path}{}{name}", self.separator(scope.file));
                    external = Some(Meaning::External(joined.into()));
                }
                _ => {}
            }
        }
        // A glob of another package may or may not bring the name; a capitalised one is more likely its than a crate.
        external.filter(|_| {
            name.chars().next().is_some_and(char::is_uppercase)
                && !super::builtin::builtins().is_prelude(name)
        })
    }

    /// Whether a file that was not lowered yet is worth it.
    fn may_name(&self, file: FileId, name: &Name) -> bool {
        let lowered = self.files.get(file.0 as usize).is_some_and(|it| it.get().is_some());
        lowered || self.units.may_name(file, name)
    }

    fn entry(&self, scope: ScopeId, name: &Name, entry: &Entry, trail: Trail<'_>) -> Option<Meaning> {
        Some(match entry {
            Entry::Function(function, gate) => Meaning::Function(Definition {
                function: function.clone(),
                scope,
                owner: None,
                gate: gate.clone(),
            }),
            Entry::Type(def) => Meaning::Type(TypeId { def: def.clone(), scope }),
            Entry::Constant(constant, _) => Meaning::Constant(constant.clone(), scope),
            Entry::Module(index) => Meaning::Module(ScopeId { file: scope.file, index: *index }),
            Entry::FileModule => Meaning::Module(self.child_file(scope, name)?),
            Entry::Import(import) => self.import(scope, import, trail)?,
            Entry::Macro(definition) => Meaning::Macro(definition.clone(), scope),
            Entry::Variable(value) => Meaning::Variable(value.clone(), scope),
        })
    }

    /// The module or thing that an import names.
    #[must_use]
    pub fn import_target(&self, scope: ScopeId, import: &Import) -> Option<Meaning> {
        self.import(scope, import, Trail::new(&RefCell::default()))
    }

    fn import(&self, scope: ScopeId, import: &Import, trail: Trail<'_>) -> Option<Meaning> {
        let trail = trail.deeper()?;
        if !self.dotted(scope.file) {
            let (first, _) = import.path.split_first()?;
            // `use name::..` of a name that this very import defines must not find itself.
            let own = import.alias.as_ref() == Some(first) && import.path.len() > 1;
            return if own {
                self.external_or_crate(scope.file, &import.path, trail)
            } else {
                self.resolve_import(scope, import, trail)
            };
        }
        for taken in (0..=import.path.len()).rev() {
            let (module, rest) = import.path.split_at(taken);
            if module.is_empty() && import.level == 0 {
                break;
            }
            if let Some(file) = self.workspace().python_module(scope.file, import.level, module) {
                let start = ScopeId { file, index: 0 };
                return if rest.is_empty() {
                    Some(Meaning::Module(start))
                } else if start == scope {
                    None
                } else {
                    self.descend(Meaning::Module(start), rest, trail)
                };
            }
        }
        Some(Meaning::External(import.path.join(".").into()))
    }

    fn resolve_import(&self, scope: ScopeId, import: &Import, trail: Trail<'_>) -> Option<Meaning> {
        let first = import.path.first()?;
        // An import's own alias hides the crate of the same name: `use axum; use axum::Router;`.
        if import.path.len() == 1 && import.alias.as_ref() == Some(first) {
            return self.external_or_crate(scope.file, &import.path, trail);
        }
        self.resolve_within(scope, &import.path, trail)
    }

    /// What a name means in a module.
    #[must_use]
    pub fn member(&self, module: ScopeId, name: &Name) -> Option<Meaning> {
        let trail = RefCell::default();
        self.descend(Meaning::Module(module), std::slice::from_ref(name), Trail::new(&trail))
    }

    /// Goes down from a meaning by the rest of a path.
    fn descend(&self, start: Meaning, rest: &[Name], trail: Trail<'_>) -> Option<Meaning> {
        let Some((first, rest)) = rest.split_first() else { return Some(start) };
        let trail = trail.deeper()?;
        match start {
            Meaning::Module(scope) => {
                if first == "self" {
                    return self.descend(Meaning::Module(scope), rest, trail);
                }
                if first == "super" {
                    return self.descend(Meaning::Module(self.parent(scope)?), rest, trail);
                }
                let next = match self.beginning(scope, first, rest, trail) {
                    Some(next) => next,
                    None => Meaning::Module(self.child_file(scope, first)?),
                };
                self.descend(next, rest, trail)
            }
            Meaning::External(path) => {
                let separator = if path.contains("::") || !path.contains('.') { "::" } else { "." };
                let mut joined = path.to_string();
                for segment in std::iter::once(first).chain(rest) {
                    joined.push_str(separator);
                    joined.push_str(segment);
                }
                Some(Meaning::External(joined.into()))
            }
            // Members of types are looked up by the evaluator, which knows the type's extensions.
            Meaning::Type(_)
            | Meaning::Function(_)
            | Meaning::Constant(..)
            | Meaning::Variable(..)
            | Meaning::Macro(..) => None,
        }
    }

    /// A submodule that lies in a file of its own.
    fn child_file(&self, scope: ScopeId, name: &Name) -> Option<ScopeId> {
        let workspace = self.workspace();
        let entry = &workspace.files[scope.file.0 as usize];
        let file = if self.dotted(scope.file) {
            workspace
                .python_module(scope.file, 1, std::slice::from_ref(name))
                .filter(|_| entry.path.ends_with("__init__.py"))
        } else {
            let index = self.file(scope.file)?;
            let inner = &index.scopes.get(scope.index as usize)?.path;
            let mut path: Vec<Name> = entry.module.iter().skip(1).cloned().collect();
            path.extend(inner.iter().cloned());
            path.push(name.clone());
            workspace.rust_module_from(scope.file, &path)
        }?;
        Some(ScopeId { file, index: 0 })
    }

    /// Where the crate of a file begins. A module of library and binary belongs to the one that declares it.
    fn crate_root(&self, file: FileId) -> Option<ScopeId> {
        let roots = self.workspace().rust_roots(file);
        let first = self.workspace().files[file.0 as usize].module.get(1);
        let declares = |root: &FileId| {
            let names = self.file(*root)?;
            names
                .scopes
                .first()?
                .names
                .get(first?)?
                .iter()
                .find(|it| matches!(it, Entry::FileModule))
                .map(drop)
        };
        let root = match roots {
            [] => self.workspace().rust_module_from(file, &[])?,
            [only] => *only,
            _ if roots.contains(&file) => file,
            _ => *roots.iter().find(|it| declares(it).is_some()).unwrap_or(&roots[0]),
        };
        Some(ScopeId { file: root, index: 0 })
    }

    fn parent(&self, scope: ScopeId) -> Option<ScopeId> {
        let index = self.file(scope.file)?;
        if let Some(parent) = index.scopes.get(scope.index as usize)?.parent {
            return Some(ScopeId { file: scope.file, index: parent });
        }
        let entry = &self.workspace().files[scope.file.0 as usize];
        let above: Vec<Name> = entry.module.iter().skip(1).cloned().collect();
        let (_, above) = above.split_last()?;
        if above.is_empty() {
            return self.crate_root(scope.file);
        }
        let file = self.workspace().rust_module_from(scope.file, above)?;
        Some(ScopeId { file, index: 0 })
    }

    /// Methods of a type: of its body and of all extensions of it that are known.
    #[must_use]
    pub fn members(&self, id: &TypeId) -> Vec<Definition> {
        let Some(file) = self.file(id.scope.file) else { return Vec::new() };
        let mut found = Vec::new();
        methods(&id.def.body, id.scope, &Owner::Type(id.def.clone()), &mut found);
        let name = &id.def.name.name;
        let mut add = |file: FileId, index: usize, scope: &Scope| {
            let id = ScopeId { file, index: u32::try_from(index).unwrap_or(u32::MAX) };
            for extend in scope.extends.iter().filter(|it| it.target.path.last() == Some(name)) {
                for item in &extend.items {
                    method(item, id, &Owner::Extend(extend.clone()), &mut found);
                }
            }
        };
        for (index, scope) in file.scopes.iter().enumerate() {
            add(id.scope.file, index, scope);
        }
        for other in self.extending(name) {
            if other.file != id.scope.file
                && let Some(file) = self.file(other.file)
                && let Some(scope) = file.scopes.get(other.index as usize)
                && self.resolves_to(other, name, id)
            {
                add(other.file, other.index as usize, scope);
            }
        }
        found
    }

    fn resolves_to(&self, scope: ScopeId, name: &Name, id: &TypeId) -> bool {
        matches!(self.resolve(scope, std::slice::from_ref(name)), Some(Meaning::Type(found)) if found == *id)
    }

    /// Modules of interesting files that extend a type of this name.
    fn extending(&self, name: &Name) -> Vec<ScopeId> {
        self.extensions().get(name).cloned().unwrap_or_default()
    }

    /// Every extension in the files that are worth a look, by the last segment of its type.
    fn extensions(&self) -> &HashMap<Name, Vec<ScopeId>> {
        self.extensions.get_or_init(|| {
            let mut table: HashMap<Name, Vec<ScopeId>> = HashMap::default();
            for extending in &self.extending {
                let Some(file) = self.file(*extending) else { continue };
                for (index, scope) in file.scopes.iter().enumerate() {
                    let id = ScopeId { file: *extending, index: u32::try_from(index).unwrap_or(u32::MAX) };
                    for extend in &scope.extends {
                        if let Some(name) = extend.target.path.last() {
                            let scopes = table.entry(name.clone()).or_default();
                            if scopes.last() != Some(&id) {
                                scopes.push(id);
                            }
                        }
                    }
                }
            }
            table
        })
    }

    /// A method of a trait of the project that only one type implements: what is behind a trait object is of that type.
    #[must_use]
    pub fn only_implementation(&self, id: &TypeId, name: &str) -> Option<Definition> {
        let all = self.implementations().get(&id.def.name.name)?;
        let is_of_trait = |(scope, extend): &&(ScopeId, Arc<Extend>)| {
            let path = extend.interface.as_ref().map(|it| it.path.as_slice()).unwrap_or_default();
            matches!(self.resolve(*scope, path), Some(Meaning::Type(of)) if of == *id)
        };
        let mut all = all.iter().filter(is_of_trait);
        let (Some((scope, extend)), None) = (all.next(), all.next()) else { return None };
        let mut found = Vec::new();
        for item in &extend.items {
            method(item, *scope, &Owner::Extend(extend.clone()), &mut found);
        }
        found.into_iter().find(|it| it.function.name.name == name)
    }

    fn implementations(&self) -> &Implementations {
        self.implementations.get_or_init(|| {
            let mut table = Implementations::default();
            for extending in &self.extending {
                let Some(file) = self.file(*extending) else { continue };
                for (index, scope) in file.scopes.iter().enumerate().filter(|it| !it.1.test) {
                    let id = ScopeId { file: *extending, index: u32::try_from(index).unwrap_or(u32::MAX) };
                    for extend in &scope.extends {
                        if let Some(name) = extend.interface.as_ref().and_then(|it| it.path.last()) {
                            table.entry(name.clone()).or_default().push((id, extend.clone()));
                        }
                    }
                }
            }
            table
        })
    }

    /// A method that a trait of the project adds to a foreign type.
    #[must_use]
    pub fn extension_method(&self, name: &Name, path: Option<&str>) -> Option<Definition> {
        let last = path?.rsplit([':', '.']).next()?;
        for scope in self.extending(&SmolStr::new(last)) {
            let file = self.file(scope.file)?;
            for extend in &file.scopes.get(scope.index as usize)?.extends {
                if extend.target.path.last().is_none_or(|it| it != last) || extend.interface.is_none() {
                    continue;
                }
                let mut found = Vec::new();
                for item in &extend.items {
                    method(item, scope, &Owner::Extend(extend.clone()), &mut found);
                }
                if let Some(definition) = found.into_iter().find(|it| it.function.name.name == *name) {
                    return Some(definition);
                }
            }
        }
        None
    }

    /// The function that turns a type of the project into a foreign one: `From<T> for Target` or `Into<Target> for T`.
    #[must_use]
    pub fn conversion(&self, from: &TypeId, target: &Name) -> Option<Definition> {
        let own = &from.def.name.name;
        let candidates = [(target, "From", own), (own, "Into", target)];
        candidates.iter().find_map(|(extended, interface, argument)| {
            self.extending(extended).into_iter().find_map(|scope| {
                let file = self.file(scope.file)?;
                let extends = &file.scopes.get(scope.index as usize)?.extends;
                let extend = extends.iter().find(|it| {
                    it.target.path.last() == Some(*extended)
                        && it.interface.as_ref().is_some_and(|it| {
                            it.path.last().is_some_and(|name| name == interface)
                                && it.args.first().and_then(|arg| arg.path.last()) == Some(*argument)
                        })
                })?;
                let mut found = Vec::new();
                for item in &extend.items {
                    method(item, scope, &Owner::Extend(extend.clone()), &mut found);
                }
                found.into_iter().next()
            })
        })
    }

    /// `Type::CONSTANT`.
    #[must_use]
    pub fn associated_constant(&self, id: &TypeId, name: &Name) -> Option<(Arc<Constant>, ScopeId)> {
        let file = self.file(id.scope.file)?;
        for (index, scope) in file.scopes.iter().enumerate() {
            let at = ScopeId { file: id.scope.file, index: u32::try_from(index).unwrap_or(u32::MAX) };
            for extend in scope.extends.iter().filter(|it| it.target.path.last() == Some(&id.def.name.name)) {
                for item in &extend.items {
                    if let ItemKind::Constant(constant) = &item.kind
                        && constant.name.name == *name
                    {
                        return Some((constant.clone(), at));
                    }
                }
            }
        }
        None
    }

    /// All types that a file defines.
    #[must_use]
    pub fn types_of(&self, file: FileId) -> Vec<Arc<TypeDef>> {
        let Some(file) = self.file(file) else { return Vec::new() };
        let mut types: Vec<_> = file
            .scopes
            .iter()
            .flat_map(|scope| scope.names.values().flatten())
            .filter_map(|entry| match entry {
                Entry::Type(def) => Some(def.clone()),
                _ => None,
            })
            .collect();
        types.sort_by_key(|def| def.span);
        types
    }

    /// The name of a script's variable by its value.
    #[must_use]
    pub fn variable_name(&self, scope: ScopeId, value: &Arc<Expr>) -> Option<Name> {
        let file = self.file(scope.file)?;
        let scope = file.scopes.get(scope.index as usize)?;
        let mut names: Vec<_> = scope
            .names
            .iter()
            .filter(|(_, entries)| {
                entries.iter().any(|it| matches!(it, Entry::Variable(known) if Arc::ptr_eq(known, value)))
            })
            .map(|(name, _)| name.clone())
            .collect();
        names.sort();
        names.into_iter().next()
    }

    /// Path of an item for people and fingerprints.
    #[must_use]
    pub fn item_path(&self, scope: ScopeId, name: &str) -> SmolStr {
        let entry = &self.workspace().files[scope.file.0 as usize];
        let mut parts: Vec<&str> = entry.module.iter().map(SmolStr::as_str).collect();
        let index = self.file(scope.file);
        if let Some(scope) = index.as_ref().and_then(|it| it.scopes.get(scope.index as usize)) {
            parts.extend(scope.path.iter().map(SmolStr::as_str));
        }
        if !name.is_empty() {
            parts.push(name);
        }
        parts.join(self.separator(scope.file)).into()
    }
}

/// Of several definitions of a name the one that a release build has.
fn select(entries: &[Entry]) -> Option<&Entry> {
    let in_release = |entry: &&Entry| match entry {
        Entry::Function(_, Some(gate)) | Entry::Constant(_, Some(gate)) => release_gate(gate) != Some(false),
        _ => true,
    };
    entries.iter().rev().find(in_release).or_else(|| entries.last())
}
