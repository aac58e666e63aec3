//! Rules against facts.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::evidence::{explains, label, notes, phrase, place, schema_of, written_at};
use super::logic::{Truth, Verdict, evaluate};
use super::message::{Room, fill};
use super::{Case, Context, Rule};
use crate::facts::{AttributeSchema, Fact, FactKind, Note, Span};
use crate::finding::{Confidence, Finding, Persona, Subject, UNCLEAR};

/// What a check has to say, before the page's texts are put to it.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) span: Span,
    pub(super) label: String,
    pub(super) evidence: Vec<Note>,
    pub(super) ordered: bool,
    /// Which `raise` entry with a `case` applies.
    pub(super) case: Option<&'static str>,
    pub(super) confidence: Confidence,
    /// For places in the texts that are no attributes of the fact.
    pub(super) values: BTreeMap<&'static str, String>,
    /// Subject when it is not the fact's own name.
    pub(super) subject: Option<SmolStr>,
}

impl Draft {
    pub(super) fn new(span: Span, label: impl Into<String>) -> Self {
        Self {
            span,
            label: label.into(),
            evidence: Vec::new(),
            ordered: false,
            case: None,
            confidence: Confidence::High,
            values: BTreeMap::new(),
            subject: None,
        }
    }
}

/// All findings of all rules over all facts, sorted. Facts of tests and facts that could not be judged are left out.
#[must_use]
pub fn judge<'r>(rules: impl IntoIterator<Item = &'r Rule>, context: &Context<'_>) -> Vec<Finding> {
    let rules: Vec<&Rule> = rules.into_iter().collect();
    let mut found = Vec::new();
    for (index, fact) in context.facts.iter().enumerate() {
        if fact.test || fact.unjudged.is_some() {
            continue;
        }
        for rule in rules.iter().filter(|it| it.on == Some(fact.kind) || it.also_on.contains(&fact.kind)) {
            found.extend(apply(rule, fact, context).into_iter().map(|it| (index, it)));
        }
    }
    yield_to_others(&rules, &mut found);
    let mut findings: Vec<Finding> =
        found.into_iter().map(|(index, finding)| Finding { fact: Some(index), ..finding }).collect();
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut seen = BTreeSet::new();
    findings.retain(|it| seen.insert((it.rule.clone(), it.span, it.subject.clone())));
    findings
}

/// Of findings that are otherwise alike, the one that most people see comes first.
fn key(it: &Finding) -> (Span, &SmolStr, &Subject, Persona, std::cmp::Reverse<Confidence>, &str) {
    (it.span, &it.rule, &it.subject, it.persona, std::cmp::Reverse(it.confidence), &it.message)
}

/// One fault, one finding: the less specific rule speaks only to the pedantic.
fn yield_to_others(rules: &[&Rule], found: &mut [(usize, Finding)]) {
    let places: BTreeSet<(SmolStr, usize)> = regular(found).map(|(i, it)| (it.rule.clone(), *i)).collect();
    let spans: BTreeSet<(SmolStr, Span)> = regular(found).map(|(_, it)| (it.rule.clone(), it.span)).collect();
    for (index, finding) in found {
        let Some(rule) = rules.iter().find(|it| it.id == finding.rule) else { continue };
        let yields = rule.yields_to.iter().any(|other| {
            places.contains(&(other.clone(), *index)) || spans.contains(&(other.clone(), finding.span))
        });
        if yields {
            finding.persona = finding.persona.max(Persona::Pedantic);
        }
    }
}

fn regular(found: &[(usize, Finding)]) -> impl Iterator<Item = &(usize, Finding)> {
    found.iter().filter(|(_, it)| it.persona == Persona::Regular)
}

fn apply(rule: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Finding> {
    let deployment = &context.deployment;
    let own = rule.on == Some(fact.kind);
    let verdict = rule.when.as_ref().filter(|_| own).map(|it| evaluate(it, fact, deployment));
    if verdict.as_ref().is_some_and(|it| it.truth == Truth::False) {
        return Vec::new();
    }
    let silent =
        own && rule.silent_if.as_ref().is_some_and(|it| evaluate(it, fact, deployment).truth == Truth::True);
    if silent {
        return Vec::new();
    }
    let drafts = match (rule.native, &verdict) {
        (Some(check), _) => check(rule, fact, context),
        (None, Some(verdict)) => vec![draft(rule, fact, verdict)],
        (None, None) => Vec::new(),
    };
    drafts.into_iter().map(|it| finish(rule, fact, context, verdict.as_ref(), it)).collect()
}

fn draft(rule: &Rule, fact: &Fact, verdict: &Verdict) -> Draft {
    let decided: Vec<&'static AttributeSchema> =
        verdict.decided_by.iter().copied().filter(|it| explains(it)).collect();
    let named = rule.at.as_deref();
    let is_named = |it: &AttributeSchema| named.is_none_or(|all| all.iter().any(|at| at.name == it.name));
    // Of the attributes that the page names, those that decided.
    let mut at: Vec<_> = decided.iter().copied().filter(|it| is_named(it)).collect();
    if at.is_empty() {
        at.extend(named.unwrap_or_default());
    }
    let (span, text) = if let Some((span, schema, attribute)) = place(fact, &at) {
        (span, label(schema, attribute))
    } else {
        let defaulted = |schema: &&'static AttributeSchema| {
            fact.attribute(schema.name).filter(|it| written_at(it).is_none()).map(|it| label(schema, it))
        };
        (fact.span, at.iter().chain(&decided).find_map(defaulted).unwrap_or_default())
    };
    let text = rule.label.as_ref().map_or(text, |it| fill(it, |name| attribute_text(fact, name)));
    let mut behind = at.clone();
    behind.extend(decided.iter().filter(|it| !at.iter().any(|at| at.name == it.name)));
    let mut evidence = notes(fact, &behind, span);
    let made = matches!(fact.kind, FactKind::Cookie | FactKind::Session);
    if made && span != fact.span && !evidence.iter().any(|it| it.span == fact.span) {
        evidence.push(Note { span: fact.span, text: format!("the {} is made here", fact.kind.name()) });
    }
    Draft { evidence, confidence: verdict.confidence, ..Draft::new(span, text) }
}

fn finish(
    rule: &Rule,
    fact: &Fact,
    context: &Context<'_>,
    verdict: Option<&Verdict>,
    draft: Draft,
) -> Finding {
    let cases: Vec<&Case> = rule
        .cases
        .iter()
        .filter(|case| case.name.as_deref() == draft.case || case.name.is_none())
        .filter(|case| {
            let holds = |it| evaluate(it, fact, &context.deployment).truth == Truth::True;
            case.when.as_ref().is_none_or(|it| rule.on == Some(fact.kind) && holds(it))
        })
        .collect();
    let unknown = verdict.filter(|it| it.truth == Truth::Unknown);
    let lookup = |name: &str| value(fact, &draft, name);
    let message = cases.iter().find_map(|it| it.message.as_ref()).unwrap_or(&rule.message);
    let mut message = fill(message, lookup);
    let mut persona = cases.iter().find_map(|it| it.persona).unwrap_or(rule.persona);
    let mut confidence = draft.confidence.min(rule.confidence);
    if let Some(limit) = cases.iter().find_map(|it| it.confidence) {
        confidence = confidence.min(limit);
    }
    if let Some(verdict) = verdict {
        confidence = confidence.min(verdict.confidence);
    }
    if let Some(unknown) = unknown {
        message = format!("{UNCLEAR}{message}: {}", unknown.reasons.join(", "));
        persona = persona.max(Persona::Pedantic);
        confidence = Confidence::Low;
    }
    let why = cases.iter().find_map(|it| it.why.as_ref()).unwrap_or(&rule.why);
    let help = cases.iter().find_map(|it| it.help.as_ref()).unwrap_or(&rule.help);
    let mut why = fill(why, lookup);
    if let Some(id) =
        rule.also.iter().find_map(|it| fact.word(it.name).cloned()).filter(|it| it != "silenced")
    {
        why = format!("{why} (`{id}` of the framework's own checks)");
    }
    let help = fill(help.for_room(room(fact, draft.span, context)), lookup);
    Finding {
        rule: rule.id.clone(),
        severity: cases.iter().find_map(|it| it.severity).unwrap_or(rule.severity),
        confidence,
        persona,
        message,
        why,
        help,
        span: draft.span,
        label: draft.label,
        subject: Subject {
            kind: fact.kind.name().into(),
            name: draft.subject.or_else(|| fact.name.clone()),
            role: fact.word("role").cloned(),
        },
        evidence: draft.evidence,
        ordered: draft.ordered,
        cwe: rule.cwe.clone(),
        asvs: rule.asvs.clone(),
        item: fact.item.clone(),
        fact: None,
    }
}

fn room(fact: &Fact, at: Span, context: &Context<'_>) -> Option<Room> {
    let set = fact.kind == FactKind::Setting || fact.word("setter").is_some_and(|it| it == "setting");
    match Room::of(context.file_kind(at.file)) {
        Some(Room::Rust | Room::Python) | None if set => Some(Room::Module),
        room => room,
    }
}

/// What stands at `{name}` in a text.
fn value(fact: &Fact, draft: &Draft, name: &str) -> Option<String> {
    if let Some(text) = draft.values.get(name) {
        return Some(text.clone());
    }
    attribute_text(fact, name)
}

fn attribute_text(fact: &Fact, name: &str) -> Option<String> {
    if name == "name" {
        return fact.name.as_ref().map(ToString::to_string);
    }
    let schema = schema_of(fact, name)?;
    let text = phrase(schema, &fact.attribute(name)?.value).replace('`', "");
    (!text.is_empty()).then_some(text)
}
