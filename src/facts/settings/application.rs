//! What the application has installed, and in which order.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Scalar, Value};
use crate::model::NamedModel;

use super::effective::{Settings, fixed, text, value};
use super::join::{decided, truth};
use super::value::{Item, List, Val, View};

/// The middleware list as far as it is known.
pub(super) struct Installed {
    items: Vec<Item>,
    /// No further elements, and all of them are known.
    complete: bool,
}

impl Installed {
    pub(super) fn of(settings: &Settings<'_>) -> Self {
        let effective = settings.get("MIDDLEWARE");
        match effective.val.seen_as(View::Release) {
            Val::List(list) => Self { items: list.items.clone(), complete: is_complete(&list) },
            Val::Unbound => {
                let empty = settings.binding("MIDDLEWARE_CLASSES").is_none();
                Self { items: Vec::new(), complete: empty }
            }
            other => {
                let list = super::eval::as_list(&other);
                Self { items: list.items, complete: false }
            }
        }
    }

    /// Whether a middleware of exactly this dotted name is installed.
    pub(super) fn lists(&self, name: &str) -> Option<bool> {
        let mut maybe = !self.complete;
        for item in &self.items {
            match names_of(&item.val) {
                Some(names) if !names.iter().any(|it| it == name) => {}
                Some(_) if !item.maybe && name_of(&item.val).is_some() => return Some(true),
                _ => maybe = true,
            }
        }
        (!maybe).then_some(false)
    }

    /// Whether a middleware whose dotted name ends so is installed. Subclasses are called like their bases.
    pub(super) fn has(&self, ending: &str) -> Option<bool> {
        let mut maybe = !self.complete;
        for item in &self.items {
            let Some(names) = names_of(&item.val) else {
                maybe = true;
                continue;
            };
            // `ForceSessionMiddleware` is a `SessionMiddleware` by all that is known.
            if names.iter().any(|it| it.ends_with(ending)) {
                if !item.maybe && name_of(&item.val).is_some() {
                    return Some(true);
                }
                maybe = true;
            }
        }
        (!maybe).then_some(false)
    }
}

fn is_complete(list: &List) -> bool {
    list.complete && list.items.iter().all(|it| names_of(&it.val).is_some())
}

/// All names that an element may stand for; false values stand for none.
fn names_of(val: &Val) -> Option<Vec<SmolStr>> {
    match val {
        Val::Text(it) => Some(vec![it.as_ref().into()]),
        Val::Null | Val::Bool(false) => Some(Vec::new()),
        Val::Env(it) => {
            let mut names = names_of(it.fallback.as_ref()?)?;
            if let Some(set) = &it.set {
                names.extend(names_of(set)?);
            }
            Some(names)
        }
        Val::Debug(it) => names_of(&it.in_release),
        Val::OneOf(choices) => choices.iter().map(names_of).collect::<Option<Vec<_>>>().map(|it| it.concat()),
        _ => None,
    }
}

fn name_of(val: &Val) -> Option<SmolStr> {
    match val {
        Val::Text(it) => Some(it.as_ref().into()),
        Val::Env(it) => it.fallback.as_ref().and_then(name_of),
        Val::Debug(it) => name_of(&it.in_release),
        _ => None,
    }
}

pub(super) fn has_app(settings: &Settings<'_>, app: &str) -> bool {
    let apps = super::eval::as_list(&settings.get("INSTALLED_APPS").val);
    apps.items
        .iter()
        .filter_map(|it| name_of(&it.val))
        .any(|it| it == app || it.starts_with(&format!("{app}.apps.")))
}

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
    let listed =
        super::value::Val::list(super::value::Sequence::List, middleware.items.clone(), middleware.complete);
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
        .items
        .iter()
        .enumerate()
        .filter(|(_, it)| !it.maybe)
        .filter_map(|(at, it)| {
            let name = name_of(&it.val)?;
            let model = settings.models.named(&name, &versions);
            Some((at, name, model))
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
