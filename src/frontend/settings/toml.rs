//! TOML. A broken file gives what stands around the faults.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::{DEPTH, broken, empty, too_deep};
use crate::ir::data::{Document, Node, NodeKind};
use crate::ir::{Broken, Ident};
use crate::source::{FileId, Span};

pub(super) fn parse(file: FileId, text: &str) -> Document {
    let mut document = empty(file);
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut lower = Lower { file, broken: Vec::new() };
    let whole = table.span();
    document.root = lower.table(table.get_ref(), whole, 0);
    document.broken = lower.broken;
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        document.broken.push(broken(Span::new(file, span.start, span.end), error.message()));
    }
    document.broken.sort_by_key(|it| (it.span.start, it.span.end));
    document
}

struct Lower {
    file: FileId,
    broken: Vec<Broken>,
}

impl Lower {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn table(&mut self, table: &DeTable, range: Range<usize>, depth: usize) -> Node {
        let mut entries: Vec<_> = table.iter().collect();
        // the parser sorts by name
        entries.sort_by_key(|(key, value)| (key.span().start, value.span().start));
        let lower = |(key, value): (&Spanned<_>, &Spanned<DeValue>)| {
            let name: &std::borrow::Cow<str> = key.get_ref();
            let ident = Ident { name: name.as_ref().into(), span: self.span(&key.span()) };
            (ident, self.value(value, depth + 1))
        };
        let entries = entries.into_iter().map(lower).collect();
        Node { kind: NodeKind::Map(entries), span: self.span(&range) }
    }

    fn value(&mut self, value: &Spanned<DeValue>, depth: usize) -> Node {
        let span = self.span(&value.span());
        if depth > DEPTH {
            self.broken.push(too_deep(span));
            return Node { kind: NodeKind::Null, span };
        }
        let kind = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, value.span(), depth),
            DeValue::Array(list) => NodeKind::List(list.iter().map(|it| self.value(it, depth + 1)).collect()),
            DeValue::String(text) => NodeKind::Text(text.as_ref().into()),
            DeValue::Integer(number) => integer(number),
            DeValue::Float(number) => number.as_str().parse().map_or(NodeKind::Null, NodeKind::Float),
            DeValue::Boolean(it) => NodeKind::Bool(*it),
            DeValue::Datetime(it) => NodeKind::Text(it.to_string().into()),
        };
        Node { kind, span }
    }
}

/// A number that does not fit is kept as it was written.
fn integer(number: &DeInteger) -> NodeKind {
    i64::from_str_radix(number.as_str(), number.radix())
        .map_or_else(|_| NodeKind::Text(number.as_str().into()), NodeKind::Int)
}
