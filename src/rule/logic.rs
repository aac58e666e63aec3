//! Three-valued evaluation of conditions, together with what decided.

use crate::facts::{Attribute, AttributeSchema, AttributeType, Fact, Origin, Scalar, Value};
use crate::finding::Confidence;

use super::Deployment;
use super::condition::{Case, Check, Comparison, Condition, Decider, Declaration, Follows, Literal};
use super::evidence::display;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// What a condition says about a fact, and why.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) truth: Truth,
    /// How sure, when it is true or false.
    pub(super) confidence: Confidence,
    /// Attributes that decided, in the order of the condition.
    pub(super) decided_by: Vec<&'static AttributeSchema>,
    /// Why it is unknown: lower case, no final stop.
    pub(super) reasons: Vec<String>,
}

impl Verdict {
    fn certain(truth: impl Into<Truth>) -> Self {
        Self {
            truth: truth.into(),
            confidence: Confidence::High,
            decided_by: Vec::new(),
            reasons: Vec::new(),
        }
    }

    fn unknown(reason: String) -> Self {
        Self { reasons: vec![reason], ..Self::certain(Truth::Unknown) }
    }

    fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Joins two parts that were both needed.
    fn and(mut self, other: Self) -> Self {
        self.confidence = self.confidence.min(other.confidence);
        for attribute in other.decided_by {
            if !self.decided_by.iter().any(|it| it.name == attribute.name) {
                self.decided_by.push(attribute);
            }
        }
        for reason in other.reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
        self
    }
}

/// Judges a fact. Conditions are strict: `False` and `True` are never guessed.
pub(super) fn evaluate(condition: &Condition, fact: &Fact, deployment: &Deployment) -> Verdict {
    match condition {
        Condition::All(parts) => join(parts, Truth::False, fact, deployment),
        Condition::Any(parts) => join(parts, Truth::True, fact, deployment),
        Condition::Not(part) => {
            let verdict = evaluate(part, fact, deployment);
            Verdict { truth: verdict.truth.not(), ..verdict }
        }
        Condition::Declared(declaration, wanted) => {
            let declared = match declaration {
                Declaration::HttpsProxy => deployment.https_proxy,
                Declaration::CrossSite => deployment.cross_site,
            };
            Verdict::certain(declared == *wanted)
        }
        Condition::Attribute(schema, checks) => attribute(schema, checks, fact.attribute(schema.name)),
    }
}

/// The first part with the truth that `settles` decides; else any unknown part makes it unknown; else all decide.
fn join(parts: &[Condition], settles: Truth, fact: &Fact, deployment: &Deployment) -> Verdict {
    let mut all = Verdict::certain(settles.not());
    let mut unknown = None::<Verdict>;
    for part in parts {
        let verdict = evaluate(part, fact, deployment);
        if verdict.truth == settles {
            return verdict;
        }
        if verdict.truth == Truth::Unknown {
            unknown = Some(match unknown {
                Some(earlier) => earlier.and(verdict),
                None => verdict,
            });
        } else if settles == Truth::False || all.decided_by.is_empty() {
            all = all.and(verdict);
        }
    }
    match unknown {
        Some(unknown) if settles == Truth::False => {
            Verdict { truth: Truth::Unknown, ..unknown.and(Verdict { reasons: Vec::new(), ..all }) }
        }
        Some(unknown) => unknown,
        None => all,
    }
}

fn attribute(schema: &'static AttributeSchema, checks: &[Check], attribute: Option<&Attribute>) -> Verdict {
    let value = attribute.map_or(&Value::Unset, |it| &it.value);
    let origin = attribute.map(|it| &it.origin);
    let mut all = Verdict::certain(Truth::True);
    for check in checks {
        let verdict = match check {
            Check::By(decider) => Verdict::certain(by(*decider, origin)),
            // Nobody said anything: that is not the same as saying that it is unset.
            Check::Set(false) if attribute.is_none() => {
                Verdict::unknown(format!("{} is not known", display(schema)))
            }
            check => judge(schema, check, value).at_most(trust(origin)),
        };
        match verdict.truth {
            Truth::False => return Verdict { decided_by: vec![schema], ..verdict },
            Truth::Unknown => all = Verdict { truth: Truth::Unknown, ..all.and(verdict) },
            Truth::True => all = all.and(verdict),
        }
    }
    all.decided_by = vec![schema];
    all
}

fn by(decider: Decider, origin: Option<&Origin>) -> bool {
    let framework = matches!(origin, None | Some(Origin::Default { .. }));
    match decider {
        Decider::Framework => framework,
        Decider::Project => !framework,
    }
}

/// A default is as sure as the version: proven when the lock file names it.
fn trust(origin: Option<&Origin>) -> Confidence {
    match origin {
        Some(Origin::Default { version, .. }) if semver::Version::parse(version).is_err() => {
            Confidence::Medium
        }
        // Another place may overrule the first.
        Some(Origin::Derived(places)) if places.len() > 1 => Confidence::Medium,
        _ => Confidence::High,
    }
}

fn judge(schema: &AttributeSchema, check: &Check, value: &Value) -> Verdict {
    if let Check::Follows(whom) = check {
        return match (value, whom) {
            (Value::Request, Follows::Request)
            | (Value::Env { .. }, Follows::Environment | Follows::Installation)
            | (Value::Setting { .. }, Follows::Installation) => Verdict::certain(true),
            (Value::Debug { in_release, .. }, _) => judge(schema, check, in_release),
            _ => Verdict::certain(false),
        };
    }
    let name = display(schema);
    match value {
        Value::Unset => scalar(schema, check, None),
        Value::Known(known) => scalar(schema, check, Some(known)),
        Value::Debug { in_release, .. } => judge(schema, check, in_release),
        Value::Env { fallback: Some(fallback), .. } => {
            judge(schema, check, fallback).at_most(Confidence::Medium)
        }
        Value::Env { name: variable, fallback: None } => {
            Verdict::unknown(format!("`{variable}` in the environment decides {name}"))
        }
        Value::Setting { value: Some(value), .. } => judge(schema, check, value),
        Value::Setting { key, value: None } => {
            Verdict::unknown(format!("setting `{key}` decides {name}, and no file gives it"))
        }
        Value::OneOf(choices) => one_of(schema, check, choices),
        Value::Request => Verdict::unknown(format!("each request decides {name}")),
        Value::Param(_) => Verdict::unknown(format!("the caller decides {name}")),
        Value::Opaque(why) => Verdict::unknown(format!("{name} is not known: {why}")),
    }
}

fn one_of(schema: &AttributeSchema, check: &Check, choices: &[Value]) -> Verdict {
    let mut verdicts = choices.iter().map(|it| judge(schema, check, it));
    // A bound is about the worst case: one branch beyond it is enough.
    if let Check::Compare(Comparison::Over | Comparison::AtLeast, _) = check
        && let Some(beyond) = verdicts.clone().find(|it| it.truth == Truth::True)
    {
        return beyond.at_most(Confidence::Medium);
    }
    let Some(first) = verdicts.next() else {
        return Verdict::unknown(format!("{} is not known", display(schema)));
    };
    verdicts.fold(first, |so_far, next| {
        if so_far.truth == next.truth {
            let reasons = so_far.reasons.clone();
            return Verdict { reasons, ..so_far.and(next) };
        }
        if so_far.truth == Truth::Unknown {
            return so_far;
        }
        if next.truth == Truth::Unknown {
            return next;
        }
        Verdict::unknown(format!("{} is not the same in all branches and versions", display(schema)))
    })
}

/// `None` is unset.
fn scalar(schema: &AttributeSchema, check: &Check, known: Option<&Scalar>) -> Verdict {
    if let Some(Scalar::List(elements)) = known {
        return list(schema, check, elements);
    }
    let truth = match check {
        Check::Is(literals) => literals.iter().any(|it| equals(schema.ty, known, it)),
        Check::Compare(comparison, bound) => number(known).is_some_and(|it| match comparison {
            Comparison::Over => it > *bound,
            Comparison::AtLeast => it >= *bound,
            Comparison::Under => it < *bound,
            Comparison::AtMost => it <= *bound,
        }),
        Check::StartsWith(texts, case) => {
            text(known).is_some_and(|it| texts.iter().any(|start| starts_with(it, start, *case)))
        }
        Check::Contains(texts, case) => {
            text(known).is_some_and(|it| texts.iter().any(|part| contains(it, part, *case)))
        }
        Check::Matches(pattern) => text(known).is_some_and(|it| pattern.is_match(it)),
        Check::Set(wanted) => {
            let set = match known {
                None | Some(Scalar::Null) => false,
                Some(Scalar::Text(text)) => !text.is_empty(),
                Some(_) => true,
            };
            set == *wanted
        }
        Check::Follows(_) | Check::By(_) => false,
    };
    Verdict::certain(truth)
}

/// A list has what one of its elements has.
fn list(schema: &AttributeSchema, check: &Check, elements: &[Value]) -> Verdict {
    if let Check::Set(wanted) = check {
        return Verdict::certain(elements.is_empty() != *wanted);
    }
    let mut verdict = Verdict::certain(false);
    for element in elements {
        let next = judge(schema, check, element);
        match next.truth {
            Truth::True => return next,
            Truth::Unknown => verdict = next,
            Truth::False => {}
        }
    }
    verdict
}

fn equals(ty: AttributeType, known: Option<&Scalar>, literal: &Literal) -> bool {
    match (ty, known, literal) {
        (AttributeType::Switch, known, Literal::Bool(wanted)) => truthy(known) == *wanted,
        (_, None | Some(Scalar::Null), Literal::Text(wanted)) => wanted == "unset",
        (AttributeType::Words(_), Some(Scalar::Text(text)), Literal::Text(wanted)) => {
            text.eq_ignore_ascii_case(wanted)
        }
        (_, Some(Scalar::Text(text)), Literal::Text(wanted)) => text == wanted,
        (_, Some(Scalar::Bool(known)), Literal::Bool(wanted)) => known == wanted,
        (_, known, Literal::Number(wanted)) => number(known) == Some(*wanted),
        _ => false,
    }
}

fn truthy(known: Option<&Scalar>) -> bool {
    match known {
        None | Some(Scalar::Null) => false,
        Some(Scalar::Bool(it)) => *it,
        Some(Scalar::Int(it)) => *it != 0,
        Some(Scalar::Float(it)) => *it != 0.0,
        Some(Scalar::Text(it)) => !it.is_empty() && it != "off",
        Some(Scalar::List(it)) => !it.is_empty(),
    }
}

fn number(known: Option<&Scalar>) -> Option<i64> {
    match known? {
        Scalar::Int(it) => Some(*it),
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and bounds are far smaller")]
        Scalar::Float(it) => Some(*it as i64),
        _ => None,
    }
}

fn text(known: Option<&Scalar>) -> Option<&str> {
    match known? {
        Scalar::Text(it) => Some(it),
        _ => None,
    }
}

fn starts_with(text: &str, start: &str, case: Case) -> bool {
    match case {
        Case::Sensitive => text.starts_with(start),
        Case::Ignored => text.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start)),
    }
}

fn contains(text: &str, part: &str, case: Case) -> bool {
    match case {
        Case::Sensitive => text.contains(part),
        Case::Ignored => text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()),
    }
}
