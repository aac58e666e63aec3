//! `baseline`: writes and finds the file of accepted findings.

use std::path::{Path, PathBuf};

use super::args::{BaselineArgs, Global};
use super::config::{refuse, shown};
use super::project::Project;
use super::{Ending, Failure, output, style_of_talk};
use crate::check::baseline::{self, Baseline, Content, FILE};
use crate::check::{self, Options};
use crate::report::Style;
use crate::source::SourceText;

pub(super) fn run(arguments: &BaselineArgs, global: &Global) -> Result<Ending, Failure> {
    let project = Project::open(&arguments.project, global)?;
    let mut options = project.options(Options::default());
    options.persona = arguments.persona.unwrap_or(options.persona);
    let file =
        arguments.baseline.clone().or_else(|| nearest(&project.root)).unwrap_or_else(|| beside(&project));
    let old = if file.exists() {
        read(&file, &project.root, style_of_talk(global))?
    } else if arguments.prune {
        return Err(Failure::with_help(
            format_args!("no baseline `{}` to prune", file.display()),
            "`sessionlint baseline` writes one",
        ));
    } else {
        Baseline::default()
    };
    options.baseline = Some(old.clone());
    let report = check::run(project.workspace(), &options);
    if report.workspace.files.is_empty() {
        return Err(Failure::new(format_args!("nothing to check in `{}`", project.root.display())));
    }
    let content = if arguments.prune { Content::StillFound } else { Content::All };
    let new = baseline::write(&report, &options, &old, content);
    let number = |text: &str| text.matches("[[finding]]").count();
    output::file(&file, &new)?;
    if !global.quiet {
        let (before, now) = (old.entries.len(), number(&new));
        output::talk(&format!("`{}` lists {now} findings, {before} before\n", file.display()));
    }
    Ok(Ending::Clean)
}

/// The baseline that a check of this project heeds.
pub(super) fn load(
    project: &Project<'_>,
    named: Option<&Path>,
    style: Style,
) -> Result<Option<Baseline>, Failure> {
    let file = named.map(Path::to_path_buf).or_else(|| nearest(&project.root));
    file.map(|it| read(&it, &project.root, style)).transpose()
}

/// The nearest one from the checked root up to the repository's root.
fn nearest(root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let top = root.ancestors().find(|it| it.join(".git").exists()).unwrap_or(&root);
    let folders = root.ancestors().take_while(|it| it.starts_with(top));
    folders.map(|it| it.join(FILE)).find(|it| it.is_file())
}

/// Where a new one belongs.
fn beside(project: &Project<'_>) -> PathBuf {
    project.config_folder.as_ref().unwrap_or(&project.root).join(FILE)
}

fn read(file: &Path, root: &Path, style: Style) -> Result<Baseline, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::with_help(
            format_args!("cannot read the baseline `{}`: {error}", file.display()),
            "`sessionlint baseline` writes one",
        )
    })?;
    let name = shown(file, root);
    Baseline::read(&name, &text).or_else(|errors| {
        let complaints = errors.into_iter().map(|it| (it.span, it.message, it.help)).collect();
        refuse(&SourceText::new(name, &text), complaints, style)?;
        Ok(Baseline::default())
    })
}
