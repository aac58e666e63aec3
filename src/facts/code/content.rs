//! What is in the value of a cookie.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{bytes, known_text, operand, refine, switch, text};
use crate::facts::{Attribute, Labels, Operand, Origin, Scalar, Size, Value};
use crate::flow::{Atom, Machine, Object, Val};
use crate::ir::Span;
use crate::model::words;

/// What kind of sensitive data a value is, by where it came from.
pub(super) fn sensitive(operand: &Operand) -> Option<&'static str> {
    if matches!(operand.value, Value::Known(_))
        || operand.labels.has(Labels::SEALED)
        || operand.labels.has(Labels::RANDOM)
    {
        return None;
    }
    words::sensitive_path(&operand.names)
}

/// Constant value, sensitive content, size.
pub(super) fn describe_value(
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
            Size::AtMost(bytes) => Size::AtMost(bytes + u64::try_from(name).unwrap_or(0)),
            unbounded @ Size::Unbounded => unbounded,
        };
        attributes.insert(
            "size".into(),
            Attribute { value: bytes(size), origin: Origin::Written(operand.span), trail: Vec::new() },
        );
    }
}

/// Parts of the cookie that are the request's data as they came.
pub(super) fn tainted(
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
