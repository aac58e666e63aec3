//! Python projects: requirements files, pyproject.toml, setup.cfg, setup.py, Pipfile and what they pin.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;
use toml::{Table, Value};

use super::requirement::{self, normalise};
use super::{Ecosystem, Package, Reader, join, python_lock, split_path};
use crate::workspace::Version;

/// Files that tell of a Python project by their whole name.
pub(super) const FIXED_NAMES: &[&str] = &[
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "setup.cfg",
    "manage.py",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
];

/// Folders that hold nothing but requirements files; they speak for the folder above.
const REQUIREMENT_FOLDERS: [&str; 5] = ["requirements", "requirement", "reqs", "deps", "dependencies"];

pub(super) fn is_manifest(name: &str) -> bool {
    FIXED_NAMES.contains(&name) || is_requirements(name) || is_plain_requirements(name)
}

fn is_requirements(name: &str) -> bool {
    let text = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in"));
    text.is_some_and(|it| it.contains("requirements"))
}

/// `base.txt`: counts in a folder for requirements only.
fn is_plain_requirements(name: &str) -> bool {
    let text = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in"));
    text.is_some_and(|it| {
        let known = [
            "base",
            "common",
            "prod",
            "production",
            "main",
            "local",
            "dev",
            "development",
            "test",
            "testing",
        ];
        known.contains(&it)
    })
}

/// All Python projects among the manifests: one for each folder.
pub(super) fn load(manifests: &BTreeSet<String>, reader: &mut Reader) -> Vec<Package> {
    let mut projects: BTreeMap<String, Project> = BTreeMap::new();
    for path in manifests {
        let (folder, name) = split_path(path);
        let (above, last) = split_path(folder);
        let in_requirements = REQUIREMENT_FOLDERS.contains(&last);
        let counts = if in_requirements {
            is_manifest(name)
        } else {
            FIXED_NAMES.contains(&name) || is_requirements(name)
        };
        if !counts {
            continue;
        }
        // a module may be called `setup` for other reasons
        if name == "setup.py" && !(reader.read)(path).is_some_and(|it| builds_a_package(&it)) {
            continue;
        }
        let place = if in_requirements { above } else { folder };
        let project = projects.entry(place.to_owned()).or_default();
        read(path, name, project, reader);
    }
    projects.into_iter().map(|(place, project)| project.finish(place)).collect()
}

fn builds_a_package(script: &str) -> bool {
    ["setuptools", "distutils", "install_requires"].iter().any(|it| script.contains(it))
}

#[derive(Default)]
struct Project {
    name: Option<SmolStr>,
    /// From manifests.
    wanted: BTreeMap<SmolStr, Version>,
    /// From lock files.
    locked: BTreeMap<SmolStr, Version>,
}

impl Project {
    fn want(&mut self, requirement: Option<(SmolStr, Version)>) {
        if let Some((name, version)) = requirement {
            let known = self.wanted.remove(&name).unwrap_or(Version::Unknown);
            self.wanted.insert(name, join(known, version));
        }
    }

    fn finish(self, place: String) -> Package {
        let mut versions = self.wanted;
        versions.extend(self.locked.into_iter().filter(|(_, it)| *it != Version::Unknown));
        let name = self.name.unwrap_or_default();
        Package { name, ecosystem: Ecosystem::Python, place, versions, ..Package::default() }
    }
}

fn read(path: &str, name: &str, project: &mut Project, reader: &mut Reader) {
    match name {
        "manage.py" => {}
        "pyproject.toml" => drop(reader.toml(path).map(|it| pyproject(&it, project))),
        "Pipfile" => drop(reader.toml(path).map(|it| pipfile(&it, project))),
        "setup.py" => drop(reader.text(path).map(|it| setup_script(&it, project))),
        "setup.cfg" => drop(reader.text(path).map(|it| setup_config(&it, project))),
        "Pipfile.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" => {
            project.locked.extend(python_lock::read(path, name, reader));
        }
        _ => {
            if let Some(text) = reader.text(path) {
                text.lines().filter(|it| !it.trim_start().starts_with(['#', '-'])).for_each(|line| {
                    project.want(requirement::parse(line.trim().trim_end_matches('\\')));
                });
            }
        }
    }
}

fn pyproject(table: &Table, project: &mut Project) {
    let standard = table.get("project");
    let poetry = table.get("tool").and_then(|it| it.get("poetry"));
    let name = [standard, poetry].into_iter().flatten().find_map(|it| it.get("name")?.as_str());
    project.name = project.name.take().or_else(|| name.map(normalise));
    let lists = standard.into_iter().flat_map(|it| {
        let optional =
            it.get("optional-dependencies").and_then(Value::as_table).into_iter().flat_map(Table::values);
        it.get("dependencies").into_iter().chain(optional)
    });
    let groups = table.get("dependency-groups").and_then(Value::as_table).into_iter().flat_map(Table::values);
    for list in lists.chain(groups).filter_map(Value::as_array) {
        list.iter().filter_map(Value::as_str).for_each(|it| project.want(requirement::parse(it)));
    }
    let poetry_groups = poetry.and_then(|it| it.get("group")?.as_table()).into_iter().flat_map(Table::values);
    for group in poetry.into_iter().chain(poetry_groups) {
        for key in ["dependencies", "dev-dependencies"] {
            tables(group.get(key), project);
        }
    }
}

fn pipfile(table: &Table, project: &mut Project) {
    for key in ["packages", "dev-packages"] {
        tables(table.get(key), project);
    }
}

/// `django = "^4.2"`, `django = { version = "4.2", extras = [] }`: a bare version is that one.
fn tables(value: Option<&Value>, project: &mut Project) {
    for (name, value) in value.and_then(Value::as_table).into_iter().flatten() {
        if name == "python" {
            continue;
        }
        let text = value.as_str().or_else(|| value.get("version")?.as_str()).unwrap_or("*");
        let bare = text.starts_with(|it: char| it.is_ascii_digit()) && !text.contains([',', '*']);
        let version =
            if bare { requirement::version(&format!("=={text}")) } else { requirement::version(text) };
        project.want(Some((normalise(name), version)));
    }
}

/// Lines of `install_requires` and of extras.
fn setup_config(text: &str, project: &mut Project) {
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if line.starts_with('[') {
            inside = trimmed == "[options.extras_require]";
        } else if !line.starts_with(char::is_whitespace) {
            if let Some((key, value)) = line.split_once('=') {
                inside = key.trim() == "install_requires";
                if inside {
                    project.want(requirement::parse(value.trim()));
                }
                if key.trim() == "name" && project.name.is_none() {
                    project.name = Some(normalise(value));
                }
            }
        } else if inside && !trimmed.starts_with('#') {
            project.want(requirement::parse(trimmed));
        }
    }
}

/// A script can compute what it likes; strings that pin something, and those of `install_requires`, are taken at their
/// word.
fn setup_script(text: &str, project: &mut Project) {
    let mut required = false;
    for (index, part) in text.split(['"', '\'']).enumerate() {
        if index % 2 == 0 {
            required = (required && !part.contains(']')) || part.contains("install_requires");
            continue;
        }
        let pins = ["==", ">=", "<=", "~=", "!=", "<", ">"].iter().any(|it| part.contains(it));
        if (pins || required) && !part.contains('\n') && part.len() < 200 {
            project.want(requirement::parse(part));
        }
    }
}
