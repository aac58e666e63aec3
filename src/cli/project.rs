//! The project that the command line names: its root, what is read of it, its configuration.

use std::path::{Path, PathBuf};

use super::args::{Global, ProjectArgs};
use super::config::{self, Configuration};
use super::{Failure, discover, style_of_talk};
use crate::check::Options;
use crate::workspace::{Walk, Workspace};

/// What to check, and how its configuration wants it.
pub(super) struct Project<'a> {
    arguments: &'a ProjectArgs,
    pub(super) root: PathBuf,
    /// What is read, at or below the root.
    read: Vec<PathBuf>,
    /// Paths relative to the root to which the report is limited; empty for all.
    within: Vec<String>,
    pub(super) configuration: Configuration,
    pub(super) config_file: Option<PathBuf>,
    /// What paths in the configuration are relative to.
    pub(super) config_folder: Option<PathBuf>,
}

impl<'a> Project<'a> {
    pub(super) fn open(arguments: &'a ProjectArgs, global: &Global) -> Result<Self, Failure> {
        let Scope { root, read, within } = scope(&arguments.paths)?;
        let found = match &arguments.config {
            Some(file) => Some(discover::named(file, &root)?),
            None if arguments.no_config => None,
            None => discover::nearest(&root)?,
        };
        let configuration = match &found {
            Some(found) => config::read(found, &root, style_of_talk(global))?,
            None => Configuration::default(),
        };
        let (config_file, config_folder) = found.map(|it| (it.file, it.folder)).unzip();
        Ok(Self { arguments, root, read, within, configuration, config_file, config_folder })
    }

    pub(super) fn workspace(&self) -> Workspace {
        let walk = Walk {
            exclude: self.configuration.exclude_below(),
            threads: self.arguments.threads.map_or(0, usize::from),
            ..Walk::default()
        };
        Workspace::discover_with(&self.read, &walk)
    }

    /// What the configuration says, on top of `base`.
    pub(super) fn options(&self, base: Options) -> Options {
        let it = &self.configuration;
        Options {
            deployment: it.deployment.clone(),
            persona: it.persona.unwrap_or_default(),
            min_severity: it.min_severity,
            min_confidence: it.min_confidence,
            rules: it.rules.clone(),
            overrides: it.overrides.clone(),
            prefix: it.prefix.clone(),
            within: self.within.clone(),
            suppressions: it.suppressions,
            user_rules: it.user_rules.clone(),
            user_models: it.user_models.clone(),
            threads: self.arguments.threads.map(usize::from),
            ..base
        }
    }
}

/// What the paths of the command line mean.
struct Scope {
    root: PathBuf,
    read: Vec<PathBuf>,
    within: Vec<String>,
}

/// A folder is meant as a whole. A file is judged as a part of the project around it, which is read as well.
fn scope(paths: &[PathBuf]) -> Result<Scope, Failure> {
    let mut full = Vec::new();
    for path in paths {
        full.push(path.canonicalize().map_err(|error| {
            Failure::with_help(
                format_args!("cannot open `{}`: {error}", path.display()),
                "`sessionlint --help` lists the commands; options stand after the command",
            )
        })?);
    }
    if let ([path], [folder]) = (paths, full.as_slice())
        && folder.is_dir()
    {
        return Ok(Scope { root: path.clone(), read: vec![path.clone()], within: Vec::new() });
    }
    let mut read: Vec<_> =
        full.iter().map(|it| if it.is_dir() { it.clone() } else { project_of(it) }).collect();
    read.sort();
    read.dedup();
    let root = common(&read);
    let mut within: Vec<_> =
        full.iter().filter_map(|it| Some(slashes(it.strip_prefix(&root).ok()?))).collect();
    within.sort();
    Ok(Scope { root, read, within })
}

const PROJECT_FILES: [&str; 5] = ["Cargo.toml", "pyproject.toml", "manage.py", "requirements.txt", ".git"];

fn project_of(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(file);
    let is_project = |it: &&Path| PROJECT_FILES.iter().any(|name| it.join(name).exists());
    folder.ancestors().find(is_project).unwrap_or(folder).to_path_buf()
}

/// The deepest folder that holds all these folders.
fn common(folders: &[PathBuf]) -> PathBuf {
    let mut folders = folders.iter();
    let first = folders.next().cloned().unwrap_or_default();
    folders.fold(first, |common, next| {
        common.ancestors().find(|it| next.starts_with(it)).map(Path::to_path_buf).unwrap_or_default()
    })
}

fn slashes(path: &Path) -> String {
    path.iter().map(|it| it.to_string_lossy()).collect::<Vec<_>>().join("/")
}
