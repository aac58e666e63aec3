//! The project on disk: its files, packages and versions. The only room that touches files.

mod discover;
mod inspect;
mod manifest;
mod modules;
mod names;
mod packages;
mod read;
mod repository;
mod walk;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use smol_str::SmolStr;

<<<<<<< HEAD
mod discover;
mod kind;
mod module;
mod package;
mod prefilter;
mod repository;
mod settings;
mod text;
mod walk;

#[cfg(test)]
mod tests;

pub use package::{Ecosystem, Package};
pub use settings::{Profile, SettingsFile};
pub use walk::Walk;

=======
>>>>>>> 65afdd6 (Workspace: parallel walk, packages and versions, module paths, settings files)
use crate::finding::Problem;
use crate::source::{FileId, SourceText, Span};
use modules::Modules;
use packages::{CargoPackage, Manifests};
use read::Fault;

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

#[derive(Debug)]
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

<<<<<<< HEAD
#[derive(Debug, Default)]
pub struct Workspace {
    pub root: PathBuf,
    /// Sorted by path; a file's id is its index.
    pub files: Vec<FileEntry>,
    pub packages: Vec<Package>,
    /// What was wrong when the project was read; `Workspace::problems` has all.
    pub problems: Vec<Problem>,
    texts: text::Texts,
    modules: module::Modules,
    by_path: BTreeMap<String, FileId>,
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
=======
/// Whom the values of a settings file are for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Profile {
    Base,
    Production,
    Development,
    Test,
    Example,
    Unknown,
}

/// A settings file near some code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettingsFile {
    pub file: FileId,
    pub profile: Profile,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum PackageKind {
    #[default]
    Cargo,
    Python,
}

/// A Rust package or a Python project.
#[derive(Debug, Default)]
pub struct Package {
    pub kind: PackageKind,
    pub name: SmolStr,
    /// Folder relative to the checked root; empty for the root, `..` for the one above it.
    pub folder: String,
    /// Direct dependencies, by package name (Python: normalised, and all of its lock files too).
    pub versions: BTreeMap<SmolStr, Version>,
}

/// How to look for files.
#[derive(Clone, Debug)]
pub struct Options {
    /// Leave out what `.gitignore` and its kin name.
    pub gitignore: bool,
    /// Globs of further files and folders to leave out, relative to the checked root.
    pub exclude: Vec<String>,
    /// `None`: as many as the machine has.
    pub threads: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { gitignore: true, exclude: Vec::new(), threads: None }
    }
}

#[derive(Debug, Default)]
pub struct Workspace {
    pub root: PathBuf,
    /// Sorted by path.
    pub files: Vec<FileEntry>,
    pub packages: Vec<Package>,
    /// What was wrong when the project was looked through. `problems()` has those of texts read later, too.
    pub problems: Vec<Problem>,
    texts: Vec<OnceLock<Result<Arc<SourceText>, Fault>>>,
    manifests: Manifests,
    /// Parallel to `packages`.
    cargo: Vec<CargoPackage>,
    modules: Modules,
}

impl Workspace {
    /// The text of a file, read once. `None` (and a problem) when it is no text.
    #[must_use]
    pub fn text(&self, file: FileId) -> Option<&Arc<SourceText>> {
        let at = file.0 as usize;
        let entry = self.files.get(at)?;
        self.texts[at].get_or_init(|| read::text(&self.root, &entry.path).map(Arc::new)).as_ref().ok()
    }

    /// All problems so far, those of files read on demand included; sorted.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        for (entry, text) in self.files.iter().zip(&self.texts) {
            if let Some(Err(fault)) = text.get() {
                problems.push(fault.problem(&entry.path, None));
            }
        }
>>>>>>> 65afdd6 (Workspace: parallel walk, packages and versions, module paths, settings files)
        problems.sort();
        problems.dedup();
        problems
    }

<<<<<<< HEAD
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

    /// Index of the workspace's own package whose library has that name (`my_app` for `my-app`).
    #[must_use]
    pub fn rust_crate(&self, name: &str) -> Option<usize> {
        let fits =
            |it: &Package| it.ecosystem == Ecosystem::Cargo && !name.is_empty() && it.crate_name == name;
        self.packages.iter().position(fits)
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
=======
    /// Settings files of a file's package and of the folders around it, sorted by path. Manifests are none.
    #[must_use]
    pub fn settings_files(&self, file: FileId) -> Vec<SettingsFile> {
        let Some(entry) = self.files.get(file.0 as usize) else { return Vec::new() };
        let home = entry.package.map_or("", |it| self.packages[it].folder.as_str());
        let foreign = |path: &str| {
            // A file in the folder of another package, deeper in the tree, is that package's.
            let folder = names::split(path).0;
            self.packages.iter().any(|it| {
                it.folder.len() > home.len()
                    && modules::inside(folder, &it.folder).is_some()
                    && (folder == it.folder || folder.as_bytes().get(it.folder.len()) == Some(&b'/'))
            })
        };
        let near = |path: &str| {
            let folder = names::split(path).0;
            // Below the package, or right in or in a settings folder of one of the folders above it.
            if home.is_empty() || home.starts_with("..") || modules::inside(path, home).is_some() {
                return !foreign(path);
            }
            let above = names::is_settings_folder(names::split(folder).1).then(|| names::split(folder).0);
            let holds = |it: &str| it.is_empty() || modules::inside(home, it).is_some();
            holds(folder) || above.is_some_and(holds)
        };
        self.files
            .iter()
            .filter(|it| {
                !matches!(it.kind, FileKind::Rust | FileKind::Python)
                    && it.role != FileRole::Test
                    && !names::is_manifest(&it.path)
                    && near(&it.path)
            })
            .map(|it| SettingsFile { file: it.id, profile: self.profile(it.id) })
            .collect()
    }

    /// The deployment for which a settings file or module speaks.
    #[must_use]
    pub fn profile(&self, file: FileId) -> Profile {
        match self.files.get(file.0 as usize) {
            None => Profile::Unknown,
            Some(entry) => match entry.role {
                FileRole::Test => Profile::Test,
                FileRole::Example if entry.kind != FileKind::Python => Profile::Example,
                _ => names::profile_of(&entry.path),
            },
        }
    }

    /// The profile that a name stands for.
    #[must_use]
    pub fn profile_of(name: &str) -> Profile {
        names::profile_of_name(name)
    }

    fn span(file: FileId, range: std::ops::Range<usize>) -> Span {
        Span::new(file, range.start, range.end)
>>>>>>> 65afdd6 (Workspace: parallel walk, packages and versions, module paths, settings files)
    }
}

#[cfg(test)]
mod tests;
