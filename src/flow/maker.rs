//! Who makes the values of a struct that settings do not fill: a field has what the only makers of its struct put there.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::builtin::builtins;
use super::index::{Index, TypeId};
use super::machine::Machine;
use super::roots::perform;
use super::scope::Definition;
use super::state::State;
use super::value::{AtomKind, Class, Kind, ObjectId, Val};
use crate::frontend;
use crate::ir::{FileId, Name, PatternKind, Span, TypeKind, TypeRef};
use crate::workspace::{FileKind, FileRole};

/// Functions that may make values of one struct.
const MOST: usize = 4;
/// Expressions that one of them may evaluate.
const STEPS: u32 = 2_000;

/// Where structs are written out, and which fields are changed, found in the texts.
pub struct Makers {
    packages: Vec<OnceLock<Places>>,
    /// Packages that can use the code of a package, itself among them.
    users: Vec<Vec<usize>>,
}

#[derive(Default)]
struct Places {
    /// `Name {` by name; `Self` for what an implementation writes so.
    written: HashMap<SmolStr, Vec<Span>>,
    /// `.name =` by name.
    assigned: HashMap<SmolStr, Vec<Span>>,
}

/// What a struct's fields have, as far as its makers agree.
pub type Made = BTreeMap<Name, Val>;

impl Makers {
    #[must_use]
    pub fn new(index: &Index<'_>) -> Self {
        let dependencies = index.workspace().dependencies();
        let users = (0..dependencies.len()).map(|package| users(&dependencies, package)).collect();
        Self { packages: dependencies.iter().map(|_| OnceLock::new()).collect(), users }
    }

    fn places(&self, index: &Index<'_>, package: usize) -> &Places {
        self.packages[package].get_or_init(|| {
            let workspace = index.workspace();
            let mut places = Places::default();
            for file in &workspace.files {
                if file.package == Some(package)
                    && file.kind == FileKind::Rust
                    && file.role == FileRole::Application
                    && let Some(text) = workspace.text(file.id)
                {
                    places.add(file.id, &text.text);
                }
            }
            places
        })
    }

    /// The functions that make values of a struct; none when it cannot be told who does.
    fn of(&self, index: &Index<'_>, id: &TypeId) -> Vec<Definition> {
        let Some(package) = index.workspace().files[id.scope.file.0 as usize].package else {
            return Vec::new();
        };
        let mut makers: Vec<Definition> = Vec::new();
        let mut add = |it: Definition| {
            if !makers.iter().any(|known| known.function.span == it.function.span) {
                makers.push(it);
            }
        };
        let members = index.members(id);
        members.iter().filter(|it| is_constructor(it, &id.def.name.name)).cloned().for_each(&mut add);
        for user in &self.users[package] {
            let places = self.places(index, *user);
            for place in places.written.get(&id.def.name.name).into_iter().flatten() {
                function_at(index, *place).into_iter().for_each(&mut add);
            }
            for place in places.written.get("Self").into_iter().flatten() {
                members.iter().filter(|it| it.function.span.contains(*place)).cloned().for_each(&mut add);
            }
        }
        // What turns one value into another of its kind makes whatever its callers make.
        let is_change = makers.iter().any(takes_itself);
        if is_change || makers.len() > MOST { Vec::new() } else { makers }
    }

    /// Whether a field is changed outside of the functions that make its struct.
    fn is_changed(&self, index: &Index<'_>, id: &TypeId, field: &Name, makers: &[Definition]) -> bool {
        let Some(package) = index.workspace().files[id.scope.file.0 as usize].package else { return true };
        let elsewhere = |place: &Span| !makers.iter().any(|it| it.function.span.contains(*place));
        self.users[package].iter().any(|user| {
            self.places(index, *user).assigned.get(field).is_some_and(|it| it.iter().any(elsewhere))
        })
    }
}

fn users(dependencies: &[Vec<usize>], package: usize) -> Vec<usize> {
    let mut users = vec![package];
    let mut at = 0;
    while let Some(used) = users.get(at).copied() {
        at += 1;
        let more = (0..dependencies.len()).filter(|it| dependencies[*it].contains(&used));
        let more: Vec<_> = more.filter(|it| !users.contains(it)).collect();
        users.extend(more);
    }
    users
}

fn takes_itself(definition: &Definition) -> bool {
    definition
        .function
        .params
        .first()
        .is_some_and(|it| matches!(&it.pattern.kind, PatternKind::Bind(name, _) if name == "self"))
}

/// An associated function whose result is a value of its type.
fn is_constructor(definition: &Definition, name: &str) -> bool {
    let mentions = |ty: &TypeRef| {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            if ty.path.last().is_some_and(|it| it == "Self" || it == name) {
                return true;
            }
            open.extend(&ty.args);
        }
        false
    };
    !takes_itself(definition)
        && definition.function.body.is_some()
        && definition.function.result.as_ref().is_some_and(mentions)
}

/// The function around a place, unless it is one of tests.
fn function_at(index: &Index<'_>, place: Span) -> Option<Definition> {
    let names = index.file(place.file)?;
    let mut around = names.scopes.iter().filter(|it| !it.test).flat_map(|it| &it.functions);
    around.find(|it| it.function.span.contains(place)).cloned()
}

impl Places {
    fn add(&mut self, file: FileId, text: &str) {
        let place = |at: usize| Span::new(file, at, at);
        let written = frontend::rust::written(text);
        for (name, at) in written.values {
            self.written.entry(name.into()).or_default().push(place(at));
        }
        for (name, at) in written.assigned {
            self.assigned.entry(name.into()).or_default().push(place(at));
        }
    }
}

impl Machine<'_> {
    /// What the only makers of a struct put into a field.
    pub(super) fn made_field(&mut self, id: &TypeId, name: &Name) -> Option<Val> {
        let span = id.def.span;
        // `config.is_production`: the name says more than where it was read from.
        if Self::deployment(name).is_some() || self.making.contains(&span) || !may_be_told(id) {
            return None;
        }
        if let Some(known) = self.program.made.borrow().get(&span) {
            return known.get(name).cloned();
        }
        if let Some(known) = self.made.get(&span) {
            return known.get(name).cloned();
        }
        let made = self.make(id);
        let found = made.get(name).cloned();
        if made.values().all(|it| !matches!(it.kind, Kind::Choice(_))) {
            self.program.made.borrow_mut().insert(span, made);
        } else {
            self.made.insert(span, made);
        }
        found
    }

    fn make(&mut self, id: &TypeId) -> Made {
        let (index, all) = (self.program.index, self.program.makers);
        let makers = all.of(index, id);
        let mut results: Vec<(&Definition, Made, Vec<Span>)> = Vec::new();
        self.making.push(id.def.span);
        for maker in &makers {
            if let Some((made, through)) = self.tried(maker, id) {
                results.push((maker, made, through));
            }
        }
        self.making.pop();
        // One that another one calls is no maker of its own.
        let through: Vec<Span> = results.iter().flat_map(|it| it.2.iter().copied()).collect();
        results.retain(|it| !through.contains(&it.0.function.span));
        let Some((_, mut made, _)) = results.pop() else { return Made::new() };
        made.retain(|name, value| {
            results.iter().all(|it| it.1.get(name).is_some_and(|other| other.same(value)))
                && !all.is_changed(index, id, name, &makers)
        });
        made
    }

    /// Evaluates a function by itself, for what it puts into the values of a struct, and which functions it followed.
    fn tried(&mut self, maker: &Definition, id: &TypeId) -> Option<(Made, Vec<Span>)> {
        let kept = self.state.clone();
        let (scope, owner) = (self.scope, self.owner.clone());
        let calls = std::mem::take(&mut self.calls);
        let loops = std::mem::take(&mut self.loops);
        let inlined = std::mem::take(&mut self.inlined);
        let (steps, first) = (self.lend(STEPS), self.next_object());
        self.quiet += 1;
        self.state = State { alive: true, ..State::default() };
        let value = perform(self, maker);
        let object = self.only_object(&value, id, first);
        let made = object.map(|it| self.fields_of(&it, id));
        self.quiet -= 1;
        let ended = self.give_back(steps);
        self.state = kept;
        (self.scope, self.owner, self.calls, self.loops) = (scope, owner, calls, loops);
        let through = std::mem::replace(&mut self.inlined, inlined);
        made.filter(|_| ended).map(|it| (it, through.into_iter().collect()))
    }

    /// The value of a struct that a function returned, or the only one that it made on the way.
    fn only_object(&self, returned: &Val, id: &TypeId, first: ObjectId) -> Option<Val> {
        let is_one = |it: &Val| matches!(self.class_of(it), Some(Class::Project(class)) if class == *id);
        if returned.ends().any(is_one) {
            return Some(returned.clone());
        }
        let made = self.state.heap.range(first..);
        let mut made = made.filter(|it| matches!(&it.1.class, Class::Project(class) if class == id));
        let (object, _) = made.next()?;
        made.next().is_none().then(|| Val::new(Kind::Object(*object)))
    }

    fn fields_of(&mut self, value: &Val, id: &TypeId) -> Made {
        let mut made = Made::new();
        for field in &id.def.fields {
            let found = self.field(value, &field.name);
            if self.is_plain(&found) {
                made.insert(field.name.name.clone(), found);
            }
        }
        made
    }

    /// Whether a value means the same elsewhere: it holds no object, and nothing but builds and settings decides it.
    fn is_plain(&self, value: &Val) -> bool {
        match &value.kind {
            Kind::Null
            | Kind::Bool(_)
            | Kind::Int(_)
            | Kind::Float(_)
            | Kind::Text(_)
            | Kind::Bytes(_)
            | Kind::Word(_)
            | Kind::Duration(_) => true,
            Kind::Env { fallback, .. } => fallback.as_deref().is_none_or(|it| self.is_plain(it)),
            Kind::Setting { value, .. } => value.as_deref().is_none_or(|it| self.is_plain(it)),
            Kind::Choice(choice) => {
                let kind = &self.atoms[choice.condition as usize].kind;
                matches!(kind, AtomKind::Debug | AtomKind::Env(..) | AtomKind::Setting(..))
                    && self.is_plain(&choice.then)
                    && self.is_plain(&choice.or_else)
            }
            _ => false,
        }
    }
}

/// Whether a struct's values are all written out in code that is seen: nothing derived makes any, and none are generic.
fn may_be_told(id: &TypeId) -> bool {
    id.def.kind == TypeKind::Struct
        && id.def.generics.is_empty()
        && super::settings::derived(&id.def.attributes).all(|it| builtins().harmless_derives.contains(it))
}
