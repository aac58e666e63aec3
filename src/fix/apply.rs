//! Edits put into texts.

use std::collections::BTreeMap;

use crate::finding::Edit;
use crate::source::{FileId, SourceText, Span};

/// The text of a file, as it is to be written to disk, with these edits made. Edits that overlap or lie outside of the
/// text are left out.
#[must_use]
pub fn apply(source: &SourceText, edits: &[Edit]) -> String {
    let mut text = String::with_capacity(source.text.len() + 64);
    if source.offset > 0 {
        text.push('\u{feff}');
    }
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|it| (it.span.start, it.span.end));
    let mut at = 0;
    for edit in sorted {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        let Some(before) = source.text.get(at..start).filter(|_| source.text.get(start..end).is_some())
        else {
            continue;
        };
        text.push_str(before);
        text.push_str(&edit.text);
        at = end;
    }
    text.push_str(source.text.get(at..).unwrap_or(""));
    text
}

/// Edits of several fixes by file.
#[derive(Default)]
pub(super) struct Batch(BTreeMap<FileId, Vec<Edit>>);

impl Batch {
    /// Takes the edits of a fix, unless one of them touches what another fix changes.
    pub(super) fn take(&mut self, edits: &[Edit]) -> bool {
        let known = |edit: &Edit| self.0.get(&edit.span.file).into_iter().flatten();
        let free = edits.iter().all(|edit| known(edit).all(|it| it == edit || !touch(it.span, edit.span)));
        if free {
            for edit in edits {
                let all = self.0.entry(edit.span.file).or_default();
                if !all.contains(edit) {
                    all.push(edit.clone());
                }
            }
        }
        free
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (FileId, &[Edit])> {
        self.0.iter().map(|(file, edits)| (*file, edits.as_slice()))
    }
}

/// Two insertions at one place come one after the other; anything else that shares a byte or an end does not go together.
fn touch(a: Span, b: Span) -> bool {
    let insertions = a.start == a.end && b.start == b.end;
    if insertions { false } else { a.start <= b.end && b.start <= a.end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(FileId(0), start, end), text: text.into() }
    }

    #[test]
    fn edits_are_made_in_order_and_nonsense_is_left_out() {
        let source = SourceText::new("a", "\u{feff}aü = 1\n");
        let edits = [edit(6, 7, "2"), edit(0, 0, "x"), edit(2, 3, "?"), edit(90, 91, "!"), edit(6, 6, "-")];
        assert_eq!(apply(&source, &edits), "\u{feff}xaü = -2\n");
    }

    #[test]
    fn what_touches_does_not_go_together() {
        let mut batch = Batch::default();
        assert!(batch.take(&[edit(4, 4, "a")]));
        assert!(batch.take(&[edit(4, 4, "b")]));
        assert!(!batch.take(&[edit(2, 4, "c"), edit(9, 9, "d")]));
        assert!(batch.take(&[edit(5, 6, "e")]));
        assert!(batch.take(&[edit(5, 6, "e")]), "the same edit twice is one");
        assert_eq!(batch.files().map(|(_, it)| it.len()).sum::<usize>(), 3);
    }
}
