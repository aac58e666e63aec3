//! Variables, objects and branch decisions at one point of the evaluation.

use std::collections::BTreeMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::value::{Atom, Choice, Decided, Kind, Object, ObjectId, Val};
use crate::ir::Name;

/// Local variables of one call, innermost block last.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub variables: BTreeMap<Name, Val>,
}

/// The state of one path; joined with its sister where branches meet.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub frame: Rc<Frame>,
    pub heap: Rc<BTreeMap<ObjectId, Rc<Object>>>,
    /// Symbolic objects by the access path that leads to them.
    pub symbols: Rc<BTreeMap<SmolStr, ObjectId>>,
    /// Branch decisions that led here.
    pub path: Vec<(Atom, bool)>,
    /// `false` after a return, raise or break.
    pub alive: bool,
}

impl State {
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Val> {
        self.frame.variables.get(name)
    }

    pub fn bind(&mut self, name: Name, value: Val) {
        Rc::make_mut(&mut self.frame).variables.insert(name, value);
    }

    #[must_use]
    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.heap.get(&id).map(AsRef::as_ref)
    }

    pub fn object_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        Rc::make_mut(&mut self.heap).get_mut(&id).map(Rc::make_mut)
    }

    /// What was decided about a condition on the way here.
    #[must_use]
    pub fn decided(&self, atom: Atom) -> Option<bool> {
        self.path.iter().rev().find(|(known, _)| *known == atom).map(|(_, outcome)| *outcome)
    }

    /// A value as it is on this path.
    #[must_use]
    pub fn refine(&self, value: &Val) -> Val {
        let mut value = value.clone();
        while let Kind::Choice(choice) = &value.kind {
            match self.decided(choice.condition) {
                Some(true) => value = choice.then.clone(),
                Some(false) => value = choice.or_else.clone(),
                None => break,
            }
        }
        value
    }
}

/// A value that depends on a condition; plain when both sides are the same.
#[must_use]
pub fn choose(condition: Atom, then: Val, or_else: Val) -> Val {
    if then.same(&or_else) {
        return then;
    }
    let then = side(condition, true, then);
    let or_else = side(condition, false, or_else);
    let info = match (&then.info, &or_else.info) {
        (Some(a), Some(b)) => {
            let mut joined = a.as_ref().clone();
            joined.labels = joined.labels.with(b.labels);
            if joined.names.is_empty() {
                joined.names.clone_from(&b.names);
            }
            if joined.ty.is_none() {
                joined.ty.clone_from(&b.ty);
            }
            if joined.nested.is_none() {
                joined.nested.clone_from(&b.nested);
            }
            Some(Rc::new(joined))
        }
        (Some(info), None) | (None, Some(info)) => Some(info.clone()),
        (None, None) => None,
    };
    let leaves = leaves(&then) + leaves(&or_else);
    let kind = if leaves > MOST_LEAVES {
        Kind::Unknown("too many branches decide it")
    } else {
        Kind::Choice(Rc::new(Choice { condition, then, or_else, leaves }))
    };
    Val { kind, origin: Decided::Nowhere, info }
}

/// Alternatives of one value. Every branch can double them, and whoever works on a value works on each.
const MOST_LEAVES: u32 = 64;

fn leaves(value: &Val) -> u32 {
    match &value.kind {
        Kind::Choice(choice) => choice.leaves,
        _ => 1,
    }
}

/// Drops the impossible side of a nested choice on the same condition.
fn side(condition: Atom, outcome: bool, value: Val) -> Val {
    match &value.kind {
        Kind::Choice(choice) if choice.condition == condition => {
            if outcome {
                choice.then.clone()
            } else {
                choice.or_else.clone()
            }
        }
        _ => value,
    }
}

/// Joins two paths that parted at `condition`.
#[must_use]
pub fn join(condition: Atom, mut then: State, mut or_else: State, before: usize) -> State {
    match (then.alive, or_else.alive) {
        (true, false) => return then,
        (false, true) => return or_else,
        (false, false) => {
            then.path.truncate(before);
            return then;
        }
        (true, true) => {}
    }
    then.path.truncate(before);
    let frame = if Rc::ptr_eq(&then.frame, &or_else.frame) {
        then.frame
    } else {
        let mut variables = BTreeMap::new();
        for (name, value) in &then.frame.variables {
            let joined = match or_else.frame.variables.get(name) {
                Some(other) => choose(condition, value.clone(), other.clone()),
                None => choose(condition, value.clone(), Val::unknown("only bound in one branch")),
            };
            variables.insert(name.clone(), joined);
        }
        for (name, value) in &or_else.frame.variables {
            if !variables.contains_key(name) {
                variables.insert(
                    name.clone(),
                    choose(condition, Val::unknown("only bound in one branch"), value.clone()),
                );
            }
        }
        Rc::new(Frame { variables })
    };
    let heap = if Rc::ptr_eq(&then.heap, &or_else.heap) {
        then.heap
    } else {
        let mut heap = then.heap.as_ref().clone();
        for (id, object) in &mut heap {
            if !or_else.heap.contains_key(id) {
                stored_on_one_side(condition, true, object);
            }
        }
        for (id, object) in or_else.heap.iter() {
            match heap.get(id) {
                Some(known) if Rc::ptr_eq(known, object) => {}
                Some(known) => {
                    let joined = join_objects(condition, known, object);
                    heap.insert(*id, Rc::new(joined));
                }
                None => {
                    let mut object = object.clone();
                    stored_on_one_side(condition, false, &mut object);
                    heap.insert(*id, object);
                }
            }
        }
        Rc::new(heap)
    };
    let symbols = if Rc::ptr_eq(&then.symbols, &or_else.symbols) {
        then.symbols
    } else {
        let symbols = Rc::make_mut(&mut or_else.symbols);
        symbols.extend(then.symbols.iter().map(|(name, id)| (name.clone(), *id)));
        or_else.symbols
    };
    State { frame, heap, symbols, path: then.path, alive: true }
}

/// The name under which an object keeps what was stored in it by a key.
#[must_use]
pub fn stored(key: &str) -> SmolStr {
    format!("[{key}]").into()
}

/// An object that only one path met was there on the other path too, and held what it held before.
fn stored_on_one_side(condition: Atom, outcome: bool, object: &mut Rc<Object>) {
    if !object.attributes.keys().any(|it| it.starts_with('[')) {
        return;
    }
    let object = Rc::make_mut(object);
    for (_, value) in object.attributes.iter_mut().filter(|(name, _)| name.starts_with('[')) {
        let unset = Val::new(Kind::Unset);
        *value = if outcome {
            choose(condition, value.clone(), unset)
        } else {
            choose(condition, unset, value.clone())
        };
    }
}

fn join_objects(condition: Atom, then: &Object, or_else: &Object) -> Object {
    let mut joined = then.clone();
    joined.labels = then.labels.with(or_else.labels);
    for (name, value) in &or_else.attributes {
        let before = then.attributes.get(name).cloned().unwrap_or(Val::new(Kind::Unset));
        joined.attributes.insert(name.clone(), choose(condition, before, value.clone()));
    }
    for (name, value) in &then.attributes {
        if !or_else.attributes.contains_key(name) {
            joined.attributes.insert(name.clone(), choose(condition, value.clone(), Val::new(Kind::Unset)));
        }
    }
    let common = then.items.iter().zip(&or_else.items).take_while(|(a, b)| same_item(a, b)).count();
    joined.items = then.items[..common]
        .iter()
        .zip(&or_else.items)
        .map(|(a, b)| (a.0.clone(), choose(condition, a.1.clone(), b.1.clone())))
        .collect();
    joined.open |= or_else.open || common < then.items.len() || common < or_else.items.len();
    // Elements of one side only are still worth seeing.
    joined.items.extend(then.items[common..].iter().chain(&or_else.items[common..]).take(ITEMS).cloned());
    if joined.items.len() > ITEMS {
        joined.items.truncate(ITEMS);
        joined.open = true;
    }
    joined
}

/// Elements of a collection that are told apart.
pub const ITEMS: usize = 48;

/// The same element before and after a branch: keys alike, or nothing that touched it.
fn same_item(a: &(Val, Val), b: &(Val, Val)) -> bool {
    if matches!(a.0.kind, Kind::Unset) {
        return a.1.same(&b.1) || untouched(&a.1, &b.1);
    }
    a.0.same(&b.0) || untouched(&a.0, &b.0)
}

fn untouched(a: &Val, b: &Val) -> bool {
    let infos = match (&a.info, &b.info) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    infos && a.origin == b.origin && matches!((&a.kind, &b.kind), (Kind::Unknown(_), Kind::Unknown(_)))
}
