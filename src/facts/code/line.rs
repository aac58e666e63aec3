//! A `Set-Cookie` line written as text.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::assemble::{finish, is_past, is_removal};
use super::content::{put_tainted, sensitive, tainted_at};
use super::convert::{attribute, switch, text};
use crate::facts::{Attribute, Fact, Labels, Origin, Scalar, Value};
use crate::flow::{Kind, Machine, Piece, TraceEvent, Val};
use crate::ir::Span;

/// Attributes of RFC 6265bis and its extensions, as they are usually written.
pub(crate) const ATTRIBUTES: [&str; 9] =
    ["Secure", "HttpOnly", "SameSite", "Path", "Domain", "Max-Age", "Expires", "Partitioned", "Priority"];

/// Stands for a piece of the line that is not known.
const HOLE: char = '\u{1}';

/// The cookie of a raw line; `None` when nothing of the line is known.
pub(super) fn fact(machine: &Machine<'_>, event: &TraceEvent) -> Option<Fact> {
    let value = event.operands.iter().find(|(name, _)| name == "text").map(|(_, value)| value)?;
    let value = super::convert::refine(&event.path, value);
    let span = value.span().unwrap_or(event.span);
    let (line, holes) = flatten(machine, &value);
    let Some(line) = line else {
        let mut attributes = BTreeMap::new();
        let opaque = Attribute {
            value: Value::Opaque("the text of the header is not known".into()),
            origin: Origin::Derived(Vec::new()),
            trail: Vec::new(),
        };
        attributes.insert("name".into(), opaque);
        return Some(finish(event, None, attributes, "raw-header", true, None));
    };
    let parsed = parse(&line, &holes);
    let written = Origin::Written(span);
    let mut attributes: BTreeMap<SmolStr, Attribute> = BTreeMap::new();
    let mut put = |name: &'static str, value: Value| {
        attributes.insert(name.into(), Attribute { value, origin: Origin::Written(span), trail: Vec::new() });
    };
    // A hole between the attributes may bring any of them.
    let absent =
        if parsed.open { Value::Opaque("part of the line is not known".into()) } else { Value::Unset };
    put(
        "name",
        parsed
            .name
            .map_or(Value::Opaque("the name is not known".into()), |it| Value::Known(Scalar::Text(it))),
    );
    put("secure", if parsed.secure { Value::Known(Scalar::Bool(true)) } else { absent.clone() });
    put("http_only", if parsed.http_only { Value::Known(Scalar::Bool(true)) } else { absent.clone() });
    put("partitioned", if parsed.partitioned { Value::Known(Scalar::Bool(true)) } else { absent.clone() });
    for (name, found) in [("same_site", parsed.same_site), ("path", parsed.path), ("domain", parsed.domain)] {
        put(name, found.unwrap_or_else(|| absent.clone()));
    }
    put("lifetime", parsed.lifetime.unwrap_or(absent));
    let decided_elsewhere = otherwise(machine, &value);
    if !parsed.faults.is_empty() {
        let faults = parsed.faults.into_iter().map(|it| Value::Known(Scalar::Text(it))).collect();
        put("faults", Value::Known(Scalar::List(faults)));
    }
    if let Some((place, there)) = decided_elsewhere {
        for (name, attribute) in &mut attributes {
            if attribute.value == Value::Unset && there.contains(&name.as_str()) {
                attribute.origin = Origin::Written(place);
            }
        }
    }
    attributes.insert("protection".into(), text("plain", Origin::Derived(Vec::new())));
    let removal = is_removal(&attributes, None);
    attributes.insert("removal".into(), switch(removal, written));
    attributes.insert("written".into(), text("raw", Origin::Derived(Vec::new())));
    content(machine, event, &holes, &parsed.value_holes, span, &mut attributes);
    Some(finish(event, Some(span), attributes, "raw-header", false, None))
}

/// The switch of the caller that keeps attributes out of the line, and which.
fn otherwise(machine: &Machine<'_>, value: &Val) -> Option<(Span, Vec<&'static str>)> {
    let (place, other) = value.info.as_ref()?.otherwise.as_deref()?;
    let (line, holes) = flatten(machine, other);
    Some((*place, flags(&parse(&line?, &holes))))
}

fn flags(line: &Line) -> Vec<&'static str> {
    let flags =
        [("secure", line.secure), ("http_only", line.http_only), ("same_site", line.same_site.is_some())];
    flags.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

/// Attributes that stand behind a line that was there before; `None` when there may be any.
pub(super) fn added(machine: &Machine<'_>, event: &TraceEvent) -> Option<Vec<&'static str>> {
    let (_, value) = event.operands.iter().find(|(name, _)| name == "text")?;
    let (line, holes) = flatten(machine, &super::convert::refine(&event.path, value));
    let parsed = parse(&line?, &holes);
    if parsed.open {
        return None;
    }
    Some(flags(&parsed))
}

/// What flows into the value of the cookie.
fn content(
    machine: &Machine<'_>,
    event: &TraceEvent,
    holes: &[Val],
    value_holes: &[usize],
    span: Span,
    attributes: &mut BTreeMap<SmolStr, Attribute>,
) {
    for hole in value_holes.iter().filter_map(|at| holes.get(*at)) {
        let operand = super::convert::operand(machine, &event.path, hole, span);
        if let Some(kind) = sensitive(&operand) {
            attributes.insert("sensitive".into(), text(kind, Origin::Written(operand.span)));
        }
        if operand.labels.has(Labels::GUESSABLE) && !operand.labels.has(Labels::RANDOM) {
            attributes.insert("guessable".into(), switch(true, Origin::Written(operand.span)));
        }
        if let Some(place) = tainted_at(machine, &event.path, hole, span) {
            put_tainted(vec![("value", place)], attributes);
        }
        if let [only] = value_holes
            && let Some(value) = holes.get(*only)
        {
            let value = attribute(machine, &event.path, value);
            if matches!(value.value, Value::Known(_)) {
                attributes.insert("value".into(), value);
            }
        }
    }
}

/// The line with a mark for every unknown piece, and those pieces. Pieces that depend on the build are taken as in release.
fn flatten(machine: &Machine<'_>, value: &Val) -> (Option<String>, Vec<Val>) {
    let pieces = match &value.kind {
        Kind::Text(_) | Kind::Pieces(_) => machine.pieces(value),
        _ => return (None, Vec::new()),
    };
    let mut line = String::new();
    let mut holes = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => line.push_str(&text),
            Piece::Hole(value) => {
                let known = attribute(machine, &[], &value);
                match super::convert::known_text(&known.value) {
                    Some(text) => line.push_str(&text),
                    None => {
                        if let Value::Known(Scalar::Int(number)) = known.value {
                            line.push_str(&number.to_string());
                        } else {
                            line.push(HOLE);
                            holes.push(value);
                        }
                    }
                }
            }
        }
    }
    (Some(line), holes)
}

#[derive(Default)]
struct Line {
    name: Option<SmolStr>,
    value_holes: Vec<usize>,
    secure: bool,
    http_only: bool,
    partitioned: bool,
    same_site: Option<Value>,
    path: Option<Value>,
    domain: Option<Value>,
    lifetime: Option<Value>,
    faults: Vec<SmolStr>,
    /// An unknown piece stands where attributes stand.
    open: bool,
}

fn parse(line: &str, holes: &[Val]) -> Line {
    let mut out = Line::default();
    let mut seen = 0;
    for (at, part) in line.split(';').enumerate() {
        let in_part = part.matches(HOLE).count();
        let part = part.trim();
        if at == 0 {
            let (name, _) = part.split_once('=').unwrap_or((part, ""));
            out.name = (!name.contains(HOLE) && !name.is_empty()).then(|| name.trim().into());
            let before = name.matches(HOLE).count();
            out.value_holes = (seen + before..seen + in_part).collect();
            seen += in_part;
            continue;
        }
        seen += in_part;
        let (name, value) =
            part.split_once('=').map_or((part, None), |(name, value)| (name.trim(), Some(value.trim())));
        if name.contains(HOLE) {
            out.open = true;
            continue;
        }
        if let Some(value) = value.filter(|it| holds_attribute(it)) {
            out.faults.push(format!("{name}={value}").into());
        }
        attribute_of_line(&mut out, name, value);
        // A piece at the end of a flag may bring its own semicolon.
        if value.is_none() && part.contains(HOLE) {
            out.open = true;
        }
    }
    let _ = holes;
    if line.split(';').next().is_some_and(|first| first.ends_with(HOLE)) && !line.contains(';') {
        out.open = true;
    }
    out
}

/// Whether a value goes on with another attribute: the `;` between them is lost.
fn holds_attribute(value: &str) -> bool {
    let mut words = value.split([' ', ',']).filter_map(|it| it.split('=').next());
    words.any(|word| ATTRIBUTES.iter().any(|it| word.eq_ignore_ascii_case(it)))
}

fn attribute_of_line(out: &mut Line, name: &str, value: Option<&str>) {
    let lower = name.to_lowercase();
    let known = |value: Option<&str>| match value {
        Some(value) if value.contains(HOLE) => Value::Opaque("part of the line is not known".into()),
        Some(value) if !value.is_empty() => Value::Known(Scalar::Text(value.into())),
        _ => Value::Unset,
    };
    match lower.as_str() {
        "secure" => out.secure = true,
        "httponly" => out.http_only = true,
        "partitioned" => out.partitioned = true,
        "samesite" => match value.map(str::to_lowercase).as_deref() {
            Some(word @ ("strict" | "lax" | "none")) => {
                out.same_site = Some(Value::Known(Scalar::Text(word.into())));
            }
            Some(word) if word.contains(HOLE) => out.same_site = Some(known(value)),
            other => {
                out.faults.push(format!("SameSite={}", other.unwrap_or("")).into());
                out.same_site = Some(Value::Unset);
            }
        },
        "path" => out.path = Some(known(value)),
        "domain" => out.domain = Some(known(value)),
        "max-age" => {
            out.lifetime = match value.map(str::parse::<i64>) {
                Some(Ok(seconds)) => Some(Value::Known(Scalar::Int(seconds))),
                Some(Err(_)) if value.is_some_and(|it| it.contains(HOLE)) => Some(known(value)),
                _ => {
                    out.faults.push(format!("Max-Age={}", value.unwrap_or("")).into());
                    None
                }
            };
        }
        "expires" => {
            if out.lifetime.is_none() {
                let past = value.is_some_and(|it| it == "0" || is_past(it));
                out.lifetime =
                    Some(if past { Value::Known(Scalar::Int(0)) } else { Value::Opaque("a date".into()) });
            }
        }
        "priority" | "" => {}
        _ => out.faults.push(name.into()),
    }
}
