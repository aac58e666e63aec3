//! Rows of a model file: from tables to types, functions and settings.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use toml::Spanned;
use toml::de::DeValue;

use super::callable::{Callable, Function};
use super::effect::{self, Source, Verb};
use super::load::{Models, Reexport};
use super::read::{View, suggestion};
use super::types::{Role, TypeModel};
use super::version::Range;
use super::vocabulary;

const MEMBERS: [&str; 4] = ["methods", "functions", "fields", "assign"];

/// What a file says once for all its rows.
pub(super) struct Defaults {
    pub(super) package: SmolStr,
    pub(super) source: SmolStr,
    /// `::` or `.`.
    pub(super) separator: &'static str,
}

/// Path, package, versions and source of a row.
pub(super) struct Head {
    pub(super) path: SmolStr,
    pub(super) package: SmolStr,
    pub(super) versions: Range,
    pub(super) source: SmolStr,
}

/// The keys that `head` reads.
pub(super) const HEAD: [&str; 5] = ["path", "package", "versions", "source", "note"];

pub(super) fn head(view: &View<'_>, defaults: &Defaults) -> Option<Head> {
    let (path, _) = view.required("path")?;
    let source = view.word("source").unwrap_or_else(|| defaults.source.clone());
    if source.is_empty() {
        view.fault(
            view.span.clone(),
            "`source` is missing",
            "say where the fact was read: `crate-1.2.3 src/file.rs`",
        );
    }
    Some(Head {
        path: path.into(),
        package: view.word("package").unwrap_or_else(|| defaults.package.clone()),
        versions: view.range("versions"),
        source,
    })
}

/// A part of a type that holds for some versions.
struct Overlay<'a> {
    view: View<'a>,
    versions: Range,
    defaults: BTreeMap<SmolStr, Source>,
    traits: BTreeMap<SmolStr, SmolStr>,
    members: Vec<Member>,
}

struct Member {
    /// Index in `MEMBERS`.
    slot: usize,
    name: SmolStr,
    versions: Range,
    callable: Callable,
}

/// `[[type]]` and `[[extend]]`: one `TypeModel` for each range of versions in which nothing changes.
pub(super) fn types(models: &mut Models, view: &View<'_>, defaults: &Defaults, extends: bool) {
    let known = ["also", "role", "bases", "defaults", "traits", "when", "unreached"];
    view.only(&[&HEAD[..], &known, &MEMBERS].concat());
    let Some(head) = head(view, defaults) else { return };
    let of_file = models.excuse.clone();
    if let Some(excuse) = view.word("unreached") {
        models.excuse = excuse;
    }
    let row = models.row(view, &head.path);
    let mut overlays = vec![overlay(models, view, &head.path)];
    for part in view.list("when") {
        part.only(
            &[&["versions", "source", "note", "role", "bases", "defaults", "traits"][..], &MEMBERS].concat(),
        );
        if part.required("versions").is_some() {
            overlays.push(overlay(models, &part, &head.path));
        }
    }
    models.excuse = of_file;
    let mut atoms = vec![head.versions.clone()];
    let cuts = overlays.iter().flat_map(|it| it.members.iter().map(|it| &it.versions).chain([&it.versions]));
    for cut in cuts.filter(|it| !it.is_all()) {
        atoms =
            atoms.iter().flat_map(|it| [it.and(cut), it.without(cut)]).filter(|it| !it.is_empty()).collect();
    }
    atoms.sort_by_cached_key(Range::start);
    for alias in view.texts("also") {
        let of = head.path.clone();
        models.reexport(alias, Reexport { of, package: head.package.clone(), ..Reexport::default() });
    }
    for versions in atoms {
        let model = assemble(&head, versions, &overlays[1..], &overlays[0], row);
        let table = if extends { &mut models.extensions } else { &mut models.types };
        table.entry(head.path.clone()).or_default().push(model);
    }
}

fn overlay<'a>(models: &mut Models, view: &View<'a>, path: &str) -> Overlay<'a> {
    let mut members = Vec::new();
    for (slot, table) in MEMBERS.iter().enumerate().filter_map(|(slot, key)| Some((slot, view.sub(key)?))) {
        for (name, _, value) in table.entries() {
            for (callable, versions) in callables(models, &table, &format!("{path} {name}"), value) {
                members.push(Member { slot, name: name.into(), versions, callable });
            }
        }
    }
    // The first part is the type's own: its versions are the limits, not a cut.
    let versions = if view.get("path").is_some() { Range::all() } else { view.range("versions") };
    Overlay {
        view: view.clone(),
        versions,
        defaults: constants(view, "defaults"),
        traits: traits(view, "traits"),
        members,
    }
}

fn assemble(
    head: &Head,
    versions: Range,
    overlays: &[Overlay<'_>],
    base: &Overlay<'_>,
    row: u32,
) -> TypeModel {
    let mut model = TypeModel {
        path: head.path.clone(),
        package: head.package.clone(),
        role: Role::Other,
        source: head.source.clone(),
        defaults: BTreeMap::new(),
        methods: BTreeMap::new(),
        functions: BTreeMap::new(),
        fields: BTreeMap::new(),
        assign: BTreeMap::new(),
        bases: Vec::new(),
        traits: BTreeMap::new(),
        versions,
        row,
    };
    let holds = |model: &TypeModel, range: &Range| !model.versions.and(range).is_empty();
    for part in [base].into_iter().chain(overlays) {
        if !holds(&model, &part.versions) {
            continue;
        }
        if let Some(role) = role(&part.view) {
            model.role = role;
        }
        if let Some(source) = part.view.word("source") {
            model.source = source;
        }
        if part.view.get("bases").is_some() {
            model.bases = part.view.texts("bases");
        }
        model.defaults.extend(part.defaults.clone());
        model.traits.extend(part.traits.clone());
        for member in part.members.iter().filter(|it| holds(&model, &it.versions)).collect::<Vec<_>>() {
            let table = match member.slot {
                0 => &mut model.methods,
                1 => &mut model.functions,
                2 => &mut model.fields,
                _ => &mut model.assign,
            };
            table.insert(member.name.clone(), member.callable.clone());
        }
    }
    model
}

fn role(view: &View<'_>) -> Option<Role> {
    let (word, span) = view.text("role")?;
    let found = Role::WORDS.iter().find(|(it, _)| *it == word).map(|(_, role)| *role);
    if found.is_none() {
        let known: Vec<_> = Role::WORDS.iter().map(|(it, _)| *it).collect();
        view.fault(span, format!("no role `{word}`"), suggestion(word, &known));
    }
    found
}

/// A table of attributes with constants.
pub(super) fn constants(view: &View<'_>, key: &str) -> BTreeMap<SmolStr, Source> {
    let Some(table) = view.sub(key) else { return BTreeMap::new() };
    let known: Vec<_> = vocabulary::ATTRIBUTES.iter().map(|(it, _)| *it).collect();
    let entries = table.entries().filter_map(|(name, span, value)| {
        if !known.contains(&name) {
            table.fault(span, format!("no attribute `{name}`"), suggestion(name, &known));
        }
        Some((name.into(), table.constant(value)?))
    });
    entries.collect()
}

fn traits(view: &View<'_>, key: &str) -> BTreeMap<SmolStr, SmolStr> {
    let Some(table) = view.sub(key) else { return BTreeMap::new() };
    let known: Vec<_> = vocabulary::TRAITS.iter().map(|(it, _)| *it).collect();
    let entries = table.entries().filter_map(|(name, span, value)| {
        if !known.contains(&name) {
            table.fault(span, format!("no mark `{name}`"), suggestion(name, &known));
        }
        Some((name.into(), table.as_text(value)?.into()))
    });
    entries.collect()
}

/// An effect as text, as a table `{ params, effect, versions }`, or a list of such tables.
fn callables<'a>(
    models: &mut Models,
    view: &View<'a>,
    name: &str,
    value: &'a Spanned<DeValue<'a>>,
) -> Vec<(Callable, Range)> {
    match value.get_ref() {
        DeValue::String(text) => {
            let callable = callable(view, "", text, value.span());
            callable.map(|it| (numbered(models, view, name, it), Range::all())).into_iter().collect()
        }
        DeValue::Array(items) => items.iter().flat_map(|it| callables(models, view, name, it)).collect(),
        _ => {
            let Some(table) = view.as_view(value) else { return Vec::new() };
            table.only(&["params", "effect", "versions", "note"]);
            let params = table.text("params").map_or("", |(it, _)| it);
            let Some((text, span)) = table.required("effect") else { return Vec::new() };
            let callable = callable(view, params, text, span);
            callable
                .map(|it| (numbered(models, view, name, it), table.range("versions")))
                .into_iter()
                .collect()
        }
    }
}

fn numbered(models: &mut Models, view: &View<'_>, name: &str, mut callable: Callable) -> Callable {
    callable.row = models.row(view, name);
    callable
}

pub(super) fn callable(
    view: &View<'_>,
    params: &str,
    text: &str,
    span: std::ops::Range<usize>,
) -> Option<Callable> {
    match Callable::parse(params, text) {
        Ok(it) => Some(it),
        Err(fault) => {
            let word = fault.strip_prefix("no verb `").and_then(|it| it.strip_suffix('`'));
            let verbs: Vec<_> = Verb::words().collect();
            view.fault(span, &fault, word.map(|it| suggestion(it, &verbs)).unwrap_or_default());
            None
        }
    }
}

/// `[[function]]`: `path`, `params`, `effect`. One `path` may be a list.
pub(super) fn functions(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    view.only(&[&HEAD[..], &["params", "effect", "names"]].concat());
    let Some(head) = head(view, defaults) else { return };
    let Some((effect, span)) = view.required("effect") else { return };
    let params = view.text("params").map_or("", |(it, _)| it);
    let Some(callable) = callable(view, params, effect, span) else { return };
    add_functions(models, view, &head, &callable, defaults);
}

/// `[[value]]`: `path` with `is` (a constant) or `type` (an object).
pub(super) fn values(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    view.only(&[&HEAD[..], &["is", "type", "names", "effect"]].concat());
    let Some(head) = head(view, defaults) else { return };
    let effect = match (view.get("is"), view.word("type"), view.text("effect")) {
        (Some(is), None, None) => {
            let Some(is) = view.constant(is) else { return };
            Callable {
                effect: vec![effect::Clause { verb: Verb::Value, operands: vec![("is".into(), is)] }].into(),
                ..Callable::default()
            }
        }
        (None, Some(ty), None) => {
            let operands = vec![("type".into(), Source::Text(ty))];
            Callable {
                effect: vec![effect::Clause { verb: Verb::Returns, operands }].into(),
                ..Callable::default()
            }
        }
        (None, None, Some((text, span))) => {
            let Some(callable) = callable(view, "", text, span) else { return };
            callable
        }
        _ => {
            view.fault(view.span.clone(), "a value has one of `is`, `type` and `effect`", "");
            return;
        }
    };
    add_functions(models, view, &head, &effect, defaults);
}

/// With `names`, one for each name under `path`.
fn add_functions(
    models: &mut Models,
    view: &View<'_>,
    head: &Head,
    callable: &Callable,
    defaults: &Defaults,
) {
    let names = view.texts("names");
    let paths = if names.is_empty() {
        vec![head.path.clone()]
    } else {
        names.iter().map(|it| SmolStr::from_iter([head.path.as_str(), defaults.separator, it])).collect()
    };
    for path in paths {
        let callable = numbered(models, view, &path, callable.clone());
        models.functions.entry(path.clone()).or_default().push(Function {
            path,
            package: head.package.clone(),
            versions: head.versions.clone(),
            source: head.source.clone(),
            callable,
        });
    }
}

/// `[[reexport]]`: `path` stands for `of`; with `names` only these names under both.
pub(super) fn reexports(models: &mut Models, view: &View<'_>, defaults: &Defaults) {
    view.only(&["path", "of", "names", "package", "versions", "target-versions", "note"]);
    let (Some((path, _)), Some((of, _))) = (view.required("path"), view.required("of")) else { return };
    let row = Reexport {
        of: of.into(),
        package: view.word("package").unwrap_or_else(|| defaults.package.clone()),
        versions: view.range("versions"),
        target_versions: view.range("target-versions"),
    };
    let names = view.texts("names");
    if names.is_empty() {
        models.reexport(path.into(), row);
        return;
    }
    let join = |head: &str, name: &str| SmolStr::from_iter([head, defaults.separator, name]);
    for name in names {
        models.reexport(join(path, &name), Reexport { of: join(of, &name), ..row.clone() });
    }
}

/// `[[param]]`: a parameter of one of these names without a written type is of `type`.
pub(super) fn params(models: &mut Models, view: &View<'_>) {
    view.only(&["names", "type", "note"]);
    let Some((ty, _)) = view.required("type") else { return };
    for name in view.texts("names") {
        models.params.insert(name, ty.into());
    }
}
