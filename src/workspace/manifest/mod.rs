//! Manifests and lock files: what a project depends on.

mod cargo;
mod python;
mod requirement;
mod toml_text;

use std::ops::Range;

use smol_str::SmolStr;

use super::Version;
use super::names::split;
pub(super) use cargo::{CargoLock, CargoManifest};
pub(super) use python::PythonManifest;
pub(super) use requirement::normal_name;

/// One manifest or lock file.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) content: Content,
    /// Places that could not be read: bytes (where known) and what is wrong.
    pub(super) broken: Vec<(Option<Range<usize>>, String)>,
}

#[derive(Debug)]
pub(super) enum Content {
    Cargo(CargoManifest),
    CargoLock(CargoLock),
    Python(PythonManifest),
}

/// A dependency as a manifest names it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Dependency {
    /// The name in code: another one than the package's when it was renamed.
    pub(super) local: SmolStr,
    pub(super) package: SmolStr,
    pub(super) version: Version,
    /// The version stands in the workspace's root manifest.
    pub(super) inherited: bool,
}

pub(super) type ManifestReader = fn(path: &str, text: &str) -> Manifest;

/// How to read a manifest, told by its name.
pub(super) fn reader_of(path: &str) -> Option<ManifestReader> {
    let (folder, name) = split(path);
    Some(match name {
        "Cargo.toml" => cargo::manifest,
        "Cargo.lock" => cargo::lock,
        "pyproject.toml" => python::pyproject,
        "poetry.lock" | "uv.lock" | "pdm.lock" => python::toml_lock,
        "Pipfile" => python::pipfile,
        "Pipfile.lock" => python::pipfile_lock,
        "setup.cfg" => python::setup_cfg,
        "setup.py" => python::setup_py,
        _ => {
            let (stem, extension) = name.rsplit_once('.')?;
            let named = stem.starts_with("requirements") || stem.ends_with("requirements");
            let inside = split(folder).1.starts_with("requirements");
            if matches!(extension, "txt" | "in" | "pip") && (named || inside) {
                python::requirements
            } else {
                return None;
            }
        }
    })
}
