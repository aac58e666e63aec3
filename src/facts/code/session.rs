//! Session layers and the cookies that they send.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{attribute, known_text, longest, switch, text};
use super::cookie::secure_by_same_site;
use crate::facts::{Attribute, Fact, FactKind, Note, Origin, Scalar, Value};
use crate::flow::{Class, Kind, Machine, Object, Root};
use crate::model::{Candidates, Role, words};

/// Two facts for every session layer that the function makes: its cookie and itself.
pub(super) fn facts(root: &Root<'_, '_>, out: &mut Vec<Fact>) {
    let machine = &root.machine;
    for id in &machine.trace.made {
        let Some(object) = machine.state.object(*id) else { continue };
        let Class::Model(path) = &object.class else { continue };
        if object.attributes.contains_key("<key>") {
            continue;
        }
        let Some(span) = object.born else { continue };
        let candidates = machine.program.catalog.candidates(path, span.file);
        match candidates.role() {
            Some(Role::SessionLayer) => {
                let cookie = cookie(machine, object, &candidates);
                // A layer for short messages keeps no session.
                let role = cookie.attribute("role").and_then(|it| known_text(&it.value));
                out.push(cookie);
                if role.as_deref() != Some("preference") {
                    out.push(session(machine, object, &candidates));
                }
            }
            Some(Role::Csrf)
                if object.attributes.contains_key("secure") || object.attributes.contains_key("name") =>
            {
                out.push(cookie(machine, object, &candidates));
            }
            _ => {}
        }
    }
}

/// Stores that the function makes and that programs call themselves, each as a session of which only that is known.
pub(super) fn stores(root: &Root<'_, '_>) -> Vec<Fact> {
    let machine = &root.machine;
    let made = machine.trace.made.iter().filter_map(|it| machine.state.object(*it));
    made.filter_map(|object| {
        let (Class::Model(path), Some(span)) = (&object.class, object.born) else { return None };
        let candidates = machine.program.catalog.candidates(path, span.file);
        candidates.mark("by-hand")?;
        let kind = candidates.mark("store")?;
        let stack = candidates.package().map_or("", |it| it.as_str());
        let attributes = BTreeMap::from([
            ("stack".into(), text(stack, Origin::Derived(Vec::new()))),
            ("store".into(), text(kind, Origin::Written(span))),
            ("store_type".into(), text(path, Origin::Written(span))),
        ]);
        Some(fact(FactKind::Session, object, None, attributes))
    })
    .collect()
}

fn cookie(machine: &Machine<'_>, object: &Object, candidates: &Candidates<'_>) -> Fact {
    let mut attributes: BTreeMap<SmolStr, Attribute> = BTreeMap::new();
    for name in ["name", "secure", "http_only", "same_site", "path", "domain", "partitioned", "protection"] {
        let value = object.attributes.get(name).map(|it| attribute(machine, &[], it));
        attributes.insert(name.into(), value.unwrap_or_else(|| unset(object)));
    }
    let lifetime = ["max_age", "expires"]
        .into_iter()
        .filter_map(|name| object.attributes.get(name))
        .map(|it| longest(machine, &[], it))
        .find(|it| it.value != Value::Unset);
    attributes.insert("lifetime".into(), lifetime.unwrap_or_else(|| unset(object)));
    prefixed(machine, object, &mut attributes);
    if let Some(mark) = candidates.mark("samesite-none") {
        secure_by_same_site(mark, &mut attributes);
    }
    let name = attributes.get("name").and_then(|it| known_text(&it.value));
    let role = match candidates.role() {
        Some(Role::Csrf) => "csrf",
        _ => match name.as_deref().map(words::cookie_role) {
            // Layers for short messages and the like have names that say so.
            Some("preference") => "preference",
            _ => "session",
        },
    };
    attributes.insert("role".into(), text(role, Origin::Derived(Vec::new())));
    let from = if role == "preference" { "name" } else { "framework" };
    attributes.insert("role_from".into(), text(from, Origin::Derived(Vec::new())));
    attributes.insert("setter".into(), text("session-layer", Origin::Derived(Vec::new())));
    attributes.insert(
        "stack".into(),
        text(candidates.package().map_or("", |it| it.as_str()), Origin::Derived(Vec::new())),
    );
    attributes.insert("removal".into(), switch(false, Origin::Derived(Vec::new())));
    let mut fact = fact(FactKind::Cookie, object, name, attributes);
    if let Some(configured) = object.attributes.get("<configured>").and_then(crate::flow::Val::span) {
        fact.trail.push(Note { span: fact.span, text: "the layer is made here".into() });
        fact.span = configured;
    }
    fact
}

fn session(machine: &Machine<'_>, object: &Object, candidates: &Candidates<'_>) -> Fact {
    let mut attributes: BTreeMap<SmolStr, Attribute> = BTreeMap::new();
    for (name, from) in [
        ("name", "name"),
        ("idle_timeout", "idle_timeout"),
        ("absolute_timeout", "absolute_timeout"),
        ("cookie_lifetime", "max_age"),
        ("always_save", "always_save"),
        ("protection", "protection"),
    ] {
        if let Some(value) = object.attributes.get(from) {
            attributes.insert(name.into(), attribute(machine, &[], value));
        }
    }
    let unlimited = attributes.get("cookie_lifetime").is_none_or(|it| it.value == Value::Unset);
    if let Some(value) = object.attributes.get("expires").filter(|_| unlimited) {
        attributes.insert("cookie_lifetime".into(), attribute(machine, &[], value));
    }
    for name in ["idle_timeout", "absolute_timeout", "cookie_lifetime"] {
        attributes.entry(name.into()).or_insert_with(|| unset(object));
    }
    attributes.insert(
        "stack".into(),
        text(candidates.package().map_or("", |it| it.as_str()), Origin::Derived(Vec::new())),
    );
    let (store, store_type) = store(machine, object, candidates);
    attributes.insert("store".into(), store);
    if let Some(store_type) = store_type {
        attributes.insert("store_type".into(), store_type);
    }
    if let Some(how) = candidates.mark("unknown-ids") {
        let keyed =
            attributes.get("protection").is_some_and(|it| known_text(&it.value).as_deref() != Some("plain"));
        let adopts = how == "adopted" || (how == "adopted-without-key" && !keyed);
        attributes.insert("adopts_ids".into(), switch(adopts, origin(object)));
    }
    let name = attributes.get("name").and_then(|it| known_text(&it.value));
    fact(FactKind::Session, object, name, attributes)
}

/// Where records live: the kind of the store object, through wrappers.
fn store(
    machine: &Machine<'_>,
    object: &Object,
    candidates: &Candidates<'_>,
) -> (Attribute, Option<Attribute>) {
    if candidates.mark("payload").is_some_and(|it| it == "data") {
        return (text("cookie", origin(object)), None);
    }
    let payload = object.attributes.get("payload").map(|it| attribute(machine, &[], it));
    if payload.is_some_and(|it| known_text(&it.value).as_deref() == Some("data")) {
        return (text("cookie", origin(object)), None);
    }
    let mut value = object.attributes.get("store").cloned();
    for _ in 0..4 {
        let Some(current) = &value else { break };
        let current = machine.state.refine(current);
        if let Kind::Setting { value: Some(word), .. } = &current.kind
            && word.text().is_some()
        {
            return (attribute(machine, &[], &current), None);
        }
        if let Some(word) = current.text() {
            return (text(word, current.span().map_or_else(|| origin(object), Origin::Written)), None);
        }
        let Some(Class::Model(path)) = machine.class_of(&current) else { break };
        let file = current.span().or(object.born).map(|it| it.file);
        let Some(file) = file else { break };
        let candidates = machine.program.catalog.candidates(&path, file);
        let inner = match current.kind {
            Kind::Object(id) => machine.state.object(id).and_then(|it| it.attributes.get("store")).cloned(),
            _ => None,
        };
        if let Some(inner) = inner {
            value = Some(inner);
            continue;
        }
        let Some(kind) = candidates.mark("store") else { break };
        let written = current.span().map_or_else(|| origin(object), Origin::Written);
        return (text(kind, written.clone()), Some(text(&path, written)));
    }
    if let Some(kind) = candidates.mark("store") {
        return (text(kind, origin(object)), None);
    }
    let unknown = Attribute {
        value: Value::Opaque("the store is not known".into()),
        origin: Origin::Derived(Vec::new()),
        trail: Vec::new(),
    };
    (unknown, None)
}

fn prefixed(machine: &Machine<'_>, object: &Object, attributes: &mut BTreeMap<SmolStr, Attribute>) {
    let Some(prefix) = object.attributes.get("prefix").map(|it| attribute(machine, &[], it)) else { return };
    if let (Some(prefix), Some(name)) = (known_text(&prefix.value), attributes.get_mut("name"))
        && let Some(bare) = known_text(&name.value)
    {
        name.value = Value::Known(Scalar::Text(format!("{prefix}{bare}").into()));
    }
}

fn unset(object: &Object) -> Attribute {
    Attribute { value: Value::Unset, origin: origin(object), trail: Vec::new() }
}

fn origin(object: &Object) -> Origin {
    object.born.map_or(Origin::Derived(Vec::new()), Origin::Written)
}

fn fact(
    kind: FactKind,
    object: &Object,
    name: Option<SmolStr>,
    attributes: BTreeMap<SmolStr, Attribute>,
) -> Fact {
    let span = object.born.unwrap_or(crate::ir::Span::new(crate::ir::FileId(0), 0, 0));
    Fact { item: object.item.clone(), name, attributes, ..Fact::new(kind, span) }
}
