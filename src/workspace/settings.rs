//! Which settings files may speak for a piece of code, and for which deployment.

use serde::Deserialize;

use super::words::{WORDS, has};
use super::{FileEntry, FileRole, Workspace, kind};
use crate::source::FileId;

/// A settings file and the deployment that it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettingsFile {
    pub file: FileId,
    pub profile: Profile,
}

/// The deployment that a settings file is for, by its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Read in every deployment, before the others.
    Base,
    /// Reachable by users, staging included.
    Production,
    Development,
    Test,
    /// Shows what could be set; nothing reads it.
    Example,
    Unknown,
}

pub(super) fn files_for(workspace: &Workspace, file: FileId) -> Vec<SettingsFile> {
    let Some(entry) = workspace.files.get(file.0 as usize) else { return Vec::new() };
    let at_root = |it: &FileEntry| it.package.is_none_or(|it| workspace.packages[it].folder.is_empty());
    let folder = |it: &FileEntry| it.package.map(|it| workspace.packages[it].folder.as_str());
    let speaks = |it: &&FileEntry| {
        !it.kind.is_source()
            && it.kind != super::FileKind::Launch
            && (at_root(it) || folder(it) == folder(entry))
            && !kind::is_tool(name(&it.path))
    };
    let files = workspace.files.iter().filter(speaks);
    files.map(|it| SettingsFile { file: it.id, profile: profile(&it.path, it.role) }).collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

pub(super) fn profile_of(name: &str) -> Profile {
    meaning(name).unwrap_or(Profile::Unknown)
}

fn meaning(name: &str) -> Option<Profile> {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|it: char| !it.is_alphanumeric()).collect();
    let says = WORDS.profile.iter().find(|it| words.iter().any(|word| has(&it.words, word)));
    says.map(|it| it.is)
}

fn profile(path: &str, role: FileRole) -> Profile {
    match role {
        FileRole::Test => return Profile::Test,
        FileRole::Example => return Profile::Example,
        FileRole::Application => {}
    }
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or(path);
    let stem =
        if file.starts_with('.') { file } else { file.rsplit_once('.').map_or(file, |(stem, _)| stem) };
    let own = meaning(stem);
    if !matches!(own, None | Some(Profile::Base)) {
        return own.unwrap_or(Profile::Unknown);
    }
    let folder = parts.next().and_then(meaning);
    folder.filter(|it| *it != Profile::Base).or(own).unwrap_or(Profile::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_by_name_then_by_folder() {
        let cases = [
            ("config/base.toml", Profile::Base),
            ("Rocket.toml", Profile::Base),
            (".env", Profile::Base),
            (".env.production", Profile::Production),
            ("configuration/local.yaml", Profile::Development),
            ("config/settings-dev.toml", Profile::Development),
            ("appsettings.Production.json", Profile::Production),
            ("config/prod/settings.toml", Profile::Production),
            ("config/test.toml", Profile::Test),
            ("config/demo.toml", Profile::Example),
            ("docker-compose.yml", Profile::Unknown),
            ("routes.yaml", Profile::Unknown),
        ];
        for (path, expected) in cases {
            assert_eq!(profile(path, FileRole::Application), expected, "{path}");
        }
    }
}
