//! Keys and secrets that code makes.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{switch, text};
use crate::facts::{Attribute, Fact, FactKind, Labels, Origin, Scalar, Value};
use crate::flow::{Class, Kind, Machine, Object, Root, Val};
use crate::ir::Span;
use crate::model::Role;

/// One fact for every key.
pub(super) fn facts(root: &Root<'_, '_>, out: &mut Vec<Fact>) {
    let machine = &root.machine;
    for id in &machine.trace.made {
        let Some(object) = machine.state.object(*id) else { continue };
        if object.attributes.contains_key("<key>") {
            let package = object.attributes.get("<package>").and_then(Val::text).cloned().unwrap_or_default();
            out.extend(of_object(machine, object, &package));
        } else if let Some(key) = object.attributes.get("key")
            && let Some(span) = object.born
        {
            // A layer that takes the bytes themselves.
            if !matches!(machine.state.refine(key).kind, Kind::Object(_) | Kind::Unset | Kind::Null) {
                let candidates = match &object.class {
                    Class::Model(path) => Some(machine.program.catalog.candidates(path, span.file)),
                    _ => None,
                };
                let package = candidates.as_ref().and_then(|it| it.package()).cloned().unwrap_or_default();
                let mut fact = fact(machine, object, key, span, &package);
                if candidates.is_some_and(|it| it.role() == Some(Role::Csrf)) {
                    fact.attributes.insert("use".into(), text("csrf", Origin::Derived(Vec::new())));
                }
                out.push(fact);
            }
        }
    }
}

fn of_object(machine: &Machine<'_>, object: &Object, package: &str) -> Option<Fact> {
    let span = object.born?;
    let flag = |name: &str| object.attributes.get(name).is_some_and(|it| matches!(it.kind, Kind::Bool(true)));
    if flag("generated") || flag("empty") {
        let source = if flag("empty") { "empty" } else { "generated" };
        let mut fact = bare(object, span, package);
        fact.attributes.insert("source".into(), text(source, Origin::Written(span)));
        return Some(fact);
    }
    let from = object.attributes.get("from")?;
    Some(fact(machine, object, from, span, package))
}

fn fact(machine: &Machine<'_>, object: &Object, from: &Val, span: Span, package: &str) -> Fact {
    let mut fact = bare(object, span, package);
    let found = source(machine, from, span);
    let origin = Origin::Written(found.place);
    fact.attributes.insert("source".into(), text(found.word, origin.clone()));
    if let Some(bytes) = found.bytes {
        fact.attributes.extend(strength(bytes, &origin));
    }
    if found.word != "literal" && found.word != "env-fallback" {
        fact.unjudged = (found.word == "unknown").then(|| "where the key comes from is not known".into());
    }
    fact
}

/// How long a key is and how many different bytes it has.
pub(super) fn strength(mut bytes: Vec<u8>, origin: &Origin) -> [(SmolStr, Attribute); 2] {
    let number = |value: usize| Attribute {
        value: Value::Known(Scalar::Int(i64::try_from(value).unwrap_or(i64::MAX))),
        origin: origin.clone(),
        trail: Vec::new(),
    };
    let length = number(bytes.len());
    bytes.sort_unstable();
    bytes.dedup();
    [("length".into(), length), ("entropy".into(), number(bytes.len()))]
}

fn bare(object: &Object, span: Span, package: &str) -> Fact {
    let mut attributes: BTreeMap<SmolStr, Attribute> = BTreeMap::new();
    let derived = || Origin::Derived(Vec::new());
    let purpose =
        object.attributes.get("use").and_then(Val::text).cloned().unwrap_or_else(|| "session".into());
    attributes.insert("use".into(), text(&purpose, derived()));
    attributes.insert("stack".into(), text(package, derived()));
    attributes.insert("role".into(), text("base", derived()));
    if object.in_development {
        attributes.insert("development_only".into(), switch(true, Origin::Written(span)));
    }
    if let Some(Val { kind: Kind::Int(minimum), .. }) = object.attributes.get("min") {
        let value = Value::Known(Scalar::Int(*minimum));
        attributes.insert("minimum".into(), Attribute { value, origin: derived(), trail: Vec::new() });
    }
    Fact { item: object.item.clone(), attributes, ..Fact::new(FactKind::Key, span) }
}

struct Source {
    word: &'static str,
    /// Where it was decided.
    place: Span,
    bytes: Option<Vec<u8>>,
}

fn source(machine: &Machine<'_>, value: &Val, span: Span) -> Source {
    let value = machine.state.refine(value);
    // The literal itself must go, wherever its name is used.
    let defined = value.info.as_ref().and_then(|it| it.trail.first()).map(|it| it.span);
    let place = defined.or_else(|| value.span()).unwrap_or(span);
    let known = |word: &'static str, bytes: Vec<u8>| Source { word, place, bytes: Some(bytes) };
    match &value.kind {
        Kind::Text(text) if text.is_empty() => Source { word: "empty", place, bytes: None },
        Kind::Text(text) | Kind::Word(text) => known("literal", text.as_bytes().to_vec()),
        Kind::Bytes(bytes) => known("literal", bytes.to_vec()),
        Kind::Env { fallback: Some(inner), .. } => {
            let inner = source(machine, inner, span);
            match inner.word {
                "literal" => Source { word: "env-fallback", ..inner },
                "generated" => inner,
                _ => Source { word: "env", place, bytes: None },
            }
        }
        Kind::Env { .. } => Source { word: "env", place, bytes: None },
        Kind::Setting { value: Some(inner), .. } => source(machine, inner, span),
        Kind::Setting { .. } => Source { word: "file", place, bytes: None },
        Kind::Choice(choice) => {
            let info = &machine.atoms[choice.condition as usize];
            if info.kind == crate::flow::AtomKind::Debug {
                return source(machine, &choice.or_else, span);
            }
            let (a, b) = (source(machine, &choice.then, span), source(machine, &choice.or_else, span));
            if a.word == b.word {
                a
            } else if a.word == "env" && b.word == "literal" {
                Source { word: "env-fallback", ..b }
            } else if b.word == "env" && a.word == "literal" {
                Source { word: "env-fallback", ..a }
            } else {
                Source { word: "unknown", place, bytes: None }
            }
        }
        Kind::Object(id) => match machine.state.object(*id).and_then(|it| it.attributes.get("from")) {
            Some(from) => source(machine, &from.clone(), span),
            None => Source { word: "unknown", place, bytes: None },
        },
        _ if value.labels().has(Labels::RANDOM) => Source { word: "generated", place, bytes: None },
        _ => Source { word: "unknown", place, bytes: None },
    }
}
