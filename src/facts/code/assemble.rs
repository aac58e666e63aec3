//! From the attributes of a cookie to its fact: name, role, whether it takes the cookie away, why it cannot be judged.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{known_text, text};
use crate::facts::{Attribute, Fact, FactKind, Note, Origin, Scalar, Value};
use crate::flow::{Kind, OWN_JAR, TraceEvent, UNSURE, Val};
use crate::ir::Span;
use crate::model::words;

/// What a cookie has and nobody can see in its value.
pub(super) const FLAGS: [&str; 3] = ["secure", "http_only", "same_site"];

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
    let word = |name: &str| attributes.get(name).and_then(|it| known_text(&it.value));
    // Everybody has the same: it logs nobody in.
    if named == "auth" && word("value").is_some_and(|it| words::is_flag_text(&it)) {
        return ("preference", Some("value"));
    }
    if named != "unknown" {
        return (named, Some("name"));
    }
    if let Some(role) = word("sensitive").and_then(|kind| words::content_role(&kind)) {
        return (role, Some("value"));
    }
    match word("protection").and_then(|it| words::content_role(&it)) {
        Some(role) => (role, Some("encryption")),
        None => ("unknown", None),
    }
}

/// The name of the setting that names the cookie.
fn stand_in(name: &Value) -> Option<SmolStr> {
    match name {
        Value::Setting { key, .. } => Some(key.clone()),
        _ => None,
    }
}

pub(super) fn unsure(package: &str) -> SmolStr {
    format!("the version of `{package}` is not known, and versions differ here").into()
}

/// Why a cookie is not judged of which no flag is known.
fn nothing_known(attributes: &BTreeMap<SmolStr, Attribute>) -> Option<SmolStr> {
    let mut reason = None;
    for name in FLAGS {
        match &attributes.get(name)?.value {
            Value::Opaque(why) => reason = reason.or_else(|| Some(why.clone())),
            _ => return None,
        }
    }
    reason
}

/// A life of nothing deletes the cookie.
pub(super) fn is_removal(attributes: &BTreeMap<SmolStr, Attribute>, flag: Option<&Val>) -> bool {
    let over = attributes.get("lifetime").is_some_and(|it| match &it.value {
        Value::Known(Scalar::Int(seconds)) => *seconds <= 0,
        Value::Known(Scalar::Text(date)) => is_past(date),
        _ => false,
    });
    over || flag.is_some_and(|it| matches!(it.kind, Kind::Bool(true)))
}

/// Whether a date as headers have it is one that no cookie outlives: the program is younger.
pub(super) fn is_past(date: &str) -> bool {
    let words = date.split(|it: char| !it.is_ascii_digit());
    words
        .filter(|it| it.len() == 4)
        .filter_map(|it| it.parse::<u16>().ok())
        .any(|year| (1900..=2000).contains(&year))
}
