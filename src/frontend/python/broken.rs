//! What could not be read, told once a place and not once an error.

use std::borrow::Cow;

use ruff_python_parser::ParseError;

use crate::ir::Broken;
use crate::source::{FileId, SourceText, Span};

/// Places told of one file; the last one counts what follows.
const MOST_REGIONS: usize = 10;

/// Text in which merge conflicts were made readable.
pub(super) struct Conflicts<'a> {
    /// As long as the original, with the marker lines blanked: both sides are read, one after the other.
    pub(super) text: Cow<'a, str>,
    pub(super) broken: Vec<Broken>,
}

pub(super) fn merge_conflicts(file: FileId, text: &str) -> Conflicts<'_> {
    let mut conflicts = Conflicts { text: Cow::Borrowed(text), broken: Vec::new() };
    if !text.starts_with("<<<<<<< ") && !text.contains("\n<<<<<<< ") {
        return conflicts;
    }
    let mut blanked = String::with_capacity(text.len());
    let mut opened = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let marker = match opened {
            None => content.starts_with("<<<<<<< "),
            Some(_) => {
                content == "=======" || content.starts_with("||||||| ") || content.starts_with(">>>>>>> ")
            }
        };
        if marker {
            blanked.extend(std::iter::repeat_n(' ', content.len()));
            blanked.push_str(&line[content.len()..]);
        } else {
            blanked.push_str(line);
        }
        if marker && opened.is_none() {
            opened = Some(at);
        } else if marker && content.starts_with('>') {
            let start = opened.take().unwrap_or(at);
            let message = "unresolved merge conflict, both sides are read".to_owned();
            conflicts.broken.push(Broken { span: Span::new(file, start, at + content.len()), message });
        }
        at += line.len();
    }
    if !conflicts.broken.is_empty() {
        conflicts.text = Cow::Owned(blanked);
    }
    conflicts
}

/// Says so when the errors come from template text: such a file makes no sense as a program, not even in part.
pub(super) fn template(source: &SourceText, file: FileId, errors: &[ParseError]) -> Option<Broken> {
    errors.iter().find_map(|error| {
        let span = line(source, file, error);
        let text = source.slice(span);
        let marked = [("{%", "%}"), ("{{", "}}"), ("{#", "#}")]
            .iter()
            .any(|(open, close)| text.split_once(open).is_some_and(|(_, rest)| rest.contains(close)));
        marked.then(|| Broken { span, message: "template text, not a python program".to_owned() })
    })
}

/// The errors, those of neighbouring lines taken together.
pub(super) fn regions(source: &SourceText, file: FileId, errors: &[ParseError]) -> Vec<Broken> {
    let mut places: Vec<(Span, &ParseError)> = Vec::new();
    for error in errors {
        let span = line(source, file, error);
        match places.last_mut() {
            Some((last, _)) if span.start <= last.end.saturating_add(2) => *last = last.to(span),
            _ => places.push((span, error)),
        }
    }

    let mut told_python_2 = false;
    let mut regions = Vec::new();
    for (span, error) in places {
        let is_python_2 = is_python_2(source.slice(span));
        if is_python_2 && told_python_2 {
            continue;
        }
        told_python_2 |= is_python_2;
        let message = if is_python_2 { "python 2 syntax".to_owned() } else { message(error) };
        regions.push(Broken { span, message });
    }

    let more = regions.len().saturating_sub(MOST_REGIONS);
    regions.truncate(MOST_REGIONS);
    if let Some(last) = regions.last_mut().filter(|_| more > 0) {
        last.message = format!("{}, and {more} more places", last.message);
    }
    regions
}

/// The line an error stands on, without its indentation and end.
fn line(source: &SourceText, file: FileId, error: &ParseError) -> Span {
    let at = error.location.start().to_u32();
    let starts = source.line_starts();
    let after = starts.partition_point(|start| *start <= at).max(1);
    let start = starts.get(after - 1).map_or(0, |start| *start as usize);
    let end = starts.get(after).map_or(source.text.len(), |start| *start as usize);
    let text = source.text.get(start..end).unwrap_or_default();
    let indent = text.len() - text.trim_start().len();
    let length = text.trim_end().len().max(indent);
    Span::new(file, start + indent, start + length)
}

fn is_python_2(text: &str) -> bool {
    ["print ", "exec "].iter().any(|word| text.starts_with(word)) || text.contains("<>")
}

fn message(error: &ParseError) -> String {
    let text = error.error.to_string();
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
