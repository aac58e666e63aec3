//! A file that does not parse: what can be read of it.
//!
//! The text is cut into top-level items by brackets alone, and each piece is parsed for itself. A piece that fails is
//! cut again where a line begins with an item, which is where hand-written code has them.

use super::scan::{Token, tokens};
use super::{parse, point};
use crate::ir::{Broken, FileId, Item};

/// Words that begin an item at the start of a line.
const STARTS: &[&str] = &[
    "#[",
    "async ",
    "const ",
    "enum ",
    "extern ",
    "fn ",
    "impl ",
    "impl<",
    "macro_rules!",
    "mod ",
    "pub ",
    "pub(",
    "static ",
    "struct ",
    "trait ",
    "type ",
    "unsafe ",
    "use ",
];

/// Items that end at a `;` and not at a `}`.
const UNTIL_SEMICOLON: &[&str] = &["const", "static", "use", "type", "let"];

pub(super) fn items(file: FileId, text: &str) -> (Vec<Item>, Vec<Broken>) {
    let mut items = Vec::new();
    let mut broken: Vec<Broken> = Vec::new();
    let text = match resolve_conflicts(text) {
        Some((resolved, markers)) => {
            broken.extend(markers.into_iter().map(|at| Broken {
                span: point(file, text, 0, at),
                message: "an unresolved merge conflict".to_owned(),
            }));
            resolved
        }
        None => text.to_owned(),
    };
    let mut take = |range: std::ops::Range<usize>| match parse(file, &text[range.clone()], range.start) {
        Ok((found, more)) => {
            items.extend(found);
            broken.extend(more);
            None
        }
        Err(failed) => Some(failed),
    };
    let mut failures = Vec::new();
    for range in cut(&text) {
        let Some(failed) = take(range.clone()) else { continue };
        let parts = at_line_starts(&text, range);
        if parts.len() < 2 {
            failures.push(failed);
            continue;
        }
        failures.extend(parts.into_iter().filter_map(&mut take));
    }
    broken.extend(failures);
    broken.sort_by_key(|broken| broken.span);
    (items, broken)
}

/// The text cut into top-level items by brackets. Covers the whole text.
fn cut(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut until_semicolon = false;
    let mut fresh = true;
    let mut attribute = false;
    let end_at = |start: &mut usize, end: usize, pieces: &mut Vec<_>| {
        pieces.push(*start..end);
        *start = end;
    };
    for (at, token) in tokens(text) {
        match token {
            Token::Open => depth += 1,
            Token::Close => {
                depth = depth.saturating_sub(1);
                let brace = text.as_bytes().get(at) == Some(&b'}');
                if depth == 0 && brace && !until_semicolon {
                    end_at(&mut start, at + 1, &mut pieces);
                    fresh = true;
                }
                attribute &= depth > 0;
            }
            Token::Punct(b';') if depth == 0 => {
                end_at(&mut start, at + 1, &mut pieces);
                fresh = true;
                until_semicolon = false;
            }
            Token::Punct(b'#') if depth == 0 => attribute = true,
            Token::Word("fn") if depth == 0 => until_semicolon = false,
            Token::Word(word) if depth == 0 && fresh && !attribute && word != "pub" => {
                until_semicolon = UNTIL_SEMICOLON.contains(&word);
                fresh = false;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        pieces.push(start..text.len());
    }
    pieces
}

/// A piece cut again before each line that begins with an item; attribute lines stay with what follows them.
fn at_line_starts(text: &str, range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let mut starts = vec![range.start];
    let mut after_attribute = false;
    let mut at = range.start;
    for line in text[range.clone()].split_inclusive('\n') {
        let begins = STARTS.iter().any(|start| line.starts_with(start));
        if begins && !after_attribute && at > range.start {
            starts.push(at);
        }
        after_attribute = line.starts_with("#[") || (after_attribute && !begins);
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([range.end]);
    let pieces = starts.iter().zip(ends).map(|(start, end)| *start..end);
    pieces.filter(|piece| !text[piece.clone()].trim().is_empty()).collect()
}

/// The text with our side of each merge conflict and blanks for the rest, and where the conflicts begin.
fn resolve_conflicts(text: &str) -> Option<(String, Vec<usize>)> {
    let mut resolved = String::with_capacity(text.len());
    let mut begins = Vec::new();
    let mut hidden = false;
    for line in text.split_inclusive('\n') {
        let marker =
            ["<<<<<<< ", "||||||| ", "=======", ">>>>>>> "].into_iter().find(|mark| line.starts_with(mark));
        match marker {
            Some("<<<<<<< ") => begins.push(resolved.len()),
            Some(">>>>>>> ") => hidden = false,
            Some(_) if !begins.is_empty() => hidden = true,
            _ => {}
        }
        if hidden || marker.is_some() {
            resolved.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            resolved.push_str(line);
        }
    }
    (!begins.is_empty()).then_some((resolved, begins))
}
