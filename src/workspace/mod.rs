//! The project on disk: its files, packages and versions. The only room that touches files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

mod repository;

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
    /// From a lock file.
    Exact(semver::Version),
    /// Several in the lock file.
    Several(Vec<semver::Version>),
    /// From a manifest.
    Requirement(SmolStr),
    Unknown,
}

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

/// A Rust package or a Python project.
#[derive(Debug, Default)]
pub struct Package {
    pub name: SmolStr,
    /// Folder relative to the checked root; empty for the root.
    pub folder: String,
    /// Every dependency that a manifest or lock file names, by package name (Python: normalised).
    pub versions: BTreeMap<SmolStr, Version>,
}

#[derive(Debug, Default)]
pub struct Workspace {
    pub root: PathBuf,
    pub files: Vec<FileEntry>,
    pub packages: Vec<Package>,
    pub problems: Vec<Problem>,
}

impl Workspace {
    /// The text of a file, read once. `None` (and a problem) when it is no text.
    #[must_use]
    pub fn text(&self, _file: FileId) -> Option<&Arc<SourceText>> {
        None
    }

    /// The file of a Rust module: package index and module path without the crate's name.
    #[must_use]
    pub fn rust_module(&self, _package: usize, _path: &[SmolStr]) -> Option<FileId> {
        None
    }

    /// The file of a Python module as imported from `from`; `level` counts leading dots.
    #[must_use]
    pub fn python_module(&self, _from: FileId, _level: u32, _path: &[SmolStr]) -> Option<FileId> {
        None
    }

    /// The package of a crate's name.
    #[must_use]
    pub fn rust_crate(&self, _name: &str) -> Option<usize> {
        None
    }

    /// Settings files beside a file.
    #[must_use]
    pub fn settings_files(&self, _file: FileId) -> Vec<SettingsFile> {
        Vec::new()
    }

    /// The profile that a name stands for.
    #[must_use]
    pub fn profile_of(_name: &str) -> Profile {
        Profile::Unknown
    }

    /// What is known of a package's version where a file lies.
    #[must_use]
    pub fn version(&self, _file: FileId, _package: &str) -> Version {
        Version::Unknown
    }

    /// Reads a project.
    #[must_use]
    pub fn discover(root: &Path) -> Self {
        Self { root: root.to_path_buf(), ..Self::default() }
    }
}
