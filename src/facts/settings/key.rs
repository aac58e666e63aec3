//! Keys, without ever showing one.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Origin, Scalar, Span, Value};

use super::check;
use super::effective::{Effective, Settings, fixed, text};
use super::eval::DERIVED;
use super::installed::Installed;
use super::value::Val;
use super::words;

/// Bytes that `check --deploy` wants.
const MINIMUM: i64 = 50;
/// Its key, where it has one of its own.
const JWT: &str = "SIMPLE_JWT.SIGNING_KEY";
/// Bytes of an HMAC-SHA256 key.
const JWT_MINIMUM: i64 = 32;
/// Bytes below which a text that stands in for a missing file is no key: it lets development start.
const SHORTEST: usize = 20;
const INSECURE: &str = "django-insecure-";

pub(super) fn facts(settings: &Settings<'_>, middleware: &Installed) -> Vec<Fact> {
    let mut facts = Vec::new();
    let key = settings.get("SECRET_KEY");
    if let (Some(source), Some(binding)) = (source(&key.val, key.guarded), settings.binding("SECRET_KEY")) {
        let mut fact = fact(settings, "SECRET_KEY", &key, source, &key.val, binding.span);
        if let Some(id) = check::id(settings, middleware, "SECRET_KEY") {
            fact.attributes.insert("check".into(), key.attribute(text(&id)));
        }
        facts.push(fact);
    }
    // The same key under a second name is one key.
    if settings.is_set(JWT) && !settings.get(JWT).val.same(&key.val) {
        let key = settings.get(JWT);
        if let (Some(source), Origin::Written(span)) = (source(&key.val, false), &key.origin) {
            facts.push(fact(settings, JWT, &key, source, &key.val, *span));
        }
    }
    let old = settings.get("SECRET_KEY_FALLBACKS");
    if let Val::List(list) = &old.val {
        for item in &list.items {
            if let Some(source) = source(&item.val, false) {
                let effective =
                    Effective { val: item.val.clone(), origin: Origin::Written(item.span), ..old.clone() };
                let mut fact =
                    fact(settings, "SECRET_KEY_FALLBACKS", &effective, source, &item.val, item.span);
                if check::is_weak(&item.val) == Some(true)
                    && let Some(id) = check::id(settings, middleware, "SECRET_KEY_FALLBACKS")
                {
                    fact.attributes.insert("check".into(), effective.attribute(text(&id)));
                }
                facts.push(fact);
            }
        }
    }
    facts
}

fn fact(settings: &Settings<'_>, name: &str, key: &Effective, source: Value, val: &Val, span: Span) -> Fact {
    let span = if span.file.0 == u32::MAX { settings.place(&[name]) } else { settings.first_line(span) };
    let mut fact = super::blank(FactKind::Key, settings.judged, span);
    fact.name = Some(name.into());
    let mut put = |name: &str, attribute: Attribute| {
        fact.attributes.insert(name.into(), attribute);
    };
    put("source", key.attribute(source));
    let (usage, stack, minimum) = match name {
        JWT => ("jwt", "djangorestframework-simplejwt", JWT_MINIMUM),
        _ => ("signing", "django", MINIMUM),
    };
    put("use", fixed(text(usage), &key.origin));
    put("stack", fixed(text(stack), &key.origin));
    put("minimum", fixed(Value::Known(Scalar::Int(minimum)), &key.origin));
    put("role", fixed(text(settings.judged.role.word()), &key.origin));
    // What the start refuses is nobody's key.
    let refused = key.guarded && matches!(val, Val::Env(_) | Val::File(_));
    if let Some(literal) = literal(val).filter(|_| !refused) {
        let count = |count: usize| Value::Known(Scalar::Int(i64::try_from(count).unwrap_or(i64::MAX)));
        let mut letters: Vec<char> = literal.chars().collect();
        put("length", key.attribute(count(literal.len())));
        letters.sort_unstable();
        letters.dedup();
        put("entropy", key.attribute(count(letters.len())));
        put("insecure_prefix", key.attribute(Value::Known(Scalar::Bool(literal.starts_with(INSECURE)))));
    }
    put("development_only", key.attribute(Value::Known(Scalar::Bool(false))));
    fact
}

/// The text that production may end up with.
fn literal(val: &Val) -> Option<SmolStr> {
    match val {
        // Nothing is no key: who starts with it is told by the framework.
        Val::Text(it) if it.is_empty() => None,
        Val::Text(it) => Some(it.as_ref().into()),
        Val::Bytes(it) => Some(String::from_utf8_lossy(it).into()),
        Val::Env(it) => it.fallback.as_ref().and_then(literal),
        Val::File(it) => it.fallback.as_ref().and_then(literal).filter(|it| it.len() >= SHORTEST),
        Val::Debug(it) => literal(&it.in_release),
        _ => None,
    }
}

/// Where a key comes from. `None`: there is none, and the framework refuses to start.
fn source(val: &Val, guarded: bool) -> Option<Value> {
    Some(match val {
        Val::Text(it) if it.is_empty() => return None,
        Val::Text(it) if words::is_placeholder(it) => text("placeholder"),
        Val::Text(_) | Val::Bytes(_) => text("literal"),
        Val::Null | Val::Unbound => return None,
        Val::Random => text("generated"),
        Val::Env(_) if guarded => text("env"),
        Val::Env(env) => match &env.fallback {
            Some(Val::Text(it)) if !it.is_empty() => text("env-fallback"),
            Some(Val::Bytes(_)) => text("env-fallback"),
            Some(Val::Null | Val::Unbound | Val::Text(_)) | None => text("env"),
            Some(fallback) => {
                let inner = source(fallback, guarded);
                Value::Env {
                    name: env.name.clone(),
                    fallback: Some(Box::new(inner.unwrap_or_else(|| text("env")))),
                }
            }
        },
        Val::File(file) => match &file.fallback {
            Some(Val::Text(it)) if it.len() >= SHORTEST && !guarded => text("env-fallback"),
            _ => text("file"),
        },
        Val::Debug(it) => {
            let none = || text("env");
            Value::Debug {
                in_debug: Box::new(source(&it.in_debug, guarded).unwrap_or_else(none)),
                in_release: Box::new(source(&it.in_release, guarded).unwrap_or_else(none)),
            }
        }
        Val::OneOf(choices) => {
            let mut all: Vec<Value> = Vec::new();
            for choice in choices.iter().filter_map(|it| source(it, guarded)) {
                if !all.contains(&choice) {
                    all.push(choice);
                }
            }
            match all.len() {
                0 => return None,
                1 => all.swap_remove(0),
                _ => Value::OneOf(all),
            }
        }
        Val::Opaque(why) if why == DERIVED => text("derived"),
        _ => Value::Opaque("how the key is made is not known".into()),
    })
}
