//! Imports of Python modules that nothing uses any more once fixes took out what did.

use super::language::{line_end, line_start};
use crate::finding::Edit;
use crate::ir::{Import, Item, ItemKind, StmtKind, Unit};
use crate::source::Span;

/// Takes the imports out of a mended module whose names its old text used and the new one does not. A name that occurs
/// anywhere, be it in a comment, counts as used, and a statement with a comment of its own stays.
pub(super) fn edits(old: &str, unit: &Unit, new: &str) -> Vec<Edit> {
    let mut all = Vec::new();
    for (statement, imports) in statements(unit) {
        let lines = line_start(new, statement.start as usize)..line_end(new, statement.end as usize);
        let Some(text) = new.get(lines.clone()).filter(|it| !it.contains(['#', ';'])) else { continue };
        let orphan = |it: &&Import| is_orphan(it, old, new);
        let gone: Vec<&Import> = imports.iter().copied().filter(orphan).collect();
        if gone.is_empty() {
            continue;
        }
        if gone.len() == imports.len() {
            // an import with white space in front stands inside of something
            if !text.starts_with([' ', '\t']) {
                let end = after(new, lines.end, lines.start == 0);
                all.push(Edit { span: Span::new(unit.file, lines.start, end), text: String::new() });
            }
            continue;
        }
        for (at, it) in imports.iter().enumerate().filter(|(_, it)| orphan(it)) {
            let next = imports.get(at + 1).map(|it| it.span.start);
            // the last ones go with the comma before them
            let span = match (next, imports[..at].iter().rev().find(|it| !orphan(it))) {
                (Some(next), _) => Span { end: next, ..it.span },
                (None, Some(before)) => Span { start: before.span.end, ..it.span },
                (None, None) => continue,
            };
            all.retain(|other: &Edit| !span.contains(other.span));
            all.push(Edit { span, text: String::new() });
        }
    }
    all
}

/// The import statements of a module that stand at its outermost level, each with what it imports.
fn statements(unit: &Unit) -> Vec<(Span, Vec<&Import>)> {
    let mut all: Vec<(Span, Vec<&Import>)> = Vec::new();
    for stmt in &unit.body.stmts {
        let StmtKind::Item(Item { kind: ItemKind::Import(import), .. }) = &stmt.kind else { continue };
        match all.last_mut() {
            Some((span, imports)) if *span == stmt.span => imports.push(import),
            _ => all.push((stmt.span, vec![import])),
        }
    }
    all
}

fn is_orphan(import: &Import, old: &str, new: &str) -> bool {
    let Some(name) = &import.alias else { return false };
    let own = new.get(import.span.start as usize..import.span.end as usize).unwrap_or("");
    let own = words(own, name);
    own > 0 && words(new, name) == own && words(old, name) > own
}

/// How often a name stands in a text as a word of its own.
fn words(text: &str, name: &str) -> usize {
    let in_word = |it: char| it.is_alphanumeric() || it == '_';
    let alone = |at: usize| !text[..at].ends_with(in_word) && !text[at + name.len()..].starts_with(in_word);
    text.match_indices(name).filter(|(at, _)| alone(*at)).count()
}

/// Behind the line break at a byte, and behind the empty lines that follow when nothing stands before.
fn after(text: &str, at: usize, is_first: bool) -> usize {
    let rest = &text[at..];
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let one = rest.find('\n').map_or(rest.len(), |it| it + 1);
    at + if is_first { blank } else { one.min(blank) }
}
