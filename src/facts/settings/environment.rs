//! What reads the environment in settings code: `models/environment.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::value::Cast;

/// How a read treats the text of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CastRule {
    #[default]
    Text,
    Bool,
    Int,
    Float,
    List,
    Dict,
    Any,
    AsDefault,
    Argument,
}

impl CastRule {
    /// `None` for the two that depend on the call.
    pub(super) fn fixed(self) -> Option<Cast> {
        Some(match self {
            Self::Text => Cast::Text,
            Self::Bool => Cast::Bool,
            Self::Int => Cast::Int,
            Self::Float => Cast::Float,
            Self::List => Cast::List,
            Self::Dict => Cast::Dict,
            Self::Any => Cast::Any,
            Self::AsDefault | Self::Argument => return None,
        })
    }
}

/// Without the variable and without a default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Missing {
    Null,
    #[default]
    Required,
}

/// One way to read a variable.
#[derive(Clone, Debug, Default)]
pub(super) struct Read<'a> {
    pub(super) cast: CastRule,
    pub(super) params: &'a [String],
    pub(super) keywords: Option<&'a BTreeMap<String, String>>,
    pub(super) missing: Missing,
    pub(super) cast_default: bool,
    /// The default stays for later reads.
    pub(super) sets_default: bool,
    /// The variable is always this one.
    pub(super) name: Option<&'a str>,
}

impl Read<'_> {
    /// What a keyword argument is: `name`, `default`, `cast` or something else.
    pub(super) fn keyword<'k>(&'k self, keyword: &'k str) -> &'k str {
        self.keywords.and_then(|it| it.get(keyword)).map_or(keyword, String::as_str)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FunctionRow {
    path: String,
    params: Vec<String>,
    #[serde(default)]
    keywords: BTreeMap<String, String>,
    cast: CastRule,
    missing: Missing,
    #[serde(default)]
    cast_default: bool,
    #[serde(default)]
    sets_default: bool,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ReaderRow {
    types: Vec<String>,
    /// Objects that the library makes itself.
    #[serde(default)]
    instances: Vec<String>,
    call: CastRule,
    call_params: Vec<String>,
    params: Vec<String>,
    #[serde(default)]
    keywords: BTreeMap<String, String>,
    missing: Missing,
    #[serde(default)]
    cast_default: bool,
    #[serde(default)]
    scheme: bool,
    methods: BTreeMap<String, CastRule>,
    #[serde(default)]
    silent: Vec<String>,
    prefix: Option<String>,
    prefixed: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct DeclaredTable {
    module: Vec<String>,
    prefix: String,
    values: BTreeMap<String, CastRule>,
    required: Vec<String>,
    hooks: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct FileRow {
    types: Vec<String>,
    methods: BTreeMap<String, CastRule>,
    fallback: String,
    /// Methods that read files of these names, mappings, and what nobody here has.
    reads: Vec<String>,
    mappings: Vec<String>,
    streams: Vec<String>,
}

/// What a method of a configuration file's reader does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FileMethod {
    Get(Cast),
    Reads,
    Mapping,
    Stream,
}

#[derive(Debug, Default, Deserialize)]
struct Tables {
    function: Vec<FunctionRow>,
    reader: Vec<ReaderRow>,
    declared: DeclaredTable,
    file: Vec<FileRow>,
    configuration: ConfigurationTable,
    gives: Gives,
    deployment: DeploymentTable,
    layers: LayersTable,
}

/// Classes whose attributes are read from the environment.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ConfigurationTable {
    pub(super) bases: Vec<String>,
    pub(super) fields: Vec<String>,
    pub(super) default: String,
    pub(super) names: Vec<String>,
    pub(super) options: Vec<String>,
    pub(super) options_in: String,
    pub(super) prefix: String,
    pub(super) unwraps: Vec<String>,
}

/// Files that a library lays over settings.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LayersTable {
    /// Their names without the extension.
    pub(super) files: Vec<String>,
    pub(super) sections: Vec<String>,
}

/// How files of a deployment name variables and their values.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DeploymentTable {
    pub(super) files: Vec<String>,
    pub(super) variables: Vec<String>,
    pub(super) name: Vec<String>,
    pub(super) value: Vec<String>,
    pub(super) kept: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Gives {
    random: Vec<String>,
    derived: Vec<String>,
    file: Vec<String>,
    flag: Vec<String>,
    parsed: Vec<String>,
    path: Vec<String>,
    temp: Vec<String>,
    exit: Vec<String>,
    include: Vec<String>,
    optional: Vec<String>,
    layered: Vec<String>,
}

/// What a function outside the project gives back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gift {
    Random,
    Derived,
    File,
    Flag,
    Parsed,
    Path,
    TemporaryPath,
    Exit,
    Include,
    Optional,
    Layered,
}

/// What calling a dotted name gives, when that is known.
pub(super) fn gift(path: &str) -> Option<Gift> {
    let gives = &tables().gives;
    [
        (&gives.random, Gift::Random),
        (&gives.derived, Gift::Derived),
        (&gives.file, Gift::File),
        (&gives.flag, Gift::Flag),
        (&gives.parsed, Gift::Parsed),
        (&gives.path, Gift::Path),
        (&gives.temp, Gift::TemporaryPath),
        (&gives.exit, Gift::Exit),
        (&gives.include, Gift::Include),
        (&gives.optional, Gift::Optional),
        (&gives.layered, Gift::Layered),
    ]
    .into_iter()
    .find(|(list, _)| list.iter().any(|it| it == path))
    .map(|(_, gift)| gift)
}

pub(super) fn deployment() -> &'static DeploymentTable {
    &tables().deployment
}

pub(super) fn configuration() -> &'static ConfigurationTable {
    &tables().configuration
}

pub(super) fn layers() -> &'static LayersTable {
    &tables().layers
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES
        .get_or_init(|| toml::from_str(include_str!("../../../models/environment.toml")).unwrap_or_default())
}

/// The read that calling a dotted name is.
pub(super) fn function(path: &str) -> Option<Read<'static>> {
    let row = tables().function.iter().find(|it| it.path == path)?;
    Some(Read {
        cast: row.cast,
        params: &row.params,
        keywords: Some(&row.keywords),
        missing: row.missing,
        cast_default: row.cast_default,
        sets_default: row.sets_default,
        name: row.name.as_deref(),
    })
}

/// The row of a class whose objects read the environment.
pub(super) fn reader(path: &str) -> Option<usize> {
    tables().reader.iter().position(|it| it.types.iter().any(|ty| ty == path))
}

/// The row of an object that reads the environment.
pub(super) fn instance(path: &str) -> Option<usize> {
    tables().reader.iter().position(|it| it.instances.iter().any(|name| name == path))
}

pub(super) fn has_scheme(row: usize) -> bool {
    tables().reader.get(row).is_some_and(|it| it.scheme)
}

/// The read that calling a reader, or one of its methods, is.
pub(super) fn reader_read(row: usize, method: Option<&str>) -> Option<Read<'static>> {
    let row = tables().reader.get(row)?;
    let (cast, params) = match method {
        None => (row.call, &row.call_params),
        Some(method) => (*row.methods.get(method)?, &row.params),
    };
    Some(Read {
        cast,
        params,
        keywords: Some(&row.keywords),
        missing: row.missing,
        cast_default: row.cast_default,
        sets_default: false,
        name: None,
    })
}

/// A method of a reader that returns nothing of interest.
pub(super) fn is_silent(row: usize, method: &str) -> bool {
    tables().reader.get(row).is_some_and(|it| it.silent.iter().any(|name| name == method))
}

/// The keyword and the attribute of a reader that stands before the names of all variables.
pub(super) fn prefix(row: usize) -> Option<&'static str> {
    tables().reader.get(row)?.prefix.as_deref()
}

/// The method of a reader whose `with` block has one more prefix.
pub(super) fn prefixed(row: usize) -> Option<&'static str> {
    tables().reader.get(row)?.prefixed.as_deref()
}

/// A value class of a settings class: cast, and whether the environment must give it.
pub(super) fn declared(path: &str) -> Option<(Cast, bool)> {
    let (module, name) = path.rsplit_once('.')?;
    let table = &tables().declared;
    if !table.module.iter().any(|it| it == module) {
        return None;
    }
    let cast = table.values.get(name)?.fixed().unwrap_or(Cast::Any);
    Some((cast, table.required.iter().any(|it| it == name)))
}

/// Prefix of the variables of declared values.
pub(super) fn declared_prefix() -> &'static str {
    &tables().declared.prefix
}

/// Methods of a settings class that run before its settings are read.
pub(super) fn hooks() -> &'static [String] {
    &tables().declared.hooks
}

/// The row of a class whose objects read configuration files.
pub(super) fn file_reader(path: &str) -> Option<usize> {
    tables().file.iter().position(|it| it.types.iter().any(|ty| ty == path))
}

/// What a method of a configuration file's reader does.
pub(super) fn file_method(row: usize, method: &str) -> Option<FileMethod> {
    let row = tables().file.get(row)?;
    let among = |list: &[String]| list.iter().any(|it| it == method);
    if among(&row.reads) {
        Some(FileMethod::Reads)
    } else if among(&row.mappings) {
        Some(FileMethod::Mapping)
    } else if among(&row.streams) {
        Some(FileMethod::Stream)
    } else {
        Some(FileMethod::Get(row.methods.get(method)?.fixed().unwrap_or(Cast::Any)))
    }
}

/// The keyword of the value for what a configuration file does not have.
pub(super) fn file_fallback(row: usize) -> &'static str {
    tables().file.get(row).map_or("", |it| &it.fallback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let tables: Result<Tables, _> = toml::from_str(include_str!("../../../models/environment.toml"));
        assert!(tables.is_ok(), "{tables:?}");
    }

    #[test]
    fn readers_and_declared_values() {
        let row = reader("environ.Env").unwrap();
        assert_eq!(reader_read(row, Some("bool")).unwrap().cast, CastRule::Bool);
        assert_eq!(reader_read(row, None).unwrap().cast, CastRule::AsDefault);
        assert_eq!(declared("configurations.values.SecretValue"), Some((Cast::Text, true)));
        assert!(function("os.getenv").is_some());
    }
}
