//! Lines of code with the marked part of each, secrets hidden.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::Report;
use crate::finding::Finding;
use crate::report::frame::{CONTEXT, Mark, line_end, mark, window};
use crate::report::human::labels;
use crate::report::redact::{HIDDEN, Secrets};
use crate::report::words::clean;
use crate::source::{FileId, SourceText};

#[derive(Serialize)]
pub(super) struct Excerpt {
    path: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    number: usize,
    parts: Vec<Part>,
    /// What is to be said about the marked parts.
    notes: Vec<String>,
    /// Lines are left out before this one.
    gap: bool,
}

#[derive(Serialize)]
struct Part {
    text: String,
    marked: bool,
}

/// One excerpt a file; the finding's own file comes first.
pub(super) fn excerpts(report: &Report, secrets: &Secrets, finding: &Finding) -> Vec<Excerpt> {
    let mut files: Vec<(FileId, Vec<(Mark, String)>)> = Vec::new();
    for (span, text) in labels(finding) {
        let Some(source) = report.source(span.file) else { continue };
        let mark = mark(source, &(span.start as usize..span.end as usize));
        match files.iter_mut().find(|(file, _)| *file == span.file) {
            Some((_, marks)) => marks.push((mark, text)),
            None => files.push((span.file, vec![(mark, text)])),
        }
    }
    let one = |(file, marks): (FileId, Vec<(Mark, String)>)| {
        let source = report.source(file)?;
        Some(Excerpt { path: clean(&source.path).into_owned(), lines: lines(source, file, secrets, &marks) })
    };
    files.into_iter().filter_map(one).collect()
}

fn lines(source: &SourceText, file: FileId, secrets: &Secrets, marks: &[(Mark, String)]) -> Vec<Line> {
    let last = source.line_starts().len() - 1;
    let mut shown: BTreeMap<usize, Vec<&(Mark, String)>> = BTreeMap::new();
    for it in marks {
        for line in it.0.line.saturating_sub(CONTEXT)..=(it.0.line + CONTEXT).min(last) {
            let marks = shown.entry(line).or_default();
            if line == it.0.line {
                marks.push(it);
            }
        }
    }
    let mut before = None;
    let mut lines = Vec::new();
    for (index, marks) in shown {
        let here: Vec<&Mark> = marks.iter().map(|it| &it.0).collect();
        lines.push(Line {
            number: index + 1,
            parts: parts(source, file, secrets, index, &here),
            notes: marks.iter().map(|it| clean(&it.1).into_owned()).filter(|it| !it.is_empty()).collect(),
            gap: before.is_some_and(|it| it + 1 < index),
        });
        before = Some(index);
    }
    lines
}

fn parts(source: &SourceText, file: FileId, secrets: &Secrets, index: usize, marks: &[&Mark]) -> Vec<Part> {
    let whole = source.line_starts()[index]..line_end(source, index);
    let text = &source.text[whole.start as usize..whole.end as usize];
    let hidden = secrets.in_line(file, source, whole.start, text);
    let window = window(&whole, marks);
    let mut parts: Vec<Part> = Vec::new();
    let mut push = |text: &str, marked: bool| match parts.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => parts.push(Part { text: text.to_owned(), marked }),
    };
    if window.start > whole.start {
        push("…", false);
    }
    let mut hiding = false;
    for (at, letter) in text.char_indices() {
        let at = whole.start + u32::try_from(at).unwrap_or(u32::MAX);
        if !window.contains(&at) {
            continue;
        }
        let marked = marks.iter().any(|it| it.range.contains(&at));
        let hide = hidden.iter().any(|it| it.contains(&at));
        let mut buffer = [0; 4];
        match letter {
            _ if hide && hiding => {}
            _ if hide => push(HIDDEN, marked),
            '\t' => push("    ", marked),
            _ if letter.is_control() => push("\u{fffd}", marked),
            _ => push(letter.encode_utf8(&mut buffer), marked),
        }
        hiding = hide;
    }
    if window.end < whole.end {
        push("…", false);
    }
    parts
}
