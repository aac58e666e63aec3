//! One fact for every setting that a model knows, and for names that look like one.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Origin, Scalar, Span, Value};
use crate::model::words::sensitive;
use crate::model::{Matches, SettingModel, matches};
use crate::workspace::FileKind;

use super::effective::{Effective, Settings, fixed, text, value};
use super::join::truth;
use super::value::{Cast, Val};
use super::words;

/// Settings that hold keys; they are facts of another kind, and their text is nobody's business.
const KEYS: [&str; 3] = ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SIMPLE_JWT.SIGNING_KEY"];

pub(super) fn facts(settings: &Settings<'_>) -> Vec<Fact> {
    // Of companions only what the project sets itself.
    let asked = |it: &&SettingModel| it.package == "django" || settings.is_set(&it.name);
    let mut names: Vec<&SmolStr> = settings.models.all_settings().filter(asked).map(|it| &it.name).collect();
    names.dedup();
    let mut facts: Vec<Fact> = names
        .into_iter()
        .filter(|it| !KEYS.contains(&it.as_str()))
        .filter_map(|name| fact(settings, name))
        .collect();
    for (name, binding) in &settings.judged.names.names {
        let wrong = settings.models.wrong_setting(name);
        if let Some(wrong) = wrong.filter(|_| !is_read_by_project(settings, name)) {
            let effective = settings.get(name);
            let mut fact = base(settings, name, settings.first_line(binding.span));
            fact.attributes.insert("known".into(), effective.attribute(Value::Known(Scalar::Bool(false))));
            fact.attributes.insert("value".into(), effective.attribute(value(&effective.val)));
            if let Some(instead) = &wrong.instead {
                fact.attributes.insert("instead".into(), effective.attribute(text(instead)));
            }
            if let Some(reader) = &wrong.of {
                fact.attributes.insert("reader".into(), effective.attribute(text(reader)));
            }
            facts.push(fact);
        }
    }
    facts
}

/// Every setting by name. What may be a secret is only known to exist.
pub(super) fn values(settings: &Settings<'_>) -> BTreeMap<SmolStr, Attribute> {
    let known = settings.models.all_settings().filter(|it| it.package == "django").map(|it| &it.name);
    let names = settings.judged.names.names.keys().filter(|it| words::is_constant_name(it));
    let entries = settings.judged.names.names.iter().flat_map(|(name, binding)| entries(name, &binding.val));
    let all: BTreeSet<SmolStr> = known.chain(names).cloned().chain(entries).collect();
    all.iter()
        .map(|name| {
            let effective = settings.get(name);
            let secret = KEYS.contains(&name.as_str()) || sensitive(name).is_some();
            let known = match (&effective.val, secret) {
                (Val::Text(_) | Val::Bytes(_) | Val::Env(_) | Val::File(_) | Val::OneOf(_), true)
                    if !only_calls(name, &effective.val) =>
                {
                    Value::Opaque("a secret".into())
                }
                (val, _) => value(val),
            };
            (name.clone(), effective.attribute(known))
        })
        .collect()
}

/// Whether everything that the setting may be is a name for something.
fn only_calls(name: &str, val: &Val) -> bool {
    match val {
        Val::Text(text) => words::is_called(name, text),
        Val::Null | Val::Bool(_) => true,
        Val::Env(it) => it.fallback.iter().chain(&it.set).all(|it| only_calls(name, it)),
        Val::File(it) => it.fallback.iter().all(|it| only_calls(name, it)),
        Val::OneOf(choices) => choices.iter().all(|it| only_calls(name, it)),
        _ => false,
    }
}

/// `MAPPING.KEY` for the entries of a mapping, as far as their keys are texts.
fn entries(name: &SmolStr, val: &Val) -> Vec<SmolStr> {
    let Val::Dict(dict) = val else { return Vec::new() };
    let keys = dict.entries.iter().filter_map(|it| match &it.key {
        Val::Text(key) => Some(key),
        _ => None,
    });
    keys.take(64).map(|key| format!("{name}.{key}").into()).collect()
}

fn fact(settings: &Settings<'_>, name: &str) -> Option<Fact> {
    let models = settings.models_of(name);
    let model = models.last()?;
    let bound = settings.is_set(name);
    // What this version does not know is no setting unless somebody sets it.
    if model.removed.is_some() && !bound {
        return None;
    }
    let effective = settings.get(name);
    let family = name.split_once('_').map_or(name, |(family, _)| family);
    let kin: Vec<&str> = settings
        .judged
        .names
        .names
        .keys()
        .map(SmolStr::as_str)
        .filter(|it| it.starts_with(family) && it.len() > family.len())
        .filter(|it| settings.models_of(it).iter().any(|it| it.package == "django"))
        .collect();
    let span = match &effective.origin {
        Origin::Written(span) => settings.first_line(*span),
        _ if bound => settings.place(&[name]),
        _ => settings.place(&kin),
    };
    let mut fact = base(settings, name, span);
    // A base module may well say so for the development modules that build on it.
    if name == "DEBUG" && settings.judged.partial {
        fact.unjudged = Some("the module that production runs is not in the project".into());
    }
    let mut put = |key: &str, attribute: Attribute| {
        fact.attributes.insert(key.into(), attribute);
    };
    put("value", effective.attribute(value(&effective.val)));
    if model.types.iter().any(|it| it == "bool") {
        put("truth", effective.attribute(value(&truth(&effective.val))));
    }
    put("type", effective.attribute(text(type_word(&effective.val))));
    put("expected", effective.attribute(text(&model.types.join("|"))));
    put("stack", effective.attribute(text(&model.package)));
    put("known", effective.attribute(Value::Known(Scalar::Bool(!is_removed(settings, &models)))));
    if let Some(removed) = &model.removed {
        put("instead", effective.attribute(text(removed)));
    }
    if let Some(fault) = fault(name, &effective, model) {
        put("fault", effective.attribute(text(&fault)));
    }
    Some(fact)
}

/// Whether nobody reads it in any version that may be in use.
fn is_removed(settings: &Settings<'_>, models: &[&SettingModel]) -> bool {
    models.iter().all(|it| {
        it.removed.is_some() && matches(&settings.version(&it.package), &it.versions) == Matches::Yes
    })
}

/// Whether the project's own code reads a name: it stands somewhere else than on the left of `=` or in a comment.
fn is_read_by_project(settings: &Settings<'_>, name: &str) -> bool {
    let python = settings.workspace.files.iter().filter(|it| it.kind == FileKind::Python);
    python.filter_map(|it| settings.workspace.text(it.id)).any(|text| {
        memchr::memmem::find_iter(text.text.as_bytes(), name).any(|at| is_read(&text.text, at, name.len()))
    })
}

fn is_read(text: &str, at: usize, length: usize) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let line = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let (before, after) = (&text[line..at], &text[at + length..]);
    if before.ends_with(part_of_word) || after.starts_with(part_of_word) || before.contains('#') {
        return false;
    }
    let assigned = after.trim_start_matches([' ', '\t']);
    let is_assignment = before.trim().is_empty()
        && ((assigned.starts_with('=') && !assigned.starts_with("==")) || assigned.starts_with(':'));
    !is_assignment
}

fn base(settings: &Settings<'_>, name: &str, span: Span) -> Fact {
    let origin = Origin::Written(span);
    let mut fact = super::blank(FactKind::Setting, settings.judged, span);
    fact.name = Some(name.into());
    fact.attributes.insert("name".into(), fixed(text(name), &origin));
    fact.attributes.insert("role".into(), fixed(text(settings.judged.role.word()), &origin));
    fact
}

fn type_word(val: &Val) -> &'static str {
    match val {
        Val::Bool(_) => "bool",
        Val::Int(_) | Val::Float(_) => "int",
        Val::Text(_) => "text",
        Val::List(_) => "list",
        Val::Null => "null",
        Val::Env(it) => match (it.cast, &it.fallback) {
            (Cast::Bool | Cast::Truthiness, _) => "bool",
            (Cast::Int | Cast::Float, _) => "int",
            (Cast::Text, _) => "text",
            (Cast::List, _) => "list",
            (_, Some(fallback)) => type_word(fallback),
            _ => "other",
        },
        Val::Debug(it) => type_word(&it.in_release),
        Val::File(it) => it.fallback.as_ref().map_or("other", type_word),
        _ => "other",
    }
}

/// What is wrong with a value, in words.
pub(super) fn fault(name: &str, effective: &Effective, model: &SettingModel) -> Option<String> {
    if matches!(effective.origin, Origin::Default { .. }) {
        return None;
    }
    let takes = |ty: &str| model.types.iter().any(|it| it == ty);
    if takes("any") {
        return None;
    }
    if takes("bool") {
        return bool_fault(name, &effective.val);
    }
    if !model.words.is_empty() {
        return word_fault(&effective.val, model);
    }
    if takes("int") || takes("number") {
        return number_fault(&effective.val, takes("null"));
    }
    if takes("list") && !takes("text") {
        return match &effective.val {
            Val::Text(it) if !it.is_empty() => Some("it is one text where a list is wanted".into()),
            _ => None,
        };
    }
    None
}

fn bool_fault(name: &str, val: &Val) -> Option<String> {
    match val {
        Val::Env(env) => match env.cast {
            Cast::Text => Some(format!("`{}` is text, so `False` and `0` count as true", env.name)),
            Cast::Truthiness if words::related(name, &env.name) && env.when_on == Some(true) => {
                Some(format!("any text in `{}` counts as true, `False` and `0` too", env.name))
            }
            _ => None,
        },
        Val::Text(it) if words::flag(it) == Some(false) && !it.is_empty() => {
            Some(format!("it is the text `{it}`, which counts as true"))
        }
        Val::Debug(it) => bool_fault(name, &it.in_release),
        _ => None,
    }
}

fn word_fault(val: &Val, model: &SettingModel) -> Option<String> {
    match val {
        Val::Text(it) => {
            let known = model.words.iter().any(|word| word.eq_ignore_ascii_case(it));
            (!known).then(|| format!("`{it}` is none of its values; the first response that uses it fails"))
        }
        Val::Bool(true) => Some("`True` is none of its values; the first response that uses it fails".into()),
        Val::Debug(it) => word_fault(&it.in_release, model),
        Val::Env(it) => it.fallback.as_ref().and_then(|it| word_fault(it, model)),
        _ => None,
    }
}

fn number_fault(val: &Val, null: bool) -> Option<String> {
    match val {
        Val::Text(it) => Some(format!("it is the text `{it}`, not a number; the first use fails")),
        Val::Null if !null => Some("`None` is no number; the first use fails".into()),
        Val::Seconds(_) => Some("it is a `timedelta`, not a number of seconds; the first use fails".into()),
        Val::Env(it) => match it.cast {
            Cast::Text => Some(format!("`{}` is text, not a number", it.name)),
            _ => it.fallback.as_ref().and_then(|it| number_fault(it, null)),
        },
        Val::Debug(it) => number_fault(&it.in_release, null),
        _ => None,
    }
}
