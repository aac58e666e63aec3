//! Examples of rule pages and what fixes make of them.

use std::collections::BTreeMap;

use super::mend;
use crate::check::{self, Options, examples};
use crate::finding::Safety;
use crate::rule::Example;
use crate::workspace::Workspace;

/// An example after all its fixes.
pub struct Twin {
    /// New texts of the files that changed, by path, without marks.
    pub texts: BTreeMap<String, String>,
    /// Safe fixes alone did it.
    pub safe: bool,
}

/// Mends an example.
#[must_use]
pub fn twin(example: &Example<'_>, options: &Options) -> Twin {
    let workspace = Workspace::from_texts(&examples::project(example));
    let mended = mend(check::run(workspace, options), options, Safety::Unsafe);
    let path = |file: &crate::source::FileId| mended.report.workspace.files[file.0 as usize].path.clone();
    let texts = mended.texts.iter().map(|(file, text)| (path(file), examples::unmarked(text))).collect();
    Twin { texts, safe: mended.made.iter().all(|(_, fix)| fix.safety == Safety::Safe) }
}

/// What the page shows as mended and fixes make otherwise.
#[must_use]
pub fn differences(example: &Example<'_>, twin: &Twin) -> Vec<String> {
    let other =
        |it: &&crate::rule::ExampleFile<'_>| twin.texts.get(it.path).is_none_or(|made| made != it.text);
    let say = |it: &crate::rule::ExampleFile<'_>| match twin.texts.get(it.path) {
        Some(made) => format!("{}: fixes make this of it:\n{made}", it.path),
        None => format!("{}: fixes change nothing", it.path),
    };
    example.fixed.iter().filter(other).map(say).collect()
}
