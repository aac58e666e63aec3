//! What the paths of a command line mean: the project around them, its configuration, and the text that an editor holds.

use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::{Global, ProjectArgs};
use super::config::{self, Configuration};
use super::{Failure, discover, style_of_talk};
use crate::check::Options;
use crate::workspace::{Unsaved, Walk, Workspace};

/// Names a configuration, as `--config` does.
const VARIABLE: &str = "SESSIONLINT_CONFIG";

/// Stands for standard input among paths.
const STDIN: &str = "-";

/// What to check, and how its configuration wants it.
pub(super) struct Project<'a> {
    arguments: &'a ProjectArgs,
    pub(super) root: PathBuf,
    /// What is read, at or below the root.
    read: Vec<PathBuf>,
    unsaved: Option<Unsaved>,
    /// Paths relative to the root to which the report is limited; empty for all.
    within: Vec<String>,
    pub(super) configuration: Configuration,
    pub(super) config_file: Option<PathBuf>,
    /// What paths in the configuration are relative to.
    pub(super) config_folder: Option<PathBuf>,
}

impl<'a> Project<'a> {
    pub(super) fn open(arguments: &'a ProjectArgs, global: &Global) -> Result<Self, Failure> {
        let unsaved = unsaved(arguments)?;
        let paths = match &unsaved {
            Some(it) => Cow::Owned(with_name(&arguments.paths, &it.place)),
            None => Cow::Borrowed(&arguments.paths),
        };
        let known = unsaved.as_ref().map(|it| it.place.as_path());
        let Scope { root, read, within } = scope(&paths, known, arguments.force_exclude)?;
        let named = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()).map(PathBuf::from);
        let found = match arguments.config.as_ref().or(named.as_ref().filter(|_| !arguments.no_config)) {
            Some(file) => Some(discover::named(file, &root)?),
            None if arguments.no_config => None,
            None => discover::nearest(&root)?,
        };
        let configuration = match &found {
            Some(found) => config::read(found, &root, style_of_talk(global))?,
            None => Configuration::default(),
        };
        let (config_file, config_folder) = found.map(|it| (it.file, it.folder)).unzip();
        Ok(Self { arguments, root, read, unsaved, within, configuration, config_file, config_folder })
    }

    /// As they were given.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.arguments.paths
    }

    pub(super) fn workspace(&self) -> Workspace {
        let walk = Walk {
            exclude: self.configuration.exclude_below(),
            threads: self.arguments.threads.map_or(0, usize::from),
            unsaved: self.unsaved.clone(),
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
/// What a walk would leave out is read when it is named, unless `force_exclude` says that it is not.
/// The file that is `unsaved` need not be there yet.
fn scope(paths: &[PathBuf], unsaved: Option<&Path>, force_exclude: bool) -> Result<Scope, Failure> {
    let mut full = Vec::new();
    for path in paths {
        full.push(match path.canonicalize() {
            Err(_) if unsaved == Some(path.as_path()) => path.clone(),
            found => found.map_err(|error| cannot_open(path, &error))?,
        });
    }
    if let ([path], [folder]) = (paths, full.as_slice())
        && folder.is_dir()
    {
        return Ok(Scope { root: path.clone(), read: vec![path.clone()], within: Vec::new() });
    }
    let mut read: Vec<_> =
        full.iter().map(|it| if it.is_dir() { it.clone() } else { project_of(it) }).collect();
    let root = common(&read);
    if !force_exclude {
        read.extend(full.iter().filter(|it| it.exists()).cloned());
    }
    read.sort();
    read.dedup();
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

/// The text on standard input, when a path stands for it.
fn unsaved(arguments: &ProjectArgs) -> Result<Option<Unsaved>, Failure> {
    let piped = arguments.paths.iter().any(|it| it.as_os_str() == STDIN);
    let file = match (&arguments.stdin_filename, piped) {
        (None, false) => return Ok(None),
        (Some(file), true) => file,
        (Some(_), false) => {
            return Err(Failure::with_help(
                "`--stdin-filename` names the text on standard input, which no path asks for",
                "write `-` among the paths",
            ));
        }
        (None, true) => {
            return Err(Failure::with_help(
                "the text on standard input has no name",
                "say which file of the project it is: `--stdin-filename app/views.py`",
            ));
        }
    };
    let place = full_path(file).map_err(|error| cannot_open(file, &error))?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format_args!("cannot read standard input: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::with_help("standard input is not UTF-8", "save the file as UTF-8"))?;
    Ok(Some(Unsaved { place, text }))
}

fn with_name(paths: &[PathBuf], name: &Path) -> Vec<PathBuf> {
    let named = |it: &PathBuf| if it.as_os_str() == STDIN { name.to_path_buf() } else { it.clone() };
    paths.iter().map(named).collect()
}

/// The whole path; the file itself need not be there yet when its folder is.
fn full_path(path: &Path) -> std::io::Result<PathBuf> {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Err(error), Some(folder), Some(name)) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            Ok(folder.canonicalize().map_err(|_| error)?.join(name))
        }
        (full, ..) => full,
    }
}

fn cannot_open(path: &Path, error: &std::io::Error) -> Failure {
    let command = path.to_str().and_then(super::command_like);
    let help = match command {
        Some(command) => format!("did you mean the command `{command}`?"),
        None => "`sessionlint --help` lists the commands; options stand after the command".into(),
    };
    Failure::with_help(format_args!("cannot open `{}`: {error}", path.display()), help)
}
