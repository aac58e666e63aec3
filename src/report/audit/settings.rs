//! Settings that decide something, each with the chain that led to its value.

use serde::Serialize;

use super::inventory::{text, title};
use super::{At, Numbers, at, facts};
use crate::check::Report;
use crate::facts::{Attribute, FactKind, Origin, Value, schema};
use crate::report::facts::{is_default, worded};
use crate::report::redact;
use crate::report::words::clean;

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    name: String,
    value: String,
    /// Role of the module: production, base, ..
    role: String,
    at: Option<At>,
    /// What it decides, when it is no setting of a framework.
    decides: String,
    /// Places that led here, the last word first.
    chain: Vec<Link>,
    findings: Vec<usize>,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    text: String,
    at: At,
}

/// Settings that the project writes, and attributes that settings files or the environment decide.
pub(super) fn rows(report: &Report, numbers: &Numbers<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = facts(report, FactKind::Setting)
        .into_iter()
        .filter(|it| !is_default(it))
        .filter_map(|fact| {
            let value = fact.attribute("value")?;
            Some(Row {
                name: super::inventory::name(fact),
                value: shown(&value.value, redact::is_secret(fact, "value")),
                role: text(fact, "role").unwrap_or_default(),
                at: at(report, fact.span),
                decides: String::new(),
                chain: chain(report, value),
                findings: numbers.about(fact),
            })
        })
        .collect();
    for kind in [FactKind::Cookie, FactKind::Session, FactKind::Key] {
        for fact in facts(report, kind) {
            for schema in schema(kind).attributes {
                let Some(it) = fact.attribute(schema.name) else { continue };
                let (Value::Setting { key: name, .. } | Value::Env { name, .. }) = &it.value else {
                    continue;
                };
                rows.push(Row {
                    name: clean(name).into_owned(),
                    value: shown(&it.value, redact::is_secret(fact, schema.name)),
                    role: if matches!(it.value, Value::Env { .. }) { "environment" } else { "file" }.into(),
                    at: written(report, it),
                    decides: format!("{} of {}", schema.doc, title(fact)),
                    chain: chain(report, it),
                    findings: Vec::new(),
                });
            }
        }
    }
    rows.sort();
    rows.dedup();
    rows
}

/// Longer values are cut: nobody reads lists of applications here.
const LONGEST: usize = 160;

fn shown(value: &Value, secret: bool) -> String {
    let text = worded(value, secret);
    let text = clean(&text);
    if text.chars().count() <= LONGEST {
        return text.into_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

fn written(report: &Report, it: &Attribute) -> Option<At> {
    match &it.origin {
        Origin::Written(span) | Origin::Inherited(span) => at(report, *span),
        Origin::Derived(spans) => spans.first().and_then(|it| at(report, *it)),
        Origin::Default { .. } => None,
    }
}

fn chain(report: &Report, it: &Attribute) -> Vec<Link> {
    let own = match &it.origin {
        Origin::Written(span) => vec![(*span, "written here")],
        Origin::Inherited(span) => vec![(*span, "taken over from here")],
        Origin::Derived(spans) => spans.iter().map(|it| (*it, "worked out from this")).collect(),
        Origin::Default { .. } => Vec::new(),
    };
    let trail = it.trail.iter().map(|it| (it.span, it.text.as_str()));
    let mut links: Vec<Link> = Vec::new();
    for (span, text) in own.into_iter().chain(trail) {
        let Some(at) = at(report, span) else { continue };
        let link = Link { text: clean(text).into_owned(), at };
        if !links.contains(&link) {
            links.push(link);
        }
    }
    links
}
