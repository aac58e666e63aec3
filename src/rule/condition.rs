//! Conditions: TOML tables over a fact's attributes, checked against its schema when they are loaded.

use std::sync::OnceLock;

use regex::Regex;
use smol_str::SmolStr;
use toml::de::DeValue;

use super::header::{Entry, Reader, elements, integer, suggestion};
use super::units;
use crate::facts::{AttributeSchema, AttributeType, FactKind, schema};

#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Checks of one attribute; all must hold.
    Attribute(&'static AttributeSchema, Vec<Check>),
    /// Something that the user declared about the deployment.
    Declared(Declaration, bool),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Declaration {
    HttpsProxy,
    CrossSite,
}

#[derive(Debug)]
pub(super) enum Check {
    /// Any of these.
    Is(Vec<Literal>),
    /// Seconds, bytes or a count against a bound.
    Compare(Comparison, i64),
    /// Any of these texts, compared as the flag says.
    StartsWith(Vec<SmolStr>, Case),
    Contains(Vec<SmolStr>, Case),
    Matches(Pattern),
    /// Given at all: neither unset nor null nor empty.
    Set(bool),
    /// Decided by somebody outside.
    Follows(Follows),
    By(Decider),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Literal {
    Bool(bool),
    Number(i64),
    Text(SmolStr),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    Over,
    AtLeast,
    Under,
    AtMost,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Case {
    Sensitive,
    Ignored,
}

/// Who decides a value when the program runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Follows {
    Request,
    Environment,
    /// The environment, or a file of settings.
    Installation,
}

/// Who decided the attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decider {
    Project,
    Framework,
}

/// A regular expression that is compiled when it is first needed.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// A faulty pattern matches nothing; `Condition::faulty_patterns` tells the author.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|it| it.is_match(text))
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.source).ok()).as_ref()
    }
}

const WORDS: &[&str] = &["any", "all", "not", "deployment"];
const CHECKS: &[&str] = &[
    "is",
    "over",
    "at-least",
    "under",
    "at-most",
    "starts-with",
    "contains",
    "matches",
    "ignore-case",
    "set",
    "follows",
    "by",
];

impl Condition {
    /// Reads a table; what is wrong goes to the reader.
    pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_>, kind: FactKind) -> Self {
        let parts = reader.table(entry).unwrap_or_default();
        let mut all: Vec<_> = parts.iter().filter_map(|it| Self::part(reader, it, kind)).collect();
        if all.len() == 1 { all.remove(0) } else { Self::All(all) }
    }

    fn part(reader: &mut Reader<'_>, entry: &Entry<'_>, kind: FactKind) -> Option<Self> {
        let many =
            |reader: &mut Reader<'_>| elements(entry).iter().map(|it| Self::read(reader, it, kind)).collect();
        match entry.key {
            "all" => Some(Self::All(many(reader))),
            "any" => Some(Self::Any(many(reader))),
            "not" => Some(Self::Not(Box::new(Self::read(reader, entry, kind)))),
            "deployment" => Some(Self::All(declarations(reader, entry))),
            name => {
                let known = schema(kind).attributes;
                let Some(attribute) = known.iter().find(|it| it.name == name) else {
                    let help = suggestion(name, known.iter().map(|it| it.name).chain(WORDS.iter().copied()));
                    let message = format!("a {} has no attribute `{name}`", kind.name());
                    reader.complain(entry.key_span.clone(), message, help);
                    return None;
                };
                Some(Self::Attribute(attribute, checks(reader, entry, attribute)))
            }
        }
    }

    /// Regular expressions that do not compile.
    pub(super) fn faulty_patterns(&self) -> Vec<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::faulty_patterns).collect(),
            Self::Not(part) => part.faulty_patterns(),
            Self::Declared(..) => Vec::new(),
            Self::Attribute(_, checks) => checks
                .iter()
                .filter_map(|it| match it {
                    Check::Matches(pattern) if pattern.regex().is_none() => Some(pattern.source.as_str()),
                    _ => None,
                })
                .collect(),
        }
    }
}

fn declarations(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Vec<Condition> {
    let mut all = Vec::new();
    for part in reader.table(entry).unwrap_or_default() {
        let declaration = match part.key {
            "https_proxy" => Declaration::HttpsProxy,
            "cross_site" => Declaration::CrossSite,
            _ => {
                reader.unknown_key(&part, ["https_proxy", "cross_site"]);
                continue;
            }
        };
        all.extend(reader.switch(&part).map(|it| Condition::Declared(declaration, it)));
    }
    all
}

fn checks(reader: &mut Reader<'_>, entry: &Entry<'_>, attribute: &AttributeSchema) -> Vec<Check> {
    if entry.value.as_table().is_none() {
        return vec![Check::Is(literals(reader, entry, attribute))];
    }
    let parts = reader.table(entry).unwrap_or_default();
    let case = match parts.iter().find(|it| it.key == "ignore-case").map(|it| reader.switch(it)) {
        Some(Some(true)) => Case::Ignored,
        _ => Case::Sensitive,
    };
    let mut all = Vec::new();
    for part in &parts {
        let check = match part.key {
            "is" => Some(Check::Is(literals(reader, part, attribute))),
            "over" => bound(reader, part, attribute).map(|it| Check::Compare(Comparison::Over, it)),
            "at-least" => bound(reader, part, attribute).map(|it| Check::Compare(Comparison::AtLeast, it)),
            "under" => bound(reader, part, attribute).map(|it| Check::Compare(Comparison::Under, it)),
            "at-most" => bound(reader, part, attribute).map(|it| Check::Compare(Comparison::AtMost, it)),
            "starts-with" => Some(Check::StartsWith(reader.texts(part), case)),
            "contains" => Some(Check::Contains(reader.texts(part), case)),
            "matches" => reader.text(part).map(|it| Check::Matches(Pattern::new(it))),
            "set" => reader.switch(part).map(Check::Set),
            "follows" => {
                let parse = |word: &str| match word {
                    "request" => Some(Follows::Request),
                    "environment" => Some(Follows::Environment),
                    "installation" => Some(Follows::Installation),
                    _ => None,
                };
                reader.word(part, parse, &["request", "environment", "installation"]).map(Check::Follows)
            }
            "by" => {
                let parse = |word: &str| match word {
                    "project" => Some(Decider::Project),
                    "framework" => Some(Decider::Framework),
                    _ => None,
                };
                reader.word(part, parse, &["project", "framework"]).map(Check::By)
            }
            "ignore-case" => None,
            _ => {
                reader.unknown_key(part, CHECKS.iter().copied());
                None
            }
        };
        all.extend(check);
    }
    all
}

fn bound(reader: &mut Reader<'_>, entry: &Entry<'_>, attribute: &AttributeSchema) -> Option<i64> {
    let parsed = match (attribute.ty, entry.value) {
        (AttributeType::Duration, DeValue::String(text)) => units::seconds(text),
        (AttributeType::Number, DeValue::String(text)) => units::bytes(text),
        (AttributeType::Number | AttributeType::Duration, value) => integer(value),
        _ => {
            reader.complain(
                entry.key_span.clone(),
                format!("`{}` is neither a duration nor a number", attribute.name),
                "",
            );
            return None;
        }
    };
    if parsed.is_none() {
        let help = match attribute.ty {
            AttributeType::Duration => "write it as `180 days`, `1 hour`",
            _ => "write it as `4096 bytes`, `4 KB` or a number",
        };
        reader.complain(entry.span.clone(), format!("`{}` cannot be read", entry.key), help);
    }
    parsed
}

fn literals(reader: &mut Reader<'_>, entry: &Entry<'_>, attribute: &AttributeSchema) -> Vec<Literal> {
    let elements = elements(entry);
    elements.iter().filter_map(|it| literal(reader, it, attribute)).collect()
}

fn literal(reader: &mut Reader<'_>, entry: &Entry<'_>, attribute: &AttributeSchema) -> Option<Literal> {
    let parsed = match (attribute.ty, entry.value) {
        (AttributeType::Switch | AttributeType::Text, DeValue::Boolean(it)) => Some(Literal::Bool(*it)),
        (AttributeType::Switch, DeValue::String(it)) if it == "on" => Some(Literal::Bool(true)),
        (AttributeType::Switch, DeValue::String(it)) if it == "off" => Some(Literal::Bool(false)),
        (AttributeType::Words(words), DeValue::String(it)) => {
            if !words.contains(&it.as_ref()) {
                let help = suggestion(it, words.iter().copied());
                reader.complain(entry.span.clone(), format!("`{}` is never `{it}`", attribute.name), help);
                return None;
            }
            Some(Literal::Text(it.as_ref().into()))
        }
        (AttributeType::Text | AttributeType::List, DeValue::String(it)) => {
            Some(Literal::Text(it.as_ref().into()))
        }
        (AttributeType::Text | AttributeType::Number | AttributeType::Duration, value) => {
            integer(value).map(Literal::Number)
        }
        _ => None,
    };
    if parsed.is_none() {
        let wants = match attribute.ty {
            AttributeType::Switch => "`\"on\"`, `\"off\"`, `true` or `false`",
            AttributeType::Words(_) => "one of its words",
            AttributeType::Number | AttributeType::Duration => "a number; use `over` and `under` with units",
            AttributeType::Text | AttributeType::List => "text",
        };
        reader.complain(entry.span.clone(), format!("`{}` wants {wants}", attribute.name), "");
    }
    parsed
}
