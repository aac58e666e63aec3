//! The cookies that settings govern.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Origin, Scalar, Value};
use crate::model::SettingsCookie;

use super::effective::{Effective, Settings, fixed, from_source, text, value};
use super::installed::Installed;
use super::join::{decided, join, truth};
use super::sent::is_sent;
use super::setting;
use super::value::Val;

pub(super) fn facts(settings: &Settings<'_>, middleware: &Installed) -> Vec<Fact> {
    let versions = |package: &str| settings.version(package);
    let rows = settings.models.settings_cookies(&versions);
    rows.into_iter().filter_map(|row| fact(settings, row, middleware)).collect()
}

fn fact(settings: &Settings<'_>, row: &SettingsCookie, middleware: &Installed) -> Option<Fact> {
    if !is_sent(settings, row, middleware) {
        return None;
    }
    let kin: Vec<&str> = row.attributes.values().map(SmolStr::as_str).collect();
    let span = settings.place(&kin);
    let mut fact = super::blank(FactKind::Cookie, settings.judged, span);
    let origin = default_origin(settings, row);
    let own_name = row.attributes.contains_key("name");
    let get = |key: &str| {
        let effective = row.attributes.get(key).map(|it| settings.get(it));
        // A cookie that borrows another one's settings is not where they are mended.
        effective.map(|it| if own_name { it } else { it.inherited() })
    };
    let given = |key: &str| row.fixed.get(key).map(|it| fixed(value(&from_source(it)), &origin));
    let mut put = |key: &str, attribute: Option<Attribute>| {
        if let Some(attribute) = attribute {
            fact.attributes.insert(key.into(), attribute);
        }
    };
    let attribute =
        |key: &str, turn: fn(&Effective) -> Attribute| get(key).map(|it| turn(&it)).or_else(|| given(key));
    let name = attribute("name", |it| it.mapped(&mut |val| Some(val.clone())));
    let known_name = name.as_ref().and_then(|it| judged_text(&it.value));
    put("name", name);
    put("role", Some(fixed(text(&row.role), &origin)));
    put("secure", attribute("secure", switch));
    put("http_only", attribute("http_only", switch));
    if own_name {
        for (key, name) in [("secure", "secure_check"), ("http_only", "http_only_check")] {
            let setting = row.attributes.get(key);
            let id = setting.and_then(|it| super::check::id(settings, middleware, it));
            put(name, id.map(|it| fixed(text(&it), &origin)));
        }
    }
    put("same_site", attribute("same_site", same_site));
    put("path", attribute("path", optional));
    put("domain", attribute("domain", optional));
    put("lifetime", lifetime(settings, row).or_else(|| Some(fixed(Value::Unset, &origin))));
    put("removal", Some(fixed(Value::Known(Scalar::Bool(false)), &origin)));
    put("partitioned", Some(fixed(Value::Known(Scalar::Bool(false)), &origin)));
    put("setter", Some(fixed(text("setting"), &origin)));
    put("stack", Some(fixed(text(&row.package), &origin)));
    if !row.protection.is_empty() {
        put("protection", Some(fixed(text(&row.protection), &origin)));
    }
    put("parent_domain", row.attributes.get("domain").and_then(|it| parent_domain(settings, it)));
    if own_name {
        put("faults", faults(settings, row));
    }
    fact.name = known_name;
    Some(fact)
}

/// The text that is judged: of a release, and of an installation that sets nothing.
fn judged_text(value: &Value) -> Option<SmolStr> {
    match value {
        Value::Known(Scalar::Text(text)) => Some(text.clone()),
        Value::Env { fallback: Some(inner), .. } | Value::Setting { value: Some(inner), .. } => {
            judged_text(inner)
        }
        Value::Debug { in_release, .. } => judged_text(in_release),
        _ => None,
    }
}

fn default_origin(settings: &Settings<'_>, row: &SettingsCookie) -> Origin {
    Origin::Default {
        package: row.package.clone(),
        version: super::effective::version_text(&settings.version(&row.package)),
        source: row.source.clone(),
    }
}

/// Every true value sends the flag, whatever its type.
fn switch(effective: &Effective) -> Attribute {
    effective.attribute(value(&truth(&effective.val)))
}

fn optional(effective: &Effective) -> Attribute {
    effective.mapped(&mut |val| match val {
        Val::Null | Val::Bool(false) => None,
        Val::Text(it) if it.is_empty() => None,
        other => Some(other.clone()),
    })
}

fn same_site(effective: &Effective) -> Attribute {
    effective.mapped(&mut |val| match val {
        Val::Null | Val::Bool(false) => None,
        Val::Text(it) if it.is_empty() => None,
        Val::Text(it) => {
            let word = it.to_ascii_lowercase();
            Some(if matches!(word.as_str(), "strict" | "lax" | "none") {
                Val::text(word)
            } else {
                Val::opaque("no value of `SameSite`")
            })
        }
        Val::Bool(true) => Some(Val::opaque("no value of `SameSite`")),
        other => Some(other.clone()),
    })
}

/// How long a browser keeps it. A setting may make it end with the browser.
pub(super) fn lifetime(settings: &Settings<'_>, row: &SettingsCookie) -> Option<Attribute> {
    let age = settings.get(row.attributes.get("max_age")?);
    let Some(ends) = &row.browser_session_if else { return Some(seconds(&age)) };
    let ends = settings.get(ends);
    let val = join(&truth(&ends.val), &Val::Unbound, &age.val);
    let decider = if decided(&truth(&ends.val)) == Some(true) { ends } else { age };
    Some(seconds(&Effective { val, ..decider }))
}

pub(super) fn seconds(effective: &Effective) -> Attribute {
    effective.mapped(&mut |val| match val {
        Val::Null | Val::Unbound => None,
        #[expect(clippy::cast_possible_truncation, reason = "saturates; the framework truncates too")]
        Val::Float(it) | Val::Seconds(it) => Some(Val::Int(*it as i64)),
        Val::Int(_) => Some(val.clone()),
        _ => Some(Val::opaque("no number of seconds")),
    })
}

/// Whether the domain covers more than the one host that the application answers for.
fn parent_domain(settings: &Settings<'_>, name: &str) -> Option<Attribute> {
    let domain = settings.get(name);
    let text = domain.val.as_text().filter(|it| !it.is_empty())?.to_ascii_lowercase();
    let hosts = settings.get("ALLOWED_HOSTS");
    let Val::List(list) = &hosts.val else { return None };
    let only = list.complete
        && !list.items.is_empty()
        && list.items.iter().all(|it| it.val.as_text().is_some_and(|it| it.eq_ignore_ascii_case(&text)));
    Some(domain.attribute(Value::Known(Scalar::Bool(!only || text.starts_with('.')))))
}

/// Values that make a wrong or no line.
fn faults(settings: &Settings<'_>, row: &SettingsCookie) -> Option<Attribute> {
    let mut found = Vec::new();
    let mut first: Option<Effective> = None;
    for key in ["same_site", "max_age"] {
        let Some(name) = row.attributes.get(key) else { continue };
        let models = settings.models_of(name);
        let Some(model) = models.last() else { continue };
        let effective = settings.get(name);
        if let Some(fault) = setting::fault(name, &effective, model) {
            found.push(Value::Known(Scalar::Text(format!("`{name}`: {fault}").into())));
            first.get_or_insert(effective);
        }
    }
    first.map(|it| it.attribute(Value::Known(Scalar::List(found))))
}
