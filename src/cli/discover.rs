//! Finds the configuration of a project: the nearest one from the checked root up to the repository's root.

use std::path::{Path, PathBuf};

use super::Failure;

/// Where in a file the configuration stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Table {
    WholeFile,
    Pyproject,
    Cargo,
}

impl Table {
    /// Paths of keys at which the configuration may stand, the best first; none for a file of our own.
    pub(super) fn keys(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::WholeFile => &[],
            Self::Pyproject => &[&["tool", "sessionlint"]],
            Self::Cargo => {
                &[&["workspace", "metadata", "sessionlint"], &["package", "metadata", "sessionlint"]]
            }
        }
    }
}

/// A configuration that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: PathBuf,
    /// What the paths in it are relative to.
    pub(super) folder: PathBuf,
    pub(super) text: String,
    pub(super) table: Table,
}

const CANDIDATES: [(&str, Table); 5] = [
    ("sessionlint.toml", Table::WholeFile),
    (".sessionlint.toml", Table::WholeFile),
    (".github/sessionlint.toml", Table::WholeFile),
    ("pyproject.toml", Table::Pyproject),
    ("Cargo.toml", Table::Cargo),
];

/// Reads a file that the user named.
pub(super) fn named(file: &Path, root: &Path) -> Result<Found, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format_args!("cannot read `{}`: {error}", file.display())))?;
    let table = match file.file_name().and_then(|it| it.to_str()) {
        Some("pyproject.toml") => Table::Pyproject,
        Some("Cargo.toml") => Table::Cargo,
        _ => Table::WholeFile,
    };
    Ok(Found { file: file.to_path_buf(), folder: root.to_path_buf(), text, table })
}

/// Looks for one. A manifest counts only when it has the table.
pub(super) fn nearest(root: &Path) -> Result<Option<Found>, Failure> {
    let Ok(root) = root.canonicalize() else { return Ok(None) };
    // without a repository no folder above is known to belong to the project
    let top = root.ancestors().find(|it| it.join(".git").exists()).unwrap_or(&root);
    for folder in root.ancestors().take_while(|it| it.starts_with(top)) {
        for (name, table) in CANDIDATES {
            let file = folder.join(name);
            let text = match std::fs::read_to_string(&file) {
                Ok(text) => text,
                Err(error) if table == Table::WholeFile && file.is_file() => {
                    return Err(Failure::new(format_args!("cannot read `{}`: {error}", file.display())));
                }
                Err(_) => continue,
            };
            if table == Table::WholeFile || has_table(&text, table) {
                return Ok(Some(Found { file, folder: folder.to_path_buf(), text, table }));
            }
        }
    }
    Ok(None)
}

fn has_table(text: &str, table: Table) -> bool {
    if !text.contains("sessionlint") {
        return false;
    }
    // a manifest that cannot be read is the workspace's problem, not the configuration's
    let Ok(document) = toml::from_str::<toml::Table>(text) else { return false };
    table.keys().iter().any(|keys| {
        let (first, rest) = (keys[0], &keys[1..]);
        rest.iter().try_fold(document.get(first), |at, key| Some(at?.get(key))).flatten().is_some()
    })
}
