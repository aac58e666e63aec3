//! The abstract machine: one evaluation from one root function.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::catalog::Catalog;
use super::index::{Index, Meaning, ScopeId, TypeId};
use super::maker::{Made, Makers};
use super::scope::{Definition, Owner};
use super::state::{State, choose, join};
use super::trace::{Trace, TraceEvent};
use super::value::{Atom, AtomKind, Class, Kind, Object, ObjectId, Ty, TyDef, Val};
use crate::ir::{Name, Span, TypeKind, TypeRef};
use crate::model::Labels;

/// Expressions that one root may evaluate.
const STEPS: u32 = 12_000;
/// Classes that are looked at one behind the other.
const BASES: u32 = 4;
/// Of the steps, how many before it uses anything of a framework.
const TRIAL: u32 = 3_000;
/// Events that one root may record.
const EVENTS: usize = 1_000;
/// Calls into the project that are followed, one inside the other.
const DEPTH: usize = 9;

/// What all evaluations of a run share.
pub struct Program<'a> {
    pub index: &'a Index<'a>,
    pub catalog: &'a Catalog<'a>,
    pub settings: &'a super::settings::SettingsView<'a>,
    pub relevance: &'a super::relevance::Relevance,
    /// Methods that were looked for, by type, name and how far up its bases.
    pub methods: RefCell<HashMap<(Span, SmolStr, u32), Option<Definition>>>,
    pub makers: &'a Makers,
    /// What makers put into structs, by struct, where it is the same for every evaluation.
    pub made: RefCell<HashMap<Span, Made>>,
}

pub struct Machine<'a> {
    pub program: &'a Program<'a>,
    pub state: State,
    /// Module whose names are in scope.
    pub scope: ScopeId,
    /// `Self`.
    pub owner: Option<Ty>,
    pub calls: Vec<Call>,
    pub trace: Trace,
    pub atoms: Vec<AtomInfo>,
    atom_keys: HashMap<String, Atom>,
    /// Conditions of which nothing is known but where they stand, and how deep in calls.
    fresh_atoms: HashMap<(Span, usize), Atom>,
    /// What properties answered that are read by the same names.
    pub(super) properties: HashMap<(Span, SmolStr), Val>,
    /// What makers put into structs, by struct.
    pub(super) made: HashMap<Span, Made>,
    /// Structs whose makers are under evaluation.
    pub(super) making: Vec<Span>,
    next_object: ObjectId,
    steps: u32,
    /// Further steps, for a function that turns out to use a framework.
    reserve: u32,
    /// Functions that were followed from here.
    pub inlined: BTreeSet<Span>,
    /// Constants under evaluation, against circles.
    pub constants: Vec<Span>,
    /// Loops around the current point that go through all of something without a bound.
    pub growing: Vec<Span>,
    /// Exits of the loops around the current point.
    pub loops: Vec<Vec<State>>,
    /// Nothing is recorded: a look ahead.
    pub quiet: u32,
    /// The call whose result the last statement throws away: of a deferred one nothing happens.
    pub dropped: Option<Span>,
    /// The same of a value that is bound to `_`.
    pub discarded: Option<Span>,
}

pub struct AtomInfo {
    pub kind: AtomKind,
    /// A condition made of others: its value as a tree.
    pub tree: Option<Val>,
    /// Names of the request's data that it asks something of.
    pub about: Vec<Name>,
}

/// A call being evaluated.
pub struct Call {
    pub function: Span,
    pub item: SmolStr,
    /// Where it was called.
    pub site: Option<Span>,
    pub returns: Vec<(State, Val)>,
    pub yields: bool,
}

/// What a condition comes to.
pub enum Truth {
    Known(bool),
    Atom(Atom, bool),
}

impl<'a> Machine<'a> {
    #[must_use]
    pub fn new(program: &'a Program<'a>, scope: ScopeId) -> Self {
        Self {
            program,
            state: State { alive: true, ..State::default() },
            scope,
            owner: None,
            calls: Vec::new(),
            trace: Trace::default(),
            atoms: Vec::new(),
            atom_keys: HashMap::default(),
            fresh_atoms: HashMap::default(),
            properties: HashMap::default(),
            made: HashMap::default(),
            making: Vec::new(),
            next_object: 0,
            steps: TRIAL,
            reserve: STEPS - TRIAL,
            inlined: BTreeSet::new(),
            constants: Vec::new(),
            growing: Vec::new(),
            loops: Vec::new(),
            quiet: 0,
            dropped: None,
            discarded: None,
        }
    }

    /// Takes one step of the budget; `false` when it is used up.
    pub fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    /// Something of a framework is used: the function is worth its whole budget.
    pub fn touch(&mut self) {
        if self.steps > 0 {
            self.steps += std::mem::take(&mut self.reserve);
        }
    }

    /// Whether the budget ended before the function did, although it had to do with a framework.
    #[must_use]
    pub fn gave_up(&self) -> bool {
        self.steps == 0 && self.reserve == 0
    }

    /// Whether only a development build or deployment comes here.
    fn is_development(&self) -> bool {
        let is_debug = |it: Atom| self.atoms[it as usize].kind == AtomKind::Debug;
        self.state.path.iter().any(|(atom, outcome)| *outcome && is_debug(*atom))
    }

    /// Puts the budget aside and gives out another one.
    pub(super) fn lend(&mut self, steps: u32) -> (u32, u32) {
        (std::mem::replace(&mut self.steps, steps), std::mem::take(&mut self.reserve))
    }

    /// Takes the budget back; `false` when the other one was used up.
    pub(super) fn give_back(&mut self, (steps, reserve): (u32, u32)) -> bool {
        let left = std::mem::replace(&mut self.steps, steps);
        self.reserve = reserve;
        left > 0
    }

    #[must_use]
    pub fn may_call(&self, function: Span) -> bool {
        self.calls.len() < DEPTH
            && self.calls.iter().filter(|call| call.function == function).count() < 2
            && self.steps > 0
    }

    #[must_use]
    pub fn item(&self) -> SmolStr {
        self.calls.last().map(|call| call.item.clone()).unwrap_or_default()
    }

    // ---- objects

    pub fn new_object(&mut self, class: Class, born: Option<Span>) -> ObjectId {
        let id = self.next_object;
        self.next_object += 1;
        let object = Object {
            class,
            attributes: std::collections::BTreeMap::new(),
            items: Vec::new(),
            open: false,
            born,
            labels: Labels::NONE,
            item: self.item(),
            in_development: self.is_development(),
        };
        Rc::make_mut(&mut self.state.heap).insert(id, Rc::new(object));
        id
    }

    /// Objects made from now on have this identity or a higher one.
    pub(super) fn next_object(&self) -> ObjectId {
        self.next_object
    }

    pub fn list(&mut self, items: Vec<Val>, open: bool, span: Span) -> Val {
        let id = self.new_object(Class::List, Some(span));
        let labels = items.iter().fold(Labels::NONE, |labels, item| labels.with(item.labels()));
        if let Some(object) = self.state.object_mut(id) {
            object.items = items.into_iter().map(|item| (Val::new(Kind::Unset), item)).collect();
            object.open = open;
            object.labels = labels;
        }
        Val::at(Kind::Object(id), span).labelled(labels)
    }

    pub fn map(&mut self, items: Vec<(Val, Val)>, open: bool, span: Span) -> Val {
        let id = self.new_object(Class::Map, Some(span));
        let labels =
            items.iter().fold(Labels::NONE, |labels, (_, item)| labels.with(item.labels().of_part()));
        if let Some(object) = self.state.object_mut(id) {
            object.items = items;
            object.open = open;
            object.labels = labels;
        }
        Val::at(Kind::Object(id), span).labelled(labels)
    }

    /// The class of a value, when it is an object or its type is known.
    #[must_use]
    pub fn class_of(&self, value: &Val) -> Option<Class> {
        match &value.kind {
            Kind::Object(id) => self.state.object(*id).map(|object| object.class.clone()),
            Kind::Env { .. } | Kind::Setting { .. } => None,
            _ => self.class_of_type(value.ty()?),
        }
    }

    #[must_use]
    pub fn class_of_type(&self, ty: &Ty) -> Option<Class> {
        match &ty.def {
            TyDef::Project(id) => Some(Class::Project(id.clone())),
            TyDef::External(path) => self.program.catalog.class(path, self.scope.file),
            TyDef::Unresolved(_) => None,
        }
    }

    /// An object for an unknown value of a framework's type, the same one for the same access path.
    pub fn materialise(&mut self, value: &Val, class: Class) -> ObjectId {
        if let Kind::Object(id) = value.kind {
            return id;
        }
        let names = value.names();
        let key: Option<SmolStr> = (!names.is_empty()).then(|| names.join(".").into());
        if let Some(id) = key.as_ref().and_then(|key| self.state.symbols.get(key)) {
            return *id;
        }
        let id = self.new_object(class, value.span());
        if let Some(object) = self.state.object_mut(id) {
            object.open = true;
            object.born = None;
            object.labels = value.labels();
        }
        if let Some(key) = key {
            Rc::make_mut(&mut self.state.symbols).insert(key, id);
        }
        id
    }

    // ---- conditions

    pub fn atom(&mut self, key: &str, kind: AtomKind) -> Atom {
        if let Some(known) = self.atom_keys.get(key) {
            return *known;
        }
        let atom = Atom::try_from(self.atoms.len()).unwrap_or(Atom::MAX);
        self.atoms.push(AtomInfo { kind, tree: None, about: Vec::new() });
        self.atom_keys.insert(key.to_owned(), atom);
        atom
    }

    pub fn fresh_atom(&mut self, span: Span) -> Atom {
        let next = Atom::try_from(self.atoms.len()).unwrap_or(Atom::MAX);
        let atom = *self.fresh_atoms.entry((span, self.calls.len())).or_insert(next);
        if atom == next {
            self.atoms.push(AtomInfo { kind: AtomKind::Other, tree: None, about: Vec::new() });
        }
        atom
    }

    /// What a word such as `production` or `is_debug` says about the build or deployment that it names: the outcome in
    /// development, when the word is about that at all.
    #[must_use]
    pub fn deployment(word: &str) -> Option<bool> {
        use crate::workspace::{Profile, Workspace};
        match Workspace::profile_of(word) {
            Profile::Production => Some(false),
            Profile::Development | Profile::Test => Some(true),
            Profile::Base | Profile::Example | Profile::Unknown => None,
        }
    }

    /// A condition that holds in development alone (`true`) or in production alone.
    pub fn by_deployment(&mut self, in_development: bool, span: Span) -> Val {
        let atom = self.atom("build debug_assertions", AtomKind::Debug);
        choose(atom, Val::at(Kind::Bool(in_development), span), Val::at(Kind::Bool(!in_development), span))
    }

    /// The truth of a value as a condition.
    pub fn truth(&mut self, value: &Val, span: Span) -> Truth {
        let value = self.state.refine(value);
        if let Some(known) = self.known_truth(&value) {
            return Truth::Known(known);
        }
        match &value.kind {
            Kind::Choice(choice) => {
                let condition = choice.condition;
                match (self.known_truth(&choice.then), self.known_truth(&choice.or_else)) {
                    (Some(true), Some(false)) => Truth::Atom(condition, true),
                    (Some(false), Some(true)) => Truth::Atom(condition, false),
                    _ => {
                        let atom = self.fresh_atom(span);
                        self.atoms[atom as usize].tree = Some(value.clone());
                        Truth::Atom(atom, true)
                    }
                }
            }
            Kind::Env { name, fallback } => {
                let outcome = fallback.as_deref().and_then(|it| self.known_truth(it));
                let key = format!("env {name} {outcome:?}");
                Truth::Atom(self.atom(&key, AtomKind::Env(name.clone(), outcome)), true)
            }
            Kind::Setting { key, value } => {
                let outcome = value.as_deref().and_then(|it| self.known_truth(it));
                let text = format!("setting {key} {outcome:?}");
                Truth::Atom(self.atom(&text, AtomKind::Setting(key.clone(), outcome)), true)
            }
            Kind::Request => Truth::Atom(self.atom("request", AtomKind::Request), true),
            Kind::Param(name) => {
                Truth::Atom(self.atom(&format!("param {name}"), AtomKind::Param(name.clone())), true)
            }
            _ if !value.names().is_empty() => {
                // `config.is_production()`, `settings.debug`: the name says when it holds.
                if let Some(development) = value.names().last().and_then(|it| Self::deployment(it)) {
                    return Truth::Atom(self.atom("build debug_assertions", AtomKind::Debug), development);
                }
                let key = value.names().join(".");
                let atom = self.atom(&key, AtomKind::Other);
                self.atoms[atom as usize].about.extend(value.given().iter().cloned());
                Truth::Atom(atom, true)
            }
            _ => {
                let atom = self.fresh_atom(span);
                self.atoms[atom as usize].about.extend(value.given().iter().cloned());
                Truth::Atom(atom, true)
            }
        }
    }

    /// Truth of a value that is known: emptiness for text and collections.
    #[must_use]
    pub fn known_truth(&self, value: &Val) -> Option<bool> {
        match &value.kind {
            Kind::Null | Kind::Unset => Some(false),
            Kind::Bool(it) => Some(*it),
            Kind::Int(it) => Some(*it != 0),
            Kind::Float(it) => Some(*it != 0.0),
            Kind::Text(it) => Some(!it.is_empty()),
            Kind::Bytes(it) => Some(!it.is_empty()),
            Kind::Word(_) | Kind::Function(_) | Kind::Module(_) | Kind::Type(_) | Kind::External(_) => {
                Some(true)
            }
            Kind::Object(id) => {
                let object = self.state.object(*id)?;
                match object.class {
                    Class::List | Class::Map if !object.open => Some(!object.items.is_empty()),
                    Class::List | Class::Map => None,
                    // An object of a framework may be a missing one.
                    _ if object.born.is_some() => Some(true),
                    _ => None,
                }
            }
            Kind::Choice(choice) => {
                match (self.known_truth(&choice.then), self.known_truth(&choice.or_else)) {
                    (Some(a), Some(b)) if a == b => Some(a),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Goes on where `atom` came out as `outcome`; a path on which it came out otherwise ends.
    pub fn suppose(&mut self, atom: Atom, outcome: bool) {
        match self.state.decided(atom) {
            Some(decided) => self.state.alive &= decided == outcome,
            None => self.assume(atom, outcome),
        }
    }

    fn assume(&mut self, atom: Atom, outcome: bool) {
        self.state.path.push((atom, outcome));
        // A composed condition decides its parts where only one outcome of them leads here.
        if let Some(Val { kind: Kind::Choice(choice), .. }) = self.atoms[atom as usize].tree.clone() {
            let then = self.known_truth(&choice.then);
            let or_else = self.known_truth(&choice.or_else);
            if or_else == Some(!outcome) {
                self.state.path.push((choice.condition, true));
            } else if then == Some(!outcome) {
                self.state.path.push((choice.condition, false));
            }
        }
    }

    /// Evaluates both sides of a condition and joins them.
    pub fn branch(
        &mut self,
        truth: &Truth,
        then: impl FnOnce(&mut Self) -> Val,
        or_else: impl FnOnce(&mut Self) -> Val,
    ) -> Val {
        let (atom, polarity) = match truth {
            Truth::Known(true) => return then(self),
            Truth::Known(false) => return or_else(self),
            Truth::Atom(atom, polarity) => (*atom, *polarity),
        };
        if let Some(outcome) = self.state.decided(atom) {
            return if outcome == polarity { then(self) } else { or_else(self) };
        }
        let before = self.state.path.len();
        let saved = self.state.clone();
        self.assume(atom, polarity);
        let yes = then(self);
        let yes_state = std::mem::replace(&mut self.state, saved);
        self.assume(atom, !polarity);
        let no = or_else(self);
        let no_state = std::mem::take(&mut self.state);
        let (yes_alive, no_alive) = (yes_state.alive, no_state.alive);
        let (on_true, on_false) = if polarity { (yes_state, no_state) } else { (no_state, yes_state) };
        self.state = join(atom, on_true, on_false, before);
        match (yes_alive, no_alive) {
            (true, false) => yes,
            (false, true) => no,
            _ if polarity => choose(atom, yes, no),
            _ => choose(atom, no, yes),
        }
    }

    /// Applies `change` to every alternative of a value.
    pub fn lift(&mut self, value: &Val, change: &mut dyn FnMut(&mut Self, Val) -> Val) -> Val {
        let value = self.state.refine(value);
        match &value.kind {
            Kind::Choice(choice) => {
                let then = self.lift(&choice.then.clone(), change);
                let or_else = self.lift(&choice.or_else.clone(), change);
                choose(choice.condition, then, or_else)
            }
            Kind::Env { name, fallback } => {
                let fallback = fallback.as_ref().map(|it| Rc::new(change(self, it.as_ref().clone())));
                Val { kind: Kind::Env { name: name.clone(), fallback }, ..value.clone() }
            }
            Kind::Setting { key, value: inner } => {
                let inner = inner.as_ref().map(|it| Rc::new(change(self, it.as_ref().clone())));
                Val { kind: Kind::Setting { key: key.clone(), value: inner }, ..value.clone() }
            }
            _ => change(self, value),
        }
    }

    // ---- names

    /// A type as written, with its path resolved where it stands.
    #[must_use]
    pub fn ty(&self, written: &TypeRef, scope: ScopeId) -> Ty {
        self.ty_within(written, scope, 6)
    }

    /// A type as it is written inside of a function, whose own imports come first.
    pub fn local_ty(&self, written: &TypeRef) -> Ty {
        let args: Rc<[Ty]> = written.args.iter().map(|it| self.local_ty(it)).collect();
        let imported = written.path.first().and_then(|it| self.state.variable(it)).map(|it| &it.kind);
        let def = match (imported, &written.path[..]) {
            (Some(Kind::Type(id)), [_]) => TyDef::Project(id.clone()),
            (Some(Kind::External(path)), [_, rest @ ..]) => {
                let whole: Vec<&str> =
                    std::iter::once(path.as_str()).chain(rest.iter().map(SmolStr::as_str)).collect();
                TyDef::External(whole.join("::").into())
            }
            _ => {
                let ty = self.ty(written, self.scope);
                return if ty.args.len() == args.len() { Ty { args, ..ty } } else { ty };
            }
        };
        Ty { def, args }
    }

    fn ty_within(&self, written: &TypeRef, scope: ScopeId, depth: u32) -> Ty {
        let args: Vec<Ty> = if depth == 0 {
            Vec::new()
        } else {
            written.args.iter().map(|arg| self.ty_within(arg, scope, depth - 1)).collect()
        };
        let args: Rc<[Ty]> = Rc::from(args);
        if written.path.len() == 1
            && written.path[0] == "Self"
            && let Some(owner) = &self.owner
        {
            return owner.clone();
        }
        let unresolved = || TyDef::Unresolved(written.path.last().cloned().unwrap_or_default());
        let def = match self.program.index.resolve(scope, &written.path) {
            Some(Meaning::Type(id)) if id.def.kind == crate::ir::TypeKind::Alias && depth > 0 => {
                if let Some(target) = id.def.bases.first() {
                    let aliased = self.ty_within(target, id.scope, depth - 1);
                    // `type Result<T> = std::result::Result<T, E>`: the arguments of the use count.
                    return if args.is_empty() || !is_generic(&id) {
                        aliased
                    } else {
                        Ty { def: aliased.def, args }
                    };
                }
                unresolved()
            }
            Some(Meaning::Type(id)) => TyDef::Project(id),
            Some(Meaning::External(path)) => TyDef::External(path),
            _ => unresolved(),
        };
        Ty { def, args }
    }

    /// The type that a name stands for by convention; none where another framework has the same names.
    #[must_use]
    pub fn param_hint(&self, name: &str, file: crate::ir::FileId) -> Option<Ty> {
        let hint = self.program.catalog.param_hint(name, file)?;
        let foreign = self.program.index.file(file).is_some_and(|it| it.foreign);
        (!foreign).then_some(hint)
    }

    /// The type that a transparent wrapper stands for, going down as long as it is one.
    #[must_use]
    pub fn peel(&self, ty: &Ty) -> Ty {
        let mut ty = ty.clone();
        for _ in 0..6 {
            let known = self.class_of_type(&ty).is_some();
            let transparent = super::builtin::builtins().transparent.contains(ty.last().as_str());
            if known || ty.args.is_empty() || !transparent {
                break;
            }
            ty = ty.args[0].clone();
        }
        ty
    }

    /// Methods of a project type: its own, its extensions, its bases.
    #[must_use]
    pub fn find_method(&self, id: &TypeId, name: &str, depth: u32) -> Option<Definition> {
        let key = (id.def.span, SmolStr::new(name), depth);
        if let Some(known) = self.program.methods.borrow().get(&key) {
            return known.clone();
        }
        let found = self.look_for_method(id, name, depth);
        self.program.methods.borrow_mut().insert(key, found.clone());
        found
    }

    fn look_for_method(&self, id: &TypeId, name: &str, depth: u32) -> Option<Definition> {
        let found = self
            .program
            .index
            .members(id)
            .into_iter()
            .find(|it| it.function.name.name == name && it.function.body.is_some());
        if found.is_some() || depth == 0 {
            return found;
        }
        self.find_inherited(id, name, depth).or_else(|| {
            let is_trait = id.def.kind == TypeKind::Trait;
            is_trait.then(|| self.program.index.only_implementation(id, name)).flatten()
        })
    }

    /// A method of the bases of a project type.
    #[must_use]
    pub fn find_inherited(&self, id: &TypeId, name: &str, depth: u32) -> Option<Definition> {
        for base in &id.def.bases {
            if let Some(Meaning::Type(base)) = self.program.index.resolve(id.scope, &base.path)
                && base != *id
                && let Some(found) = self.find_method(&base, name, depth - 1)
            {
                return Some(found);
            }
        }
        None
    }

    /// A mark of the nearest modelled type that a class is built on.
    #[must_use]
    pub fn mark_of_bases(&self, id: &TypeId, mark: &str) -> Option<SmolStr> {
        let marked =
            |path: &SmolStr| self.program.catalog.candidates(path, id.scope.file).mark(mark).cloned();
        self.foreign_bases(id).iter().find_map(marked)
    }

    /// The classes outside of the project that one of its classes comes from, the nearest first.
    #[must_use]
    pub fn foreign_bases(&self, id: &TypeId) -> Vec<SmolStr> {
        let mut found = Vec::new();
        self.walk_bases(id, BASES, &mut found);
        found
    }

    fn walk_bases(&self, id: &TypeId, depth: u32, found: &mut Vec<SmolStr>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for written in &id.def.bases {
            match self.ty(written, id.scope).def {
                TyDef::Project(parent) if parent != *id => self.walk_bases(&parent, depth, found),
                TyDef::External(path) => found.push(path),
                _ => {}
            }
        }
    }

    #[must_use]
    pub fn owner_type(&self, definition: &Definition) -> Option<Ty> {
        match definition.owner.as_ref()? {
            Owner::Type(def) => Some(Ty {
                def: TyDef::Project(TypeId { def: def.clone(), scope: definition.scope }),
                args: Rc::from([]),
            }),
            Owner::Extend(extend) => {
                let ty = self.ty(&extend.target, definition.scope);
                Some(ty)
            }
        }
    }

    // ---- trace

    /// Records something that happened, unless this is only a look ahead.
    pub fn record(&mut self, mut event: TraceEvent) {
        if self.quiet > 0 || !self.state.alive || self.trace.events.len() >= EVENTS {
            return;
        }
        self.touch();
        event.path.clone_from(&self.state.path);
        event.via = self.calls.iter().filter_map(|call| call.site).collect();
        event.item = self.item();
        self.trace.events.push(event);
    }

    #[must_use]
    pub fn names_key(names: &[Name]) -> String {
        names.join(".")
    }
}

fn is_generic(id: &TypeId) -> bool {
    !id.def.generics.is_empty()
}
