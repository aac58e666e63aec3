//! Text of the files under judgement: byte spans, lines and columns.

use std::sync::Arc;
use std::sync::OnceLock;

mod comments;

pub use comments::{Comment, CommentStyle, comments};

/// Index of a file in the run's file table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    pub file: FileId,
    /// First byte, counted from the start of the text after a byte-order mark.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; `self` alone when they lie in different files.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A place with a few words: an evidence label.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Note {
    pub span: Span,
    /// Lower case, no final stop.
    pub text: String,
}

/// A position for people: both count from 1, columns in Unicode code points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// The text of one file, without a byte-order mark.
#[derive(Debug)]
pub struct SourceText {
    /// Relative to the checked root, with `/` between the parts.
    pub path: String,
    pub text: Arc<str>,
    /// Bytes that stood before `text` in the file: 3 for a byte-order mark, else 0.
    pub offset: u32,
    lines: OnceLock<Vec<u32>>,
}

impl SourceText {
    /// Takes text as it stood in the file; a byte-order mark is cut off and counted in `offset`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: &str) -> Self {
        let (text, offset) = text.strip_prefix('\u{feff}').map_or((text, 0), |rest| (rest, 3));
        Self { path: path.into(), text: Arc::from(text), offset, lines: OnceLock::new() }
    }

    /// Byte offsets at which each line starts.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for (at, byte) in bytes.iter().enumerate() {
                let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
                if ends_line {
                    starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
                }
            }
            starts
        })
    }

    /// Position of a byte offset; past the end it is the end.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let from = starts[line - 1] as usize;
        let mut to = (offset as usize).clamp(from, self.text.len());
        while !self.text.is_char_boundary(to) {
            to -= 1;
        }
        let column = self.text[from..to].chars().count() + 1;
        LineColumn {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The text of a span of this file; empty when it does not fit.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}
