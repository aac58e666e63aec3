//! The words of a comment that speaks to this tool.

use std::ops::Range;

use crate::source::{Comment, FileId, Span};

const MARK: &str = "sessionlint:";

/// `ignore[rule, rule] reason`, or what was meant to be one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Directive {
    /// The whole comment.
    pub(super) comment: Span,
    /// Nothing but the comment stands on its line.
    pub(super) own_line: bool,
    /// From the mark to the closing bracket.
    pub(super) span: Span,
    pub(super) scope: Scope,
    /// Ids as written, with their places.
    pub(super) rules: Vec<(String, Span)>,
    pub(super) reason: Option<String>,
}

/// How far it reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    Statement,
    File,
    /// Says something else, and what.
    Unknown(String),
}

/// Reads a comment, given with its marker; `None` when it does not speak to us.
pub(super) fn read(comment: &Comment, text: &str) -> Option<Directive> {
    let mark = text.match_indices(MARK).map(|(at, _)| at).find(|at| begins_a_word(&text[..*at]))?;
    let file = comment.span.file;
    let span = |range: Range<usize>| shifted(file, comment.span.start, range);
    let rest = &text[mark + MARK.len()..];
    let word_at = mark + MARK.len() + (rest.len() - rest.trim_start().len());
    let word_end = text[word_at..]
        .find(|it: char| !(it.is_ascii_alphanumeric() || it == '-'))
        .map_or(text.len(), |it| word_at + it);
    let scope = match &text[word_at..word_end] {
        "ignore" => Scope::Statement,
        "file-ignore" => Scope::File,
        other => Scope::Unknown(other.to_owned()),
    };
    let directive = Directive {
        comment: comment.span,
        own_line: comment.own_line,
        span: span(mark..word_end),
        scope,
        rules: Vec::new(),
        reason: None,
    };
    let Some(list) = text[word_end..].strip_prefix('[') else { return Some(directive) };
    let open = word_end + 1;
    let close = list.find(']').map_or(text.len(), |it| open + it);
    let after = text.get(close + 1..).unwrap_or("").trim_end_matches("*/");
    let reason = after.trim().trim_start_matches([':', '-', '–', '—']).trim();
    Some(Directive {
        span: span(mark..(close + 1).min(text.len())),
        rules: names(&text[open..close])
            .map(|(name, at)| (name.to_owned(), span(open + at..open + at + name.len())))
            .collect(),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        ..directive
    })
}

fn begins_a_word(before: &str) -> bool {
    before.chars().next_back().is_none_or(|it| it.is_whitespace() || matches!(it, '#' | '/' | '*' | '!'))
}

/// The names of a list with their offsets.
fn names(list: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    list.split(',').filter_map(move |part| {
        let start = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        Some((part.trim(), start)).filter(|(name, _)| !name.is_empty())
    })
}

fn shifted(file: FileId, by: u32, range: Range<usize>) -> Span {
    Span::new(file, by as usize + range.start, by as usize + range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Option<Directive> {
        let span = Span::new(FileId(0), 100, 100 + text.len());
        read(&Comment { span, text: text.to_owned(), own_line: true }, text)
    }

    #[test]
    fn rules_places_and_reason() {
        let it = read_text("// sessionlint: ignore[rule-a,  rule-b] - dev only */").unwrap();
        assert_eq!(it.scope, Scope::Statement);
        let rules: Vec<_> = it.rules.iter().map(|(name, span)| (name.as_str(), span.start - 100)).collect();
        assert_eq!(rules, [("rule-a", 23), ("rule-b", 32)]);
        assert_eq!(it.reason.as_deref(), Some("dev only"));
        assert_eq!((it.span.start, it.span.end), (103, 139));
    }

    #[test]
    fn a_file_and_things_that_are_wrong() {
        assert_eq!(read_text("#sessionlint:file-ignore[a]").unwrap().scope, Scope::File);
        assert!(read_text("# sessionlint: ignore").unwrap().rules.is_empty());
        assert!(read_text("# sessionlint: ignore[]").unwrap().rules.is_empty());
        assert_eq!(read_text("# sessionlint: ingore[a]").unwrap().scope, Scope::Unknown("ingore".into()));
        assert_eq!(read_text("# sessionlint: ignore[a").unwrap().rules.len(), 1);
        assert_eq!(read_text("# noqa: E501 sessionlint: ignore[a]").unwrap().rules.len(), 1);
    }

    #[test]
    fn talk_about_it_is_none() {
        assert_eq!(read_text("/// write `sessionlint: ignore[a]` here"), None);
        assert_eq!(read_text("# see sessionlint's page"), None);
    }
}
