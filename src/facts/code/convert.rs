//! Abstract values of the evaluator as values of facts.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Note, Operand, Origin, Scalar, Size, Value};
use crate::flow::{Atom, AtomKind, Class, Decided, Kind, Machine, Object, Val, speaks_of};
use crate::ir::Span;
use crate::model::{Labels, words};

/// Why a text with fixed parts is not known.
const PARTLY_KNOWN: &str = "text with parts that are not known";

/// A value, on the path of an event, with its origin.
#[must_use]
pub(super) fn attribute(machine: &Machine<'_>, path: &[(Atom, bool)], value: &Val) -> Attribute {
    let (converted, decided) = convert(machine, path, value);
    let decided = decided.unwrap_or_else(|| value.clone());
    let set_at = value
        .info
        .as_ref()
        .and_then(|it| it.set_at)
        .or_else(|| decided.info.as_ref().and_then(|it| it.set_at));
    let mut trail: Vec<Note> = decided.info.as_ref().map(|it| it.trail.clone()).unwrap_or_default();
    let origin = match (&decided.origin, set_at) {
        (Decided::Default(default), _) => Origin::Default {
            package: default.package.clone(),
            version: default.version.clone(),
            source: default.source.clone(),
        },
        (Decided::At(span), Some(set_at)) if set_at.contains(*span) => Origin::Written(set_at),
        (Decided::At(span), Some(set_at)) => {
            trail.push(Note { span: set_at, text: "used here".into() });
            Origin::Written(*span)
        }
        (Decided::At(span), None) => Origin::Written(*span),
        (Decided::Nowhere, Some(set_at)) => Origin::Written(set_at),
        (Decided::Nowhere, None) => Origin::Derived(Vec::new()),
    };
    Attribute { value: converted, origin, trail }
}

/// The converted value, and the part of it that decides in production.
fn convert(machine: &Machine<'_>, path: &[(Atom, bool)], value: &Val) -> (Value, Option<Val>) {
    let value = refine(path, value);
    match &value.kind {
        Kind::Unset | Kind::Null => (Value::Unset, Some(value.clone())),
        Kind::Bool(it) => (Value::Known(Scalar::Bool(*it)), Some(value.clone())),
        Kind::Int(it) | Kind::Duration(it) => (Value::Known(Scalar::Int(*it)), Some(value.clone())),
        Kind::Float(it) => (Value::Known(Scalar::Float(*it)), Some(value.clone())),
        Kind::Text(it) | Kind::Word(it) => (Value::Known(Scalar::Text(it.clone())), Some(value.clone())),
        Kind::Env { name, fallback } => {
            let inner = fallback.as_ref().map(|it| convert(machine, path, it));
            let decided =
                inner.as_ref().and_then(|(_, decided)| decided.clone()).unwrap_or_else(|| value.clone());
            (Value::Env { name: name.clone(), fallback: inner.map(|(it, _)| Box::new(it)) }, Some(decided))
        }
        Kind::Setting { key, value: inner } => {
            let inner = inner.as_ref().map(|it| convert(machine, path, it));
            let decided =
                inner.as_ref().and_then(|(_, decided)| decided.clone()).unwrap_or_else(|| value.clone());
            (Value::Setting { key: key.clone(), value: inner.map(|(it, _)| Box::new(it)) }, Some(decided))
        }
        Kind::Request => (Value::Request, Some(value.clone())),
        Kind::Param(name) => (Value::Param(name.clone()), Some(value.clone())),
        Kind::Choice(choice) => {
            let then = convert(machine, path, &choice.then);
            let or_else = convert(machine, path, &choice.or_else);
            join(machine, choice.condition, then, or_else)
        }
        Kind::Unknown(why) => (Value::Opaque((*why).into()), Some(value.clone())),
        Kind::Pieces(_) => (Value::Opaque(PARTLY_KNOWN.into()), Some(value.clone())),
        Kind::External(path) => {
            (Value::Opaque(format!("`{path}` is not modelled").into()), Some(value.clone()))
        }
        _ => (Value::Opaque("not a plain value".into()), Some(value.clone())),
    }
}

type Converted = (Value, Option<Val>);

fn join(machine: &Machine<'_>, condition: Atom, then: Converted, or_else: Converted) -> Converted {
    if then.0 == or_else.0 {
        return then;
    }
    let info = &machine.atoms[condition as usize];
    match &info.kind {
        AtomKind::Debug => {
            let decided = or_else.1;
            (Value::Debug { in_debug: Box::new(then.0), in_release: Box::new(or_else.0) }, decided)
        }
        AtomKind::Env(name, outcome) => {
            let picked = outcome.map(|outcome| if outcome { then } else { or_else });
            let (value, decided) = picked.map_or((None, None), |(value, decided)| (Some(value), decided));
            (Value::Env { name: name.clone(), fallback: value.map(Box::new) }, decided)
        }
        AtomKind::Setting(key, outcome) => {
            let picked = outcome.map(|outcome| if outcome { then } else { or_else });
            let (value, decided) = picked.map_or((None, None), |(value, decided)| (Some(value), decided));
            (Value::Setting { key: key.clone(), value: value.map(Box::new) }, decided)
        }
        AtomKind::Request => {
            let switch = |it: &Value, wanted: bool| *it == Value::Known(Scalar::Bool(wanted));
            if switch(&then.0, true) && (switch(&or_else.0, false) || or_else.0 == Value::Unset) {
                (Value::Request, then.1)
            } else {
                (one_of(then.0, or_else.0), or_else.1)
            }
        }
        AtomKind::Param(name) => (Value::Param(name.clone()), or_else.1),
        AtomKind::Other => match info.tree.as_ref().and_then(|tree| production_truth(machine, tree, 6)) {
            Some(true) => then,
            Some(false) => or_else,
            None => (one_of(then.0, or_else.0), or_else.1),
        },
    }
}

/// What a composed condition comes to in production, when everything that is not decided has its default.
fn production_truth(machine: &Machine<'_>, tree: &Val, depth: u32) -> Option<bool> {
    if depth == 0 {
        return None;
    }
    if let Kind::Choice(choice) = &tree.kind {
        let info = &machine.atoms[choice.condition as usize];
        let outcome = match &info.kind {
            AtomKind::Debug => Some(false),
            AtomKind::Env(_, outcome) | AtomKind::Setting(_, outcome) => *outcome,
            AtomKind::Other => info.tree.as_ref().and_then(|tree| production_truth(machine, tree, depth - 1)),
            AtomKind::Request | AtomKind::Param(_) => None,
        };
        let side = |outcome: bool| if outcome { &choice.then } else { &choice.or_else };
        return if let Some(outcome) = outcome {
            production_truth(machine, side(outcome), depth - 1)
        } else {
            let (a, b) = (
                production_truth(machine, side(true), depth - 1),
                production_truth(machine, side(false), depth - 1),
            );
            if a == b { a } else { None }
        };
    }
    match &tree.kind {
        Kind::Env { fallback, .. } => {
            fallback.as_deref().and_then(|it| production_truth(machine, it, depth - 1))
        }
        Kind::Setting { value, .. } => {
            value.as_deref().and_then(|it| production_truth(machine, it, depth - 1))
        }
        _ => machine.known_truth(tree),
    }
}

fn one_of(a: Value, b: Value) -> Value {
    let mut all = Vec::new();
    for value in [a, b] {
        match value {
            Value::OneOf(values) => all.extend(values),
            other => all.push(other),
        }
    }
    let mut distinct: Vec<Value> = Vec::new();
    for value in all {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    Value::OneOf(distinct)
}

/// A value as it is on a path.
#[must_use]
pub(super) fn refine(path: &[(Atom, bool)], value: &Val) -> Val {
    let mut value = value.clone();
    while let Kind::Choice(choice) = &value.kind {
        let outcome =
            path.iter().rev().find(|(atom, _)| *atom == choice.condition).map(|(_, outcome)| *outcome);
        value = match outcome {
            Some(true) => choice.then.clone(),
            Some(false) => choice.or_else.clone(),
            None => break,
        };
    }
    value
}

/// An operand of an event.
#[must_use]
pub(super) fn operand(machine: &Machine<'_>, path: &[(Atom, bool)], value: &Val, span: Span) -> Operand {
    let refined = refine(path, value);
    let (converted, _) = convert(machine, path, &refined);
    let types: Vec<SmolStr> = match machine.class_of(&refined) {
        Some(class) => vec![class.last()],
        None => refined.ty().map(crate::flow::Ty::names).unwrap_or_default(),
    };
    let labels = match &refined.kind {
        Kind::Object(id) => {
            machine.state.object(*id).map_or(refined.labels(), |it| it.labels.with(refined.labels()))
        }
        _ => refined.labels(),
    };
    let labels =
        if is_checked(machine, path, refined.names()) { labels.with(Labels::CHECKED) } else { labels };
    let names = match refined.names() {
        [] => inner_names(machine, &refined),
        names => names.to_vec(),
    };
    let size = super::super::size::of(machine, &refined);
    Operand { value: converted, span: refined.span().unwrap_or(span), names, types, labels, size }
}

/// Whether a condition on the way asks something of what has these names.
fn is_checked(machine: &Machine<'_>, path: &[(Atom, bool)], names: &[SmolStr]) -> bool {
    path.iter().any(|(atom, _)| speaks_of(&machine.atoms[*atom as usize].about, names))
}

const SEVEREST_FIRST: [&str; 6] = ["password", "card", "secret", "api-token", "one-time", "token"];

/// The worst of these kinds of sensitive data.
pub(super) fn severest<'k>(kinds: &[&'k str]) -> Option<&'k str> {
    kinds.iter().copied().min_by_key(|kind| rank(kind))
}

fn rank(kind: &str) -> usize {
    SEVEREST_FIRST.iter().position(|it| *it == kind).unwrap_or(SEVEREST_FIRST.len())
}

/// Of an object that the project put together: the names of its most telling part.
fn inner_names(machine: &Machine<'_>, value: &Val) -> Vec<SmolStr> {
    let Kind::Object(id) = value.kind else { return Vec::new() };
    let Some(object) = machine.state.object(id) else { return Vec::new() };
    if !matches!(object.class, Class::Project(_) | Class::Map) {
        return Vec::new();
    }
    let fields = object.attributes.iter().map(|(name, value)| (Some(name.clone()), value));
    let entries = object.items.iter().map(|(key, value)| (key.text().cloned(), value));
    fields
        .chain(entries)
        .filter(|(_, value)| !value.labels().has(Labels::SEALED))
        .filter_map(|(name, value)| {
            // A password is one even when it was drawn by lot; of other parts only what is neither known nor random counts.
            let password = name.as_deref().and_then(words::sensitive) == Some("password");
            if !password && (!value.is_unknown() || value.labels().has(Labels::RANDOM)) {
                return None;
            }
            let names = match (value.names(), &name) {
                (_, Some(name))
                    if password && !matches!(value.kind, Kind::Bool(_) | Kind::Int(_) | Kind::Null) =>
                {
                    vec![name.clone()]
                }
                ([], _) => vec![name?],
                (names, _) => names.to_vec(),
            };
            let kind = words::sensitive_path(&names)?;
            Some((rank(kind), names))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, names)| names)
        .unwrap_or_default()
}

/// Of several lives that branches give, the longest: some run has it.
#[must_use]
pub(super) fn longest(machine: &Machine<'_>, path: &[(Atom, bool)], value: &Val) -> Attribute {
    let mut alternatives = Vec::new();
    spread(machine, &refine(path, value), &mut alternatives);
    let seconds = |it: &Val| match it.kind {
        Kind::Duration(seconds) | Kind::Int(seconds) => Some(seconds),
        _ => None,
    };
    let known =
        alternatives.iter().all(|it| seconds(it).is_some() || matches!(it.kind, Kind::Unset | Kind::Null));
    match alternatives.iter().filter(|it| seconds(it).is_some()).max_by_key(|it| seconds(it)) {
        Some(longest) if known && alternatives.len() > 1 => {
            let info = longest.info.clone().or_else(|| value.info.clone());
            attribute(machine, path, &Val { info, ..longest.clone() })
        }
        _ => attribute(machine, path, value),
    }
}

/// The sides of choices that are made while the program runs.
fn spread(machine: &Machine<'_>, value: &Val, out: &mut Vec<Val>) {
    match &value.kind {
        Kind::Choice(choice)
            if machine.atoms[choice.condition as usize].kind == AtomKind::Other && out.len() < 16 =>
        {
            spread(machine, &choice.then, out);
            spread(machine, &choice.or_else, out);
        }
        _ => out.push(value.clone()),
    }
}

/// The text of an attribute, when it is known.
#[must_use]
pub(super) fn known_text(value: &Value) -> Option<SmolStr> {
    match value {
        Value::Known(Scalar::Text(text)) => Some(text.clone()),
        Value::Setting { value: Some(inner), .. } | Value::Env { fallback: Some(inner), .. } => {
            known_text(inner)
        }
        Value::Debug { in_release, .. } => known_text(in_release),
        _ => None,
    }
}

#[must_use]
pub(super) fn text(value: &str, origin: Origin) -> Attribute {
    Attribute { value: Value::Known(Scalar::Text(value.into())), origin, trail: Vec::new() }
}

#[must_use]
pub(super) fn switch(value: bool, origin: Origin) -> Attribute {
    Attribute { value: Value::Known(Scalar::Bool(value)), origin, trail: Vec::new() }
}

/// Largest size as a number attribute.
#[must_use]
pub(super) fn bytes(size: Size) -> Value {
    match size {
        Size::AtMost(bytes) => Value::Known(Scalar::Int(i64::try_from(bytes).unwrap_or(i64::MAX))),
        Size::Unbounded => Value::Known(Scalar::Int(i64::MAX)),
    }
}

/// What stands for an object of a framework before anything is known of it.
pub(super) fn blank(object: &Object, span: Span, stack: &str) -> Fact {
    let stack = text(stack, Origin::Derived(Vec::new()));
    Fact {
        item: object.item.clone(),
        attributes: BTreeMap::from([("stack".into(), stack)]),
        ..Fact::new(FactKind::Application, span)
    }
}
