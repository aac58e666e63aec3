//! Rows of a model file that speak of settings.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use toml::de::DeValue;

use super::effect::Source;
use super::load::Models;
use super::read::{View, suggestion};
use super::rows::{Defaults, constants};
use super::setting::{CheckModel, NamedModel, SettingModel, SettingTest, SettingsCookie, WrongSetting};
use super::vocabulary;

const TYPES: [&str; 9] = ["bool", "int", "number", "text", "list", "map", "null", "off", "any"];
const KINDS: [&str; 12] = [
    "engine",
    "serializer",
    "middleware",
    "cache",
    "message-storage",
    "authentication",
    "app",
    "hasher",
    "decorator",
    "file-key",
    "signal",
    "adapter",
];

/// `[[setting]]`: one `SettingModel` for each range of versions with one default.
pub(super) fn settings(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    view.only(&[
        "names",
        "name",
        "versions",
        "type",
        "default",
        "default-of",
        "words",
        "removed",
        "source",
        "note",
    ]);
    let mut names = view.texts("names");
    names.extend(view.word("name"));
    if names.is_empty() {
        view.fault(view.span.clone(), "`name` is missing", "");
    }
    let types: Vec<SmolStr> = view.text("type").map_or_else(
        || vec!["any".into()],
        |(text, span)| {
            let types: Vec<_> = text.split('|').map(str::trim).collect();
            for ty in types.iter().filter(|it| !TYPES.contains(it)) {
                view.fault(span.clone(), format!("no type `{ty}`"), suggestion(ty, &TYPES));
            }
            types.into_iter().map(SmolStr::new).collect()
        },
    );
    let total = view.range("versions");
    let mut variants = Vec::new();
    let mut rest = total.clone();
    match view.get("default").map(|it| (it, it.get_ref())) {
        Some((_, DeValue::Array(_))) => {
            for part in view.list("default") {
                part.only(&["versions", "is"]);
                let versions = part.range("versions").and(&total);
                rest = rest.without(&versions);
                variants.extend(part.get("is").and_then(|it| part.constant(it)).map(|it| (versions, it)));
            }
        }
        Some((value, _)) => variants.extend(view.constant(value).map(|it| (total.clone(), it))),
        None => variants.push((total.clone(), Source::Unset)),
    }
    if variants.len() > 1 && !rest.is_empty() {
        view.fault(view.span.clone(), format!("no default for {rest}"), "");
    }
    let source = view.word("source").unwrap_or_else(|| defaults.source.clone());
    for name in names {
        let row = models.row(view, &name);
        for (versions, default) in &variants {
            models.settings.entry(name.clone()).or_default().push(SettingModel {
                name: name.clone(),
                package: defaults.package.clone(),
                versions: versions.clone(),
                types: types.clone(),
                default: default.clone(),
                default_of: view.word("default-of"),
                words: view.texts("words"),
                removed: view.word("removed"),
                source: source.clone(),
                row,
            });
        }
    }
}

/// `[[wrong-setting]]`: names that nobody reads.
pub(super) fn wrong_settings(models: &mut Models, view: &View<'_>) {
    view.only(&["name", "names", "instead", "of", "note"]);
    let mut names = view.texts("names");
    names.extend(view.word("name"));
    for name in names {
        let row = models.row(view, &name);
        let wrong =
            WrongSetting { name: name.clone(), instead: view.word("instead"), of: view.word("of"), row };
        models.wrong_settings.insert(name, wrong);
    }
}

/// `[[settings-cookie]]`.
pub(super) fn cookies(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    view.only(&[
        "role",
        "versions",
        "attributes",
        "fixed",
        "browser-session-if",
        "unless",
        "only-if",
        "middleware",
        "app",
        "protection",
        "source",
        "note",
    ]);
    let Some((role, _)) = view.required("role") else { return };
    let known: Vec<_> = vocabulary::ATTRIBUTES.iter().map(|(it, _)| *it).collect();
    let attributes: BTreeMap<SmolStr, SmolStr> = view
        .sub("attributes")
        .into_iter()
        .flat_map(|table| {
            let read = |(name, span, value)| {
                if !known.contains(&name) {
                    table.fault(span, format!("no attribute `{name}`"), suggestion(name, &known));
                }
                Some((SmolStr::new(name), SmolStr::new(table.as_text(value)?)))
            };
            table.entries().filter_map(read).collect::<Vec<_>>()
        })
        .collect();
    let row = models.row(view, role);
    models.settings_cookies.push(SettingsCookie {
        role: role.into(),
        package: defaults.package.clone(),
        versions: view.range("versions"),
        attributes,
        fixed: constants(view, "fixed"),
        browser_session_if: view.word("browser-session-if"),
        unless: view.word("unless"),
        only_if: view.word("only-if"),
        middleware: view.texts("middleware"),
        app: view.word("app"),
        protection: view.word("protection").unwrap_or_else(|| "plain".into()),
        source: view.word("source").unwrap_or_else(|| defaults.source.clone()),
        row,
    });
}

/// `[[check]]`: what the framework itself finds wrong with a setting.
pub(super) fn checks(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    view.only(&[
        "id",
        "setting",
        "versions",
        "is",
        "words",
        "middleware",
        "without-middleware",
        "app",
        "without-app",
        "only-if",
        "unless",
        "topic",
        "says",
        "source",
        "note",
    ]);
    let (Some((setting, _)), Some((is, span))) = (view.required("setting"), view.required("is")) else {
        return;
    };
    let Some((_, test)) = SettingTest::ALL.iter().find(|(word, _)| *word == is) else {
        view.fault(span, format!("no test `{is}`"), suggestion(is, &SettingTest::ALL.map(|(word, _)| word)));
        return;
    };
    let id = view.word("id");
    let row = models.row(view, &format!("check {} {setting}", id.as_deref().unwrap_or(is)));
    models.checks.push(CheckModel {
        id,
        setting: setting.into(),
        package: defaults.package.clone(),
        versions: view.range("versions"),
        test: *test,
        words: view.texts("words"),
        middleware: view.texts("middleware"),
        without_middleware: view.texts("without-middleware"),
        app: view.word("app"),
        without_app: view.word("without-app"),
        only_if: view.word("only-if"),
        unless: view.word("unless"),
        topic: view.word("topic").unwrap_or_default(),
        says: view.word("says").unwrap_or_default(),
        row,
    });
}

/// `[[named]]`: dotted names that stand in settings. All other keys are marks.
pub(super) fn named(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    const OWN: [&str; 7] = ["path", "paths", "kind", "versions", "source", "note", "package"];
    let mut paths = view.texts("paths");
    paths.extend(view.word("path"));
    let Some((kind, span)) = view.required("kind") else { return };
    if !KINDS.contains(&kind) {
        view.fault(span, format!("no kind `{kind}`"), suggestion(kind, &KINDS));
    }
    let marks = view.entries().filter(|(key, ..)| !OWN.contains(key));
    let traits: BTreeMap<SmolStr, SmolStr> = marks
        .filter_map(|(key, _, value)| match value.get_ref() {
            DeValue::Array(_) => Some((key.into(), view.texts(key).join(" ").into())),
            _ => Some((key.into(), view.as_text(value)?.into())),
        })
        .collect();
    for path in paths {
        let row = models.row(view, &path);
        models.named.entry(path.clone()).or_default().push(NamedModel {
            path,
            kind: kind.into(),
            package: defaults.package.clone(),
            versions: view.range("versions"),
            traits: traits.clone(),
            source: view.word("source").unwrap_or_else(|| defaults.source.clone()),
            row,
        });
    }
}
