//! `man`: manual pages, made from what the command line knows of itself.

use std::path::Path;

use super::args::{Cli, ManArgs};
use super::{Ending, Failure, output};

pub(super) fn run(arguments: &ManArgs) -> Result<Ending, Failure> {
    let command = <Cli as clap::CommandFactory>::command();
    match &arguments.folder {
        None => output::answer(&page(command)?)?,
        Some(folder) => pages(command, folder)?,
    }
    Ok(Ending::Clean)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut text)
        .map_err(|error| Failure::new(format_args!("cannot write the manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// `sessionlint.1`, and `sessionlint-check.1` and the like beside it.
fn pages(command: clap::Command, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format_args!("cannot make `{}`: {error}", folder.display())))?;
    let name = command.get_name().to_owned();
    for part in command.get_subcommands() {
        let whole = format!("{name}-{}", part.get_name());
        let part =
            part.clone().name(clap::builder::Str::from(whole.clone())).version(env!("CARGO_PKG_VERSION"));
        output::file(&folder.join(format!("{whole}.1")), &page(part)?)?;
    }
    output::file(&folder.join(format!("{name}.1")), &page(command)?)
}
