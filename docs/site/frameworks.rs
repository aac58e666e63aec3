//! A page for every modelled package: its defaults by version, its settings, and what its calls do.

use std::error::Error;

use serde::Serialize;
use sessionlint::embedded::MODELS;
use toml::{Table, Value};

use crate::Site;

#[derive(Serialize)]
struct Model {
    name: String,
    file: &'static str,
    language: &'static str,
    packages: Vec<String>,
    /// Objects that have attributes before anybody says anything.
    objects: Vec<Object>,
    settings: Vec<Setting>,
    calls: Vec<Call>,
    named: usize,
    supporting: bool,
}

#[derive(Serialize)]
struct Object {
    path: String,
    role: String,
    /// The row's own versions and defaults first, then what other versions change.
    states: Vec<State>,
}

#[derive(Serialize)]
struct State {
    versions: String,
    source: String,
    defaults: Vec<(String, String)>,
    marks: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Setting {
    name: String,
    defaults: Vec<(String, String)>,
    removed: String,
    source: String,
}

#[derive(Serialize)]
struct Call {
    of: String,
    name: String,
    versions: String,
    effect: String,
}

pub fn pages(site: &mut Site) -> Result<(), Box<dyn Error>> {
    let mut all = Vec::new();
    for (path, text) in MODELS.iter().filter(|(path, _)| path.matches('/').count() == 2) {
        all.push(model(path, &toml::from_str(text)?));
    }
    for it in &all {
        site.page(&format!("frameworks/{}.html", it.name), &it.name, include_str!("framework.html"), it)?;
    }
    site.page("frameworks/index.html", "Frameworks", include_str!("frameworks.html"), &all)
}

fn model(path: &'static str, table: &Table) -> Model {
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml").to_owned();
    let source = word(table, "source");
    let types: Vec<&Table> = rows(table, "type").chain(rows(table, "extend")).collect();
    Model {
        name,
        file: path,
        language: if path.starts_with("models/python/") { "Python" } else { "Rust" },
        packages: texts(table, "packages"),
        objects: types.iter().filter_map(|it| object(it, &source)).collect(),
        settings: rows(table, "setting").flat_map(|it| settings(it, &source)).collect(),
        calls: calls(table, &types),
        named: rows(table, "named").count(),
        supporting: table.get("supporting").and_then(Value::as_bool) == Some(true),
    }
}

fn object(row: &Table, source: &str) -> Option<Object> {
    let mut states = vec![state(row, source)];
    states.extend(rows(row, "when").map(|it| state(it, source)));
    states.retain(|it| !it.defaults.is_empty() || !it.marks.is_empty());
    (!states.is_empty()).then(|| Object { path: word(row, "path"), role: word(row, "role"), states })
}

fn state(row: &Table, source: &str) -> State {
    let own = word(row, "source");
    State {
        versions: versions(row),
        source: if own.is_empty() { source.to_owned() } else { own },
        defaults: pairs(row, "defaults"),
        marks: pairs(row, "traits"),
    }
}

fn settings(row: &Table, source: &str) -> Vec<Setting> {
    let mut names = texts(row, "names");
    names.extend(row.get("name").map(shown));
    let defaults = match row.get("default") {
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_table)
            .map(|it| (versions(it), it.get("is").map(shown).unwrap_or_default()))
            .collect(),
        Some(value) => vec![(versions(row), shown(value))],
        None => match row.get("default-of") {
            Some(other) => vec![(versions(row), format!("as {}", shown(other)))],
            None => vec![(versions(row), "unset".into())],
        },
    };
    let own = word(row, "source");
    let source = if own.is_empty() { source.to_owned() } else { own };
    names
        .into_iter()
        .map(|name| Setting {
            name,
            defaults: defaults.clone(),
            removed: word(row, "removed"),
            source: source.clone(),
        })
        .collect()
}

fn calls(table: &Table, types: &[&Table]) -> Vec<Call> {
    let mut all = Vec::new();
    for row in types {
        let of = word(row, "path");
        for part in [row.to_owned()].into_iter().chain(rows(row, "when")) {
            let range = if row.get("path") == part.get("path") { versions(row) } else { versions(part) };
            for kind in ["functions", "methods", "fields", "assign"] {
                let Some(members) = part.get(kind).and_then(Value::as_table) else { continue };
                for (name, effect) in members {
                    let name = match kind {
                        "fields" => format!("{name} (read)"),
                        "assign" => format!("{name} (assigned)"),
                        _ => name.clone(),
                    };
                    effects(effect, &range, &mut |versions, effect| {
                        all.push(Call { of: of.clone(), name: name.clone(), versions, effect });
                    });
                }
            }
        }
    }
    for row in rows(table, "function") {
        let path = word(row, "path");
        let names = texts(row, "names");
        let names = if names.is_empty() { vec![String::new()] } else { names };
        for name in names {
            all.push(Call { of: path.clone(), name, versions: versions(row), effect: word(row, "effect") });
        }
    }
    all
}

fn effects(value: &Value, range: &str, add: &mut dyn FnMut(String, String)) {
    match value {
        Value::String(effect) => add(range.to_owned(), effect.clone()),
        Value::Table(table) => {
            let own = versions(table);
            add(if own == "all" { range.to_owned() } else { own }, word(table, "effect"));
        }
        Value::Array(all) => all.iter().for_each(|it| effects(it, range, add)),
        _ => {}
    }
}

fn rows<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn word(table: &Table, key: &str) -> String {
    table.get(key).map(shown).unwrap_or_default()
}

fn versions(table: &Table) -> String {
    table.get("versions").map_or_else(|| "all".into(), shown)
}

fn texts(table: &Table, key: &str) -> Vec<String> {
    match table.get(key) {
        Some(Value::Array(all)) => all.iter().map(shown).collect(),
        Some(value) => vec![shown(value)],
        None => Vec::new(),
    }
}

fn pairs(table: &Table, key: &str) -> Vec<(String, String)> {
    let pairs = table.get(key).and_then(Value::as_table).into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), shown(value))).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
