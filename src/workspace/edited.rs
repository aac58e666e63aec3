//! A project with other texts than those on disk: unsaved ones, or mended ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FileEntry, Workspace, package, prefilter};
use crate::source::{FileId, SourceText};

impl Workspace {
    /// The same project, in which some files have these texts. Files, packages and modules are those that were found.
    #[must_use]
    pub fn edited(&self, texts: &BTreeMap<FileId, String>) -> Self {
        let mut files: Vec<FileEntry> = self.files.clone();
        let mut known = self.texts.clone();
        let mut news = false;
        for (file, text) in texts {
            let Some(entry) = files.get_mut(file.0 as usize) else { continue };
            let interesting = prefilter::interesting(entry.kind, text.as_bytes());
            news |= interesting && !entry.interesting;
            entry.interesting = interesting;
            known.replace(*file, SourceText::new(entry.path.clone(), text));
        }
        let in_use = if news {
            Arc::new(package::InUse::new(&self.packages, &files))
        } else {
            Arc::clone(&self.in_use)
        };
        Self {
            root: self.root.clone(),
            files,
            packages: self.packages.clone(),
            problems: self.problems.clone(),
            in_use,
            libraries: Arc::clone(&self.libraries),
            texts: known,
            modules: Arc::clone(&self.modules),
            by_path: Arc::clone(&self.by_path),
        }
    }
}
