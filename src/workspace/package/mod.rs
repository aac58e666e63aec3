//! Packages and the versions of what they depend on, from manifests and lock files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;
use toml::de::DeTable;

mod cargo;
mod cargo_lock;
mod python;
mod python_lock;
mod requirement;

use super::{FileEntry, FileKind, FileRole, Version};
use crate::finding::{Problem, ProblemKind};
use crate::source::{FileId, SourceText, Span};

use cargo_lock::Lock;

/// Who builds a package, and so what its names mean.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Ecosystem {
    #[default]
    Cargo,
    Python,
}

/// A Rust package, the root of a Cargo workspace, or a Python project.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Empty for the root of a Cargo workspace that is no package itself, and where nobody gave a name.
    pub name: SmolStr,
    pub ecosystem: Ecosystem,
    /// Name of the Rust library as code writes it; empty for others.
    pub crate_name: SmolStr,
    /// Folder relative to the checked root; empty for the root and for a package whose folder lies above it.
    pub folder: String,
    /// Dependencies by package name: direct ones of a Rust package, all that a Python project's files name (normalised).
    pub versions: BTreeMap<SmolStr, Version>,
    /// Folder relative to the top: the repository's root, or the checked root outside of any.
    pub(super) place: String,
    /// Roots of crates other than by convention.
    pub(super) targets: Vec<Target>,
    /// Names that the code has for dependencies, where they are not the packages' own (with `_`).
    pub(super) renamed: BTreeMap<SmolStr, SmolStr>,
    locked: Option<Locked>,
}

/// The lock file that a package was locked in.
#[derive(Clone, Debug)]
struct Locked {
    lock: Arc<Lock>,
    /// The package's own entry; `None` for the root of a workspace that is no package.
    entry: Option<usize>,
}

/// A crate that a manifest gives a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    pub(super) kind: TargetKind,
    pub(super) name: SmolStr,
    /// Relative to the package's folder.
    pub(super) path: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TargetKind {
    Library,
    Other,
}

/// Whether a file of that name tells of packages or versions.
pub(super) fn is_manifest(name: &str) -> bool {
    matches!(name, "Cargo.toml" | "Cargo.lock") || python::is_manifest(name)
}

/// Finds the nearest package of a file.
pub(super) struct Nearest<'a> {
    /// Indices of packages by their folders.
    places: BTreeMap<(&'a str, Ecosystem), usize>,
}

impl<'a> Nearest<'a> {
    pub(super) fn new(packages: &'a [Package]) -> Self {
        let place = |(index, it): (usize, &'a Package)| ((it.place.as_str(), it.ecosystem), index);
        Self { places: packages.iter().enumerate().map(place).collect() }
    }

    /// By the file's path relative to the top.
    pub(super) fn of(&self, path: &str, kind: FileKind) -> Option<usize> {
        let ecosystems: &[Ecosystem] = match kind {
            FileKind::Rust => &[Ecosystem::Cargo],
            FileKind::Python => &[Ecosystem::Python],
            _ => &[Ecosystem::Cargo, Ecosystem::Python],
        };
        let mut folders = ancestors(split_path(path).0);
        folders.find_map(|folder| ecosystems.iter().find_map(|it| self.places.get(&(folder, *it)).copied()))
    }
}

/// Whether a path lies below a folder, itself or deeper.
pub(super) fn lies_in(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is known of a package where a file lies: as the nearest package has it; for Python, where nothing but the
/// interpreter's path decides what is imported, as those around it have it, then all others.
pub(super) fn version(packages: &[Package], entry: &FileEntry, name: &str) -> Version {
    let Some(nearest) = entry.package.and_then(|it| packages.get(it)) else {
        return anywhere(packages, entry, name);
    };
    if nearest.ecosystem == Ecosystem::Cargo {
        return named(nearest, name).cloned().unwrap_or_else(|| indirect(nearest, name));
    }
    let mut around: Vec<&Package> = packages
        .iter()
        .filter(|it| it.ecosystem == Ecosystem::Python && lies_in(&nearest.place, &it.place))
        .collect();
    around.sort_by_key(|it| std::cmp::Reverse(it.place.len()));
    let named = around.iter().find_map(|it| named(it, name)).cloned();
    named.unwrap_or_else(|| anywhere(packages, entry, name))
}

/// The project's own libraries, by the name that code has for them.
#[derive(Debug, Default)]
pub(super) struct Libraries(FxHashMap<SmolStr, Vec<usize>>);

impl Libraries {
    pub(super) fn new(packages: &[Package]) -> Self {
        let mut libraries = Self::default();
        for (index, it) in packages.iter().enumerate() {
            if it.ecosystem == Ecosystem::Cargo && !it.crate_name.is_empty() {
                libraries.0.entry(it.crate_name.clone()).or_default().push(index);
            }
        }
        libraries
    }

    /// The package whose library is called `name` in the code of the package `own`.
    pub(super) fn find(&self, packages: &[Package], own: usize, name: &str) -> Option<usize> {
        let here = packages.get(own)?;
        let named = self.0.get(name)?;
        if here.crate_name == name {
            return Some(own);
        }
        let shared =
            |it: &Package| here.place.split('/').zip(it.place.split('/')).take_while(|(a, b)| a == b).count();
        let fits = |index: &usize| here.versions.contains_key(&packages[*index].name);
        let nearest = |index: &usize| (shared(&packages[*index]), std::cmp::Reverse(*index));
        named.iter().copied().filter(fits).max_by_key(nearest)
    }
}

/// Of each package, those of the project that it depends on directly.
pub(super) fn dependencies(packages: &[Package]) -> Vec<Vec<usize>> {
    let by_name: BTreeMap<&str, Vec<usize>> =
        packages.iter().enumerate().fold(BTreeMap::new(), |mut all, (index, it)| {
            all.entry(it.name.as_str()).or_insert_with(Vec::new).push(index);
            all
        });
    packages
        .iter()
        .map(|it| {
            it.versions.keys().filter_map(|name| by_name.get(name.as_str())).flatten().copied().collect()
        })
        .collect()
}

/// Which packages have to do with one of the `wanted`: they depend on it, directly or through others of the project, or
/// one that does depends on them. Those of which nothing is told have, too.
pub(super) fn around_wanted(packages: &[Package], wanted: &dyn Fn(&str) -> bool) -> Vec<bool> {
    let needs = dependencies(packages);
    let mut around: Vec<bool> = packages
        .iter()
        .map(|it| {
            let told = it.locked.is_some() || !it.versions.is_empty();
            it.ecosystem == Ecosystem::Python || !told || it.versions.keys().any(|name| wanted(name))
        })
        .collect();
    let mut changed = true;
    while changed {
        changed = false;
        for (index, needs) in needs.iter().enumerate() {
            if !around[index] && needs.iter().any(|it| around[*it]) {
                (around[index], changed) = (true, true);
            }
        }
    }
    let mut open: Vec<usize> = (0..packages.len()).filter(|it| around[*it]).collect();
    while let Some(index) = open.pop() {
        for need in &needs[index] {
            if !std::mem::replace(&mut around[*need], true) {
                open.push(*need);
            }
        }
    }
    around
}

/// The version of a package that others brought along.
fn indirect(package: &Package, name: &str) -> Version {
    match &package.locked {
        Some(Locked { lock, entry: Some(own) }) => lock.point(&lock.reached(&[*own], name)),
        Some(Locked { lock, entry: None }) => lock.point(&lock.named(name)),
        None => Version::Unknown,
    }
}

fn anywhere(packages: &[Package], entry: &FileEntry, name: &str) -> Version {
    let ecosystem = if entry.kind == FileKind::Rust { Ecosystem::Cargo } else { Ecosystem::Python };
    let all = packages.iter().filter(|it| it.ecosystem == ecosystem).filter_map(|it| named(it, name));
    all.cloned().reduce(join).unwrap_or(Version::Unknown)
}

fn named<'a>(package: &'a Package, name: &str) -> Option<&'a Version> {
    if let Some(version) = package.versions.get(name) {
        return Some(version);
    }
    match package.ecosystem {
        Ecosystem::Python => package.versions.get(&requirement::normalise(name)),
        Ecosystem::Cargo => package.versions.iter().find(|(it, _)| same_crate(it, name)).map(|(_, it)| it),
    }
}

/// Names of crates are the same when they differ in `-` and `_` only.
fn same_crate(a: &str, b: &str) -> bool {
    let plain = |byte: u8| if byte == b'_' { b'-' } else { byte };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| plain(a) == plain(b))
}

pub(super) fn version_from(packages: &[Package], entry: &FileEntry, through: &str, name: &str) -> Version {
    let Some(package) = entry.package.and_then(|it| packages.get(it)) else { return Version::Unknown };
    let Some(Locked { lock, entry: own }) = &package.locked else { return Version::Unknown };
    let mut from = own.map_or_else(|| lock.named(through), |own| lock.reached(&[own], through));
    if let Version::Exact(exact) = version(packages, entry, through) {
        from.retain(|it| *lock.version(*it) == exact);
    }
    lock.point(&lock.reached(&from, name))
}

/// What code of the project may import.
#[derive(Debug, Default)]
pub(super) struct InUse {
    /// Ecosystems of which code is judged.
    judged: BTreeSet<Ecosystem>,
    /// Ecosystems of which code is judged whose manifests do not tell all that it may import.
    all: BTreeSet<Ecosystem>,
    /// Names in manifests and lock files, with `-` for `_`.
    named: BTreeSet<SmolStr>,
}

impl InUse {
    pub(super) fn new(packages: &[Package], files: &[FileEntry]) -> Self {
        let mut it = Self::default();
        for entry in files.iter().filter(|it| it.interesting && it.role == FileRole::Application) {
            let ecosystem = if entry.kind == FileKind::Rust { Ecosystem::Cargo } else { Ecosystem::Python };
            it.judged.insert(ecosystem);
            let package = entry.package.and_then(|it| packages.get(it));
            let told = package.is_some_and(|it| it.locked.is_some() || !it.versions.is_empty());
            // a script may import whatever is installed
            if !told || ecosystem == Ecosystem::Python {
                it.all.insert(ecosystem);
            }
        }
        let mut locks: Vec<&Arc<Lock>> = Vec::new();
        for package in packages {
            it.named.extend(package.versions.keys().map(|it| plain(it)));
            if let Some(Locked { lock, .. }) = &package.locked
                && !locks.iter().any(|it| Arc::ptr_eq(it, lock))
            {
                it.named.extend(lock.names().map(|it| plain(it)));
                locks.push(lock);
            }
        }
        it
    }

    pub(super) fn may_use(&self, ecosystem: Ecosystem, package: &str) -> bool {
        self.judged.contains(&ecosystem)
            && (self.all.contains(&ecosystem) || self.named.contains(&plain(package)))
    }
}

/// The one spelling of names that differ in `-` and `_` only.
fn plain(name: &str) -> SmolStr {
    if name.contains('_') { name.replace('_', "-").into() } else { name.into() }
}

/// What is known when two places each say something of one package.
fn join(a: Version, b: Version) -> Version {
    let points = |version: &Version| match version {
        Version::Exact(point) => vec![point.clone()],
        Version::Several(points) => points.clone(),
        Version::Requirement(_) | Version::Unknown => Vec::new(),
    };
    let mut all = points(&a);
    all.extend(points(&b));
    match (several(all), &a) {
        (Version::Unknown, Version::Unknown) => b,
        (Version::Unknown, _) => a,
        (exact, _) => exact,
    }
}

fn several(mut points: Vec<semver::Version>) -> Version {
    points.sort();
    points.dedup();
    match points.len() {
        0 => Version::Unknown,
        1 => Version::Exact(points.remove(0)),
        _ => Version::Several(points),
    }
}

/// Reads manifests, given by path relative to the top, and those that lie above the checked root.
pub(super) fn load(
    manifests: BTreeSet<String>,
    prefix: &str,
    files: &BTreeMap<String, FileId>,
    read: &dyn Fn(&str) -> Option<String>,
) -> (Vec<Package>, Vec<Problem>) {
    let mut reader = Reader { prefix, files, read, problems: Vec::new() };
    let manifests = with_those_above(manifests, prefix, read);
    let mut packages = cargo::load(&manifests, &mut reader);
    packages.append(&mut python::load(&manifests, &mut reader));
    for package in &mut packages {
        package.folder = reader.shown(&package.place).unwrap_or_default();
    }
    packages.sort_by(|a, b| (&a.place, a.ecosystem).cmp(&(&b.place, b.ecosystem)));
    (packages, reader.problems)
}

/// Manifests of the folders above the checked root, and lock files beside manifests that an ignore file hides.
fn with_those_above(
    mut manifests: BTreeSet<String>,
    prefix: &str,
    read: &dyn Fn(&str) -> Option<String>,
) -> BTreeSet<String> {
    let mut probes: BTreeSet<String> = BTreeSet::new();
    for folder in ancestors(prefix.trim_end_matches('/')).skip(usize::from(!prefix.is_empty())) {
        if !prefix.is_empty() {
            let names = ["Cargo.toml", "Cargo.lock"].iter().chain(python::FIXED_NAMES);
            probes.extend(names.map(|name| join_path(folder, name)));
        }
    }
    for path in manifests.iter().filter(|it| it.ends_with("Cargo.toml")) {
        probes.insert(format!("{}Cargo.lock", path.trim_end_matches("Cargo.toml")));
    }
    manifests.extend(probes.into_iter().filter(|it| read(it).is_some()));
    manifests
}

/// A folder and all above it, the last one empty.
pub(super) fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |it| match it.rsplit_once('/') {
        Some((parent, _)) => Some(parent),
        None if it.is_empty() => None,
        None => Some(""),
    })
}

fn join_path(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Reads manifests and notes what is wrong with them.
struct Reader<'a> {
    prefix: &'a str,
    files: &'a BTreeMap<String, FileId>,
    read: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// A file by its path relative to the top, without byte-order mark.
    fn text(&mut self, path: &str) -> Option<String> {
        let text = (self.read)(path);
        if text.is_none() {
            self.problem(path, None, "cannot be read as text");
        }
        text.map(|it| it.strip_prefix('\u{feff}').map_or(it.clone(), str::to_owned))
    }

    /// Path relative to the checked root; `None` for what lies above it.
    fn shown(&self, path: &str) -> Option<String> {
        format!("{path}/").strip_prefix(self.prefix).map(|it| it.trim_end_matches('/').to_owned())
    }

    /// What a TOML file says; of a broken one what stands in its sound parts.
    fn toml<T: DeserializeOwned>(&mut self, path: &str) -> Option<T> {
        let text = self.text(path)?;
        self.toml_text(path, &text)
    }

    fn toml_text<T: DeserializeOwned>(&mut self, path: &str, text: &str) -> Option<T> {
        let (table, mut errors) = DeTable::parse_recoverable(text);
        let read = T::deserialize(toml::Deserializer::from(table));
        let read = read.map_err(|error| errors.push(error)).ok();
        if let Some(error) = errors.first() {
            self.toml_error(path, text, error);
        }
        read
    }

    fn toml_error(&mut self, path: &str, text: &str, error: &toml::de::Error) {
        let message = error.message().lines().next().unwrap_or_default().trim_end_matches('.');
        self.problem(path, error.span().map(|span| (text, span.start, span.end)), message);
    }

    /// `place` is the text and a range in it.
    fn problem(&mut self, path: &str, place: Option<(&str, usize, usize)>, message: &str) {
        let shown = self.shown(path);
        let file = shown.as_ref().and_then(|it| self.files.get(it));
        let span = file.zip(place).map(|(file, (_, start, end))| Span::new(*file, start, end));
        let position = place.filter(|_| span.is_none()).map_or_else(String::new, |(text, start, _)| {
            let at = SourceText::new("", text).line_column(u32::try_from(start).unwrap_or(u32::MAX));
            format!(" at line {}, column {}", at.line, at.column)
        });
        let levels = self.prefix.matches('/').count();
        let (kind, message) = if place.is_some_and(|(text, ..)| text.contains("{{") || text.contains("{%")) {
            (ProblemKind::Template, "a template, which becomes a manifest later".to_owned())
        } else {
            (ProblemKind::Manifest, format!("{message}{position}"))
        };
        self.problems.push(Problem {
            path: shown.unwrap_or_else(|| format!("{}{path}", "../".repeat(levels))),
            span,
            kind,
            message,
            help: "versions of packages are taken for unknown where this file would tell them".to_owned(),
        });
    }
}
