//! A removal that the browser cannot match with the cookie that was set.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Note, Scalar, Value};
use crate::finding::Confidence;
use crate::rule::judge::Draft;
use crate::rule::{Context, Rule};

pub(super) fn check(_: &Rule, fact: &Fact, context: &Context<'_>) -> Vec<Draft> {
    let known = fact.attribute("mismatch").and_then(text);
    let (why, setter) = match known {
        Some(why) => (why.to_string(), None),
        None => match against_setters(fact, context) {
            Some((why, setter)) => (why, Some(setter)),
            None => return Vec::new(),
        },
    };
    let mut draft = Draft::new(fact.span, why.clone());
    draft.evidence = fact.trail.iter().filter(|it| it.span != fact.span).cloned().collect();
    if let Some(setter) = setter {
        draft.evidence.push(Note { span: setter.span, text: "the cookie is set here".into() });
    }
    if let Some(attribute) = fact.attribute("mismatch") {
        draft.evidence.extend(attribute.trail.iter().cloned());
    }
    if why.contains("has no path") {
        draft.confidence = Confidence::Medium;
    }
    draft.values.insert("why_not", why);
    vec![draft]
}

/// The reason when no cookie of that name fits, and one that does not.
fn against_setters<'f>(removal: &Fact, context: &Context<'f>) -> Option<(String, &'f Fact)> {
    let name = removal.name.as_ref()?;
    let same = |it: &&Fact| {
        it.kind == FactKind::Cookie && !it.test && it.name.as_ref() == Some(name) && !is_removal(it)
    };
    let setters: Vec<&Fact> = context.facts.iter().filter(same).collect();
    let reasons: Option<Vec<_>> = setters.iter().map(|it| Some((mismatch(removal, it)?, *it))).collect();
    reasons?.into_iter().next()
}

fn is_removal(fact: &Fact) -> bool {
    fact.attribute("removal").is_some_and(|it| it.value == Value::Known(Scalar::Bool(true)))
}

fn mismatch(removal: &Fact, setter: &Fact) -> Option<String> {
    let bare = |it: &SmolStr| it.trim_start_matches('.').to_ascii_lowercase();
    match (given(removal, "domain"), given(setter, "domain")) {
        (Given::Unset, Given::Text(set)) => {
            return Some(format!("the removal has no domain, the cookie was set for `{set}`"));
        }
        (Given::Text(removed), Given::Unset) => {
            return Some(format!(
                "the removal is for domain `{removed}`, the cookie was set for the host alone"
            ));
        }
        (Given::Text(removed), Given::Text(set)) if bare(&removed) != bare(&set) => {
            return Some(format!("the removal is for domain `{removed}`, the cookie was set for `{set}`"));
        }
        _ => {}
    }
    match (given(removal, "path"), given(setter, "path")) {
        (Given::Unset, Given::Text(set)) => {
            Some(format!("the removal has no path, the cookie was set for `{set}`"))
        }
        (Given::Text(removed), Given::Text(set)) if removed != set => {
            Some(format!("the removal is for path `{removed}`, the cookie was set for `{set}`"))
        }
        _ => None,
    }
}

enum Given {
    Unknown,
    Unset,
    Text(SmolStr),
}

fn given(fact: &Fact, name: &str) -> Given {
    match fact.attribute(name).map(|it| &it.value) {
        None | Some(Value::Unset | Value::Known(Scalar::Null)) => Given::Unset,
        Some(Value::Known(Scalar::Text(text))) if text.is_empty() => Given::Unset,
        Some(Value::Known(Scalar::Text(text))) => Given::Text(text.clone()),
        Some(_) => Given::Unknown,
    }
}

fn text(attribute: &Attribute) -> Option<&SmolStr> {
    match &attribute.value {
        Value::Known(Scalar::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}
