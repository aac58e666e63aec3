//! Cookies that code sends: by jars, responses and raw lines.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::assemble::{FLAGS, finish, is_removal};
use super::content::{describe_value, tainted};
use super::convert::{attribute, known_text, longest, refine, switch, text};
use super::line;
use crate::facts::{Attribute, EventKind, Fact, FactKind, Labels, Origin, Scalar, Value};
use crate::flow::{Atom, Kind, Machine, Object, Piece, Root, TraceEvent, Val};

/// One fact for every cookie that is sent or removed.
pub(super) fn facts(root: &Root<'_, '_>, out: &mut Vec<Fact>) {
    let machine = &root.machine;
    for event in &machine.trace.events {
        if !matches!(event.kind, EventKind::Emit | EventKind::EmitRemoval) {
            continue;
        }
        if event.flags.iter().any(|flag| flag == "raw") {
            let again = |(name, value): &(SmolStr, Val)| name == "text" && value.labels().has(Labels::SENT);
            if !event.operands.iter().any(again) {
                out.extend(line::fact(machine, event));
            }
        } else if let Some(snapshot) = &event.cookie
            && !snapshot.object.labels.has(Labels::SENT)
        {
            // A cookie that the call itself made may still be changed; one that was handed over may not.
            let own = matches!(&snapshot.object.class, crate::flow::Class::Model(path) if path == "<cookie>");
            let late = event
                .object
                .and_then(|id| machine.state.object(id))
                .filter(|it| own || it.attributes.contains_key("<late>"));
            let object = late.unwrap_or(&snapshot.object);
            out.push(of_object(machine, event, object, snapshot.symbolic));
        }
    }
}

/// The lines that a function writes again with more in them.
pub(super) fn rewrites(root: &Root<'_, '_>) -> Vec<super::Rewrite> {
    let machine = &root.machine;
    let file = root.definition.scope.file;
    let sent = |event: &&TraceEvent| {
        let text = event.operands.iter().find(|(name, _)| name == "text").map(|(_, value)| value.labels());
        let object = event.cookie.as_ref().map(|it| it.object.labels);
        text.or(object).is_some_and(|it| it.has(Labels::SENT))
    };
    let events = machine.trace.events.iter().filter(|it| it.kind == EventKind::Emit).filter(sent);
    events
        .map(|event| {
            let attributes = if let Some(snapshot) = &event.cookie {
                let given = |name: &&&str| snapshot.object.attributes.contains_key(**name);
                FLAGS.iter().filter(given).copied().collect()
            } else {
                line::added(machine, event).unwrap_or_else(|| FLAGS.to_vec())
            };
            super::Rewrite { file, attributes }
        })
        .collect()
}

/// What a cookie lacks may come from a layer that writes its line again.
pub(super) fn rewritten(fact: &mut Fact, rewrite: &super::Rewrite) {
    if fact.kind != FactKind::Cookie {
        return;
    }
    for name in &rewrite.attributes {
        if let Some(attribute) = fact.attributes.get_mut(*name)
            && !matches!(attribute.value, Value::Known(Scalar::Bool(true)))
        {
            attribute.value =
                Value::Opaque("a layer of the project writes the lines of all answers again".into());
        }
    }
}

fn of_object(machine: &Machine<'_>, event: &TraceEvent, object: &Object, symbolic: bool) -> Fact {
    let path = &event.path;
    let mut attributes = BTreeMap::new();
    let given = |name: &str| object.attributes.get(name);
    let client = given("client").is_some();
    let unset = |name: &str| {
        if symbolic && !client {
            Attribute {
                value: Value::Opaque("the cookie is made where it could not be followed".into()),
                origin: Origin::Derived(Vec::new()),
                trail: Vec::new(),
            }
        } else {
            let _ = name;
            Attribute { value: Value::Unset, origin: default_origin(object, event), trail: Vec::new() }
        }
    };
    for name in ["name", "secure", "http_only", "same_site", "path", "domain", "partitioned", "protection"] {
        let found = given(name).map(|value| attribute(machine, path, value));
        attributes.insert(SmolStr::new_static(name), found.unwrap_or_else(|| unset(name)));
    }
    if given("protection").is_none() {
        attributes.insert("protection".into(), text("plain", Origin::Derived(Vec::new())));
    }
    lower(&mut attributes, "same_site");
    if let Some(same_site) = attributes.get("same_site")
        && let Value::Known(Scalar::Text(word)) = &same_site.value
        && !matches!(word.as_str(), "strict" | "lax" | "none" | "")
    {
        let fault = Value::Known(Scalar::Text(format!("SameSite={word}").into()));
        let faults = Attribute { value: Value::Known(Scalar::List(vec![fault])), ..same_site.clone() };
        attributes.insert("faults".into(), faults);
    }
    let mut lives =
        ["max_age", "expires"].into_iter().filter_map(&given).map(|value| longest(machine, path, value));
    let first = lives.next();
    let lifetime =
        lives.fold(first, |first, next| first.filter(|it| it.value != Value::Unset).or(Some(next)));
    attributes.insert("lifetime".into(), lifetime.unwrap_or_else(|| unset("lifetime")));
    prefix(machine, path, object, &mut attributes);
    implied(machine, object, event, &mut attributes);
    describe_value(machine, path, object, &mut attributes);
    tainted(machine, path, object, &mut attributes);
    // The jar or response has the last word, else the cookie prints itself.
    let sent = object.attributes.get("<writes-value>").and_then(|it| it.text().cloned());
    if let Some(how) = sent.or_else(|| mark(machine, object, event, "writes-value")) {
        attributes.insert("written".into(), text(&how, Origin::Derived(Vec::new())));
    }
    let removal = event.kind == EventKind::EmitRemoval || is_removal(&attributes, given("removal"));
    attributes.insert("removal".into(), switch(removal, Origin::Derived(Vec::new())));
    if removal {
        for flag in &event.flags {
            if flag == "no-path" {
                attributes.insert(
                    "path".into(),
                    Attribute {
                        value: Value::Unset,
                        origin: default_origin(object, event),
                        trail: Vec::new(),
                    },
                );
            }
            if flag == "strips-header" {
                let why = "the line is taken out of this answer, and the browser keeps its cookie";
                attributes.insert("mismatch".into(), text(why, Origin::Written(event.span)));
            }
        }
    }
    let no_value = given("value").is_some_and(|it| matches!(refine(path, it).kind, Kind::Null));
    if !removal && no_value && event.flags.iter().any(|it| it == "text-of-null") {
        let why = "the missing value is written as text, and nothing is removed";
        attributes.insert("mismatch".into(), text(why, Origin::Written(event.span)));
    }
    let pattern = given("name").and_then(|it| pattern(machine, &refine(path, it)));
    finish(event, object.born, attributes, "handler", symbolic && !client, pattern)
}

/// The known parts of a name, with a star for each of the others.
fn pattern(machine: &Machine<'_>, name: &Val) -> Option<SmolStr> {
    let Kind::Pieces(_) = name.kind else { return None };
    let mut known = false;
    let mut out = String::new();
    for piece in machine.pieces(name) {
        match piece {
            Piece::Text(text) => {
                known = true;
                out.push_str(&text);
            }
            Piece::Hole(value) => match known_text(&attribute(machine, &[], &value).value) {
                Some(text) => out.push_str(&text),
                None if out.ends_with('*') => {}
                None => out.push('*'),
            },
        }
    }
    known.then(|| out.into())
}

/// Where it says that an attribute that nobody sets stays unset: the type's own source, as for its other attributes.
fn default_origin(object: &Object, event: &TraceEvent) -> Origin {
    let known = object.attributes.values().find_map(|it| match &it.origin {
        crate::flow::Decided::Default(known) => Some(known),
        _ => None,
    });
    if let Some(known) = known {
        return Origin::Default {
            package: known.package.clone(),
            version: known.version.clone(),
            source: known.source.clone(),
        };
    }
    Origin::Default {
        package: event.package.clone(),
        version: SmolStr::default(),
        source: SmolStr::default(),
    }
}

/// A switch of the jar that puts a prefix before the name.
fn prefix(
    machine: &Machine<'_>,
    path: &[(Atom, bool)],
    object: &Object,
    attributes: &mut BTreeMap<SmolStr, Attribute>,
) {
    let Some(prefix) = object.attributes.get("prefix").map(|it| attribute(machine, path, it)) else { return };
    let Some(prefix_text) = known_text(&prefix.value) else { return };
    let full = match prefix_text.as_str() {
        "host" => "__Host-",
        "secure" => "__Secure-",
        other => other,
    };
    if let Some(name) = attributes.get_mut("name")
        && let Some(bare) = known_text(&name.value)
    {
        name.value = Value::Known(Scalar::Text(format!("{full}{bare}").into()));
    }
    attributes.insert("secure".into(), switch(true, prefix.origin.clone()));
    if full == "__Host-" {
        attributes.insert("path".into(), text("/", prefix.origin.clone()));
        attributes.insert("domain".into(), Attribute { value: Value::Unset, ..prefix });
    }
}

/// What one attribute brings with it in the version in use.
fn implied(
    machine: &Machine<'_>,
    object: &Object,
    event: &TraceEvent,
    attributes: &mut BTreeMap<SmolStr, Attribute>,
) {
    let mark = |name: &str| mark(machine, object, event, name);
    let none = attributes.get("same_site").is_some_and(|it| known_text(&it.value).as_deref() == Some("none"));
    let origin = attributes.get("same_site").map_or(Origin::Derived(Vec::new()), |it| it.origin.clone());
    match mark("samesite-none").as_deref() {
        Some("writes-nothing") if none => {
            attributes
                .insert("same_site".into(), Attribute { value: Value::Unset, origin, trail: Vec::new() });
        }
        Some(mark) => secure_by_same_site(mark, attributes),
        None => {}
    }
    let partitioned =
        attributes.get("partitioned").is_some_and(|it| it.value == Value::Known(Scalar::Bool(true)));
    if partitioned && mark("partitioned").as_deref() == Some("implies-secure") {
        attributes.insert("secure".into(), switch(true, Origin::Derived(Vec::new())));
    }
}

/// `SameSite=None` may bring `Secure`: `mark` says when.
pub(super) fn secure_by_same_site(mark: &str, attributes: &mut BTreeMap<SmolStr, Attribute>) {
    let Some(same_site) = attributes.get("same_site") else { return };
    let secure = attributes.get("secure").map_or(&Value::Unset, |it| &it.value);
    if let Some(value) = secured(mark, &same_site.value, secure) {
        let origin = same_site.origin.clone();
        attributes.insert("secure".into(), Attribute { value, origin, trail: Vec::new() });
    }
}

fn secured(mark: &str, same_site: &Value, secure: &Value) -> Option<Value> {
    if matches!(same_site, Value::Debug { .. }) || matches!(secure, Value::Debug { .. }) {
        let (sites, secures) = (by_build(same_site), by_build(secure));
        let debug = secured(mark, sites.0, secures.0);
        let release = secured(mark, sites.1, secures.1);
        if debug.is_none() && release.is_none() {
            return None;
        }
        let in_debug = Box::new(debug.unwrap_or_else(|| secures.0.clone()));
        let in_release = Box::new(release.unwrap_or_else(|| secures.1.clone()));
        return Some(if in_debug == in_release { *in_debug } else { Value::Debug { in_debug, in_release } });
    }
    let open = match mark {
        "forces-secure" => true,
        // What the framework fills in by the scheme is unset where it does not.
        "implies-secure" => matches!(secure, Value::Unset | Value::Request),
        _ => false,
    };
    let none = known_text(same_site).as_deref() == Some("none");
    (none && open).then_some(Value::Known(Scalar::Bool(true)))
}

/// The value of debug builds and that of release builds.
fn by_build(value: &Value) -> (&Value, &Value) {
    match value {
        Value::Debug { in_debug, in_release } => (in_debug, in_release),
        same => (same, same),
    }
}

/// A mark of the cookie's type, else of the jar or response that sends it.
fn mark(machine: &Machine<'_>, object: &Object, event: &TraceEvent, name: &str) -> Option<SmolStr> {
    if let crate::flow::Class::Model(path) = &object.class
        && let Some(word) = machine.program.catalog.candidates(path, event.span.file).mark(name)
    {
        return Some(word.clone());
    }
    object.attributes.get(format!("<{name}>").as_str()).and_then(|it| it.text().cloned())
}

fn lower(attributes: &mut BTreeMap<SmolStr, Attribute>, name: &str) {
    if let Some(attribute) = attributes.get_mut(name) {
        lower_value(&mut attribute.value);
    }
}

fn lower_value(value: &mut Value) {
    match value {
        Value::Known(Scalar::Text(text)) if text.is_empty() => *value = Value::Unset,
        Value::Known(Scalar::Text(text)) => *text = text.to_lowercase().into(),
        Value::Known(Scalar::Bool(false)) => *value = Value::Unset,
        Value::OneOf(values) => values.iter_mut().for_each(lower_value),
        Value::Env { fallback: Some(inner), .. } | Value::Setting { value: Some(inner), .. } => {
            lower_value(inner);
        }
        Value::Debug { in_debug, in_release } => {
            lower_value(in_debug);
            lower_value(in_release);
        }
        _ => {}
    }
}
