//! How sessions are kept.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Scalar, Value};
use crate::model::{Matches, NamedModel, matches};

use super::cookie;
use super::effective::{Settings, fixed, text, value};
use super::installed::Installed;
use super::join::truth;
use super::value::{Lift, Val, map};

const KIN: [&str; 6] = [
    "SESSION_ENGINE",
    "SESSION_SERIALIZER",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_NAME",
    "SESSION_SAVE_EVERY_REQUEST",
    "SESSION_COOKIE_SECURE",
];

pub(super) fn fact(settings: &Settings<'_>, middleware: &Installed) -> Option<Fact> {
    let versions = |package: &str| settings.version(package);
    let rows = settings.models.settings_cookies(&versions);
    let row = rows.into_iter().find(|it| it.role == "session")?;
    if row.middleware.iter().all(|it| middleware.has(it) == Some(false)) && !row.middleware.is_empty() {
        return None;
    }
    let mut fact = super::blank(FactKind::Session, settings.judged, settings.place(&KIN));
    let mut put = |key: &str, attribute: Attribute| {
        fact.attributes.insert(key.into(), attribute);
    };
    let engine = settings.get("SESSION_ENGINE");
    let age = settings.get("SESSION_COOKIE_AGE");
    let name = settings.get("SESSION_COOKIE_NAME");
    let save = settings.get("SESSION_SAVE_EVERY_REQUEST");
    let serializer = settings.get("SESSION_SERIALIZER");
    let cookie_name = name.val.as_text().map(SmolStr::new);

    put("name", name.attribute(value(&name.val)));
    put("stack", fixed(text(&row.package), &engine.origin));
    put("store_type", engine.attribute(value(&engine.val)));
    let store = map(&engine.val, Lift::KEEP, &mut |it| store(settings, it));
    let mut kept = engine.attribute(value(&store));
    if is_in_cache(settings, &engine.val)
        && let Some(caches) = settings.binding("CACHES")
    {
        let span = settings.first_line(caches.span);
        kept.trail.push(crate::facts::Note { span, text: "the cache is chosen here".into() });
    }
    put("store", kept);
    put("temp_dir", temp_dir(settings));
    let protection = map(&engine.val, Lift::KEEP, &mut |it| {
        named(settings, it).and_then(|it| it.traits.get("protection")).map_or(Val::Unbound, Val::text)
    });
    put("protection", engine.attribute(value(&protection)));
    put("always_save", save.attribute(value(&truth(&save.val))));
    put("idle_timeout", cookie::seconds(&age));
    put("absolute_timeout", fixed(Value::Unset, &age.origin));
    if let Some(lifetime) = cookie::lifetime(settings, row) {
        put("cookie_lifetime", lifetime);
    }
    put("serializer_type", serializer.attribute(value(&serializer.val)));
    let ignored = map(&engine.val, Lift::KEEP, &mut |it| {
        let ignored =
            named(settings, it).and_then(|it| it.traits.get("serializer")).is_some_and(|it| it == "ignored");
        Val::Bool(ignored)
    });
    let written = map(&serializer.val, Lift::KEEP, &mut |it| serializer_word(settings, it));
    let unread = super::join::join(&ignored, &Val::Unbound, &written);
    put("serializer", serializer.attribute(value(&unread)));
    put("serializer_works", serializer.attribute(works(settings, &serializer.val)));
    if matches!(store, Val::Text(ref it) if it.as_ref() == "cookie") {
        let unknown = Value::Opaque("what the handlers rely on is not known here".into());
        put("needs_server_logout", engine.attribute(unknown));
    }
    fact.name = cookie_name;
    Some(fact)
}

fn named<'a>(settings: &Settings<'a>, path: &Val) -> Option<&'a NamedModel> {
    settings.models.named(path.as_text()?, &|package| settings.version(package))
}

/// Where an engine keeps records.
fn store(settings: &Settings<'_>, engine: &Val) -> Val {
    let Some(path) = engine.as_text() else { return Val::opaque("no name of an engine") };
    let Some(model) = named(settings, engine) else {
        return Val::text(if path.contains("redis") { "redis" } else { "other" });
    };
    match model.traits.get("store").map(SmolStr::as_str) {
        Some("cache") => cache(settings, model.traits.get("cache").map(SmolStr::as_str)),
        Some(store) => Val::text(store),
        None => Val::text("other"),
    }
}

fn is_in_cache(settings: &Settings<'_>, engine: &Val) -> bool {
    named(settings, engine).and_then(|it| it.traits.get("store")).is_some_and(|it| it == "cache")
}

/// What the cache of an alias is. Without `CACHES` it lives in the memory of the process.
fn cache(settings: &Settings<'_>, alias_setting: Option<&str>) -> Val {
    let caches = settings.get("CACHES").val;
    let alias = alias_setting.map_or_else(|| Val::text("default"), |it| settings.get(it).val);
    let bound = settings.binding("CACHES").is_some();
    if !bound {
        return if settings.judged.names.open.iter().any(|it| it.certain) {
            Val::opaque("the caches are set outside the project")
        } else {
            Val::text("memory")
        };
    }
    map(&caches, Lift::KEEP, &mut |caches| {
        let Val::Dict(caches) = caches else { return Val::opaque("caches that are not known") };
        let Some(cache) = caches.get(&alias) else { return Val::opaque("a cache that is not set here") };
        map(cache, Lift::KEEP, &mut |cache| {
            let Val::Dict(cache) = cache else { return Val::opaque("a cache that is not known") };
            let Some(backend) = cache.get(&Val::text("BACKEND")) else {
                return Val::opaque("a cache that is not known");
            };
            map(backend, Lift::KEEP, &mut |backend| {
                let Some(path) = backend.as_text() else { return Val::opaque("a cache that is not known") };
                match named(settings, backend).and_then(|it| it.traits.get("store")) {
                    Some(store) => Val::text(store),
                    None if path.to_ascii_lowercase().contains("redis") => Val::text("redis"),
                    None => Val::text("cache"),
                }
            })
        })
    })
}

fn temp_dir(settings: &Settings<'_>) -> Attribute {
    let folder = settings.get("SESSION_FILE_PATH");
    let val = map(&folder.val, Lift::KEEP, &mut |it| match it {
        Val::Null => Val::Bool(true),
        Val::Text(it) if it.is_empty() => Val::Bool(true),
        Val::Text(it) => Val::Bool(matches!(it.trim_end_matches('/'), "/tmp" | "/var/tmp")),
        _ => Val::Bool(false),
    });
    match val {
        Val::Opaque(_) => folder.attribute(Value::Known(Scalar::Bool(false))),
        val => folder.attribute(value(&val)),
    }
}

fn serializer_word(settings: &Settings<'_>, path: &Val) -> Val {
    let Some(name) = path.as_text() else { return Val::opaque("no name of a serializer") };
    if let Some(word) = named(settings, path).and_then(|it| it.traits.get("serializer")) {
        return Val::text(word);
    }
    let class = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    Val::text(if class.contains("pickle") {
        "pickle"
    } else if class.contains("json") {
        "json"
    } else {
        "other"
    })
}

/// Whether the serializer exists in the version in use.
fn works(settings: &Settings<'_>, path: &Val) -> Value {
    let Some(name) = path.as_text() else { return Value::Opaque("the serializer is not known".into()) };
    let rows: Vec<_> = settings.models.all_named("serializer").filter(|it| it.path == name).collect();
    let state = |removed: bool| {
        rows.iter()
            .filter(|it| it.removed().is_some() == removed)
            .any(|it| matches(&settings.version(&it.package), &it.versions) != Matches::No)
    };
    match (state(false), state(true)) {
        (true, true) => {
            Value::OneOf(vec![Value::Known(Scalar::Bool(true)), Value::Known(Scalar::Bool(false))])
        }
        (false, true) => Value::Known(Scalar::Bool(false)),
        _ => Value::Known(Scalar::Bool(true)),
    }
}

impl NamedModel {
    fn removed(&self) -> Option<&SmolStr> {
        self.traits.get("removed")
    }
}
