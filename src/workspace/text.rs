//! Texts of files: those of interesting files are kept from the walk, others are read when somebody asks.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::FileEntry;
use crate::finding::{Problem, ProblemKind};
use crate::source::{FileId, SourceText};

/// Largest file that is read, in bytes.
pub(super) const LIMIT: u64 = 4 << 20;

/// A text, or why there is none.
pub(super) type Text = Result<Arc<SourceText>, Box<Problem>>;

/// The texts of a workspace by file.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    cells: Vec<OnceLock<Text>>,
}

impl Texts {
    /// What the walk has read already, in the order of the files.
    pub(super) fn new(known: impl Iterator<Item = Option<Text>>) -> Self {
        let cell = |text: Option<Text>| text.map_or_else(OnceLock::new, OnceLock::from);
        Self { cells: known.map(cell).collect() }
    }

    pub(super) fn get(&self, file: FileId, root: &Path, files: &[FileEntry]) -> Option<&Arc<SourceText>> {
        let index = file.0 as usize;
        let entry = files.get(index)?;
        self.cells.get(index)?.get_or_init(|| read(root, &entry.path)).as_ref().ok()
    }

    /// The text of a file is another one from now on.
    pub(super) fn replace(&mut self, file: FileId, text: SourceText) {
        if let Some(cell) = self.cells.get_mut(file.0 as usize) {
            *cell = OnceLock::from(Ok(Arc::new(text)));
        }
    }

    pub(super) fn problems(&self) -> impl Iterator<Item = Problem> {
        self.cells.iter().filter_map(|cell| cell.get()?.as_ref().err()).map(|problem| (**problem).clone())
    }
}

fn read(root: &Path, path: &str) -> Text {
    let place = root.join(path);
    let unreadable =
        |error: &std::io::Error| Box::new(problem(path, ProblemKind::Unreadable, &reason(error)));
    if fs::metadata(&place).map_err(|error| unreadable(&error))?.len() > LIMIT {
        return Err(Box::new(too_large(path)));
    }
    decode(path, &fs::read(&place).map_err(|error| unreadable(&error))?)
}

/// Bytes of a file as text.
pub(super) fn decode(path: &str, bytes: &[u8]) -> Text {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(SourceText::new(path, text))),
        Err(error) => Err(Box::new(no_text(path, bytes, error.valid_up_to()))),
    }
}

/// Whether bytes are UTF-16, in which no word of ours would be found.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

fn no_text(path: &str, bytes: &[u8], valid: usize) -> Problem {
    let message = if is_utf16(bytes) {
        "UTF-16, not UTF-8".to_owned()
    } else {
        let before = String::from_utf8_lossy(&bytes[..valid]);
        let at = SourceText::new("", &before);
        let at = at.line_column(u32::try_from(at.text.len()).unwrap_or(u32::MAX));
        format!("not UTF-8 at line {}, column {}", at.line, at.column)
    };
    let help = "save the file as UTF-8".to_owned();
    Problem { help, ..problem(path, ProblemKind::Unreadable, &message) }
}

pub(super) fn too_large(path: &str) -> Problem {
    let message = format!("larger than {} MiB, not read", LIMIT >> 20);
    let help = "exclude it if it is generated or data".to_owned();
    Problem { help, ..problem(path, ProblemKind::Limit, &message) }
}

pub(super) fn problem(path: &str, kind: ProblemKind, message: &str) -> Problem {
    Problem { path: path.to_owned(), span: None, kind, message: message.to_owned(), help: String::new() }
}

/// Why the system refused, the same words on every system.
pub(super) fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "does not exist".to_owned(),
        ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
        kind => format!("cannot be read: {kind}"),
    }
}
