<<<<<<< HEAD
//! Puts a workspace together, from disk or from texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::walk::{self, Met, Walk};
use super::{FileEntry, Workspace, kind, module, package, prefilter, repository, text};
use crate::source::FileId;

pub(super) fn from_disk(paths: &[PathBuf], how: &Walk) -> Workspace {
    let root = common_root(paths);
    let (met, mut problems) = walk::walk(&root, paths, how);
    let above = Above::of(&root);
    let read = |path: &str| {
        let place = above.top.join(path);
        let small = fs::metadata(&place).is_ok_and(|it| it.is_file() && it.len() <= 4 * text::LIMIT);
        small.then(|| fs::read(place).ok()).flatten().and_then(|bytes| String::from_utf8(bytes).ok())
    };
    let mut workspace = assemble(root, met, &above, &read);
    problems.append(&mut workspace.problems);
=======
//! Puts a project together from what the walk found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::inspect::{Found, inspect};
use super::manifest::{Content, reader_of};
use super::names::split;
use super::packages::{self, Manifests, ancestors, join};
use super::read::{self, Reader};
use super::{FileEntry, FileKind, Options, PackageKind, Workspace, modules, walk};
use crate::finding::{Problem, ProblemKind};
use crate::source::{FileId, SourceText};

/// Manifests that are looked for above the checked root, too.
const ABOVE: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "pyproject.toml",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile",
    "Pipfile.lock",
    "requirements.txt",
    "setup.cfg",
];

impl Workspace {
    /// Reads the project below a folder.
    #[must_use]
    pub fn discover(root: &Path) -> Self {
        Self::discover_with(root, &[root.to_path_buf()], &Options::default())
    }

    /// Reads what lies below `paths`, each of them in or below `root`. A file that is named counts even when it is ignored.
    #[must_use]
    pub fn discover_with(root: &Path, paths: &[PathBuf], options: &Options) -> Self {
        let found = walk::walk(root, paths, options);
        let mut manifests = Manifests::default();
        let mut problems = Vec::new();
        above(root, &mut manifests, &mut problems);
        assemble(root, found, manifests, problems)
    }

    /// A project that is only in memory: path and text of each file.
    #[must_use]
    pub fn in_memory<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut found: Vec<Found> = Vec::new();
        for (path, text) in files {
            if let Some(mut one) = inspect(path.to_owned(), |_| Ok(text.as_bytes())) {
                one.text.get_or_insert_with(|| Ok(Arc::new(SourceText::new(path, text))));
                found.push(one);
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        assemble(Path::new(""), found, Manifests::default(), Vec::new())
    }
}

/// Manifests between the checked root and the root of its repository.
fn above(root: &Path, manifests: &mut Manifests, problems: &mut Vec<Problem>) {
    let Ok(root) = root.canonicalize() else { return };
    let Some(top) = root.ancestors().find(|it| it.join(".git").exists()) else { return };
    let mut reader = Reader::default();
    let mut prefix = String::new();
    for folder in root.ancestors().skip(1).take_while(|it| it.starts_with(top)) {
        prefix = if prefix.is_empty() { "..".to_owned() } else { format!("../{prefix}") };
        for name in ABOVE {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            let shown = join(&prefix, name);
            let (Some(manifest), Ok(bytes)) = (reader_of(&shown), reader.read(&path, 16 * read::LIMIT))
            else {
                continue;
            };
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            let manifest = manifest(&shown, text);
            for (range, message) in manifest.broken {
                let source = SourceText::new(shown.clone(), text);
                let at = range.map(|it| source.line_column(u32::try_from(it.start).unwrap_or(u32::MAX)));
                let at = at.map_or(String::new(), |it| format!("line {}, column {}: ", it.line, it.column));
                problems.push(problem(&shown, None, format!("{at}{message}")));
            }
            manifests.add(shown, manifest.content);
        }
    }
}

fn assemble(
    root: &Path,
    found: Vec<Found>,
    mut manifests: Manifests,
    mut problems: Vec<Problem>,
) -> Workspace {
    let mut files = Vec::with_capacity(found.len());
    let mut texts = Vec::with_capacity(found.len());
    let mut python_folders = BTreeSet::new();
    for mut one in found {
        let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        if let Some(manifest) = one.manifest.take() {
            for (range, message) in manifest.broken {
                let span = range.filter(|_| one.kind.is_some()).map(|it| Workspace::span(id, it));
                problems.push(problem(&one.path, span, message));
            }
            manifests.add(one.path.clone(), manifest.content);
        }
        let Some(kind) = one.kind else {
            if let Some(Err(fault)) = &one.text {
                problems.push(fault.problem(&one.path, None));
            }
            continue;
        };
        if one.path == "manage.py" || one.path.ends_with("/manage.py") {
            python_folders.insert(split(&one.path).0.to_owned());
        }
        texts.push(one.text.take().map_or_else(OnceLock::new, OnceLock::from));
        files.push(FileEntry {
            id,
            path: one.path,
            kind,
            role: one.role,
            package: None,
            module: Vec::new(),
            interesting: one.interesting,
        });
    }
    include(root, &mut manifests);
    let (packages, cargo) = packages::packages(&manifests, &python_folders).into_iter().unzip();
    let mut workspace = Workspace {
        root: root.to_path_buf(),
        files,
        packages,
        cargo,
        manifests,
        texts,
        ..Workspace::default()
    };
    give_packages(&mut workspace);
    workspace.modules = modules::modules(&mut workspace);
    problems.sort();
>>>>>>> 65afdd6 (Workspace: parallel walk, packages and versions, module paths, settings files)
    workspace.problems = problems;
    workspace
}

<<<<<<< HEAD
pub(super) fn from_memory(files: &[(&str, &str)]) -> Workspace {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let met = texts.iter().filter_map(|(path, content)| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let kind = kind::of(name);
        if kind.is_none() && !package::is_manifest(name) {
            return None;
        }
        let interesting = kind.is_some_and(|kind| prefilter::interesting(kind, content.as_bytes()));
        let text = Some(text::decode(path, content.as_bytes()));
        Some(Met { path: (*path).to_owned(), kind, interesting, text })
    });
    let met = met.collect();
    let read = |path: &str| texts.get(path).map(|text| (*text).to_owned());
    assemble(PathBuf::new(), met, &Above::default(), &read)
}

/// The folders above the checked root that belong to the same repository.
#[derive(Default)]
struct Above {
    /// The repository's root, or the checked root outside of any.
    top: PathBuf,
    /// The way from there to the checked root; empty or with a final `/`.
    prefix: String,
}

impl Above {
    fn of(root: &Path) -> Self {
        let (top, prefix) = repository::locate(root).unwrap_or_else(|| (root.to_path_buf(), String::new()));
        Self { top, prefix }
    }
}

fn assemble(root: PathBuf, met: Vec<Met>, above: &Above, read: &dyn Fn(&str) -> Option<String>) -> Workspace {
    let manifests = met
        .iter()
        .filter(|it| package::is_manifest(it.path.rsplit('/').next().unwrap_or(&it.path)))
        .map(|it| format!("{}{}", above.prefix, it.path))
        .collect();
    let mut files = Vec::new();
    let mut known = Vec::new();
    for Met { path, kind, interesting, text } in met {
        let Some(kind) = kind else { continue };
        let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        let role = kind::role(&path, kind);
        files.push(FileEntry { id, path, kind, role, package: None, module: Vec::new(), interesting });
        known.push(text);
    }
    let by_path: BTreeMap<String, FileId> = files.iter().map(|it| (it.path.clone(), it.id)).collect();
    let (packages, problems) = package::load(manifests, &above.prefix, &by_path, read);
    for entry in &mut files {
        entry.package = package::of(&packages, &format!("{}{}", above.prefix, entry.path), entry.kind);
    }
    let modules = module::build(&mut files, &packages, &above.prefix);
    let texts = text::Texts::new(known.into_iter());
    Workspace { root, files, packages, problems, texts, modules, by_path }
}

/// The deepest folder that holds all paths. That of a single path stays as it was written.
fn common_root(paths: &[PathBuf]) -> PathBuf {
    let folder = |path: &PathBuf| match path.parent() {
        Some(parent) if !path.is_dir() => parent.to_path_buf(),
        _ => path.clone(),
    };
    let mut folders = paths.iter().map(folder);
    let first = folders.next().unwrap_or_default();
    folders.fold(first, |common, folder| {
        let same = common.components().zip(folder.components()).take_while(|(a, b)| a == b);
        same.map(|(part, _)| part).collect()
    })
=======
/// Reads requirement files that others include and that no name gave away, and lends what is included to who includes it.
fn include(root: &Path, manifests: &mut Manifests) {
    let mut waiting: Vec<(String, String)> = Vec::new();
    let of = |path: &str, includes: &[String]| -> Vec<(String, String)> {
        let folder = split(path).0;
        let inside = includes.iter().filter_map(|it| modules::normal(folder, it));
        inside.map(|it| (path.to_owned(), it)).collect()
    };
    for (path, manifest) in &manifests.python {
        if !path.starts_with("..") {
            waiting.extend(of(path, &manifest.includes));
        }
    }
    let mut seen = BTreeSet::new();
    while let Some((from, path)) = waiting.pop() {
        if !seen.insert((from.clone(), path.clone())) {
            continue;
        }
        if !manifests.python.contains_key(&path) && !root.as_os_str().is_empty() {
            let mut reader = Reader::default();
            let Ok(bytes) = reader.read(&root.join(&path), read::LIMIT) else { continue };
            let Some(reader) = reader_of("requirements.txt") else { continue };
            let text = String::from_utf8_lossy(bytes);
            let Content::Python(manifest) = reader(&path, &text).content else { continue };
            waiting.extend(of(&path, &manifest.includes));
            manifests.python.insert(path.clone(), manifest);
        }
        // The same project reads both anyway; another one needs a copy.
        if packages::project_folder(&path) != packages::project_folder(&from)
            && let Some(included) = manifests.python.get(&path)
        {
            let more = included.dependencies.clone();
            if let Some(manifest) = manifests.python.get_mut(&from) {
                manifest.dependencies.extend(more);
            }
        }
    }
}

/// The nearest package of each file: of its own language, if it has one.
fn give_packages(workspace: &mut Workspace) {
    let mut by_folder: BTreeMap<(&str, PackageKind), usize> = BTreeMap::new();
    for (at, package) in workspace.packages.iter().enumerate() {
        by_folder.insert((&package.folder, package.kind), at);
    }
    let mut last: Option<(String, FileKind, Option<usize>)> = None;
    for entry in &mut workspace.files {
        let folder = split(&entry.path).0;
        if let Some((known, kind, package)) = &last
            && known == folder
            && *kind == entry.kind
        {
            entry.package = *package;
            continue;
        }
        let kinds: &[PackageKind] = match entry.kind {
            FileKind::Rust => &[PackageKind::Cargo],
            FileKind::Python => &[PackageKind::Python],
            _ => &[PackageKind::Cargo, PackageKind::Python],
        };
        entry.package = ancestors(folder)
            .find_map(|above| kinds.iter().find_map(|kind| by_folder.get(&(above.as_str(), *kind)).copied()));
        last = Some((folder.to_owned(), entry.kind, entry.package));
    }
}

fn problem(path: &str, span: Option<crate::source::Span>, message: String) -> Problem {
    Problem { path: path.to_owned(), span, kind: ProblemKind::Manifest, message, help: String::new() }
>>>>>>> 65afdd6 (Workspace: parallel walk, packages and versions, module paths, settings files)
}
