//! What a file is and whom it speaks for, by its path alone.

use super::words::{WORDS, fits, has};
use super::{FileKind, FileRole};

/// Kind of a file by its path below the root; `None` for what is never read.
pub(super) fn of(path: &str) -> Option<FileKind> {
    let (folders, name) = split(path);
    if let Some(kind) = manifest(name) {
        return Some(kind);
    }
    if name == ".env" || name.starts_with(".env.") || name == "env.example" {
        return Some(FileKind::Env);
    }
    if fits(&WORDS.settings.launch, name) {
        return Some(FileKind::Launch);
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let kind = match extension {
        "rs" => FileKind::Rust,
        "py" => FileKind::Python,
        "toml" => FileKind::Toml,
        "yaml" | "yml" => FileKind::Yaml,
        "json" => FileKind::Json,
        "env" => FileKind::Env,
        "ini" | "cfg" => FileKind::Ini,
        _ => return None,
    };
    (!stem.is_empty() && (kind.is_source() || may_be_settings(folders, name, kind))).then_some(kind)
}

/// Manifests and lock files, whatever they are called.
fn manifest(name: &str) -> Option<FileKind> {
    match name {
        "Cargo.toml" | "Cargo.lock" | "pyproject.toml" | "poetry.lock" | "uv.lock" | "pdm.lock"
        | "Pipfile" => Some(FileKind::Toml),
        "Pipfile.lock" => Some(FileKind::Json),
        "setup.cfg" => Some(FileKind::Ini),
        _ => None,
    }
}

/// Whether a path is that of a file that tells which packages a project uses.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    let (_, name) = split(path);
    let is_list = path.contains("requirements")
        && std::path::Path::new(name).extension().is_some_and(|it| it == "txt" || it == "in");
    manifest(name).is_some() || name == "setup.py" || is_list
}

fn may_be_settings(folders: &str, name: &str, kind: FileKind) -> bool {
    let words = &WORDS.settings;
    if folders.is_empty() && fits(&words.deployment, name) {
        return true;
    }
    if fits(&words.tools, name) || folders.split('/').any(|it| has(&words.never_in, it)) {
        return false;
    }
    let first = || name.split(['.', '-', '_']).next().unwrap_or(name).to_ascii_lowercase();
    kind != FileKind::Json || has(&words.json_folders, split(folders).1) || has(&words.json_words, &first())
}

/// Whether a file's name says that it configures a tool or tells of packages.
pub(super) fn is_tool(name: &str) -> bool {
    manifest(name).is_some() || fits(&WORDS.settings.tools, name)
}

/// Role of a file by its path below the root.
pub(super) fn role(path: &str, kind: FileKind) -> FileRole {
    let words = &WORDS.role;
    let (folders, name) = split(path);
    let mut role = name_role(name, kind);
    for folder in folders.split('/') {
        if has(&words.test_folders, folder) {
            return FileRole::Test;
        }
        if has(&words.example_folders, folder) {
            role = FileRole::Example;
        }
    }
    role
}

fn name_role(name: &str, kind: FileKind) -> FileRole {
    let words = &WORDS.role;
    if kind.is_source() {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        if has(&words.test_stems, stem)
            || words.test_prefixes.iter().any(|it| stem.starts_with(it.as_str()))
            || words.test_suffixes.iter().any(|it| stem.ends_with(it.as_str()))
        {
            return FileRole::Test;
        }
    }
    let example = if kind.is_source() {
        words.example_endings.iter().any(|it| name.ends_with(it.as_str()))
    } else {
        name.split(['.', '-', '_']).any(|word| has(&words.example_words, word))
    };
    if example { FileRole::Example } else { FileRole::Application }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_names() {
        let cases = [
            ("src/main.rs", Some(FileKind::Rust)),
            ("static/gen.py", Some(FileKind::Python)),
            (".env.production", Some(FileKind::Env)),
            ("deploy/Dockerfile.web", Some(FileKind::Launch)),
            ("Procfile", Some(FileKind::Launch)),
            ("deploy/web.env", Some(FileKind::Env)),
            ("Cargo.lock", Some(FileKind::Toml)),
            ("sub/Pipfile.lock", Some(FileKind::Json)),
            ("config/anything.json", Some(FileKind::Json)),
            ("appsettings.Production.json", Some(FileKind::Json)),
            ("config/package.json", None),
            ("data/countries.json", None),
            ("static/admin/config.json", None),
            ("package-lock.json", None),
            ("app/static/theme.toml", None),
            ("config.min.json", None),
            ("README", None),
            (".rs", None),
        ];
        for (path, expected) in cases {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn roles_follow_names_and_folders() {
        let cases = [
            (".env.example", FileKind::Env, FileRole::Example),
            ("config/sample.toml", FileKind::Toml, FileRole::Example),
            ("examples/a/src/main.rs", FileKind::Rust, FileRole::Example),
            ("docs/tests/a.rs", FileKind::Rust, FileRole::Test),
            ("shop/tests.py", FileKind::Python, FileRole::Test),
            ("shop/test_views.py", FileKind::Python, FileRole::Test),
            ("src/handler_tests.rs", FileKind::Rust, FileRole::Test),
            ("src/test_utils.rs", FileKind::Rust, FileRole::Test),
            ("src/contest.rs", FileKind::Rust, FileRole::Application),
            ("settings/sample.py", FileKind::Python, FileRole::Application),
            ("settings/local.example.py", FileKind::Python, FileRole::Example),
        ];
        for (path, kind, expected) in cases {
            assert_eq!(role(path, kind), expected, "{path}");
        }
    }
}
