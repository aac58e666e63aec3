//! `init`: writes a configuration to begin with.

use super::args::{Global, InitArgs, ProjectArgs};
use super::discover;
use super::progress::Progress;
use super::project::Project;
use super::{Ending, Failure, output};
use crate::check::{self, Options};
use crate::report;

const FILE: &str = "sessionlint.toml";

pub(super) fn run(arguments: &InitArgs, global: &Global) -> Result<Ending, Failure> {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(Failure::new(format_args!("`{}` is no folder", folder.display())));
    }
    if let Some(found) = discover::nearest(folder)?
        && !arguments.print
    {
        return Err(Failure::with_help(
            format_args!("there is a configuration already: `{}`", found.file.display()),
            "the nearest one holds; remove it first",
        ));
    }
    let project = ProjectArgs { paths: vec![folder.clone()], no_config: true, ..ProjectArgs::default() };
    let project = Project::open(&project, global)?;
    let progress = Progress::start(global.quiet);
    let report = check::run(project.workspace(), &project.options(Options::default()));
    drop(progress);
    let text = report::starter(&report);
    if arguments.print {
        output::answer(&text)?;
        return Ok(Ending::Clean);
    }
    let file = folder.join(FILE);
    output::file(&file, &text)?;
    if !global.quiet {
        output::talk(&format!("wrote `{}`\n{}\n", file.display(), report::summary(&report)));
    }
    Ok(Ending::Clean)
}
