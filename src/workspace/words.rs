//! The word lists of `models/files.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Profile;

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Words {
    pub(super) skip: Skip,
    pub(super) role: Role,
    pub(super) settings: Settings,
    pub(super) interesting: Interesting,
    pub(super) profile: Vec<Meaning>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Skip {
    pub(super) folders: Vec<String>,
    pub(super) marks: Vec<String>,
    pub(super) built: Vec<String>,
    pub(super) manifests: Vec<String>,
    pub(super) code: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Role {
    pub(super) test_folders: Vec<String>,
    pub(super) test_stems: Vec<String>,
    pub(super) test_prefixes: Vec<String>,
    pub(super) test_suffixes: Vec<String>,
    pub(super) example_folders: Vec<String>,
    pub(super) example_words: Vec<String>,
    pub(super) example_endings: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) deployment: Vec<String>,
    pub(super) launch: Vec<String>,
    pub(super) json_words: Vec<String>,
    pub(super) json_folders: Vec<String>,
    pub(super) never_in: Vec<String>,
    pub(super) tools: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Interesting {
    pub(super) rust: Vec<String>,
    pub(super) python: Vec<String>,
    pub(super) functions: Vec<String>,
    pub(super) raw: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meaning {
    pub(super) is: Profile,
    pub(super) words: Vec<String>,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

const TEXT: &str = include_str!("../../models/files.toml");

/// Whether a list holds a word, or a name.
pub(super) fn has(words: &[String], word: &str) -> bool {
    words.iter().any(|it| it == word)
}

/// Whether one of the globs, with one `*` at most, fits a name.
pub(super) fn fits(globs: &[String], name: &str) -> bool {
    globs.iter().any(|glob| match glob.split_once('*') {
        None => glob == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_read() {
        let words: Words = toml::from_str(TEXT).unwrap();
        assert_eq!(words.profile.len(), 6);
        assert!(words.settings.tools.iter().all(|it| it.matches('*').count() < 2));
    }

    #[test]
    fn globs_have_one_star() {
        let globs = ["a*.json", "*.lock", "x"].map(String::from);
        assert!(fits(&globs, "a.json") && fits(&globs, "abc.json") && fits(&globs, "Cargo.lock"));
        assert!(fits(&globs, "x") && !fits(&globs, "xy") && !fits(&globs, "a.jso") && !fits(&globs, "lock"));
    }
}
