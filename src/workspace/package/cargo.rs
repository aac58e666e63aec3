//! Cargo.toml: packages, their targets and what they depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smol_str::SmolStr;
use toml::{Table, Value};

use semver::VersionReq;

use super::cargo_lock::{self, Lock};
use super::{Ecosystem, Locked, Package, Reader, Target, TargetKind, ancestors, join_path, split_path};
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
    tables.iter().map(|(folder, table)| package(folder, table, &tables, &locks)).collect()
}

fn package(
    folder: &str,
    table: &Table,
    tables: &BTreeMap<String, Table>,
    locks: &BTreeMap<String, Arc<Lock>>,
) -> Package {
    let name = at(table, &["package", "name"]).and_then(Value::as_str).map(SmolStr::new).unwrap_or_default();
    let library = at(table, &["lib", "name"]).and_then(Value::as_str).unwrap_or(&name);
    let locked = nearest_lock(folder, &name, locks);
    let shared = ancestors(folder)
        .filter_map(|it| tables.get(it))
        .find_map(|it| at(it, &["workspace", "dependencies"])?.as_table());
    let mut versions = BTreeMap::new();
    let mut renamed = BTreeMap::new();
    for Dependency { alias, package, requirement } in dependencies(table, shared) {
        if alias != package {
            renamed.insert(alias.replace('-', "_").into(), package.replace('-', "_").into());
        }
        let version = locked.as_ref().and_then(|it| of_dependency(it, &package, requirement.as_deref()));
        let version = version.or_else(|| requirement.map(Version::Requirement)).unwrap_or(Version::Unknown);
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
        renamed,
        locked,
    }
}

/// The nearest lock file upwards that lists the package as one of its own: any other one is another project's.
fn nearest_lock(folder: &str, name: &str, locks: &BTreeMap<String, Arc<Lock>>) -> Option<Locked> {
    if name.is_empty() {
        return locks.get(folder).map(|lock| Locked { lock: lock.clone(), entry: None });
    }
    ancestors(folder).find_map(|above| {
        let lock = locks.get(above)?;
        Some(Locked { lock: lock.clone(), entry: Some(lock.member(name)?) })
    })
}

/// The locked version of a direct dependency.
fn of_dependency(locked: &Locked, name: &str, requirement: Option<&str>) -> Option<Version> {
    let lock = &locked.lock;
    let mut entries = locked.entry.map_or_else(|| lock.named(name), |own| lock.needed(own, name));
    if entries.len() > 1
        && let Some(requirement) = requirement.and_then(|it| VersionReq::parse(it).ok())
        && entries.iter().any(|it| requirement.matches(lock.version(*it)))
    {
        entries.retain(|it| requirement.matches(lock.version(*it)));
    }
    Some(lock.point(&entries)).filter(|it| *it != Version::Unknown)
}

fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

struct Dependency {
    /// As the manifest calls it.
    alias: SmolStr,
    package: SmolStr,
    requirement: Option<SmolStr>,
}

/// Everything that a manifest depends on.
fn dependencies(table: &Table, shared: Option<&Table>) -> Vec<Dependency> {
    let own = std::iter::once(table);
    let targets = at(table, &["target"]).and_then(Value::as_table).into_iter().flat_map(Table::values);
    let own_workspace = at(table, &["workspace"]).and_then(Value::as_table);
    let groups = own.chain(targets.filter_map(Value::as_table)).chain(own_workspace);
    let kinds =
        ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];
    let lists = groups.flat_map(|group| kinds.iter().filter_map(|kind| group.get(*kind)?.as_table()));
    lists.flatten().map(|(alias, value)| dependency(alias, value, shared)).collect()
}

fn dependency(alias: &str, value: &Value, shared: Option<&Table>) -> Dependency {
    let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
    if let Some(from) = shared.filter(|_| inherits).and_then(|it| it.get(alias)) {
        return dependency(alias, from, None);
    }
    let name = value.get("package").and_then(Value::as_str).unwrap_or(alias);
    let requirement = value.as_str().or_else(|| value.get("version")?.as_str());
    Dependency { alias: alias.into(), package: name.into(), requirement: requirement.map(SmolStr::new) }
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
