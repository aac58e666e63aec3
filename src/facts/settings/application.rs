//! What the application has installed, and in which order.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Scalar, Value};
use crate::model::NamedModel;

use super::effective::{Settings, fixed, text, value};
use super::installed::{Installed, has_app};
use super::join::{decided, truth};
use super::value::{Sequence, Val};

pub(super) fn fact(settings: &Settings<'_>, middleware: &Installed, cookies: &[Fact]) -> Fact {
    let effective = settings.get("MIDDLEWARE");
    let span = settings.place(&["MIDDLEWARE", "MIDDLEWARE_CLASSES"]);
    let mut fact = super::blank(FactKind::Application, settings.judged, span);
    let mut put = |key: &str, attribute: Attribute| {
        fact.attributes.insert(key.into(), attribute);
    };
    let installed = |ending: &str| match middleware.has(ending) {
        Some(it) => Value::Known(Scalar::Bool(it)),
        None => Value::Opaque("the middleware list is not known in full".into()),
    };
    put("stack", fixed(text("django"), &effective.origin));
    if let Some(open) = super::check::topic(settings, middleware, "cors") {
        put("open_cors", open);
    }
    if let Some(id) = super::check::topic_id(settings, middleware, "MIDDLEWARE", "csrf") {
        put("check", effective.attribute(text(&id)));
    }
    let listed = Val::list(Sequence::List, middleware.items.clone(), middleware.complete);
    put("middleware", effective.attribute(value(&listed)));
    put("session_middleware", effective.attribute(installed("SessionMiddleware")));
    put("csrf_middleware", effective.attribute(installed("CsrfViewMiddleware")));
    put("complete", effective.attribute(Value::Known(Scalar::Bool(middleware.complete))));
    let authenticates = match middleware.has("AuthenticationMiddleware") {
        Some(true) => Value::Known(Scalar::Bool(true)),
        _ => Value::Opaque("how requests are authenticated is not known here".into()),
    };
    put("cookie_authentication", effective.attribute(authenticates));
    let session =
        cookies.iter().find(|it| it.attribute("role").is_some_and(|role| role.value == text("session")));
    if let Some(same_site) = session.and_then(|it| it.attribute("same_site")) {
        put("same_site", same_site.clone());
    }
    put("uses_sessions", effective.attribute(uses_sessions(settings)));
    if let Some(fault) = order_fault(settings, middleware) {
        put("order_fault", effective.attribute(text(&fault)));
    }
    fact
}

/// An installed application that cannot do without sessions; what handlers do is not known here.
fn uses_sessions(settings: &Settings<'_>) -> Value {
    let needs = |it: &NamedModel| it.traits.get("needs").is_some_and(|it| it == "session");
    if settings.models.all_named("app").any(|it| needs(it) && has_app(settings, &it.path)) {
        Value::Known(Scalar::Bool(true))
    } else {
        Value::Opaque("what handlers do is not known here".into())
    }
}

/// The first middleware that stands before one that it builds on.
fn order_fault(settings: &Settings<'_>, middleware: &Installed) -> Option<String> {
    let versions = |package: &str| settings.version(package);
    let known: Vec<(usize, SmolStr, Option<&NamedModel>)> = middleware
        .certain()
        .map(|(at, name)| {
            let model = settings.models.named(&name, &versions);
            (at, name, model)
        })
        .collect();
    let mark = |model: Option<&NamedModel>, key: &str| model.and_then(|it| it.traits.get(key)).cloned();
    for (at, name, model) in &known {
        let Some(after) = mark(*model, "after") else { continue };
        if !is_needed(settings, *model) {
            continue;
        }
        let provider = known.iter().find(|(_, other, model)| {
            mark(*model, "provides").as_ref() == Some(&after)
                || (after == "session" && other.ends_with("SessionMiddleware"))
                || (after == "authentication" && other.ends_with("AuthenticationMiddleware"))
        });
        if let Some((provider_at, provider, _)) = provider
            && provider_at > at
        {
            let class = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
            return Some(format!("`{}` stands before `{}`", class(name), class(provider)));
        }
    }
    None
}

/// Some need the other one only when a setting says so.
fn is_needed(settings: &Settings<'_>, model: Option<&NamedModel>) -> bool {
    let Some(condition) = model.and_then(|it| it.traits.get("needs-if")) else { return true };
    let val = settings.get(condition).val;
    match val.as_text() {
        Some(path) => {
            let versions = |package: &str| settings.version(package);
            let named = settings.models.named(path, &versions);
            named.is_some_and(|it| it.traits.get("needs").is_some_and(|it| it == "session"))
        }
        None => decided(&truth(&val)) == Some(true),
    }
}
