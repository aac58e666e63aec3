//! A file that does not parse: what can be read of it.
//!
//! The text is cut into top-level items by brackets alone, and each piece is parsed for itself. A piece that fails is
//! cut again where a line begins with an item, which is where hand-written code has them; of an `impl`, `trait` or `mod`
//! only the members are lost that fail.

use std::ops::Range;

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

const OURS: &str = "<<<<<<< ";
const END: &str = ">>>>>>> ";
/// Lines of a merge conflict.
const MARKERS: &[&str] = &[OURS, "||||||| ", "=======", END];

/// Items that end at a `;` and not at a `}`.
const UNTIL_SEMICOLON: &[&str] = &["const", "static", "use", "type", "let"];

pub(super) fn items(file: FileId, text: &str) -> (Vec<Item>, Vec<Broken>) {
    let mut read = Read { file, items: Vec::new(), broken: Vec::new(), failing: false };
    let resolved = resolve_conflicts(text).map(|(resolved, first)| {
        let message = "an unresolved merge conflict".to_owned();
        read.broken.push(Broken { span: point(file, text, 0, first), message });
        resolved
    });
    let text = resolved.as_deref().unwrap_or(text);
    for range in cut(text) {
        let Err(failed) = read.piece(text, range.clone()) else { continue };
        let parts = at_line_starts(text, range.clone());
        if parts.len() < 2 {
            read.members(text, range, failed);
            continue;
        }
        for part in parts {
            if let Err(failed) = read.piece(text, part.clone()) {
                read.members(text, part, failed);
            }
        }
    }
    read.broken.sort_by_key(|broken| broken.span);
    (read.items, read.broken)
}

/// What has been read of a file so far.
struct Read {
    file: FileId,
    items: Vec<Item>,
    broken: Vec<Broken>,
    /// The piece before could not be read; another failure right after it is the same one.
    failing: bool,
}

impl Read {
    fn piece(&mut self, text: &str, range: Range<usize>) -> Result<(), Broken> {
        let (items, broken) = parse(self.file, &text[range.clone()], range.start, None)?;
        self.failing &= items.is_empty();
        self.items.extend(items);
        self.broken.extend(broken);
        Ok(())
    }

    fn fail(&mut self, failed: Broken) {
        if !self.failing {
            self.broken.push(failed);
        }
        self.failing = true;
    }

    /// Reads an `impl`, `trait` or `mod` without those members that do not parse.
    fn members(&mut self, text: &str, range: Range<usize>, failed: Broken) {
        let Some(body) = member_body(&text[range.clone()]) else { return self.fail(failed) };
        let start = range.start;
        let mut piece = text[range].to_owned();
        let mut failures = Vec::new();
        for member in cut(&text[start + body.start..start + body.end]) {
            let member = body.start + member.start..body.start + member.end;
            if let Err(failed) =
                parse(self.file, &text[start + member.start..start + member.end], start + member.start, None)
            {
                failures.push(failed);
                piece.replace_range(member.clone(), &blank(&piece[member]));
            }
        }
        match parse(self.file, &piece, start, None) {
            Ok((items, broken)) if !failures.is_empty() => {
                self.failing = false;
                self.items.extend(items);
                self.broken.extend(broken);
                self.broken.extend(failures);
            }
            _ => self.fail(failed),
        }
    }
}

/// What stands between the braces of an `impl`, `trait` or `mod`.
fn member_body(piece: &str) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    let mut holds_members = false;
    let mut begin = None;
    for (at, token) in tokens(piece) {
        match token {
            Token::Word("impl" | "trait" | "mod") if depth == 0 => holds_members = true,
            Token::Word("fn") if depth == 0 => return None,
            Token::Open => {
                if depth == 0 && holds_members && piece.as_bytes().get(at) == Some(&b'{') {
                    begin = begin.or(Some(at + 1));
                }
                depth += 1;
            }
            Token::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some(begin) = begin
                {
                    return Some(begin..at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Blanks of the same length in bytes, lines kept.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

/// The text cut into top-level items by brackets. Covers the whole text.
fn cut(text: &str) -> Vec<Range<usize>> {
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
fn at_line_starts(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
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

/// The text with our side of each merge conflict and blanks for the rest, and where the first conflict begins.
fn resolve_conflicts(text: &str) -> Option<(String, usize)> {
    let mut resolved = String::with_capacity(text.len());
    let mut first = None;
    let mut hidden = false;
    for line in text.split_inclusive('\n') {
        let marker = MARKERS.iter().find(|mark| line.starts_with(**mark)).copied();
        match marker {
            Some(OURS) => first = first.or(Some(resolved.len())),
            Some(END) => hidden = false,
            Some(_) if first.is_some() => hidden = true,
            _ => {}
        }
        if hidden || marker.is_some() {
            resolved.push_str(&blank(line));
        } else {
            resolved.push_str(line);
        }
    }
    first.map(|first| (resolved, first))
}
