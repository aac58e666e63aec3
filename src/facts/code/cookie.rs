//! Cookies that code sends: by jars, responses and raw lines.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{attribute, bytes, known_text, longest, operand, refine, switch, text};
use super::line;
use crate::facts::{Attribute, EventKind, Fact, FactKind, Labels, Note, Origin, Scalar, Value};
use crate::flow::{Atom, Kind, Machine, OWN_JAR, Object, Piece, Root, TraceEvent, UNSURE, Val};
use crate::ir::Span;
use crate::model::words;

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

/// Attributes that a layer may add to lines that others wrote.
const ADDED: [&str; 3] = ["secure", "http_only", "same_site"];

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
                ADDED.iter().filter(given).copied().collect()
            } else {
                line::added(machine, event).unwrap_or_else(|| ADDED.to_vec())
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

/// The name of the setting that names the cookie.
fn stand_in(name: &Value) -> Option<SmolStr> {
    match name {
        Value::Setting { key, .. } => Some(key.clone()),
        _ => None,
    }
}

/// Longest constant value of a cookie that is a flag: `1`, `true`, `dark-mode`.
const FLAG: usize = 16;

/// Name, role and place of a cookie's fact.
pub(super) fn finish(
    event: &TraceEvent,
    born: Option<Span>,
    mut attributes: BTreeMap<SmolStr, Attribute>,
    setter: &str,
    symbolic: bool,
    pattern: Option<SmolStr>,
) -> Fact {
    let known = attributes.get("name").and_then(|it| known_text(&it.value));
    // A name that is only known in part still tells people which cookie it is, and what it is for.
    let stands_in = attributes.get("name").filter(|_| known.is_none()).and_then(|it| stand_in(&it.value));
    let vague = stands_in.is_some();
    let name = known.or(stands_in).or(pattern);
    let (mut role, from) = role(name.as_deref(), &attributes);
    // The name of a setting tells what a cookie is for, not what is in it.
    if vague && role == "sensitive" {
        role = "unknown";
    }
    // What everybody gets alike tells nothing of anybody.
    let constant =
        |it: &Attribute| matches!(&it.value, Value::Known(Scalar::Text(text)) if text.len() <= FLAG);
    if role == "unknown" && name.is_some() && attributes.get("value").is_some_and(constant) {
        role = "preference";
    }
    attributes.insert("role".into(), text(role, Origin::Derived(Vec::new())));
    if let Some(from) = from {
        attributes.insert("role_from".into(), text(from, Origin::Derived(Vec::new())));
    }
    attributes.insert("setter".into(), text(setter, Origin::Derived(Vec::new())));
    attributes.insert("stack".into(), text(&event.package, Origin::Derived(Vec::new())));
    let span = born.unwrap_or(event.span);
    let mut trail = Vec::new();
    if span != event.span {
        trail.push(Note { span: event.span, text: "sent here".into() });
    }
    let unjudged = if symbolic && name.is_none() {
        Some("the cookie is made where it could not be followed".into())
    } else if event.flags.iter().any(|flag| flag == OWN_JAR) {
        Some("it is put into a jar of the project's own, and it is not seen who sends that".into())
    } else if event.flags.iter().any(|flag| flag == UNSURE) {
        Some(unsure(&event.package))
    } else {
        nothing_known(&attributes)
    };
    let item = event.item.clone();
    Fact { item, name, attributes, trail, unjudged, ..Fact::new(FactKind::Cookie, span) }
}

/// What a cookie is for, and what told it.
fn role(
    name: Option<&str>,
    attributes: &BTreeMap<SmolStr, Attribute>,
) -> (&'static str, Option<&'static str>) {
    let named = name.map_or("unknown", words::cookie_role);
    if named != "unknown" {
        return (named, Some("name"));
    }
    let word = |name: &str| attributes.get(name).and_then(|it| known_text(&it.value));
    if let Some(role) = word("sensitive").and_then(|kind| words::content_role(&kind)) {
        return (role, Some("value"));
    }
    match word("protection").and_then(|it| words::content_role(&it)) {
        Some(role) => (role, Some("encryption")),
        None => ("unknown", None),
    }
}

pub(super) fn unsure(package: &str) -> SmolStr {
    format!("the version of `{package}` is not known, and versions differ here").into()
}

/// Why a cookie is not judged of which no flag is known.
fn nothing_known(attributes: &BTreeMap<SmolStr, Attribute>) -> Option<SmolStr> {
    let mut reason = None;
    for name in ADDED {
        match &attributes.get(name)?.value {
            Value::Opaque(why) => reason = reason.or_else(|| Some(why.clone())),
            _ => return None,
        }
    }
    reason
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

/// Parts of the cookie that are the request's data as they came.
fn tainted(
    machine: &Machine<'_>,
    path: &[(Atom, bool)],
    object: &Object,
    attributes: &mut BTreeMap<SmolStr, Attribute>,
) {
    let parts = ["name", "value", "path", "domain"].into_iter().filter_map(|part| {
        let value = refine(path, object.attributes.get(part)?);
        let span = value.span().or(object.born)?;
        Some((part, tainted_at(machine, path, &value, span)?))
    });
    put_tainted(parts.collect(), attributes);
}

/// Where a value holds text of the request that nothing has looked at.
pub(super) fn tainted_at(
    machine: &Machine<'_>,
    path: &[(Atom, bool)],
    value: &Val,
    span: Span,
) -> Option<Span> {
    let part = machine.tainted_part(value)?;
    let operand = operand(machine, path, &part, span);
    (!operand.labels.has(Labels::CHECKED)).then_some(operand.span)
}

pub(super) fn put_tainted(parts: Vec<(&str, Span)>, attributes: &mut BTreeMap<SmolStr, Attribute>) {
    let Some((_, span)) = parts.first() else { return };
    let names = parts.iter().map(|(part, _)| Value::Known(Scalar::Text((*part).into()))).collect();
    let value = Value::Known(Scalar::List(names));
    attributes
        .insert("tainted".into(), Attribute { value, origin: Origin::Written(*span), trail: Vec::new() });
}

/// Constant value, sensitive content, size.
fn describe_value(
    machine: &Machine<'_>,
    path: &[(Atom, bool)],
    object: &Object,
    attributes: &mut BTreeMap<SmolStr, Attribute>,
) {
    let Some(value) = object.attributes.get("value") else { return };
    let value = refine(path, value);
    let span = value.span().or(object.born);
    let Some(span) = span else { return };
    let operand = operand(machine, path, &value, span);
    if let Value::Known(Scalar::Text(known)) = &operand.value {
        attributes.insert("value".into(), text(known, Origin::Written(operand.span)));
    }
    if let Some(kind) = sensitive(&operand) {
        attributes.insert("sensitive".into(), text(kind, Origin::Written(operand.span)));
    }
    if operand.labels.has(Labels::GUESSABLE) && !operand.labels.has(Labels::RANDOM) {
        attributes.insert("guessable".into(), switch(true, Origin::Written(operand.span)));
    }
    if let Some(size) = operand.size {
        let name = attributes.get("name").and_then(|it| known_text(&it.value)).map_or(0, |it| it.len());
        let size = match size {
            crate::facts::Size::AtMost(bytes) => {
                crate::facts::Size::AtMost(bytes + u64::try_from(name).unwrap_or(0))
            }
            unbounded @ crate::facts::Size::Unbounded => unbounded,
        };
        attributes.insert(
            "size".into(),
            Attribute { value: bytes(size), origin: Origin::Written(operand.span), trail: Vec::new() },
        );
    }
}

/// What kind of sensitive data a value is, by where it came from.
pub(super) fn sensitive(operand: &crate::facts::Operand) -> Option<&'static str> {
    if matches!(operand.value, Value::Known(_))
        || operand.labels.has(Labels::SEALED)
        || operand.labels.has(Labels::RANDOM)
    {
        return None;
    }
    words::sensitive_path(&operand.names)
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

/// A life of nothing deletes the cookie.
pub(super) fn is_removal(attributes: &BTreeMap<SmolStr, Attribute>, flag: Option<&Val>) -> bool {
    let over = attributes.get("lifetime").is_some_and(|it| match &it.value {
        Value::Known(Scalar::Int(seconds)) => *seconds <= 0,
        Value::Known(Scalar::Text(date)) => line::is_past(date),
        _ => false,
    });
    over || flag.is_some_and(|it| matches!(it.kind, Kind::Bool(true)))
}
