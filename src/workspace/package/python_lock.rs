//! Lock files of Python tools.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

use super::requirement::{normalise, point};
use super::{Reader, join};
use crate::workspace::Version;

/// poetry.lock, uv.lock and pdm.lock look alike.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Pipfile {
    #[serde(default)]
    default: BTreeMap<String, Pinned>,
    #[serde(default)]
    develop: BTreeMap<String, Pinned>,
}

#[derive(Deserialize)]
struct Pinned {
    version: Option<String>,
}

/// Locked versions by normalised name.
pub(super) fn read(path: &str, name: &str, reader: &mut Reader) -> BTreeMap<SmolStr, Version> {
    let Some(text) = reader.text(path) else { return BTreeMap::new() };
    let pairs: Vec<(String, Option<String>)> = if name == "Pipfile.lock" {
        match serde_json::from_str::<Pipfile>(&text) {
            Ok(file) => {
                file.default.into_iter().chain(file.develop).map(|(name, it)| (name, it.version)).collect()
            }
            Err(error) => {
                let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
                let at =
                    (lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1)).min(text.len());
                reader.problem(path, Some((&text, at, at)), "not the JSON of a lock file");
                Vec::new()
            }
        }
    } else {
        match toml::from_str::<File>(&text) {
            Ok(file) => file.package.into_iter().map(|it| (it.name, it.version)).collect(),
            Err(error) => {
                reader.toml_error(path, &text, &error);
                Vec::new()
            }
        }
    };
    let mut versions = BTreeMap::new();
    for (name, version) in pairs {
        let point = version.as_deref().map(|it| it.trim_start_matches('=')).and_then(point);
        let version = point.map_or(Version::Unknown, Version::Exact);
        let known = versions.remove(&normalise(&name)).unwrap_or(Version::Unknown);
        versions.insert(normalise(&name), join(known, version));
    }
    versions
}
