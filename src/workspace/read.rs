//! Bytes of a file, and the text in them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::finding::{Problem, ProblemKind};
use crate::source::{SourceText, Span};

/// The largest file that is read, in bytes. What people write by hand is far smaller.
pub(super) const LIMIT: usize = 4 << 20;

/// Why a file has no text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) kind: ProblemKind,
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl Fault {
    pub(super) fn from_io(error: &std::io::Error) -> Self {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "does not exist".to_owned(),
            std::io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
            std::io::ErrorKind::IsADirectory => "cannot be read: it is a folder".to_owned(),
            kind => format!("cannot be read: {kind}"),
        };
        Self { kind: ProblemKind::Unreadable, message: why, help: "" }
    }

    fn too_large() -> Self {
        Self {
            kind: ProblemKind::Limit,
            message: format!("is larger than {} MiB and was not read", LIMIT >> 20),
            help: "exclude it if it is generated or data",
        }
    }

    pub(super) fn problem(&self, path: &str, span: Option<Span>) -> Problem {
        Problem {
            path: path.to_owned(),
            span,
            kind: self.kind,
            message: self.message.clone(),
            help: self.help.to_owned(),
        }
    }
}

/// Reads one file after the other into the same memory.
#[derive(Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
}

impl Reader {
    /// The bytes of a file of at most `limit` bytes.
    pub(super) fn read(&mut self, path: &Path, limit: usize) -> Result<&[u8], Fault> {
        const STEP: usize = 64 << 10;
        let mut file = File::open(path).map_err(|error| Fault::from_io(&error))?;
        let mut length = 0;
        loop {
            if self.buffer.len() - length < STEP / 2 {
                self.buffer.resize((self.buffer.len() * 2).max(STEP), 0);
            }
            match file.read(&mut self.buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Fault::from_io(&error)),
            }
            if length > limit {
                self.buffer = Vec::new();
                return Err(Fault::too_large());
            }
        }
        Ok(&self.buffer[..length])
    }
}

/// The text of a file that is not in memory yet.
pub(super) fn text(root: &Path, path: &str) -> Result<SourceText, Fault> {
    let full = root.join(path);
    // A pipe or device would never end.
    if std::fs::metadata(&full).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return Err(Fault {
            kind: ProblemKind::Unreadable,
            message: "is no regular file".to_owned(),
            help: "",
        });
    }
    decode(path, Reader::default().read(&full, LIMIT)?)
}

pub(super) fn decode(path: &str, bytes: &[u8]) -> Result<SourceText, Fault> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(SourceText::new(path, text)),
        Err(error) => Err(not_text(bytes, error.valid_up_to())),
    }
}

fn not_text(bytes: &[u8], at: usize) -> Fault {
    let message = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "is UTF-16, not UTF-8".to_owned()
    } else {
        let before = &bytes[..at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |it| it + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        format!("is not UTF-8: line {line}, column {column}")
    };
    Fault { kind: ProblemKind::Unreadable, message, help: "save the file as UTF-8" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_named_by_place() {
        let fault = decode("a.rs", b"ok\n\xc3\xa9 \xff").unwrap_err();
        assert_eq!(fault.message, "is not UTF-8: line 2, column 3");
        assert!(decode("a.py", b"\xff\xfea\0").unwrap_err().message.contains("UTF-16"));
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let text = decode("a.rs", b"\xef\xbb\xbffn main() {}").unwrap();
        assert_eq!((&*text.text, text.offset), ("fn main() {}", 3));
    }
}
