//! What the name of a file or folder says: kind, role, profile. The words are data: `models/files.toml`.

use std::sync::LazyLock;

use regex::bytes::Regex;
use serde::Deserialize;

use super::{FileKind, FileRole, Profile};

/// The kind of a file, given its path relative to the checked root; `None` for a file that says nothing here.
pub(super) fn kind_of(path: &str) -> Option<FileKind> {
    let (folder, name) = split(path);
    if let Some(kind) = manifest_kind(name) {
        return Some(kind);
    }
    if name == ".env" || name.starts_with(".env.") || name.starts_with(".env-") {
        return Some(FileKind::Env);
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let kind = match extension {
        "rs" => return Some(FileKind::Rust),
        "py" => return Some(FileKind::Python),
        "toml" => FileKind::Toml,
        "yaml" | "yml" => FileKind::Yaml,
        "json" | "jsonc" | "json5" => FileKind::Json,
        "env" => FileKind::Env,
        "ini" | "cfg" => FileKind::Ini,
        _ => return None,
    };
    let name = name.to_ascii_lowercase();
    let words = &WORDS.settings;
    if name.starts_with('.') || words.not_settings.contains(&name) {
        return None;
    }
    let plausible = kind != FileKind::Json
        || split_words(stem).next().is_some_and(|word| has(&words.stems, word))
        || has(&words.folders, split(folder).1);
    plausible.then_some(kind)
}

/// Manifests and lock files are read as what they are, and never as settings.
fn manifest_kind(name: &str) -> Option<FileKind> {
    match name {
        "Cargo.toml" | "Cargo.lock" | "pyproject.toml" | "poetry.lock" | "uv.lock" | "pdm.lock"
        | "Pipfile" => Some(FileKind::Toml),
        "Pipfile.lock" => Some(FileKind::Json),
        "setup.cfg" => Some(FileKind::Ini),
        _ => None,
    }
}

pub(super) fn is_manifest(path: &str) -> bool {
    manifest_kind(split(path).1).is_some()
}

pub(super) fn is_settings_folder(name: &str) -> bool {
    has(&WORDS.settings.folders, name)
}

/// Whom a file speaks for. Only parts below the checked root count.
pub(super) fn role_of(path: &str, kind: FileKind) -> FileRole {
    let words = &WORDS.role;
    let (folder, name) = split(path);
    let mut folders = folder.split('/').filter(|it| !it.is_empty());
    if folders.clone().any(|part| has(&words.test_folders, part)) {
        return FileRole::Test;
    }
    let source = matches!(kind, FileKind::Rust | FileKind::Python);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let test = source
        && (has(&words.test_stems, stem)
            || words.test_prefixes.iter().any(|it| stem.starts_with(it.as_str()))
            || words.test_suffixes.iter().any(|it| stem.ends_with(it.as_str())));
    if test {
        return FileRole::Test;
    }
    let example = folders.any(|part| has(&words.example_folders, part))
        || !source && split_words(name).any(|word| has(&words.example_words, word));
    if example { FileRole::Example } else { FileRole::Application }
}

/// The deployment for which a settings file or module speaks: its own name decides, then its folder's.
pub(super) fn profile_of(path: &str) -> Profile {
    let (folder, name) = split(path);
    let stem = name.trim_start_matches('.');
    let own = profile_of_name(stem);
    if own == Profile::Unknown { profile_of_name(split(folder).1) } else { own }
}

/// The profile that a bare name (`production`, `settings_dev`) stands for.
pub(super) fn profile_of_name(name: &str) -> Profile {
    let words = &WORDS.profile;
    let mut found = Profile::Unknown;
    for word in split_words(name) {
        let says = if has(&WORDS.role.example_words, word) {
            Profile::Example
        } else if has(&words.test, word) {
            Profile::Test
        } else if has(&words.development, word) || has(&words.local, word) {
            Profile::Development
        } else if has(&words.production, word) {
            Profile::Production
        } else if has(&words.base, word) || has(&words.default, word) {
            Profile::Base
        } else {
            continue;
        };
        // `production.example` is an example, `test_base` is for tests: the more special word wins.
        found = found.max_by_rank(says);
    }
    found
}

impl Profile {
    fn max_by_rank(self, other: Self) -> Self {
        let rank = |profile| match profile {
            Self::Unknown => 0,
            Self::Base => 1,
            Self::Production => 2,
            Self::Development => 3,
            Self::Test => 4,
            Self::Example => 5,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Folders that are left out by name alone.
pub(super) fn never_code(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with(".egg-info")
        || name.ends_with(".dist-info")
        || has(&WORDS.skip.always, name)
}

/// Folders that are left out when what lies around or in them says so.
pub(super) fn maybe_built(name: &str) -> bool {
    has(&WORDS.skip.built, name) || name.contains("env")
}

/// Folders that may hold packages of others.
pub(super) fn maybe_vendor(name: &str) -> bool {
    has(&WORDS.skip.vendor, name)
}

pub(super) fn is_built_name(name: &str) -> bool {
    has(&WORDS.skip.built, name)
}

/// Names of files that prove, beside a folder of a built name, that a tool wrote it.
pub(super) fn neighbours_of_built() -> &'static [String] {
    &WORDS.skip.manifests
}

/// Names of files that prove, inside a folder, that a tool made it.
pub(super) fn marks_of_built() -> &'static [String] {
    &WORDS.skip.marks
}

/// A byte search for what makes a source file worth a look of its own.
pub(super) fn interesting(kind: FileKind) -> Option<&'static Regex> {
    static RUST: LazyLock<Option<Regex>> = LazyLock::new(|| alternation(&WORDS.interesting.rust));
    static PYTHON: LazyLock<Option<Regex>> = LazyLock::new(|| alternation(&WORDS.interesting.python));
    match kind {
        FileKind::Rust => RUST.as_ref(),
        FileKind::Python => PYTHON.as_ref(),
        _ => None,
    }
}

fn alternation(words: &[String]) -> Option<Regex> {
    let words: Vec<String> = words.iter().map(|it| regex::escape(it)).collect();
    regex::bytes::RegexBuilder::new(&words.join("|")).unicode(false).build().ok()
}

/// Folder and name of a path with `/`.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn split_words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', '-', '_']).filter(|it| !it.is_empty())
}

fn has(words: &[String], name: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(name))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Words {
    skip: Skip,
    role: Role,
    settings: Settings,
    profile: Profiles,
    interesting: Interesting,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Skip {
    always: Vec<String>,
    built: Vec<String>,
    vendor: Vec<String>,
    manifests: Vec<String>,
    marks: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Role {
    test_folders: Vec<String>,
    test_stems: Vec<String>,
    test_prefixes: Vec<String>,
    test_suffixes: Vec<String>,
    example_folders: Vec<String>,
    example_words: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Settings {
    stems: Vec<String>,
    folders: Vec<String>,
    not_settings: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Profiles {
    base: Vec<String>,
    default: Vec<String>,
    production: Vec<String>,
    development: Vec<String>,
    test: Vec<String>,
    local: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Interesting {
    rust: Vec<String>,
    python: Vec<String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../models/files.toml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_lists_can_be_read() {
        assert!(toml::from_str::<Words>(include_str!("../../models/files.toml")).is_ok());
    }

    #[test]
    fn kinds_follow_names() {
        assert_eq!(kind_of("src/main.rs"), Some(FileKind::Rust));
        assert_eq!(kind_of(".env.production"), Some(FileKind::Env));
        assert_eq!(kind_of("deploy/web.env"), Some(FileKind::Env));
        assert_eq!(kind_of("config/anything.json"), Some(FileKind::Json));
        assert_eq!(kind_of("appsettings.Production.json"), Some(FileKind::Json));
        assert_eq!(kind_of("data/countries.json"), None);
        assert_eq!(kind_of("package-lock.json"), None);
        assert_eq!(kind_of("config/package.json"), None);
        assert_eq!(kind_of(".pre-commit-config.yaml"), None);
        assert_eq!(kind_of("README"), None);
    }

    #[test]
    fn roles_follow_parts_below_the_root() {
        assert_eq!(role_of("tests/api.rs", FileKind::Rust), FileRole::Test);
        assert_eq!(role_of("shop/tests.py", FileKind::Python), FileRole::Test);
        assert_eq!(role_of("shop/test_views.py", FileKind::Python), FileRole::Test);
        assert_eq!(role_of("src/login_test.rs", FileKind::Rust), FileRole::Test);
        assert_eq!(role_of("src/contest.rs", FileKind::Rust), FileRole::Application);
        assert_eq!(role_of("examples/login/main.rs", FileKind::Rust), FileRole::Example);
        assert_eq!(role_of(".env.example", FileKind::Env), FileRole::Example);
        assert_eq!(role_of("settings/sample.py", FileKind::Python), FileRole::Application);
    }

    #[test]
    fn profiles_follow_words() {
        assert_eq!(profile_of("config/production.toml"), Profile::Production);
        assert_eq!(profile_of(".env.local"), Profile::Development);
        assert_eq!(profile_of("shop/settings/base.py"), Profile::Base);
        assert_eq!(profile_of("shop/settings_dev.py"), Profile::Development);
        assert_eq!(profile_of(".env.production.example"), Profile::Example);
        assert_eq!(profile_of("config/prod/app.yaml"), Profile::Production);
        assert_eq!(profile_of("shop/settings.py"), Profile::Unknown);
    }
}
