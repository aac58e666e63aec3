//! Names of modules, and the files that they live in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{OnceLock, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::package::{self, Ecosystem, Package, TargetKind};
use super::{FileEntry, FileKind};
use crate::source::FileId;

/// The trees of modules of a workspace.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// By package and crate: the library and `src/main.rs` share the crate with the empty name.
    rust: BTreeMap<(usize, SmolStr), BTreeMap<Vec<SmolStr>, FileId>>,
    /// Where each crate begins: `src/lib.rs` and `src/main.rs` may both.
    roots: BTreeMap<(usize, SmolStr), Vec<FileId>>,
    /// The crate that a file belongs to, by file.
    crates: Vec<Option<(usize, SmolStr)>>,
    python: Python,
}

#[derive(Debug, Default)]
struct Python {
    /// Folders that absolute imports start from, relative to the top.
    roots: BTreeSet<String>,
    /// The way from the top to the checked root; empty or with a final `/`.
    prefix: String,
    /// Files by their last two parts (`users/models`), for roots that only the program knows.
    endings: OnceLock<BTreeMap<String, Vec<(String, FileId)>>>,
    /// Every word of any module's path: an import that begins with another one leads outside of the project.
    words: FxHashSet<SmolStr>,
    /// Answers given so far, by level, folder and path.
    known: RwLock<Answers>,
}

type Answers = FxHashMap<u32, FxHashMap<String, FxHashMap<Vec<SmolStr>, Option<FileId>>>>;

/// Names the module of each file and remembers who is where.
pub(super) fn build(files: &mut [FileEntry], packages: &[Package], prefix: &str) -> Modules {
    let mut modules = Modules {
        python: Python {
            roots: import_roots(files, packages, prefix),
            prefix: prefix.into(),
            ..Python::default()
        },
        ..Modules::default()
    };
    for entry in files.iter_mut() {
        let whole = format!("{prefix}{}", entry.path);
        let mut home = None;
        match (entry.kind, entry.package) {
            (FileKind::Rust, Some(index)) => {
                let Place { name, path } = place(&packages[index], &whole);
                let shown = if name.is_empty() { packages[index].crate_name.clone() } else { last(&name) };
                entry.module = std::iter::once(shown).chain(path.iter().cloned()).collect();
                if path.is_empty() {
                    modules.roots.entry((index, name.clone())).or_default().push(entry.id);
                }
                let tree = modules.rust.entry((index, name.clone())).or_default();
                tree.entry(path).or_insert(entry.id);
                home = Some((index, name));
            }
            (FileKind::Python, _) => {
                entry.module = modules.python.name(&whole);
                let words = entry.path.trim_end_matches(".py").split('/');
                modules.python.words.extend(words.map(SmolStr::new));
            }
            _ => {}
        }
        modules.crates.push(home);
    }
    modules
}

impl Modules {
    pub(super) fn rust(&self, package: usize, path: &[SmolStr]) -> Option<FileId> {
        if let Some(tree) = self.rust.get(&(package, SmolStr::default())) {
            return tree.get(path).copied();
        }
        // no crate by convention: the first of those that the manifest names
        let crates =
            self.rust.range((package, SmolStr::default())..).take_while(|((it, _), _)| *it == package);
        crates.filter(|((_, name), _)| !is_aside(name)).find_map(|(_, tree)| tree.get(path)).copied()
    }

    pub(super) fn rust_from(&self, from: FileId, path: &[SmolStr]) -> Option<FileId> {
        let (package, name) = self.crates.get(from.0 as usize)?.clone()?;
        // helpers beside several crates (`tests/common/mod.rs`) belong to each of them
        let shared = name.split_once('/').map(|(folder, _)| SmolStr::new(folder));
        let names = std::iter::once(name).chain(shared);
        names.filter_map(|name| self.rust.get(&(package, name))).find_map(|tree| tree.get(path)).copied()
    }

    pub(super) fn rust_roots(&self, file: FileId) -> &[FileId] {
        let home = self.crates.get(file.0 as usize).and_then(Option::as_ref);
        home.and_then(|it| self.roots.get(it)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn python(
        &self,
        files: &BTreeMap<String, FileId>,
        from: &str,
        level: u32,
        path: &[SmolStr],
    ) -> Option<FileId> {
        self.python.find(files, from, level, path)
    }
}

/// Crates that no other crate's code lives in.
fn is_aside(name: &str) -> bool {
    matches!(name.split('/').next(), Some("tests" | "examples" | "benches" | "build"))
}

fn last(name: &str) -> SmolStr {
    name.rsplit('/').next().unwrap_or(name).into()
}

/// Crate and module of a Rust file.
struct Place {
    name: SmolStr,
    path: Vec<SmolStr>,
}

/// Finds the place of a file by Cargo's conventions and by what the manifest says instead.
fn place(package: &Package, whole: &str) -> Place {
    let inner = whole.strip_prefix(package.place.as_str()).unwrap_or(whole).trim_start_matches('/');
    let folder_of = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let library = package.targets.iter().find(|it| it.kind == TargetKind::Library);
    let tree = library.map_or_else(|| "src".to_owned(), |it| folder_of(&it.path));
    if library.is_some_and(|it| it.path == inner) || inner == "src/main.rs" || inner == "src/lib.rs" {
        return Place { name: SmolStr::default(), path: Vec::new() };
    }
    if inner == "build.rs" {
        return Place { name: "build".into(), path: Vec::new() };
    }
    for target in package.targets.iter().filter(|it| it.kind == TargetKind::Other) {
        let folder = folder_of(&target.path);
        if target.path == inner {
            let name = if target.name.is_empty() { stem(inner) } else { target.name.as_str() };
            return Place { name: format!("{folder}/{name}").into(), path: Vec::new() };
        }
        if folder != tree && folder != "src" && !folder.is_empty() && package::lies_in(inner, &folder) {
            let name = SmolStr::new(format!("{folder}/{}", target.name));
            return Place { name, path: segments(&inner[folder.len() + 1..]) };
        }
    }
    for folder in ["src/bin", "tests", "examples", "benches"] {
        let Some(rest) = inner.strip_prefix(folder).and_then(|it| it.strip_prefix('/')) else { continue };
        let kind = folder.trim_start_matches("src/");
        return match rest.split_once('/') {
            None => Place { name: format!("{kind}/{}", stem(rest)).into(), path: Vec::new() },
            Some((_, "mod.rs")) => Place { name: kind.into(), path: segments(rest) },
            Some((first, "main.rs")) => Place { name: format!("{kind}/{first}").into(), path: Vec::new() },
            Some((first, deeper)) if kind == "bin" => {
                Place { name: format!("{kind}/{first}").into(), path: segments(deeper) }
            }
            Some(_) => Place { name: kind.into(), path: segments(rest) },
        };
    }
    let rest = if tree.is_empty() { Some(inner) } else { inner.strip_prefix(&format!("{tree}/")) };
    Place { name: SmolStr::default(), path: segments(rest.unwrap_or(inner)) }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".rs").unwrap_or(name)
}

/// `a/b.rs` and `a/b/mod.rs` are `a`, `b`; raw identifiers aside, a module is called as its file.
fn segments(path: &str) -> Vec<SmolStr> {
    let path = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or(path);
    path.split('/').map(SmolStr::new).collect()
}

/// Folders of projects and their `src`, when they are no packages themselves, and the checked root.
fn import_roots(files: &[FileEntry], packages: &[Package], prefix: &str) -> BTreeSet<String> {
    let checked = prefix.trim_end_matches('/');
    let projects = packages.iter().filter(|it| it.ecosystem == Ecosystem::Python).map(|it| it.place.as_str());
    let mut roots: BTreeSet<String> = projects.map(str::to_owned).collect();
    roots.insert(checked.to_owned());
    // files are sorted by path
    let holds = |folder: &str, name: &str| {
        let path = format!("{folder}/{name}");
        let Some(path) = path.trim_start_matches('/').strip_prefix(prefix) else { return false };
        let at = files.partition_point(|it| it.path.as_str() < path);
        files.get(at).is_some_and(|it| it.path.starts_with(path))
    };
    let sources: Vec<_> =
        roots.iter().map(|it| format!("{it}/src").trim_start_matches('/').to_owned()).collect();
    roots.extend(sources.into_iter().filter(|it| holds(it, "")));
    roots.retain(|it| it == checked || !holds(it, "__init__.py"));
    roots
}

impl Python {
    /// Dotted name of a file as the nearest root sees it.
    fn name(&self, whole: &str) -> Vec<SmolStr> {
        let root = self.around(whole).next().unwrap_or("");
        let inner = whole[root.len()..].trim_start_matches('/');
        let inner = inner.strip_suffix(".py").unwrap_or(inner);
        let mut parts: Vec<SmolStr> = inner.split('/').map(SmolStr::new).collect();
        if parts.last().is_some_and(|it| it == "__init__") {
            parts.pop();
        }
        parts
    }

    fn find(
        &self,
        files: &BTreeMap<String, FileId>,
        from: &str,
        level: u32,
        path: &[SmolStr],
    ) -> Option<FileId> {
        if level == 0 && !path.first().is_some_and(|it| self.words.contains(it)) {
            return None;
        }
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&level).and_then(|it| it.get(folder)).and_then(|it| it.get(path)) {
            return *known;
        }
        drop(known);
        let found = self.search(files, from, level, path);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let answers = known.entry(level).or_default().entry(folder.to_owned()).or_default();
        answers.insert(path.to_vec(), found);
        found
    }

    fn search(
        &self,
        files: &BTreeMap<String, FileId>,
        from: &str,
        level: u32,
        path: &[SmolStr],
    ) -> Option<FileId> {
        let whole = format!("{}{from}", self.prefix);
        let here = whole.rsplit_once('/').map_or("", |(folder, _)| folder);
        if level > 0 {
            let mut folder = Some(here);
            for _ in 1..level {
                folder =
                    folder.filter(|it| !it.is_empty()).map(|it| it.rsplit_once('/').map_or("", |(up, _)| up));
            }
            return self.below(files, folder?, path);
        }
        if path.is_empty() {
            return None;
        }
        let others = self.roots.iter().map(String::as_str).filter(|it| !package::lies_in(here, it));
        let mut folders = self.around(&whole).chain([here]).chain(others);
        folders.find_map(|folder| self.below(files, folder, path)).or_else(|| self.ending(files, path))
    }

    /// Roots that hold a file, the nearest first.
    fn around<'a>(&'a self, whole: &'a str) -> impl Iterator<Item = &'a str> {
        let folder = whole.rsplit_once('/').map_or("", |(folder, _)| folder);
        package::ancestors(folder).filter(|it| self.roots.contains(*it))
    }

    /// A module or package in a folder, given relative to the top.
    fn below(&self, files: &BTreeMap<String, FileId>, folder: &str, path: &[SmolStr]) -> Option<FileId> {
        let mut base = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        base.push_str(&path.join("/"));
        let base = base.strip_prefix(self.prefix.as_str())?.trim_end_matches('/');
        let package = if base.is_empty() { "__init__.py".to_owned() } else { format!("{base}/__init__.py") };
        files.get(&package).or_else(|| files.get(&format!("{base}.py")).filter(|_| !path.is_empty())).copied()
    }

    /// The only file whose path ends with the module's: programs add folders to their search path.
    fn ending(&self, files: &BTreeMap<String, FileId>, path: &[SmolStr]) -> Option<FileId> {
        let [.., above, module] = path else { return None };
        let endings = self.endings.get_or_init(|| endings(files));
        let wanted = format!("/{}", path.join("/"));
        let candidates = endings.get(&format!("{above}/{module}"))?;
        let mut fitting = candidates.iter().filter(|(plain, _)| format!("/{plain}").ends_with(&wanted));
        let (_, only) = fitting.next()?;
        fitting.next().is_none().then_some(*only)
    }
}

/// Python modules, without extension, by their last two parts.
fn endings(files: &BTreeMap<String, FileId>) -> BTreeMap<String, Vec<(String, FileId)>> {
    let mut endings: BTreeMap<String, Vec<(String, FileId)>> = BTreeMap::new();
    for (path, file) in files {
        let Some(plain) = path.strip_suffix(".py") else { continue };
        let plain = plain.strip_suffix("/__init__").unwrap_or(plain);
        let mut parts = plain.rsplit('/');
        if let (Some(module), Some(above)) = (parts.next(), parts.next()) {
            endings.entry(format!("{above}/{module}")).or_default().push((plain.to_owned(), *file));
        }
    }
    endings
}
