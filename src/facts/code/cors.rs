//! Layers that let other origins in.

use super::belong_together;
use super::convert::{attribute, blank, known_text};
use crate::facts::{Attribute, Fact, FactKind, Note, Origin, Scalar, Span, Value};
use crate::flow::{Callee, Class, Kind, Machine, Object, Val};
use crate::ir::{ExprKind, FileId, Literal};
use crate::model::Candidates;
use crate::workspace::Workspace;

const NO_COOKIE: &str = "no cookie is seen that says who is logged in";

pub(super) fn fact(
    machine: &Machine<'_>,
    object: &Object,
    candidates: &Candidates<'_>,
    (span, stack): (Span, &str),
) -> Fact {
    let mut fact = blank(object, span, stack);
    let origins = object.attributes.get("origins").map(|it| origins(machine, it));
    let credentials = object.attributes.get("credentials").map(|it| attribute(machine, &[], it));
    if let (Some(origins), Some(credentials)) = (&origins, &credentials) {
        let star = candidates.mark("star-with-credentials").is_none_or(|it| it != "refused");
        let place = [origins, credentials].into_iter().filter(|it| matches!(it.origin, Origin::Written(_)));
        let origin = place.clone().next().map_or(Origin::Written(span), |it| it.origin.clone());
        let trail = place.filter_map(|it| match it.origin {
            Origin::Written(place) => {
                Some(Note { span: place, text: "who may read answers is said here".into() })
            }
            _ => None,
        });
        let value = open(&origins.value, &credentials.value, star);
        fact.attributes
            .insert("open_cors".into(), Attribute { value, origin, trail: trail.skip(1).collect() });
    }
    fact.attributes.extend(origins.map(|it| ("origins".into(), it)));
    fact.attributes.extend(credentials.map(|it| ("credentials".into(), it)));
    fact
}

/// Which origins are let in, as a word. Whatever names some of them lists them.
fn origins(machine: &Machine<'_>, value: &Val) -> Attribute {
    let value = machine.state.refine(value);
    let mut attribute = attribute(machine, &[], &value);
    let word = match (&value.kind, &attribute.value) {
        (Kind::Function(callee), _) if says_yes(callee) => "reflected",
        (Kind::Object(id), _)
            if machine.state.object(*id).is_some_and(|it| matches!(it.class, Class::List)) =>
        {
            "listed"
        }
        (_, Value::Known(Scalar::Text(word))) if !matches!(word.as_str(), "any" | "reflected") => "listed",
        _ => return attribute,
    };
    attribute.value = Value::Known(Scalar::Text(word.into()));
    attribute
}

/// A function that answers everything with `true`.
fn says_yes(callee: &Callee) -> bool {
    let function = match callee {
        Callee::Closure(function, ..) => function,
        Callee::Project(definition, _) => &definition.function,
        Callee::Bound(..) => return false,
    };
    let Some(body) = &function.body else { return false };
    body.stmts.is_empty()
        && body.value.as_ref().is_some_and(|it| matches!(it.kind, ExprKind::Literal(Literal::Bool(true))))
}

/// Three-valued: whether any origin reads answers that were asked for with cookies.
fn open(origins: &Value, credentials: &Value, star: bool) -> Value {
    let known = |it: bool| Value::Known(Scalar::Bool(it));
    match (origins, credentials) {
        (_, Value::Known(Scalar::Bool(false)) | Value::Unset) => known(false),
        (Value::Known(Scalar::Text(word)), _) if word != "reflected" && !(word == "any" && star) => {
            known(false)
        }
        (Value::Known(_), credentials) => credentials.clone(),
        (Value::Debug { in_debug, in_release }, _) => Value::Debug {
            in_debug: Box::new(open(in_debug, credentials, star)),
            in_release: Box::new(open(in_release, credentials, star)),
        },
        (Value::Env { name, fallback }, _) => Value::Env {
            name: name.clone(),
            fallback: fallback.as_ref().map(|it| Box::new(open(it, credentials, star))),
        },
        (Value::Setting { key, value }, _) => Value::Setting {
            key: key.clone(),
            value: value.as_ref().map(|it| Box::new(open(it, credentials, star))),
        },
        (Value::OneOf(all), _) => Value::OneOf(all.iter().map(|it| open(it, credentials, star)).collect()),
        _ => Value::Opaque("which origins are let in is not known".into()),
    }
}

/// What the cookies of an application say about its layers: without one that says who is logged in nothing is let out, and
/// the weakest `SameSite` decides what other sites get.
pub(super) fn join(facts: &mut [Fact], workspace: &Workspace) {
    let package = |it: FileId| workspace.files[it.0 as usize].package;
    let is_layer = |it: &Fact| it.kind == FactKind::Application && it.attribute("open_cors").is_some();
    let logs_in = |it: &&Fact| {
        let role = it.attribute("role").and_then(|it| known_text(&it.value));
        it.kind == FactKind::Cookie && role.is_some_and(|it| it == "session" || it == "auth")
    };
    if !facts.iter().any(is_layer) {
        return;
    }
    let cookies: Vec<(Option<usize>, Option<Attribute>)> = facts
        .iter()
        .filter(logs_in)
        .map(|it| (package(it.span.file), it.attribute("same_site").cloned()))
        .collect();
    let handlers: Vec<Option<usize>> =
        facts.iter().filter(|it| it.kind == FactKind::Handler).map(|it| package(it.span.file)).collect();
    for fact in facts.iter_mut().filter(|it| is_layer(it)) {
        let own = package(fact.span.file);
        let related = |other: &Option<usize>| belong_together(workspace, own, *other);
        let mine: Vec<_> = cookies.iter().filter(|(package, _)| related(package)).collect();
        if mine.is_empty() && !handlers.iter().any(related) {
            if let Some(open) = fact.attributes.get_mut("open_cors")
                && open.value == Value::Known(Scalar::Bool(true))
            {
                open.value = Value::Opaque(NO_COOKIE.into());
            }
            continue;
        }
        let weakest = mine.iter().filter_map(|(_, it)| it.as_ref()).min_by_key(|it| strength(&it.value));
        if let Some(weakest) = weakest {
            fact.attributes.insert("same_site".into(), weakest.clone());
        }
    }
}

fn strength(same_site: &Value) -> u8 {
    match known_text(same_site).as_deref() {
        Some("strict") => 3,
        Some("lax") => 2,
        Some(_) => 0,
        None if *same_site == Value::Unset => 1,
        None => 0,
    }
}
