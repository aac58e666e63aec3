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
    let pairs = if name == "Pipfile.lock" { pipfile(path, reader) } else { packages(path, reader) };
    let mut versions = BTreeMap::new();
    for (name, version) in pairs {
        let point = version.as_deref().map(|it| it.trim_start_matches('=')).and_then(point);
        let version = point.map_or(Version::Unknown, Version::Exact);
        let known = versions.remove(&normalise(&name)).unwrap_or(Version::Unknown);
        versions.insert(normalise(&name), join(known, version));
    }
    versions
}

fn packages(path: &str, reader: &mut Reader) -> Vec<(String, Option<String>)> {
    let file = reader.toml::<File>(path);
    file.into_iter().flat_map(|it| it.package).map(|it| (it.name, it.version)).collect()
}

fn pipfile(path: &str, reader: &mut Reader) -> Vec<(String, Option<String>)> {
    let Some(text) = reader.text(path) else { return Vec::new() };
    match serde_json::from_str::<Pipfile>(&text) {
        Ok(file) => {
            file.default.into_iter().chain(file.develop).map(|(name, it)| (name, it.version)).collect()
        }
        Err(error) => {
            let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
            let at = (lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1)).min(text.len());
            reader.problem(path, Some((&text, at, at)), "not the JSON of a lock file");
            Vec::new()
        }
    }
}
