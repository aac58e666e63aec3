//! Says in words who decided an attribute, and where.

use crate::facts::{
    Attribute, AttributeSchema, AttributeType, Fact, Note, Origin, Scalar, Span, Value, schema,
};

use super::units::{human_duration, human_size};

/// Attributes that say what a thing is, not what somebody decided; their places explain nothing.
const CLASSES: &[&str] = &["role", "removal", "setter", "stack", "purpose", "type", "expected", "known"];

/// Attributes that nobody writes as such: they say what something written amounts to.
const INFERRED: &[&str] =
    &["sensitive", "mismatch", "source", "store", "store_type", "fault", "faults", "serializer"];

/// How people call an attribute: the name that its schema gives in backticks, else its own name.
pub(super) fn display(schema: &AttributeSchema) -> String {
    let quoted = schema.doc.strip_prefix('`').and_then(|it| it.split_once('`')).map(|(name, _)| name);
    match quoted {
        Some(name) => format!("`{name}`"),
        None => schema.name.replace('_', " "),
    }
}

/// Where an attribute was written, when it was.
pub(super) fn written_at(attribute: &Attribute) -> Option<Span> {
    match &attribute.origin {
        Origin::Written(span) | Origin::Inherited(span) => Some(*span),
        Origin::Derived(spans) => spans.first().copied(),
        Origin::Default { .. } => None,
    }
}

/// One line about how an attribute came to its value.
pub(super) fn label(schema: &AttributeSchema, attribute: &Attribute) -> String {
    let name = display(schema);
    let phrase = phrase(schema, &attribute.value);
    match (&attribute.origin, &attribute.value) {
        (Origin::Default { package, version, .. }, _) => {
            format!("default of {}: {name} {phrase}", format!("{package} {version}").trim_end())
        }
        (_, Value::Env { name: variable, fallback: Some(_) }) => {
            format!("{name} set from `{variable}`, {phrase} when it is missing")
        }
        (_, Value::Setting { key, .. }) => format!("`{key}` is {phrase} here"),
        (_, Value::Debug { .. }) => format!("{name} {phrase} in release builds"),
        (Origin::Inherited(_), _) => format!("{name} {phrase}, taken from here"),
        _ if INFERRED.contains(&schema.name) && !phrase.is_empty() => format!("{name}: {phrase}"),
        (_, Value::Known(Scalar::Bool(_))) => format!("{name} switched {phrase} here"),
        (_, Value::Unset | Value::Known(Scalar::Null)) => format!("{name} left out here"),
        (_, Value::Known(_)) if phrase.is_empty() => format!("{name} set here"),
        (_, Value::Known(_)) => format!("{name} set to {phrase} here"),
        _ => format!("{name} decided here"),
    }
}

/// A value in words; empty when it must not or cannot be shown.
pub(super) fn phrase(schema: &AttributeSchema, value: &Value) -> String {
    match value {
        Value::Known(scalar) => scalar_phrase(schema, scalar),
        Value::Unset => if schema.ty == AttributeType::Switch { "off" } else { "not set" }.into(),
        Value::Env { fallback: Some(inner), .. } | Value::Setting { value: Some(inner), .. } => {
            phrase(schema, inner)
        }
        Value::Debug { in_release, .. } => phrase(schema, in_release),
        Value::OneOf(choices) => {
            let mut phrases: Vec<_> = choices.iter().map(|it| phrase(schema, it)).collect();
            phrases.dedup();
            phrases.join(" or ")
        }
        _ => String::new(),
    }
}

fn scalar_phrase(schema: &AttributeSchema, scalar: &Scalar) -> String {
    match (schema.ty, scalar) {
        // A setting's or cookie's value can be a secret.
        (AttributeType::Text, _) if schema.name == "value" => String::new(),
        (AttributeType::Switch, Scalar::Bool(false) | Scalar::Null | Scalar::Int(0)) => "off".into(),
        (AttributeType::Switch, _) => "on".into(),
        (_, Scalar::Null) => "not set".into(),
        (AttributeType::Duration, Scalar::Int(it)) => human_duration(*it),
        #[expect(clippy::cast_possible_truncation, reason = "saturates, only shown")]
        (AttributeType::Duration, Scalar::Float(it)) => human_duration(*it as i64),
        (AttributeType::Number, Scalar::Int(it)) if schema.name == "size" => human_size(*it),
        (_, Scalar::Int(it)) => it.to_string(),
        (_, Scalar::Float(it)) => it.to_string(),
        (_, Scalar::Bool(it)) => it.to_string(),
        (_, Scalar::Text(it)) => format!("`{it}`"),
        (_, Scalar::List(elements)) => elements
            .iter()
            .map(|it| phrase(schema, it))
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The places behind `attributes`, then those of the fact itself; none of them at `primary`.
pub(super) fn notes(fact: &Fact, attributes: &[&'static AttributeSchema], primary: Span) -> Vec<Note> {
    let mut notes = Vec::new();
    for schema in attributes.iter().filter(|it| !CLASSES.contains(&it.name)) {
        let Some(attribute) = fact.attribute(schema.name) else { continue };
        if let Some(span) = written_at(attribute) {
            notes.push(Note { span, text: label(schema, attribute) });
        }
        notes.extend(attribute.trail.iter().cloned());
    }
    notes.extend(fact.trail.iter().cloned());
    let mut seen = Vec::new();
    notes.retain(|it| {
        let new = it.span != primary && !seen.contains(&it.span);
        seen.push(it.span);
        new
    });
    notes
}

/// The first of `attributes` that somebody wrote: the place that must change.
pub(super) fn place<'f>(
    fact: &'f Fact,
    attributes: &[&'static AttributeSchema],
) -> Option<(Span, &'static AttributeSchema, &'f Attribute)> {
    attributes.iter().find_map(|schema| {
        let attribute = fact.attribute(schema.name)?;
        Some((written_at(attribute)?, *schema, attribute))
    })
}

/// The schema of one attribute of the fact's kind.
pub(super) fn schema_of(fact: &Fact, name: &str) -> Option<&'static AttributeSchema> {
    schema(fact.kind).attributes.iter().find(|it| it.name == name)
}

/// Whether an attribute's place explains anything.
pub(super) fn explains(schema: &AttributeSchema) -> bool {
    !CLASSES.contains(&schema.name)
}
