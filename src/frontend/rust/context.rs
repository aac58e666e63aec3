//! What every lowering function needs to know: where the text lies, and how deep the tree already is.

use std::cell::{Cell, RefCell};

use proc_macro2::LineColumn;
use proc_macro2::extra::DelimSpan;

use super::{Waiting, guard};
use crate::ir::{Body, Broken, Expr, ExprKind, FileId, Ident, Name, Span};

pub(super) struct Context<'a> {
    pub(super) file: FileId,
    text: &'a str,
    /// Where the text that was lexed begins in the file.
    base: usize,
    /// Where each line begins, in bytes of the text.
    lines: Vec<usize>,
    ascii: bool,
    depth: Cell<usize>,
    broken: RefCell<Vec<Broken>>,
    waiting: Option<Waiting<'a>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(file: FileId, text: &'a str, base: usize, waiting: Option<Waiting<'a>>) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let lines = std::iter::once(0).chain(ends.map(|it| it + 1)).collect();
        let ascii = text.is_ascii();
        Self { file, text, base, lines, ascii, depth: Cell::new(0), broken: RefCell::default(), waiting }
    }

    pub(super) fn span(&self, span: proc_macro2::Span) -> Span {
        Span::new(self.file, self.base + self.byte(span.start()), self.base + self.byte(span.end()))
    }

    /// The byte of a position. `Span::byte_range` tells it too, but counts characters all through the span.
    fn byte(&self, at: LineColumn) -> usize {
        let start = self.lines.get(at.line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        if self.ascii {
            return start + at.column;
        }
        let rest = self.text.get(start..).unwrap_or_default();
        rest.char_indices().nth(at.column).map_or(self.text.len(), |(it, _)| start + it)
    }

    /// The body that opens with a brace, when it was left out of the text.
    pub(super) fn waiting(&self, brace: &DelimSpan) -> Option<Body> {
        self.waiting?.body(self.file, self.byte(brace.open().start()))
    }

    /// From the opening to the closing delimiter.
    pub(super) fn delimited(&self, span: &DelimSpan) -> Span {
        self.span(span.join())
    }

    /// Whether what stands between two delimiters may be parsed without the tree growing past the bound.
    pub(super) fn may_parse(&self, span: &DelimSpan) -> bool {
        let start = self.byte(span.open().end());
        let end = self.byte(span.close().start());
        self.text.get(start..end).is_some_and(|inner| guard::depth(inner) + self.depth.get() <= guard::LIMIT)
    }

    /// Runs `lower` one level deeper, so that `may_parse` knows what is left.
    pub(super) fn deeper<T>(&self, lower: impl FnOnce() -> T) -> T {
        self.depth.set(self.depth.get() + 1);
        let lowered = lower();
        self.depth.set(self.depth.get() - 1);
        lowered
    }

    pub(super) fn broken(&self, span: Span, message: impl Into<String>) {
        self.broken.borrow_mut().push(Broken { span, message: message.into() });
    }

    pub(super) fn into_broken(self) -> Vec<Broken> {
        self.broken.into_inner()
    }

    pub(super) fn ident(&self, ident: &proc_macro2::Ident) -> Ident {
        Ident { name: name(ident), span: self.span(ident.span()) }
    }
}

/// The name without `r#`.
pub(super) fn name(ident: &proc_macro2::Ident) -> Name {
    let text = ident.to_string();
    Name::from(text.strip_prefix("r#").unwrap_or(&text))
}

pub(super) fn expr_at(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}
