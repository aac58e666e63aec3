//! What is in the value of a cookie.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{bytes, known_text, operand, refine, severest, switch, text};
use crate::facts::{Attribute, Labels, Operand, Origin, Scalar, Size, Value};
use crate::flow::{Atom, Class, Machine, Object, Val, builtins, derives, is_left_out};
use crate::ir::{FieldDef, Span};
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

/// What kind of sensitive data a struct holds that was written as text, by the names of its fields.
fn sensitive_record(machine: &Machine<'_>, value: &Val) -> Option<&'static str> {
    if value.labels().any(Labels::SEALED.with(Labels::RANDOM)) {
        return None;
    }
    let Some(Class::Project(id)) = machine.class_of_type(&machine.peel(value.ty()?)) else { return None };
    if !derives(&id.def.attributes, builtins().serialized.as_str()) {
        return None;
    }
    let holds_text = |it: &FieldDef| {
        let ty = it.ty.as_ref().map(|ty| ty.args.first().unwrap_or(ty));
        ty.and_then(|it| it.path.last()).is_some_and(|it| it == "String" || it == "str")
    };
    let fields = id.def.fields.iter().filter(|it| holds_text(it) && !is_left_out(it));
    let kinds: Vec<_> = fields.filter_map(|it| words::sensitive(&it.name.name)).collect();
    severest(&kinds).filter(|it| *it != "token")
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
    if let Some(kind) = sensitive(&operand).or_else(|| sensitive_record(machine, &value)) {
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
