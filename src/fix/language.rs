//! How values and lines are written in each kind of file.

use crate::rule::To;
use crate::workspace::FileKind;

/// A value as text of a file of this kind. `old` is what stood there: quotes and capitals follow it.
pub(super) fn spell(kind: FileKind, to: &To, old: &str) -> Option<String> {
    let word = match to {
        To::Switch(on) => {
            return Some(match (kind, on) {
                (FileKind::Python, true) => "True".into(),
                (FileKind::Python, false) => "False".into(),
                (_, on) => on.to_string(),
            });
        }
        To::Number(number) | To::Seconds(number) => return Some(number.to_string()),
        To::Text(word) => capital_like(old, word),
        To::SameAs(_) => return None,
    };
    if word.chars().any(|it| it.is_control() || matches!(it, '"' | '\'' | '\\')) {
        return None;
    }
    Some(match kind {
        FileKind::Env | FileKind::Ini | FileKind::Yaml if !old.starts_with(['"', '\'']) => word,
        FileKind::Python | FileKind::Yaml | FileKind::Toml if old.starts_with('\'') => format!("'{word}'"),
        _ => format!("\"{word}\""),
    })
}

/// `lax` where `None` stood becomes `Lax`.
fn capital_like(old: &str, word: &str) -> String {
    let first = old.trim_start_matches(['"', '\'']).chars().next();
    let mut letters = word.chars();
    match (first.is_some_and(char::is_uppercase), letters.next()) {
        (true, Some(letter)) => letter.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

/// The white space that the line around a byte begins with.
pub(super) fn indent(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1)
}

/// Where the line around a byte ends, its line break not included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text.get(at..).and_then(|it| it.find('\n')).map_or(text.len(), |it| at + it);
    if text.get(..end).is_some_and(|it| it.ends_with('\r')) { end - 1 } else { end }
}

/// Nothing but white space stands before a byte in its line.
pub(super) fn begins_line(text: &str, at: usize) -> bool {
    text.get(line_start(text, at)..at).is_some_and(|it| it.trim().is_empty())
}

/// Whether a Python module writes most of its strings between single quotes.
pub(super) fn prefers_single_quotes(text: &str) -> bool {
    let number = |quote: &str| text.matches(quote).count() - 3 * text.matches(&quote.repeat(3)).count();
    number("'") > number("\"")
}

/// The line break that a text uses.
pub(super) fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_what_stood_there() {
        let lax = To::Text("lax".into());
        assert_eq!(spell(FileKind::Python, &To::Switch(true), "False").as_deref(), Some("True"));
        assert_eq!(spell(FileKind::Python, &lax, "'None'").as_deref(), Some("'Lax'"));
        assert_eq!(spell(FileKind::Toml, &lax, "\"none\"").as_deref(), Some("\"lax\""));
        assert_eq!(spell(FileKind::Env, &lax, "None").as_deref(), Some("Lax"));
        assert_eq!(spell(FileKind::Rust, &To::Text("a\"b".into()), ""), None);
    }

    #[test]
    fn lines() {
        let text = "a\r\n  b = c\r\n";
        assert_eq!((indent(text, 7), line_start(text, 7), line_end(text, 7)), ("  ", 3, 10));
        assert!(begins_line(text, 5) && !begins_line(text, 7));
    }

    #[test]
    fn quotes() {
        assert!(prefers_single_quotes("\"\"\"Settings.\"\"\"\nA = 'a'\n"));
        assert!(!prefers_single_quotes("A = \"a\"\nB = \"it's\"\n"));
    }
}
