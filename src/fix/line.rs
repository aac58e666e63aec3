//! `Set-Cookie` lines that are written as text.

use std::ops::Range;

use super::{Desk, Draft, word};
use crate::facts::code::line::ATTRIBUTES;
use crate::facts::{Fact, Origin, Scalar, Value};
use crate::finding::Edit;
use crate::rule::To;
use crate::source::Span;

const SAME_SITE: [&str; 3] = ["Strict", "Lax", "None"];

/// More letters than that are another word.
const TYPOS: usize = 2;

/// An attribute that a line lacks, put behind its last one: in the last of its pieces, or in an earlier one.
pub(super) fn add(desk: &Desk<'_>, fact: &Fact, attribute: &str, to: &To) -> Vec<Draft> {
    let raw = word(fact, "setter").as_deref() == Some("raw-header");
    let Some(found) = fact.attribute(attribute).filter(|it| raw && it.value == Value::Unset) else {
        return Vec::new();
    };
    let Origin::Written(span) = found.origin else { return Vec::new() };
    let Some(new) = said(attribute, to) else { return Vec::new() };
    let text = desk.text(span.file);
    let Some(piece) = text.get(span.start as usize..span.end as usize) else { return Vec::new() };
    let draft = |it: Range<usize>| {
        let old = &piece[it.clone()];
        let joint = match old.trim_end() {
            trimmed if !trimmed.ends_with(';') => "; ",
            trimmed if trimmed.len() == old.len() => " ",
            _ => "",
        };
        let at = span.start + u32::try_from(it.end).ok()?;
        let edit = Edit { span: Span { start: at, end: at, ..span }, text: format!("{joint}{new}") };
        Some(Draft::new(format!("add `{new}`"), vec![edit]))
    };
    strings(piece)
        .into_iter()
        .rev()
        .filter(|it| piece[it.clone()].contains(['=', ';']))
        .filter_map(draft)
        .collect()
}

/// Whether what stands at a place is a piece of a line, with more in it than the attribute's value.
pub(super) fn is_part(desk: &Desk<'_>, fact: &Fact, value: &Value, place: Span) -> bool {
    let raw = word(fact, "setter").as_deref() == Some("raw-header");
    let text = desk.text(place.file).get(place.start as usize..place.end as usize).unwrap_or_default();
    let Value::Known(Scalar::Text(value)) = value else { return false };
    let is_value = |it: Range<usize>| text[it].trim().eq_ignore_ascii_case(value);
    raw && !strings(text).into_iter().any(is_value)
}

fn said(attribute: &str, to: &To) -> Option<String> {
    Some(match (attribute, to) {
        ("secure", To::Switch(true)) => "Secure".into(),
        ("http_only", To::Switch(true)) => "HttpOnly".into(),
        ("same_site", To::Text(word)) => {
            let known = SAME_SITE.into_iter().find(|it| it.eq_ignore_ascii_case(word))?;
            format!("SameSite={known}")
        }
        ("path", To::Text(path)) if plain(path) => format!("Path={path}"),
        ("domain", To::Text(domain)) if plain(domain) => format!("Domain={domain}"),
        _ => return None,
    })
}

fn plain(text: &str) -> bool {
    text.chars().all(|it| it.is_ascii_alphanumeric() || "/-_.".contains(it))
}

/// Misspelt words of a line, or of an argument, in their right spelling.
pub(super) fn correct(desk: &Desk<'_>, faults: &Value, place: Span) -> Vec<Draft> {
    let Value::Known(Scalar::List(faults)) = faults else { return Vec::new() };
    let text = desk.text(place.file);
    let Some(piece) = text.get(place.start as usize..place.end as usize) else { return Vec::new() };
    let one = |fault: &Value| {
        let Value::Known(Scalar::Text(fault)) = fault else { return None };
        let (old, new) = match fault.split_once('=') {
            Some(("SameSite", value)) => (value, nearest(value, &SAME_SITE).unwrap_or("Lax")),
            Some(_) => return None,
            None => (fault.as_str(), nearest(fault, &ATTRIBUTES)?),
        };
        let at = only_place(piece, old)?;
        let start = place.start + u32::try_from(at).ok()?;
        let span = Span { start, end: start + u32::try_from(old.len()).ok()?, ..place };
        Some(Draft::new(format!("write `{new}` here"), vec![Edit { span, text: new.to_owned() }]))
    };
    let drafts: Option<Vec<Draft>> = faults.iter().map(one).collect();
    let Some(drafts) = drafts else { return Vec::new() };
    let title = match drafts.as_slice() {
        [] => return Vec::new(),
        [one] => one.title.clone(),
        _ => "spell its attributes right".to_owned(),
    };
    vec![Draft::new(title, drafts.into_iter().flat_map(|it| it.edits).collect())]
}

fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let word = word.to_ascii_lowercase();
    let distance = |it: &&str| strsim::damerau_levenshtein(&word, &it.to_ascii_lowercase());
    known.iter().map(|it| (distance(it), *it)).filter(|(far, _)| *far <= TYPOS).min().map(|(_, it)| it)
}

/// Where a word stands, whatever its capitals, if it stands in one place.
fn only_place(text: &str, word: &str) -> Option<usize> {
    let (lower, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let mut found = lower.match_indices(&word).map(|(at, _)| at);
    found.next().filter(|_| found.next().is_none() && !word.is_empty())
}

/// What stands between double or single quotes. Escaped quotes end nothing.
fn strings(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(u8, usize)> = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match open {
            _ if escaped => escaped = false,
            Some(_) if byte == b'\\' => escaped = true,
            Some((quote, from)) if byte == quote => {
                found.push(from..at);
                open = None;
            }
            None if matches!(byte, b'"' | b'\'') => open = Some((byte, at + 1)),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_both_kinds() {
        let text = r#"f("a\"b; c", 'd=1', x)"#;
        let all: Vec<_> = strings(text).into_iter().map(|it| &text[it]).collect();
        assert_eq!(all, [r#"a\"b; c"#, "d=1"]);
    }

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("HttpOny", &ATTRIBUTES), Some("HttpOnly"));
        assert_eq!(nearest("laxx", &SAME_SITE), Some("Lax"));
        assert_eq!(nearest("comment", &ATTRIBUTES), None);
    }
}
