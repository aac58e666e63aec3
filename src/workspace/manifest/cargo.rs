//! `Cargo.toml` and `Cargo.lock`.

use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

use super::toml_text::{list, read, string, table};
use super::{Content, Dependency, Manifest};
use crate::workspace::Version;

#[derive(Debug, Default)]
pub(in crate::workspace) struct CargoManifest {
    /// `None` for a workspace without a root package.
    pub(in crate::workspace) package: Option<SmolStr>,
    pub(in crate::workspace) is_workspace: bool,
    pub(in crate::workspace) library: Target,
    pub(in crate::workspace) binaries: Vec<Target>,
    pub(in crate::workspace) dependencies: Vec<Dependency>,
    /// What members inherit.
    pub(in crate::workspace) shared: Vec<Dependency>,
}

/// A crate of a package, as far as the manifest says something of its own.
#[derive(Clone, Debug, Default)]
pub(in crate::workspace) struct Target {
    pub(in crate::workspace) name: Option<SmolStr>,
    /// Relative to the package's folder.
    pub(in crate::workspace) path: Option<String>,
}

#[derive(Debug, Default)]
pub(in crate::workspace) struct CargoLock {
    /// Sorted by name and version.
    pub(in crate::workspace) packages: Vec<LockedPackage>,
}

#[derive(Debug)]
pub(in crate::workspace) struct LockedPackage {
    pub(in crate::workspace) name: SmolStr,
    pub(in crate::workspace) version: semver::Version,
    /// Has no source: a member of the workspace or a path dependency.
    pub(in crate::workspace) local: bool,
    /// Indices in `CargoLock::packages`.
    pub(in crate::workspace) dependencies: Vec<u32>,
}

pub(super) fn manifest(_path: &str, text: &str) -> Manifest {
    let (document, broken) = read(text);
    let mut manifest = CargoManifest {
        package: table(&document, &["package"]).and_then(|it| string(it, "name")).map(SmolStr::new),
        is_workspace: document.contains_key("workspace"),
        library: table(&document, &["lib"]).map(target).unwrap_or_default(),
        binaries: list(&document, "bin").filter_map(DeValue::as_table).map(target).collect(),
        dependencies: dependencies(&document),
        shared: Vec::new(),
    };
    for platform in table(&document, &["target"]).into_iter().flat_map(|it| it.iter()) {
        manifest.dependencies.extend(platform.1.get_ref().as_table().into_iter().flat_map(dependencies));
    }
    if let Some(shared) = table(&document, &["workspace", "dependencies"]) {
        manifest.shared =
            shared.iter().map(|(name, value)| dependency(name.get_ref(), value.get_ref())).collect();
    }
    Manifest { content: Content::Cargo(manifest), broken }
}

fn target(table: &DeTable<'_>) -> Target {
    Target {
        name: string(table, "name").map(SmolStr::new),
        path: string(table, "path").map(|it| it.replace('\\', "/")),
    }
}

fn dependencies(document: &DeTable<'_>) -> Vec<Dependency> {
    // Ordinary ones first: the first entry of a name counts.
    ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"]
        .iter()
        .filter_map(|key| table(document, &[key]))
        .flat_map(|table| table.iter())
        .map(|(name, value)| dependency(name.get_ref(), value.get_ref()))
        .collect()
}

fn dependency(local: &str, value: &DeValue<'_>) -> Dependency {
    let detail = value.as_table();
    let requirement = value.as_str().or_else(|| string(detail?, "version"));
    let package = detail.and_then(|it| string(it, "package")).unwrap_or(local);
    Dependency {
        local: SmolStr::new(local),
        package: SmolStr::new(package),
        version: requirement.map_or(Version::Unknown, |it| Version::Requirement(SmolStr::new(it.trim()))),
        inherited: detail.and_then(|it| it.get("workspace")).and_then(|it| it.get_ref().as_bool())
            == Some(true),
    }
}

pub(super) fn lock(_path: &str, text: &str) -> Manifest {
    let (document, mut broken) = read(text);
    let mut entries = Vec::new();
    for package in list(&document, "package").filter_map(DeValue::as_table) {
        let (Some(name), Some(version)) = (string(package, "name"), string(package, "version")) else {
            continue;
        };
        let Ok(version) = semver::Version::parse(version) else {
            let span = package.get("version").map(toml::Spanned::span);
            broken.push((span, format!("`{version}` is no version")));
            continue;
        };
        let needs: Vec<&str> = list(package, "dependencies").filter_map(DeValue::as_str).collect();
        entries.push((name, version, !package.contains_key("source"), needs));
    }
    entries.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let find = |need: &str| -> Option<u32> {
        // `name`, `name version` or `name version (source)`.
        let mut parts = need.split(' ');
        let name = parts.next()?;
        let first = entries.partition_point(|it| it.0 < name);
        let version = parts.next().and_then(|it| semver::Version::parse(it).ok());
        let same = entries[first..].iter().take_while(|it| it.0 == name);
        let at = same.into_iter().position(|it| version.as_ref().is_none_or(|version| it.1 == *version))?;
        u32::try_from(first + at).ok()
    };
    let resolved: Vec<Vec<u32>> =
        entries.iter().map(|it| it.3.iter().filter_map(|need| find(need)).collect()).collect();
    let packages = entries
        .into_iter()
        .zip(resolved)
        .map(|((name, version, local, _), dependencies)| LockedPackage {
            name: SmolStr::new(name),
            version,
            local,
            dependencies,
        })
        .collect();
    Manifest { content: Content::CargoLock(CargoLock { packages }), broken }
}

impl CargoLock {
    /// All entries of a name.
    pub(in crate::workspace) fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        let first = self.packages.partition_point(|it| it.name.as_str() < name);
        let count = self.packages[first..].iter().take_while(|it| it.name == name).count();
        first..first + count
    }

    /// Entries of `name` that one of `from` needs, however indirectly; the nearest ones only.
    pub(in crate::workspace) fn reached(&self, from: &[usize], name: &str) -> Vec<usize> {
        let mut seen = vec![false; self.packages.len()];
        let mut layer = from.to_vec();
        while !layer.is_empty() {
            let mut next = Vec::new();
            for at in layer {
                for need in &self.packages[at].dependencies {
                    let need = *need as usize;
                    if !std::mem::replace(&mut seen[need], true) {
                        next.push(need);
                    }
                }
            }
            next.sort_unstable();
            let found: Vec<usize> =
                next.iter().copied().filter(|it| self.packages[*it].name == name).collect();
            if !found.is_empty() {
                return found;
            }
            layer = next;
        }
        Vec::new()
    }
}
