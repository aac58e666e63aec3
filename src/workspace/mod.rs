//! The project on disk: its files, packages and versions. The only room that touches files.
#![expect(clippy::disallowed_methods, reason = "this room reads the project")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

mod discover;
mod edited;
mod kind;
mod module;
mod package;
mod prefilter;
mod repository;
mod settings;
mod text;
mod walk;
mod words;

#[cfg(test)]
mod tests;

pub use kind::is_manifest;
pub use package::{Ecosystem, Package};
pub use prefilter::Marks;
pub use settings::{Profile, SettingsFile};
pub use walk::{Unsaved, Walk};

use crate::finding::Problem;
use crate::source::{FileId, SourceText};

/// What kind of text a file is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileKind {
    Rust,
    Python,
    Toml,
    Yaml,
    Json,
    Env,
    Ini,
    /// How a container or a platform starts processes: `Dockerfile`, `Procfile`.
    Launch,
}

impl FileKind {
    /// Program text, as opposed to settings.
    #[must_use]
    pub fn is_source(self) -> bool {
        matches!(self, Self::Rust | Self::Python)
    }
}

/// Whom a file speaks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileRole {
    Application,
    /// tests/, conftest, test modules, benches.
    Test,
    /// examples/ inside an application, docs.
    Example,
}

#[derive(Clone, Debug)]
pub struct FileEntry {
    pub id: FileId,
    /// Relative to the checked root, with `/`.
    pub path: String,
    pub kind: FileKind,
    pub role: FileRole,
    /// Index in `Workspace::packages` of the nearest package.
    pub package: Option<usize>,
    /// Module path: crate name and modules, or dotted Python module relative to its import root.
    pub module: Vec<SmolStr>,
    /// Passed the byte search: worth a look of its own.
    pub interesting: bool,
}

/// A version as far as the project tells.
#[derive(Clone, PartialEq, Debug)]
pub enum Version {
    /// From a lock file, or pinned by a manifest.
    Exact(semver::Version),
    /// Several in the lock file.
    Several(Vec<semver::Version>),
    /// From a manifest.
    Requirement(SmolStr),
    Unknown,
}

#[derive(Debug, Default)]
pub struct Workspace {
    pub root: PathBuf,
    /// Sorted by path; a file's id is its index.
    pub files: Vec<FileEntry>,
    pub packages: Vec<Package>,
    /// What was wrong when the project was read; `Workspace::problems` has all.
    pub problems: Vec<Problem>,
    in_use: Arc<package::InUse>,
    libraries: Arc<package::Libraries>,
    texts: text::Texts,
    modules: Arc<module::Modules>,
    by_path: Arc<BTreeMap<String, FileId>>,
}

impl Workspace {
    /// Reads a project.
    #[must_use]
    pub fn discover(root: &Path) -> Self {
        Self::discover_with(&[root.to_path_buf()], &Walk::default())
    }

    /// Reads what lies below `paths`, folders or single files; the root is the folder that holds them all.
    #[must_use]
    pub fn discover_with(paths: &[PathBuf], walk: &Walk) -> Self {
        discover::from_disk(paths, walk)
    }

    /// A project that is in memory only: paths relative to its root, and texts.
    #[must_use]
    pub fn from_texts(files: &[(&str, &str)]) -> Self {
        discover::from_memory(files)
    }

    /// The text of a file, read once. `None` (and a problem) when it is no text.
    #[must_use]
    pub fn text(&self, file: FileId) -> Option<&Arc<SourceText>> {
        self.texts.get(file, &self.root, &self.files)
    }

    /// Everything that could not be read so far, sorted; it grows with the texts that are asked for.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<_> = self.problems.iter().cloned().chain(self.texts.problems()).collect();
        problems.sort();
        problems.dedup();
        problems
    }

    /// Whether a part of a source file names anything that is judged.
    #[must_use]
    pub fn is_interesting(&self, file: FileId, text: &str) -> bool {
        let kind = self.files.get(file.0 as usize).map(|it| it.kind);
        kind.is_some_and(|kind| prefilter::part_is_interesting(kind, text.as_bytes()))
    }

    /// The marks of frameworks whose paths begin with these names, and with the names that manifests have for them.
    #[must_use]
    pub fn marks<'r>(&'r self, roots: impl Iterator<Item = &'r str>) -> Marks {
        let roots: std::collections::BTreeSet<&str> = roots.collect();
        let renamed = self.packages.iter().flat_map(|it| &it.renamed);
        let aliases = renamed.filter(|it| roots.contains(it.1.as_str())).map(|it| it.0.as_str());
        Marks::new(roots.iter().copied().chain(aliases))
    }

    /// Whether a source file uses a framework itself, as far as its text tells.
    #[must_use]
    pub fn has_marks(&self, file: FileId, marks: &Marks) -> bool {
        self.text(file).is_some_and(|it| self.is_marked(file, &it.text, marks))
    }

    /// The same of a part of its text.
    #[must_use]
    pub fn is_marked(&self, file: FileId, part: &str, marks: &Marks) -> bool {
        let kind = self.files.get(file.0 as usize).map(|it| it.kind);
        kind.is_some_and(|kind| marks.are_in(kind, part.as_bytes()))
    }

    /// The file at a path relative to the checked root.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The file of a Rust module: package index and module path without the crate's name.
    /// A module that is written inside its parent's file has none of its own.
    #[must_use]
    pub fn rust_module(&self, package: usize, path: &[SmolStr]) -> Option<FileId> {
        self.modules.rust(package, path)
    }

    /// The file of a Rust module of the crate that `from` belongs to: a binary or a test is a crate of its own.
    #[must_use]
    pub fn rust_module_from(&self, from: FileId, path: &[SmolStr]) -> Option<FileId> {
        let package = self.files.get(from.0 as usize)?.package?;
        self.modules.rust_from(from, path).or_else(|| self.modules.rust(package, path))
    }

    /// The files in which the crate of a Rust file begins: several when library and binary share their modules.
    #[must_use]
    pub fn rust_roots(&self, file: FileId) -> &[FileId] {
        self.modules.rust_roots(file)
    }

    /// Index of the project's own package whose library code in `file` knows by that name (`my_app` for `my-app`): its own
    /// package or one that it depends on.
    #[must_use]
    pub fn rust_crate(&self, file: FileId, name: &str) -> Option<usize> {
        let own = self.files.get(file.0 as usize)?.package?;
        self.libraries.find(&self.packages, own, name)
    }

    /// The name that a crate has where it is written, for the name that code in `file` has for it.
    #[must_use]
    pub fn rust_crate_name<'n>(&'n self, file: FileId, name: &'n str) -> &'n str {
        let package = self.files.get(file.0 as usize).and_then(|it| self.packages.get(it.package?));
        package.and_then(|it| it.renamed.get(name)).map_or(name, SmolStr::as_str)
    }

    /// Whether a name that begins a path may be a crate's: one that the package names, or where nothing is known of it.
    #[must_use]
    pub fn may_be_crate(&self, file: FileId, name: &str) -> bool {
        let package = self.files.get(file.0 as usize).and_then(|it| self.packages.get(it.package?));
        let Some(package) = package else { return true };
        let is_named = package.versions.keys().any(|it| it.replace('-', "_") == name);
        is_named
            || package.renamed.contains_key(name)
            || package.crate_name == name
            || matches!(name, "std" | "core" | "alloc")
            || self.rust_crate(file, name).is_some()
    }

    /// The file of a Python module as imported from `from`; `level` counts leading dots.
    /// A package is its `__init__.py`; a folder without one has no file.
    #[must_use]
    pub fn python_module(&self, from: FileId, level: u32, path: &[SmolStr]) -> Option<FileId> {
        let from = self.files.get(from.0 as usize)?;
        self.modules.python(&self.by_path, &from.path, level, path)
    }

    /// What is known of a package's version where a file lies. In names of Rust packages `-` and `_` are the same.
    #[must_use]
    pub fn version(&self, file: FileId, package: &str) -> Version {
        let Some(entry) = self.files.get(file.0 as usize) else { return Version::Unknown };
        package::version(&self.packages, entry, package)
    }

    /// Whether code of a package may be in use: something names it, or there is code for which nothing names anything.
    #[must_use]
    pub fn may_use(&self, ecosystem: Ecosystem, package: &str) -> bool {
        self.in_use.may_use(ecosystem, package)
    }

    /// Which of `packages` have to do with a package that `wanted` says yes to, by dependencies in either direction.
    #[must_use]
    pub fn packages_around(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<bool> {
        package::around_wanted(&self.packages, wanted)
    }

    /// Of each package, those of the project that it depends on directly, by index.
    #[must_use]
    pub fn dependencies(&self) -> Vec<Vec<usize>> {
        package::dependencies(&self.packages)
    }

    /// The version of `package` that `through`, a dependency where the file lies, was locked with.
    #[must_use]
    pub fn version_from(&self, file: FileId, through: &str, package: &str) -> Version {
        let Some(entry) = self.files.get(file.0 as usize) else { return Version::Unknown };
        package::version_from(&self.packages, entry, through, package)
    }

    /// Settings files that may speak for the code in `file`: of its package's folder and of the checked root.
    #[must_use]
    pub fn settings_files(&self, file: FileId) -> Vec<SettingsFile> {
        settings::files_for(self, file)
    }

    /// The deployment that a name stands for: a profile's (`release`), or a file's without extension.
    #[must_use]
    pub fn profile_of(name: &str) -> Profile {
        settings::profile_of(name)
    }
}
