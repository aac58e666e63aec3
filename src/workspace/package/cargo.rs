//! Cargo.toml: packages, their targets and what they depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smol_str::SmolStr;
use toml::{Table, Value};

use super::cargo_lock::{self, Lock};
use super::{Ecosystem, Package, Reader, Target, TargetKind, ancestors, join_path, split_path};
use crate::workspace::Version;

/// All packages and roots of workspaces among the manifests.
pub(super) fn load(manifests: &BTreeSet<String>, reader: &mut Reader) -> Vec<Package> {
    let mut tables = BTreeMap::new();
    let mut locks = BTreeMap::new();
    for path in manifests {
        let (folder, name) = split_path(path);
        match name {
            "Cargo.toml" => drop(reader.toml(path).map(|it| tables.insert(folder.to_owned(), it))),
            "Cargo.lock" => {
                let lock = cargo_lock::read(path, reader).map(Arc::new);
                locks.extend(lock.map(|it| (folder.to_owned(), it)));
            }
            _ => {}
        }
    }
    let mut packages: Vec<Package> =
        tables.iter().map(|(folder, table)| package(folder, table, &tables, &locks)).collect();
    for (folder, lock) in &locks {
        if let Some(beside) = packages.iter_mut().find(|it| it.place == *folder) {
            for (name, version) in lock.versions() {
                beside.versions.entry(name).or_insert(version);
            }
        }
    }
    packages
}

fn package(
    folder: &str,
    table: &Table,
    tables: &BTreeMap<String, Table>,
    locks: &BTreeMap<String, Arc<Lock>>,
) -> Package {
    let name = at(table, &["package", "name"]).and_then(Value::as_str).map(SmolStr::new).unwrap_or_default();
    let library = at(table, &["lib", "name"]).and_then(Value::as_str).unwrap_or(&name);
    // a lock file above may be that of another workspace
    let is_ours = |place: &str, lock: &Lock| place == folder || lock.holds(&name);
    let lock = ancestors(folder).find_map(|it| locks.get(it).filter(|lock| is_ours(it, lock))).cloned();
    let shared = ancestors(folder)
        .filter_map(|it| tables.get(it))
        .find_map(|it| at(it, &["workspace", "dependencies"])?.as_table());
    let mut versions = BTreeMap::new();
    for (package, requirement) in dependencies(table, shared) {
        let written = requirement.map_or(Version::Unknown, Version::Requirement);
        let version =
            lock.as_ref().map_or(Version::Unknown, |it| it.of_dependency(&name, &package, &written));
        let version = if version == Version::Unknown { written } else { version };
        let known = versions.remove(&package);
        versions.insert(package, known.map_or(version.clone(), |it| super::join(it, version)));
    }
    Package {
        crate_name: library.replace('-', "_").into(),
        name,
        ecosystem: Ecosystem::Cargo,
        folder: String::new(),
        versions,
        place: folder.to_owned(),
        targets: targets(table),
        lock,
    }
}

fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

/// Real names and written requirements of everything that a manifest depends on.
fn dependencies(table: &Table, shared: Option<&Table>) -> Vec<(SmolStr, Option<SmolStr>)> {
    let own = std::iter::once(table);
    let targets = at(table, &["target"]).and_then(Value::as_table).into_iter().flat_map(Table::values);
    let own_workspace = at(table, &["workspace"]).and_then(Value::as_table);
    let groups = own.chain(targets.filter_map(Value::as_table)).chain(own_workspace);
    let kinds =
        ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];
    let lists = groups.flat_map(|group| kinds.iter().filter_map(|kind| group.get(*kind)?.as_table()));
    lists.flatten().map(|(alias, value)| dependency(alias, value, shared)).collect()
}

fn dependency(alias: &str, value: &Value, shared: Option<&Table>) -> (SmolStr, Option<SmolStr>) {
    let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
    if let Some(from) = shared.filter(|_| inherits).and_then(|it| it.get(alias)) {
        return dependency(alias, from, None);
    }
    let name = value.get("package").and_then(Value::as_str).unwrap_or(alias);
    let requirement = value.as_str().or_else(|| value.get("version")?.as_str());
    (name.into(), requirement.map(SmolStr::new))
}

fn targets(table: &Table) -> Vec<Target> {
    let target = |value: &Value, kind| {
        let path = value.get("path")?.as_str()?.trim_start_matches("./").to_owned();
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default().into();
        Some(Target { kind, name, path: join_path("", &path) })
    };
    let library = table.get("lib").and_then(|it| target(it, TargetKind::Library));
    let others = ["bin", "example", "test", "bench"]
        .iter()
        .filter_map(|kind| table.get(*kind)?.as_array())
        .flatten()
        .filter_map(|it| target(it, TargetKind::Other));
    library.into_iter().chain(others).collect()
}
