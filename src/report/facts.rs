//! What was seen: every cookie, session, key, setting, application and handler, with values and where they come from.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::json::{Region, TOOL, Tool, region, text};
use super::words::clean;
use super::{place, redact};
use crate::check::Report;
use crate::facts::{Attribute, AttributeType, Event, Fact, FactKind, Origin, Scalar, Value, schema};
use crate::rule::human_duration;
use crate::source::Span;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    facts: Vec<JsonFact<'a>>,
}

#[derive(Serialize)]
struct JsonFact<'a> {
    kind: &'static str,
    name: Option<&'a str>,
    item: &'a str,
    #[serde(flatten)]
    region: Option<Region<'a>>,
    test: bool,
    unjudged: Option<&'a str>,
    attributes: serde_json::Map<String, Json>,
    events: Vec<Json>,
}

#[must_use]
pub fn facts_json(report: &Report) -> String {
    let facts = sorted(report).into_iter().map(|fact| JsonFact {
        kind: fact.kind.name(),
        name: fact.name.as_deref(),
        item: &fact.item,
        region: region(report, fact.span),
        test: fact.test,
        unjudged: fact.unjudged.as_deref(),
        attributes: fact
            .attributes
            .iter()
            .map(|(name, it)| (name.to_string(), attribute(report, fact, name, it)))
            .collect(),
        events: fact.events.iter().map(|it| event(report, it)).collect(),
    });
    text(&Document { schema: "sessionlint-facts/1", tool: TOOL, facts: facts.collect() })
}

fn sorted(report: &Report) -> Vec<&Fact> {
    let mut facts: Vec<_> = report.facts.iter().collect();
    facts.sort_by_cached_key(|it| {
        let path = report.source(it.span.file).map(|source| source.path.clone());
        (it.kind, path, it.span.start, it.span.end, it.name.clone())
    });
    facts
}

fn attribute(report: &Report, fact: &Fact, name: &str, it: &Attribute) -> Json {
    let origin = match &it.origin {
        Origin::Written(span) => json!({ "kind": "written", "at": region(report, *span) }),
        Origin::Inherited(span) => json!({ "kind": "inherited", "at": region(report, *span) }),
        Origin::Derived(spans) => {
            let places: Vec<_> = spans.iter().filter_map(|it| region(report, *it)).collect();
            json!({ "kind": "derived", "from": places })
        }
        Origin::Default { package, version, source } => {
            json!({ "kind": "default", "package": package, "version": version, "source": source })
        }
    };
    json!({ "value": value(&it.value, redact::is_secret(fact, name)), "origin": origin })
}

fn value(it: &Value, secret: bool) -> Json {
    let inner = |it: &Value| value(it, secret);
    match it {
        Value::Unset => json!({ "kind": "unset" }),
        Value::Known(scalar) => json!({ "kind": "known", "is": plain(scalar, secret) }),
        Value::OneOf(all) => json!({ "kind": "one-of", "are": all.iter().map(inner).collect::<Vec<_>>() }),
        Value::Env { name, fallback } => {
            json!({ "kind": "environment", "name": name, "fallback": fallback.as_deref().map(inner) })
        }
        Value::Setting { key, value } => {
            json!({ "kind": "setting", "key": key, "value": value.as_deref().map(inner) })
        }
        Value::Debug { in_debug, in_release } => {
            json!({ "kind": "build", "debug": inner(in_debug), "release": inner(in_release) })
        }
        Value::Request => json!({ "kind": "request" }),
        Value::Param(name) => json!({ "kind": "parameter", "name": name }),
        Value::Opaque(why) => json!({ "kind": "unknown", "why": why }),
    }
}

fn plain(it: &Scalar, secret: bool) -> Json {
    match it {
        Scalar::Bool(it) => json!(it),
        Scalar::Int(it) => json!(it),
        Scalar::Float(it) => json!(it),
        Scalar::Text(_) if secret => json!(redact::HIDDEN),
        Scalar::Text(it) => json!(redact::text(it)),
        Scalar::Null => Json::Null,
        Scalar::List(all) => json!(all.iter().map(|it| value(it, secret)).collect::<Vec<_>>()),
    }
}

fn event(report: &Report, it: &Event) -> Json {
    json!({
        "kind": it.kind.name(),
        "at": region(report, it.span),
        "via": it.via.iter().filter_map(|span| region(report, *span)).collect::<Vec<_>>(),
        "target": it.target,
        "flags": it.flags,
    })
}

/// A paragraph for each fact: what and where, then its attributes with their origins.
#[must_use]
pub fn facts_table(report: &Report) -> String {
    let mut shown = String::new();
    for kind in FactKind::ALL {
        for fact in sorted(report).into_iter().filter(|it| it.kind == kind && !is_default(it)) {
            paragraph(report, fact, &mut shown);
        }
    }
    if shown.is_empty() {
        shown.push_str("no cookies and no sessions\n");
    }
    shown
}

/// A setting that the project leaves as it is.
pub(super) fn is_default(fact: &Fact) -> bool {
    let value = fact.attribute("value").map(|it| &it.origin);
    fact.kind == FactKind::Setting && matches!(value, None | Some(Origin::Default { .. }))
}

fn paragraph(report: &Report, fact: &Fact, shown: &mut String) {
    shown.push_str(fact.kind.name());
    match fact.name.as_deref() {
        Some(name) => drop(write!(shown, " {}", clean(name))),
        // those have no names
        None if matches!(fact.kind, FactKind::Key | FactKind::Application) => {}
        None => shown.push_str(" (name unknown)"),
    }
    if let Some(place) = place(report, fact.span) {
        let _ = write!(shown, "  {}:{}:{}", clean(place.path), place.start.line, place.start.column);
    }
    if fact.test {
        shown.push_str("  (test code)");
    }
    shown.push('\n');
    if let Some(reason) = &fact.unjudged {
        let _ = writeln!(shown, "    not judged: {}", clean(reason));
    }
    let width = fact.attributes.keys().map(smol_str::SmolStr::len).max().unwrap_or(0);
    for (key, it) in &fact.attributes {
        // what stands in the first line already is not said again
        let here = matches!(it.origin, Origin::Written(span) if is_beside(report, span, fact.span));
        if here && key == "name" && matches!(&it.value, Value::Known(_)) {
            continue;
        }
        let origin = if here { String::new() } else { origin(report, &it.origin) };
        let _ = writeln!(shown, "    {key:width$}  {}{origin}", clean(&told(fact, key, it)));
    }
    for event in &fact.events {
        let _ = write!(shown, "    {}", event.kind.name());
        if let Some(about) = about(event) {
            let _ = write!(shown, " {}", clean(about));
        }
        if let Some(place) = place(report, event.span) {
            let _ = write!(shown, "  {}:{}", clean(place.path), place.start.line);
        }
        shown.push('\n');
    }
    shown.push('\n');
}

/// Whether both begin in the same line of the same file.
fn is_beside(report: &Report, a: Span, b: Span) -> bool {
    let line = |span| place(report, span).map(|it| it.start.line);
    a.file == b.file && line(a) == line(b)
}

/// The key of the session, or the cookie, that an event is about.
fn about(event: &Event) -> Option<&str> {
    let operand = event.operands.get("key").or_else(|| event.operands.get("name"))?;
    match &operand.value {
        Value::Known(Scalar::Text(it)) => Some(it),
        _ => None,
    }
}

/// An attribute of a fact in words and units.
pub(super) fn told(fact: &Fact, name: &str, it: &Attribute) -> String {
    let ty = schema(fact.kind).attributes.iter().find(|it| it.name == name).map(|it| it.ty);
    in_words(&it.value, ty, redact::is_secret(fact, name))
}

pub(super) fn worded(it: &Value, secret: bool) -> String {
    in_words(it, None, secret)
}

fn in_words(it: &Value, ty: Option<AttributeType>, secret: bool) -> String {
    let inner = |it: &Value| in_words(it, ty, secret);
    match it {
        Value::Unset => "unset".into(),
        Value::Known(scalar) => word(scalar, ty, secret),
        Value::OneOf(all) => all.iter().map(inner).collect::<Vec<_>>().join(" or "),
        Value::Env { name, fallback: Some(value) } => format!("environment {name}, else {}", inner(value)),
        Value::Env { name, fallback: None } => format!("environment {name}"),
        Value::Setting { key, value: Some(value) } => format!("{} by setting {key}", inner(value)),
        Value::Setting { key, value: None } => format!("setting {key}"),
        Value::Debug { in_debug, in_release } => {
            format!("{} (debug builds {})", inner(in_release), inner(in_debug))
        }
        Value::Request => "follows the request".into(),
        Value::Param(name) => format!("parameter {name}"),
        Value::Opaque(why) => format!("unknown: {why}"),
    }
}

fn word(it: &Scalar, ty: Option<AttributeType>, secret: bool) -> String {
    match it {
        Scalar::Bool(true) => "on".into(),
        Scalar::Bool(false) => "off".into(),
        Scalar::Int(it) if ty == Some(AttributeType::Duration) => human_duration(*it),
        Scalar::Int(it) => it.to_string(),
        Scalar::Float(it) => it.to_string(),
        Scalar::Text(_) if secret => redact::HIDDEN.into(),
        Scalar::Text(it) => redact::text(it).into_owned(),
        Scalar::Null => "null".into(),
        Scalar::List(all) => all.iter().map(|it| in_words(it, ty, secret)).collect::<Vec<_>>().join(", "),
    }
}

pub(super) fn origin(report: &Report, it: &Origin) -> String {
    let at = |span| {
        place(report, span).map(|it| format!("{}:{}", clean(it.path), it.start.line)).unwrap_or_default()
    };
    match it {
        Origin::Written(span) => format!("  ({})", at(*span)),
        Origin::Inherited(span) => format!("  (from {})", at(*span)),
        Origin::Derived(spans) if spans.is_empty() => String::new(),
        Origin::Derived(spans) => {
            format!("  (worked out from {})", spans.iter().map(|it| at(*it)).collect::<Vec<_>>().join(", "))
        }
        Origin::Default { package, version, .. } => format!("  (default of {package} {version})"),
    }
}
