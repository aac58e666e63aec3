//! Every cookie, session and key, each attribute with its value and who decided it.

use serde::Serialize;

use super::{At, Numbers, at};
use crate::check::Report;
use crate::facts::{AttributeType, FactKind};
use crate::facts::{EventKind, Fact, Scalar, Span, Value, schema};
use crate::report::facts::{origin, worded};
use crate::report::redact;
use crate::report::words::clean;
use crate::rule::human_duration;

/// What an attribute is, in words, with its origin.
#[derive(Serialize)]
pub(super) struct Cell {
    text: String,
    /// `on`, `off`, or `other` for what is no switch or decided later.
    tone: &'static str,
    origin: String,
}

#[derive(Serialize)]
pub(super) struct Cookie {
    name: String,
    role: String,
    removal: bool,
    secure: Cell,
    http_only: Cell,
    same_site: Cell,
    domain: Cell,
    path: Cell,
    lifetime: Cell,
    protection: Cell,
    /// Package of the framework that sends it.
    stack: String,
    /// `handler`, `session-layer`, `setting`, `raw-header`.
    setter: String,
    at: At,
    /// Handlers that send it.
    sent_by: Vec<Sender>,
    unjudged: Option<String>,
    findings: Vec<usize>,
    /// Number of findings that the project accepts.
    accepted: usize,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sender {
    handler: String,
    at: At,
}

#[derive(Serialize)]
pub(super) struct Session {
    name: String,
    stack: String,
    store: Cell,
    store_type: String,
    protection: Cell,
    idle_timeout: Cell,
    absolute_timeout: Cell,
    cookie_lifetime: Cell,
    serializer: Cell,
    at: At,
    unjudged: Option<String>,
    findings: Vec<usize>,
}

#[derive(Serialize)]
pub(super) struct Key {
    name: String,
    stack: String,
    purpose: String,
    source: Cell,
    length: Cell,
    role: String,
    at: At,
    unjudged: Option<String>,
    findings: Vec<usize>,
}

pub(super) fn cookies(
    report: &Report,
    cookies: &[&Fact],
    handlers: &[&Fact],
    numbers: &Numbers<'_>,
) -> Vec<Cookie> {
    let one = |fact: &&Fact| {
        Some(Cookie {
            name: name(fact),
            role: text(fact, "role").unwrap_or_else(|| "unknown".into()),
            removal: text(fact, "removal").is_some_and(|it| it == "on"),
            secure: cell(report, fact, "secure", "not set"),
            http_only: cell(report, fact, "http_only", "not set"),
            same_site: cell(report, fact, "same_site", "not set"),
            domain: cell(report, fact, "domain", "this host"),
            path: cell(report, fact, "path", "not set"),
            lifetime: cell(report, fact, "lifetime", "browser session"),
            protection: cell(report, fact, "protection", "unknown"),
            stack: text(fact, "stack").unwrap_or_default(),
            setter: text(fact, "setter").unwrap_or_default(),
            at: at(report, fact.span)?,
            sent_by: senders(report, fact, handlers),
            unjudged: unjudged(fact),
            findings: numbers.about(fact),
            accepted: numbers.accepted_about(fact),
        })
    };
    cookies.iter().filter_map(one).collect()
}

/// Handlers with an event at one of the places where the cookie is made or sent.
fn senders(report: &Report, cookie: &Fact, handlers: &[&Fact]) -> Vec<Sender> {
    let places: Vec<Span> = cookie.trail.iter().map(|it| it.span).chain([cookie.span]).collect();
    let sends = |handler: &&&Fact| {
        handler.events.iter().any(|it| {
            matches!(it.kind, EventKind::Emit | EventKind::EmitRemoval)
                && places.iter().any(|place| place.contains(it.span) || it.span.contains(*place))
        })
    };
    let mut senders: Vec<_> = handlers
        .iter()
        .filter(sends)
        .filter_map(|it| Some(Sender { handler: name(it), at: at(report, it.span)? }))
        .collect();
    senders.sort();
    senders.dedup();
    senders
}

pub(super) fn sessions(report: &Report, sessions: &[&Fact], numbers: &Numbers<'_>) -> Vec<Session> {
    let one = |fact: &&Fact| {
        Some(Session {
            name: name(fact),
            stack: text(fact, "stack").unwrap_or_default(),
            store: cell(report, fact, "store", "unknown"),
            store_type: text(fact, "store_type").unwrap_or_default(),
            protection: cell(report, fact, "protection", "none"),
            idle_timeout: cell(report, fact, "idle_timeout", "none"),
            absolute_timeout: cell(report, fact, "absolute_timeout", "none"),
            cookie_lifetime: cell(report, fact, "cookie_lifetime", "browser session"),
            serializer: cell(report, fact, "serializer", "unknown"),
            at: at(report, fact.span)?,
            unjudged: unjudged(fact),
            findings: numbers.about(fact),
        })
    };
    sessions.iter().filter_map(one).collect()
}

pub(super) fn keys(report: &Report, keys: &[&Fact], numbers: &Numbers<'_>) -> Vec<Key> {
    let one = |fact: &&Fact| {
        Some(Key {
            name: name(fact),
            stack: text(fact, "stack").unwrap_or_default(),
            purpose: text(fact, "use").unwrap_or_default(),
            source: cell(report, fact, "source", "unknown"),
            length: cell(report, fact, "length", "unknown"),
            role: text(fact, "role").unwrap_or_default(),
            at: at(report, fact.span)?,
            unjudged: unjudged(fact),
            findings: numbers.about(fact),
        })
    };
    keys.iter().filter_map(one).collect()
}

fn unjudged(fact: &Fact) -> Option<String> {
    fact.unjudged.as_deref().map(|it| clean(it).into_owned())
}

pub(super) fn name(fact: &Fact) -> String {
    fact.name.as_deref().map_or_else(|| "(name unknown)".into(), |it| clean(it).into_owned())
}

/// An attribute in words; `None` when the fact has none.
pub(super) fn text(fact: &Fact, attribute: &str) -> Option<String> {
    let it = fact.attribute(attribute)?;
    Some(clean(&worded(&it.value, redact::is_secret(fact, attribute))).into_owned())
}

fn cell(report: &Report, fact: &Fact, attribute: &str, unset: &str) -> Cell {
    let Some(it) = fact.attribute(attribute) else {
        return Cell { text: unset.to_owned(), tone: "other", origin: String::new() };
    };
    let ty = schema(fact.kind).attributes.iter().find(|it| it.name == attribute).map(|it| it.ty);
    let tone = match (ty, settled(&it.value)) {
        (Some(AttributeType::Switch), Some(Value::Known(Scalar::Bool(true)))) => "on",
        (
            Some(AttributeType::Switch),
            Some(Value::Known(Scalar::Bool(false) | Scalar::Null) | Value::Unset),
        ) => "off",
        _ => "other",
    };
    let origin = origin(report, &it.origin);
    let shown = shown(&it.value, ty, unset, redact::is_secret(fact, attribute));
    Cell {
        text: clean(&shown).into_owned(),
        tone,
        origin: origin.trim().trim_start_matches('(').trim_end_matches(')').to_owned(),
    }
}

/// What production gets, if that is decided.
fn settled(value: &Value) -> Option<&Value> {
    match value {
        Value::Unset | Value::Known(_) => Some(value),
        Value::Setting { value, .. } => settled(value.as_deref()?),
        Value::Debug { in_release, .. } => settled(in_release),
        _ => None,
    }
}

fn shown(value: &Value, ty: Option<AttributeType>, unset: &str, secret: bool) -> String {
    let inner = |it: &Value| shown(it, ty, unset, secret);
    match (value, ty) {
        (Value::Unset | Value::Known(Scalar::Null), Some(AttributeType::Switch)) => "off".into(),
        (Value::Unset | Value::Known(Scalar::Null), _) => unset.to_owned(),
        (Value::Known(Scalar::Text(it)), Some(AttributeType::Words(_))) if it == "unset" => unset.to_owned(),
        (Value::Known(Scalar::Int(it)), Some(AttributeType::Duration)) => human_duration(*it),
        (Value::Known(Scalar::Int(it)), Some(AttributeType::Number)) => format!("{it} bytes"),
        (Value::Setting { value: Some(value), .. }, _) => inner(value),
        (Value::Debug { in_release, .. }, _) => inner(in_release),
        (Value::Env { name, fallback: Some(value) }, _) => format!("{} unless {name}", inner(value)),
        (Value::OneOf(all), _) => all.iter().map(inner).collect::<Vec<_>>().join(" or "),
        _ => worded(value, secret),
    }
}

/// Cookies and sessions have names in settings and code; so have the attributes that others decide.
pub(super) fn title(fact: &Fact) -> String {
    match fact.kind {
        FactKind::Key => format!("key {}", name(fact)),
        kind => format!("{} {}", kind.name(), name(fact)),
    }
}
