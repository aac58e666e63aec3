//! Addresses and positions of the protocol: URIs, and columns in UTF-16 code units.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lsp_types::{Position, Range};

use crate::source::{SourceText, Span};

/// The folder that is checked.
pub(super) struct Root {
    given: PathBuf,
    real: PathBuf,
}

impl Root {
    pub(super) fn new(given: PathBuf) -> Self {
        let real = given.canonicalize().unwrap_or_else(|_| given.clone());
        Self { given, real }
    }

    pub(super) fn path(&self) -> &Path {
        &self.given
    }

    /// The address of a file of the project.
    pub(super) fn uri(&self, path: &str) -> String {
        let whole = self.given.join(path);
        let whole = whole.to_string_lossy().replace('\\', "/");
        let slash = if whole.starts_with('/') { "" } else { "/" };
        format!("file://{slash}{}", encoded(&whole))
    }

    /// The path below the root, with `/`; `None` for a file elsewhere.
    pub(super) fn relative(&self, uri: &str) -> Option<String> {
        let path = path_of(uri)?;
        let below = path.strip_prefix(&self.given).or_else(|_| path.strip_prefix(&self.real)).ok()?;
        Some(below.iter().map(|it| it.to_string_lossy()).collect::<Vec<_>>().join("/"))
    }
}

/// The path of a `file:` address.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = decoded(&rest[rest.find('/')?..])?;
    // `/c:/project`
    let drive = path.as_bytes().get(2) == Some(&b':') && cfg!(windows);
    Some(PathBuf::from(if drive { path[1..].to_owned() } else { path }))
}

fn encoded(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(bytes).ok()
}

pub(super) fn range(source: &SourceText, span: Span) -> Range {
    Range { start: position(source, span.start), end: position(source, span.end.max(span.start)) }
}

pub(super) fn position(source: &SourceText, offset: u32) -> Position {
    let line = source.line_column(offset).line - 1;
    let start = source.line_starts().get(line as usize).copied().unwrap_or(0);
    let text = source.text.get(start as usize..(offset as usize).min(source.text.len())).unwrap_or("");
    let character = text.encode_utf16().count();
    Position { line, character: u32::try_from(character).unwrap_or(u32::MAX) }
}

/// The byte at a position; past the end of its line it is the end of the line.
pub(super) fn offset(source: &SourceText, at: Position) -> u32 {
    let starts = source.line_starts();
    let length = u32::try_from(source.text.len()).unwrap_or(u32::MAX);
    let Some(start) = starts.get(at.line as usize).copied() else { return length };
    let end = starts.get(at.line as usize + 1).copied().unwrap_or(length);
    let line = source.text.get(start as usize..end as usize).unwrap_or("").trim_end_matches(['\r', '\n']);
    let mut units = 0;
    for (byte, letter) in line.char_indices() {
        if units >= at.character as usize {
            return start + u32::try_from(byte).unwrap_or(0);
        }
        units += letter.len_utf16();
    }
    start + u32::try_from(line.len()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_there_and_back() {
        let root = Root::new(PathBuf::from("/tmp/a b#c"));
        let uri = root.uri("grüße/x.py");
        assert_eq!(uri, "file:///tmp/a%20b%23c/gr%C3%BC%C3%9Fe/x.py");
        assert_eq!(root.relative(&uri).as_deref(), Some("grüße/x.py"));
        assert_eq!(root.relative("file:///tmp/other"), None);
        assert_eq!(root.relative("untitled:Untitled-1"), None);
        assert_eq!(path_of("file:///a%zz"), None);
    }

    #[test]
    fn columns_are_utf16() {
        let source = SourceText::new("a", "a\n\u{1f36a}ü = 1\r\n");
        let at = position(&source, 8);
        assert_eq!((at.line, at.character), (1, 3));
        assert_eq!(offset(&source, at), 8);
        assert_eq!(offset(&source, Position { line: 1, character: 99 }), 12);
        assert_eq!(offset(&source, Position { line: 9, character: 0 }), 14);
    }
}
