//! The packages of a project and the versions they use.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::manifest::{CargoLock, CargoManifest, Content, Dependency, PythonManifest, normal_name};
use super::names::split;
use super::{FileId, FileKind, Package, PackageKind, Version, Workspace};

/// Manifests and locks, each with its path relative to the checked root (`../Cargo.toml` when it lies above).
#[derive(Debug, Default)]
pub(super) struct Manifests {
    pub(super) cargo: BTreeMap<String, CargoManifest>,
    pub(super) locks: Vec<(String, CargoLock)>,
    pub(super) python: BTreeMap<String, PythonManifest>,
}

impl Manifests {
    pub(super) fn add(&mut self, path: String, content: Content) {
        match content {
            Content::Cargo(manifest) => drop(self.cargo.insert(path, manifest)),
            Content::CargoLock(lock) => self.locks.push((path, lock)),
            Content::Python(manifest) => drop(self.python.insert(path, manifest)),
        }
    }
}

/// What a Cargo package needs besides what everybody may see.
#[derive(Debug, Default)]
pub(super) struct CargoPackage {
    /// Index in `Manifests::locks` and the package's own entry there.
    pub(super) lock: Option<(usize, usize)>,
    /// Crate name in code, with underscores, to package name.
    pub(super) renamed: BTreeMap<SmolStr, (SmolStr, Version)>,
}

/// Packages sorted by folder, a Cargo package before a Python project of the same folder.
pub(super) fn packages(
    manifests: &Manifests,
    python_folders: &BTreeSet<String>,
) -> Vec<(Package, CargoPackage)> {
    let mut all = Vec::new();
    for (path, manifest) in &manifests.cargo {
        all.extend(cargo_package(manifests, split(path).0, manifest));
    }
    all.extend(python_packages(manifests, python_folders));
    all.sort_by(|a: &(Package, CargoPackage), b| (&a.0.folder, a.0.kind).cmp(&(&b.0.folder, b.0.kind)));
    all
}

fn cargo_package(
    manifests: &Manifests,
    folder: &str,
    manifest: &CargoManifest,
) -> Option<(Package, CargoPackage)> {
    let name = manifest.package.clone()?;
    let shared = ancestors(folder)
        .filter_map(|above| manifests.cargo.get(&join(&above, "Cargo.toml")))
        .find(|it| it.is_workspace)
        .map_or(&[][..], |it| &it.shared);
    let lock = nearest_lock(manifests, folder, &name);
    let mut package =
        Package { name, folder: folder.to_owned(), kind: PackageKind::Cargo, ..Package::default() };
    let mut more = CargoPackage { lock, ..CargoPackage::default() };
    for dependency in &manifest.dependencies {
        let dependency = match shared.iter().find(|it| it.local == dependency.local) {
            Some(shared) if dependency.inherited => shared,
            _ => dependency,
        };
        let version = locked(manifests, lock, dependency).unwrap_or_else(|| dependency.version.clone());
        let local = SmolStr::new(dependency.local.replace('-', "_"));
        more.renamed.entry(local).or_insert_with(|| (dependency.package.clone(), version.clone()));
        package
            .versions
            .entry(dependency.package.clone())
            .and_modify(|known| *known = either(known, &version))
            .or_insert(version);
    }
    Some((package, more))
}

/// The nearest lock file upward that knows the package as one of its own.
fn nearest_lock(manifests: &Manifests, folder: &str, name: &str) -> Option<(usize, usize)> {
    ancestors(folder).find_map(|above| {
        let path = join(&above, "Cargo.lock");
        let (at, (_, lock)) = manifests.locks.iter().enumerate().find(|(_, it)| it.0 == path)?;
        Some((at, lock.named(name).find(|it| lock.packages[*it].local)?))
    })
}

/// The locked version of a direct dependency.
fn locked(manifests: &Manifests, lock: Option<(usize, usize)>, dependency: &Dependency) -> Option<Version> {
    let (lock, own) = lock?;
    let lock = &manifests.locks[lock].1;
    let needs = lock.packages[own].dependencies.iter().map(|it| &lock.packages[*it as usize]);
    let candidates: Vec<_> =
        needs.filter(|it| it.name == dependency.package).map(|it| it.version.clone()).collect();
    if candidates.len() > 1
        && let Version::Requirement(text) = &dependency.version
        && let Ok(requirement) = semver::VersionReq::parse(text)
        && let Some(version) = candidates.iter().find(|it| requirement.matches(it))
    {
        return Some(Version::Exact(version.clone()));
    }
    several(candidates)
}

fn several(mut versions: Vec<semver::Version>) -> Option<Version> {
    versions.sort();
    versions.dedup();
    match versions.len() {
        0 => None,
        1 => versions.pop().map(Version::Exact),
        _ => Some(Version::Several(versions)),
    }
}

/// Two dependencies on the same package under different names.
fn either(a: &Version, b: &Version) -> Version {
    let points = |it: &Version| match it {
        Version::Exact(version) => vec![version.clone()],
        Version::Several(versions) => versions.clone(),
        _ => Vec::new(),
    };
    let (mut left, right) = (points(a), points(b));
    if left.is_empty() || right.is_empty() {
        return if left.is_empty() && !right.is_empty() { b.clone() } else { a.clone() };
    }
    left.extend(right);
    several(left).unwrap_or(Version::Unknown)
}

fn python_packages(
    manifests: &Manifests,
    folders: &BTreeSet<String>,
) -> impl Iterator<Item = (Package, CargoPackage)> {
    let mut projects: BTreeMap<String, Package> = BTreeMap::new();
    for folder in folders {
        projects.entry(folder.clone()).or_default();
    }
    // The word of a lock counts more than that of a manifest, and a pin more than a range.
    let mut files: Vec<_> = manifests.python.iter().collect();
    files.sort_by_key(|(path, manifest)| (std::cmp::Reverse(manifest.rank), *path));
    for (path, manifest) in files {
        let package = projects.entry(project_folder(path)).or_default();
        if package.name.is_empty() {
            package.name = manifest.name.clone().unwrap_or_default();
        }
        for (name, version) in &manifest.dependencies {
            let better = package.versions.get(name).is_none_or(|known| weight(version) > weight(known));
            if better {
                package.versions.insert(name.clone(), version.clone());
            }
        }
    }
    projects.into_iter().map(|(folder, mut package)| {
        if package.name.is_empty() {
            package.name = SmolStr::new(split(&folder).1);
        }
        (Package { folder, kind: PackageKind::Python, ..package }, CargoPackage::default())
    })
}

fn weight(version: &Version) -> u8 {
    match version {
        Version::Exact(_) => 3,
        Version::Several(_) => 2,
        Version::Requirement(_) => 1,
        Version::Unknown => 0,
    }
}

/// The project's folder of a manifest: `requirements/base.txt` belongs to the folder above.
pub(super) fn project_folder(path: &str) -> String {
    let (folder, name) = split(path);
    let (above, last) = split(folder);
    let inside = last.starts_with("requirements") && !name.starts_with("py") && !name.starts_with("setup");
    if inside { above.to_owned() } else { folder.to_owned() }
}

/// The folder itself and those above it, down to the topmost one above the checked root that was looked at.
pub(super) fn ancestors(folder: &str) -> impl Iterator<Item = String> {
    let mut next = Some(folder.to_owned());
    std::iter::from_fn(move || {
        let now = next.take()?;
        next = if now.is_empty() {
            Some("..".to_owned())
        } else if now == ".." || now.ends_with("/..") {
            // Deeper trees than this are no projects.
            (now.len() < 64).then(|| format!("../{now}"))
        } else {
            Some(split(&now).0.to_owned())
        };
        Some(now)
    })
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl Workspace {
    /// What is known of a package's version where a file lies, as a direct or an indirect dependency.
    #[must_use]
    pub fn version(&self, file: FileId, package: &str) -> Version {
        let Some(entry) = self.files.get(file.0 as usize) else { return Version::Unknown };
        if entry.kind == FileKind::Python {
            return self.python_version(&entry.path, &normal_name(package));
        }
        let Some(at) = entry.package else { return Version::Unknown };
        if let Some(version) = self.packages[at].versions.get(package) {
            return version.clone();
        }
        let Some((lock, own)) = self.cargo[at].lock else { return Version::Unknown };
        let lock = &self.manifests.locks[lock].1;
        self.point(lock, lock.reached(&[own], package))
    }

    /// The version of `package` that the dependency `through` uses, where a file lies. A crate that re-exports another one
    /// decides which version of it the code sees.
    #[must_use]
    pub fn version_seen_from(&self, file: FileId, through: &str, package: &str) -> Version {
        let at = self.files.get(file.0 as usize).and_then(|it| it.package);
        let Some((lock, own)) = at.and_then(|at| self.cargo[at].lock) else { return Version::Unknown };
        let lock = &self.manifests.locks[lock].1;
        let mut from = lock.reached(&[own], through);
        if let Version::Exact(version) = self.version(file, through) {
            from.retain(|it| lock.packages[*it].version == version);
        }
        self.point(lock, lock.reached(&from, package))
    }

    /// The package behind a crate's name in code (with underscores), and its version.
    #[must_use]
    pub fn dependency(&self, file: FileId, crate_name: &str) -> Option<(SmolStr, Version)> {
        let package = self.files.get(file.0 as usize)?.package?;
        self.cargo[package].renamed.get(crate_name).cloned()
    }

    /// Whether any manifest or lock file names a package.
    #[must_use]
    pub fn names_package(&self, package: &str) -> bool {
        self.packages.iter().any(|it| it.versions.contains_key(package))
            || self.manifests.locks.iter().any(|it| it.1.named(package).next().is_some())
    }

    fn point(&self, lock: &CargoLock, entries: Vec<usize>) -> Version {
        several(entries.into_iter().map(|it| lock.packages[it].version.clone()).collect())
            .unwrap_or(Version::Unknown)
    }

    /// The first pin from the file's folder upward; without any, the first range.
    fn python_version(&self, path: &str, package: &str) -> Version {
        let mut best = Version::Unknown;
        for folder in ancestors(split(path).0) {
            let here =
                self.packages.iter().filter(|it| it.kind == PackageKind::Python && it.folder == folder);
            for version in here.filter_map(|it| it.versions.get(package)) {
                if weight(version) > weight(&best) {
                    best = version.clone();
                }
            }
            if matches!(best, Version::Exact(_)) {
                break;
            }
        }
        best
    }
}
