//! What is kept of one file after a first look.

use std::sync::Arc;

use super::manifest::{self, Manifest};
use super::read::{self, Fault, LIMIT};
use super::{FileKind, FileRole, names};
use crate::source::SourceText;

/// A file as the walk saw it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: String,
    /// `None` for a manifest that is no file of a kind we read otherwise, or a folder that could not be listed.
    pub(super) kind: Option<FileKind>,
    pub(super) role: FileRole,
    pub(super) interesting: bool,
    /// Kept when interesting; others are read again when somebody asks.
    pub(super) text: Option<Result<Arc<SourceText>, Fault>>,
    pub(super) manifest: Option<Manifest>,
}

impl Found {
    pub(super) fn unreadable(path: String, fault: &Fault) -> Self {
        Self {
            path,
            kind: None,
            role: FileRole::Application,
            interesting: false,
            text: Some(Err(fault.clone())),
            manifest: None,
        }
    }
}

/// Has a look at a file; `None` when it says nothing. `read` gives at most so many bytes.
pub(super) fn inspect<'b>(
    path: String,
    read: impl FnOnce(usize) -> Result<&'b [u8], Fault>,
) -> Option<Found> {
    let kind = names::kind_of(&path);
    let reader = manifest::reader_of(&path);
    if kind.is_none() && reader.is_none() {
        return None;
    }
    let role = names::role_of(&path, kind.unwrap_or(FileKind::Ini));
    let mut found = Found { path, kind, role, interesting: false, text: None, manifest: None };
    let search = kind.and_then(names::interesting);
    if search.is_none() && reader.is_none() {
        return Some(found);
    }
    // A lock file of a large workspace may be larger than any source.
    let limit = if reader.is_some() { 16 * LIMIT } else { LIMIT };
    let bytes = match read(limit) {
        Ok(bytes) => bytes,
        Err(fault) => {
            found.text = Some(Err(fault));
            return Some(found);
        }
    };
    found.interesting = search.is_some_and(|search| search.is_match(bytes));
    if let (Some(reader), Ok(text)) = (reader, std::str::from_utf8(bytes)) {
        found.manifest = Some(reader(&found.path, text.strip_prefix('\u{feff}').unwrap_or(text)));
    }
    if found.interesting {
        let text = read::decode(&found.path, bytes);
        found.interesting = text.is_ok();
        found.text = Some(text.map(Arc::new));
    } else if found.role == FileRole::Application && std::str::from_utf8(bytes).is_err() {
        found.text = read::decode(&found.path, bytes).err().map(Err);
    }
    Some(found)
}
