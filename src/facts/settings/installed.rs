//! Which middleware and apps are installed.

use smol_str::SmolStr;

use super::effective::Settings;
use super::value::{Item, List, Val, View};

/// The middleware list as far as it is known.
pub(super) struct Installed {
    pub(super) items: Vec<Item>,
    /// No further elements, and all of them are known.
    pub(super) complete: bool,
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

    /// Those that are there for sure and known by name, with their places in the list.
    pub(super) fn certain(&self) -> impl Iterator<Item = (usize, SmolStr)> {
        let certain = self.items.iter().enumerate().filter(|(_, it)| !it.maybe);
        certain.filter_map(|(at, it)| Some((at, name_of(&it.val)?)))
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
