//! What Python projects depend on: pyproject, requirements, Pipfile, setup files and their locks.

use std::sync::LazyLock;

use regex::Regex;
use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

use super::requirement::{normal_name, release, requirement, versions};
use super::toml_text::{list, read, string, table};
use super::{Content, Manifest};
use crate::workspace::Version;
use crate::workspace::names::split;

#[derive(Debug, Default)]
pub(in crate::workspace) struct PythonManifest {
    pub(in crate::workspace) name: Option<SmolStr>,
    pub(in crate::workspace) rank: Rank,
    pub(in crate::workspace) dependencies: Vec<(SmolStr, Version)>,
    /// Other requirement files, relative to this one's folder.
    pub(in crate::workspace) includes: Vec<String>,
}

/// Whose word counts when two files of a project speak of the same package: the greater one's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(in crate::workspace) enum Rank {
    /// Requirements of tests, docs or development.
    Side,
    #[default]
    Main,
    Lock,
}

fn python(rank: Rank, dependencies: Vec<(SmolStr, Version)>) -> PythonManifest {
    PythonManifest { rank, dependencies, ..PythonManifest::default() }
}

pub(super) fn pyproject(_path: &str, text: &str) -> Manifest {
    let (document, broken) = read(text);
    let mut found = Vec::new();
    let project = table(&document, &["project"]);
    if let Some(project) = project {
        found.extend(list(project, "dependencies").filter_map(DeValue::as_str).filter_map(requirement));
        found.extend(groups(table(project, &["optional-dependencies"])));
    }
    found.extend(groups(table(&document, &["dependency-groups"])));
    let poetry = table(&document, &["tool", "poetry"]);
    if let Some(poetry) = poetry {
        found.extend(named(table(poetry, &["dependencies"])));
        found.extend(named(table(poetry, &["dev-dependencies"])));
        for group in table(poetry, &["group"]).into_iter().flat_map(|it| it.values()) {
            found.extend(named(group.get_ref().as_table().and_then(|it| table(it, &["dependencies"]))));
        }
    }
    found.extend(groups(table(&document, &["tool", "pdm", "dev-dependencies"])));
    if let Some(uv) = table(&document, &["tool", "uv"]) {
        found.extend(list(uv, "dev-dependencies").filter_map(DeValue::as_str).filter_map(requirement));
    }
    let name = project.or(poetry).and_then(|it| string(it, "name")).map(normal_name);
    let content = Content::Python(PythonManifest { name, ..python(Rank::Main, found) });
    Manifest { content, broken }
}

/// Tables whose values are lists of requirements.
fn groups(table: Option<&DeTable<'_>>) -> Vec<(SmolStr, Version)> {
    let lists = table.into_iter().flat_map(|it| it.values()).filter_map(|it| it.get_ref().as_array());
    lists.flat_map(|it| it.iter()).filter_map(|it| requirement(it.get_ref().as_str()?)).collect()
}

/// A table of name and versions (Poetry, Pipenv).
fn named(table: Option<&DeTable<'_>>) -> Vec<(SmolStr, Version)> {
    let entries = table.into_iter().flat_map(|it| it.iter());
    entries
        .filter(|(name, _)| name.get_ref() != "python")
        .map(|(name, value)| {
            let value = value.get_ref();
            let text = value.as_str().or_else(|| string(value.as_table()?, "version"));
            (normal_name(name.get_ref()), text.map_or(Version::Unknown, versions))
        })
        .collect()
}

/// `poetry.lock`, `uv.lock`, `pdm.lock`: `[[package]]` with name and version.
pub(super) fn toml_lock(_path: &str, text: &str) -> Manifest {
    let (document, broken) = read(text);
    let packages = list(&document, "package").filter_map(DeValue::as_table);
    let found = packages
        .filter_map(|it| {
            Some((normal_name(string(it, "name")?), Version::Exact(release(string(it, "version")?)?)))
        })
        .collect();
    Manifest { content: Content::Python(python(Rank::Lock, found)), broken }
}

pub(super) fn pipfile(_path: &str, text: &str) -> Manifest {
    let (document, broken) = read(text);
    let mut found = named(table(&document, &["packages"]));
    found.extend(named(table(&document, &["dev-packages"])));
    Manifest { content: Content::Python(python(Rank::Main, found)), broken }
}

pub(super) fn pipfile_lock(_path: &str, text: &str) -> Manifest {
    let (document, broken) = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(document) => (document, Vec::new()),
        Err(error) => {
            let line =
                text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = (line + error.column().saturating_sub(1)).min(text.len());
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_lowercase();
            (serde_json::Value::Null, vec![(Some(at..at), message)])
        }
    };
    let mut found = Vec::new();
    for section in ["default", "develop"] {
        for (name, entry) in document[section].as_object().into_iter().flatten() {
            found.push((normal_name(name), entry["version"].as_str().map_or(Version::Unknown, versions)));
        }
    }
    Manifest { content: Content::Python(python(Rank::Lock, found)), broken }
}

pub(super) fn requirements(path: &str, text: &str) -> Manifest {
    let mut found = PythonManifest { rank: rank(path), ..PythonManifest::default() };
    let joined;
    let text = if text.contains("\\\n") || text.contains("\\\r\n") {
        joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
        &joined
    } else {
        text
    };
    for line in text.lines() {
        let line = line.trim();
        let include = ["-r", "--requirement", "-c", "--constraint"]
            .iter()
            .find_map(|it| line.strip_prefix(it)?.strip_prefix([' ', '=', '\t']));
        if let Some(file) = include {
            found.includes.push(file.split(" #").next().unwrap_or("").trim().replace('\\', "/"));
        } else {
            let line = line.split(" #").next().unwrap_or("");
            found.dependencies.extend(requirement(line));
        }
    }
    Manifest { content: Content::Python(found), broken: Vec::new() }
}

/// `requirements-dev.txt` and `requirements/test.txt` say less than the ones of production.
fn rank(path: &str) -> Rank {
    let stem = split(path).1.rsplit_once('.').map_or("", |it| it.0);
    let side = stem.split(['-', '_', '.']).any(|word| {
        ["dev", "development", "test", "tests", "testing", "docs", "doc", "ci", "lint", "local", "typing"]
            .contains(&word)
    });
    if side { Rank::Side } else { Rank::Main }
}

/// Lists under `install_requires`, `tests_require` and `[options.extras_require]`.
pub(super) fn setup_cfg(_path: &str, text: &str) -> Manifest {
    let mut found = Vec::new();
    let mut listing = false;
    let mut extras = false;
    for line in text.lines() {
        let indented = line.starts_with([' ', '\t']);
        let content = line.trim();
        if content.starts_with('[') {
            extras = content == "[options.extras_require]";
            listing = false;
            continue;
        }
        if !indented {
            let Some((key, value)) = content.split_once('=') else {
                listing &= content.is_empty() || content.starts_with('#');
                continue;
            };
            listing = extras || matches!(key.trim(), "install_requires" | "tests_require" | "setup_requires");
            if listing {
                found.extend(requirement(value));
            }
        } else if listing {
            found.extend(requirement(content));
        }
    }
    Manifest { content: Content::Python(python(Rank::Main, found)), broken: Vec::new() }
}

/// String literals in the lists of `install_requires` and `extras_require`, as far as they stand there.
pub(super) fn setup_py(_path: &str, text: &str) -> Manifest {
    static LISTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?s)\b(?:install_requires|tests_require|requires|requirements|REQUIREMENTS|INSTALL_REQUIRES)\s*=\s*[\[(](.*?)[\])]\s*(?:,|\n|$)").ok()
    });
    static STRINGS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#""([^"\n]*)"|'([^'\n]*)'"#).ok());
    let mut found = Vec::new();
    if let (Some(lists), Some(strings)) = (LISTS.as_ref(), STRINGS.as_ref()) {
        for list in lists.captures_iter(text) {
            for string in strings.captures_iter(&list[1]) {
                let text = string.get(1).or_else(|| string.get(2)).map_or("", |it| it.as_str());
                found.extend(requirement(text));
            }
        }
    }
    Manifest { content: Content::Python(python(Rank::Main, found)), broken: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependencies(manifest: Manifest) -> Vec<String> {
        let Content::Python(python) = manifest.content else { panic!("no Python manifest") };
        python.dependencies.into_iter().map(|(name, _)| name.to_string()).collect()
    }

    #[test]
    fn pyproject_of_every_tool() {
        let text = r#"
            [project]
            name = "Shop_App"
            dependencies = ["Django>=4.2", "celery"]
            optional-dependencies.auth = ["django-allauth"]
            [dependency-groups]
            dev = ["pytest", { include-group = "lint" }]
            [tool.poetry.dependencies]
            python = "^3.12"
            django-axes = "^6"
            redis = { version = "^5", optional = true }
            [tool.poetry.group.test.dependencies]
            factory-boy = "*"
            [tool.uv]
            dev-dependencies = ["ruff"]
        "#;
        let found = dependencies(pyproject("pyproject.toml", text));
        let wanted =
            ["django", "celery", "django-allauth", "pytest", "django-axes", "redis", "factory-boy", "ruff"];
        assert_eq!(found, wanted);
    }

    #[test]
    fn setup_files() {
        let text = "[options]\ninstall_requires =\n    Django>=3.2\n    celery\npackages = find:\n[flake8]\nignore =\n    E501\n";
        assert_eq!(dependencies(setup_cfg("setup.cfg", text)), ["django", "celery"]);
        let text = "setup(\n  install_requires=[\n    'Django[argon2]>=3.2',\n    \"celery\",\n  ],\n  classifiers=['A'])";
        assert_eq!(dependencies(setup_py("setup.py", text)), ["django", "celery"]);
    }

    #[test]
    fn requirements_with_options_and_includes() {
        let text = "-r base.txt\n--index-url x\ndjango==4.2 \\\n    --hash=sha256:aa\n# comment\n-e .\n";
        let Content::Python(found) = requirements("requirements/dev.txt", text).content else { panic!() };
        assert_eq!(found.includes, ["base.txt"]);
        assert_eq!(found.dependencies, [("django".into(), Version::Exact(semver::Version::new(4, 2, 0)))]);
        assert_eq!(found.rank, Rank::Side);
    }

    #[test]
    fn a_broken_lock_has_a_place() {
        let manifest = pipfile_lock("Pipfile.lock", "{\n  \"default\": oops }");
        assert_eq!(manifest.broken[0].0, Some(15..15));
    }
}
