//! What every lowering function needs to know: where the text lies, and how deep the tree already is.

use std::cell::{Cell, RefCell};

use proc_macro2::extra::DelimSpan;

use super::guard;
use crate::ir::{Broken, Expr, ExprKind, FileId, Ident, Name, Span};

pub(super) struct Context<'a> {
    pub(super) file: FileId,
    text: &'a str,
    /// Where the text that was lexed begins in the file.
    base: usize,
    depth: Cell<usize>,
    broken: RefCell<Vec<Broken>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(file: FileId, text: &'a str, base: usize) -> Self {
        Self { file, text, base, depth: Cell::new(0), broken: RefCell::default() }
    }

    pub(super) fn span(&self, span: proc_macro2::Span) -> Span {
        let bytes = span.byte_range();
        Span::new(self.file, self.base + bytes.start, self.base + bytes.end)
    }

    /// From the opening to the closing delimiter.
    pub(super) fn delimited(&self, span: &DelimSpan) -> Span {
        self.span(span.join())
    }

    /// Whether what stands between two delimiters may be parsed without the tree growing past the bound.
    pub(super) fn may_parse(&self, span: &DelimSpan) -> bool {
        let start = span.open().byte_range().end;
        let end = span.close().byte_range().start;
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
