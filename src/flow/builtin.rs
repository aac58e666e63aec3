//! Methods and functions of the languages themselves, by the names in `models/builtins.toml`.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use serde::Deserialize;

/// What a method of a plain value does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    Same,
    Fallback,
    FallbackCall,
    FallbackDefault,
    Map,
    MapOr,
    MapOrElse,
    IsSomeAnd,
    Tap,
    Then,
    ThenSome,
    Lower,
    Upper,
    Trim,
    Parse,
    StartsWith,
    EndsWith,
    Equals,
    Differs,
    IsSome,
    IsNone,
    IsEmpty,
    Not,
    Append,
    Extend,
    Insert,
    Mutate,
    Update,
    SetDefault,
    Member,
    Item,
    Iterate,
    First,
    Copy,
    Length,
    Bytes,
    Format,
    Call,
    EmptyList,
    EmptyMap,
    Bool,
    Int,
    Null,
    Repeat,
    AppendText,
    EmptyText,
    Concat,
    Join,
}

/// The tables of `models/builtins.toml`.
pub struct Builtins {
    pub methods: HashMap<String, Operation>,
    functions: HashMap<String, Operation>,
    pub transparent: HashSet<String>,
    pub collection: HashSet<String>,
    pub settings_objects: HashSet<String>,
    pub settings_derives: HashSet<String>,
    /// Derives of settings whose switches are off unless somebody gives them.
    pub settings_switches: HashSet<String>,
    /// Calls, as they are written, that make a type's own default the lowest layer of the settings.
    pub settings_defaults: HashSet<String>,
    /// Decorators of methods that are read like a field.
    pub properties: HashSet<String>,
    /// Further names that need no import.
    prelude: HashSet<String>,
    /// Derives of types whose values are rows of a database.
    pub records: HashSet<String>,
    /// Derives that make no values.
    pub harmless_derives: HashSet<String>,
    /// The derive of types that can be written as text, and words on fields that are left out of it.
    pub serialized: String,
    pub left_out: HashSet<String>,
    /// Types whose content changes through a shared reference.
    pub locks: HashSet<String>,
    /// Web frameworks of the modelled ones' languages that no model is about.
    pub other_frameworks: HashSet<String>,
    /// Methods that give all that was sent under one name.
    pub whole: HashSet<String>,
    /// Names of functions that say nothing about whose they are.
    pub common: HashSet<String>,
    /// Associated functions without a body to be seen that make a value of their type.
    pub makes: HashSet<String>,
    /// Attributes of functions that only a test run calls.
    pub tests: HashSet<String>,
    /// Methods by which a value of the project becomes an answer, or part of one.
    pub responders: Vec<String>,
    /// Programs that run what they are given as a command.
    pub shells: HashSet<String>,
}

impl Builtins {
    /// Whether a bare name means the language's own thing unless something else is imported under it by name.
    #[must_use]
    pub fn is_prelude(&self, name: &str) -> bool {
        self.functions.contains_key(name)
            || self.transparent.contains(name)
            || self.collection.contains(name)
            || self.prelude.contains(name)
    }

    /// By full path, by its last two segments, or by a bare name.
    #[must_use]
    pub fn function(&self, path: &str) -> Option<Operation> {
        if let Some(found) = self.functions.get(path) {
            return Some(*found);
        }
        let (separator, width) = if path.contains("::") { ("::", 2) } else { (".", 1) };
        let mut parts = path.rmatch_indices(separator);
        let cut = match (parts.next(), parts.next()) {
            (Some(_), Some((at, _))) => &path[at + width..],
            _ => path,
        };
        self.functions.get(cut).copied()
    }
}

/// Read once, on first use.
#[must_use]
pub fn builtins() -> &'static Builtins {
    static TABLES: LazyLock<Builtins> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../models/builtins.toml")).unwrap_or_default();
        Builtins {
            methods: invert(file.methods),
            functions: invert(file.functions),
            transparent: file.types.transparent,
            collection: file.types.collection,
            settings_objects: file.settings.objects,
            settings_derives: file.settings.derives,
            settings_switches: file.settings.switches,
            settings_defaults: file.settings.defaults,
            properties: file.types.properties,
            prelude: file.types.prelude,
            records: file.types.records,
            harmless_derives: file.types.harmless_derives,
            serialized: file.types.serialized,
            left_out: file.types.left_out,
            locks: file.types.locks,
            other_frameworks: file.names.other_frameworks,
            whole: file.names.whole,
            common: file.names.common,
            makes: file.names.makes,
            tests: file.names.tests,
            responders: file.names.responders,
            shells: file.names.shells,
        }
    });
    &TABLES
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    methods: HashMap<Operation, Vec<String>>,
    functions: HashMap<Operation, Vec<String>>,
    types: Types,
    names: Names,
    settings: Settings,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Names {
    common: HashSet<String>,
    makes: HashSet<String>,
    responders: Vec<String>,
    shells: HashSet<String>,
    tests: HashSet<String>,
    whole: HashSet<String>,
    #[serde(rename = "other-frameworks")]
    other_frameworks: HashSet<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Types {
    transparent: HashSet<String>,
    collection: HashSet<String>,
    properties: HashSet<String>,
    prelude: HashSet<String>,
    records: HashSet<String>,
    #[serde(rename = "harmless-derives")]
    harmless_derives: HashSet<String>,
    serialized: String,
    #[serde(rename = "left-out")]
    left_out: HashSet<String>,
    locks: HashSet<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Settings {
    objects: HashSet<String>,
    derives: HashSet<String>,
    switches: HashSet<String>,
    defaults: HashSet<String>,
}

fn invert(rows: HashMap<Operation, Vec<String>>) -> HashMap<String, Operation> {
    rows.into_iter()
        .flat_map(|(operation, names)| names.into_iter().map(move |name| (name, operation)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_readable() {
        let file: Result<File, _> = toml::from_str(include_str!("../../models/builtins.toml"));
        assert_eq!(file.err().map(|it| it.to_string()), None);
        assert_eq!(builtins().methods.get("unwrap_or"), Some(&Operation::Fallback));
        assert_eq!(builtins().function("std::sync::Arc::new"), Some(Operation::Same));
    }
}
